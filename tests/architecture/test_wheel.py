"""The wheel is what operators get: it is built, installed into an empty place and run."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.timeout(600)  # a build and an installation over the network


def run(*command: str | Path, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that nothing is written into the checkout and nothing made there is taken in."""
    place = tmp_path_factory.mktemp("wheel")
    hidden = shutil.ignore_patterns(".*", "build", "dist", "*.egg-info", "__pycache__")
    shutil.copytree(ROOT, place / "source", ignore=hidden)
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", place, place / "source", cwd=place)
    (built,) = place.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of the console scripts of an environment that holds the wheel and what it needs.

    The pip beside this Python installs there, and compiles nothing: both halve the time.
    """
    place = tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "venv", "--without-pip", place / "venv", cwd=place)
    programs = place / "venv" / "bin"
    installing = ("install", "-q", "--no-compile", "-c", ROOT / "constraints.txt", wheel)
    run(*pip_for(programs), *installing, cwd=place)
    return programs


def pip_for(programs: Path) -> tuple[str | Path, ...]:
    return (sys.executable, "-m", "pip", "--python", programs / "python")


def names_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_wheel_holds_only_the_product(wheel: Path) -> None:
    top = {name.split("/")[0] for name in names_in(wheel)}
    assert {name for name in top if not name.endswith(".dist-info")} == {
        "bot",
        "workers",
        "dbaccess",
        "dbaccess_verify.py",
        "dbaccess_verify_columns.py",
        "dbaccess_verify_report.py",
    }


def test_wheel_holds_every_file_of_the_product(wheel: Path) -> None:
    """Sources, and what is no source: SQL, migrations, templates, the typing marker."""
    expected = {
        path.relative_to(ROOT).as_posix()
        for package in ("bot", "workers", "dbaccess")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert any(name.endswith(".sql") for name in expected)
    assert any("/migrations/" in name for name in expected)
    assert expected - names_in(wheel) == set()


def test_installed_console_scripts_run(installed: Path, tmp_path: Path) -> None:
    text = run(installed / "dbaccess", "--help", cwd=tmp_path)
    for command in ("migrate", "doctor", "policy", "requests", "grants", "ledger", "targets"):
        assert command in text
    assert "--public-key" in run(installed / "dbaccess-verify", "--help", cwd=tmp_path)
    run(installed / "python", "-c", "import dbaccess_verify_report", cwd=tmp_path)


def test_installed_packages_agree_with_each_other(installed: Path, tmp_path: Path) -> None:
    assert "No broken requirements" in run(*pip_for(installed), "check", cwd=tmp_path)


@pytest.mark.parametrize("package", ["bot", "workers", "dbaccess"])
def test_installed_package_is_importable(installed: Path, tmp_path: Path, package: str) -> None:
    run(installed / "python", "-W", "error", "-c", f"import {package}", cwd=tmp_path)


@pytest.mark.parametrize("package", ["sandbox", "demo", "tests"])
def test_installed_environment_knows_no_stand_in(installed: Path, tmp_path: Path, package: str) -> None:
    question = f"import importlib.util; print(importlib.util.find_spec({package!r}))"
    assert run(installed / "python", "-c", question, cwd=tmp_path).strip() == "None"
