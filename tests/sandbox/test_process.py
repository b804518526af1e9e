"""`python -m sandbox` as its own process, as everybody uses it, and what it may never import."""

import ast
import subprocess
from pathlib import Path

import sandbox
from sandbox.client import Sandbox
from sandbox.waiting import PATIENCE
from tests.sandbox.processes import MANIFEST, WORLD, command, running

SOURCES = Path(sandbox.__file__).parent
OURS = {"bot", "workers", "dbaccess", "demo", "tests"}


def test_it_starts_tells_its_address_and_stops_without_a_word(tmp_path: Path) -> None:
    with running(tmp_path) as address:
        assert address.startswith("http://127.0.0.1:")
        assert Sandbox(address).sockets() == 0


def test_it_prints_its_address_on_a_port_of_its_own() -> None:
    line = command("--manifest", str(MANIFEST), "--world", str(WORLD))
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.terminate()
    assert first.startswith("sandbox: http://127.0.0.1:")


def test_a_world_it_cannot_use_ends_it_with_one_clear_line(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere.toml"
    line = command("--manifest", str(MANIFEST), "--world", str(missing))
    ended = subprocess.run(line, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith("sandbox: ")
    assert "nowhere.toml" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_help_names_every_option() -> None:
    ended = subprocess.run(command("--help"), capture_output=True, text=True, timeout=PATIENCE, check=True)
    options = "--manifest --world --host --port --or-another-port --ready-file --request-url"
    for option in options.split():
        assert option in ended.stdout


def test_the_sandbox_knows_slack_only() -> None:
    sources = list(SOURCES.rglob("*.py"))
    assert sources
    for source in sources:
        text = source.read_text(encoding="utf-8")
        assert "dbaccess" not in text, source
        for node in ast.walk(ast.parse(text)):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not {name.partition(".")[0] for name in names} & OURS, source
