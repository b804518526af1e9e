"""The committed files, and what they never contain."""

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def committed_files() -> list[Path]:
    """Return what git tracks; outside a git checkout, all files outside of hidden and made directories."""
    if (ROOT / ".git").exists():
        listing = subprocess.run(
            ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        paths = [ROOT / os.fsdecode(name) for name in listing.stdout.split(b"\0") if name]
    else:
        made = {".venv", ".run", "build", "dist", "__pycache__"}
        paths = [path for path in ROOT.rglob("*") if not made & set(path.relative_to(ROOT).parts)]
    files = [path for path in paths if path.is_file() and not path.is_symlink()]
    assert ROOT / "pyproject.toml" in files
    return files


def lines_matching(pattern: str) -> list[str]:
    expression = re.compile(pattern)
    found = []
    for path in committed_files():
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            if expression.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()}")
    return found


def test_no_path_of_a_developers_machine_is_committed() -> None:
    homes = "root|work/main|work/shared|Users"
    assert lines_matching(rf"(?<![\w.])/({homes})/\w") == []
    # A checkout at a short path such as /app would match honest lines.
    if len(ROOT.parts) > 2:
        assert lines_matching(re.escape(f"{ROOT}/")) == []


def test_no_address_of_a_package_index_is_committed() -> None:
    # Put together here, so that this file does not find itself.
    names = [
        "python" + "hosted",
        "pypi[.]org" + "/simple",
        "registry[.]" + "npmjs",
        "(?<!emit-)index-" + "url",
    ]
    assert lines_matching("|".join(names)) == []


def test_no_private_key_or_slack_token_is_committed() -> None:
    dashes = "-" * 5
    assert (
        lines_matching(rf"{dashes}BEGIN [A-Z ]*PRIVATE KEY|xox[abpr]-\d{{10,}}-|xapp-1-A[A-Z0-9]{{8,}}-\d")
        == []
    )


def test_procfile_names_every_process_and_the_release_step() -> None:
    lines = (ROOT / "Procfile").read_text().splitlines()
    assert dict(line.split(": ", 1) for line in lines) == {
        "bot": "python -m bot",
        "worker": "python -m workers",
        "release": "dbaccess migrate",
    }


def test_ci_can_be_run() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_constraints_pin_every_line_to_one_version() -> None:
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    assert len(lines) > 40
    assert [line for line in lines if not re.fullmatch(r"[a-z0-9-]+==[\w.]+( ; .+)?", line)] == []
