"""What holds for each command, those included that somebody adds later."""

import getpass
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from sqlalchemy import Engine

from dbaccess.cli.app import build
from tests.databases import ControlDatabase
from tests.integration.cli.conftest import Run
from tests.integration.storage.facts import active
from tests.unit.policy_file.example import EXAMPLE

BAD = "\udcff"
"""A byte that is no text, as an argument."""
CHANGES = {
    "init",
    "migrate",
    "policy resolve",
    "grants revoke",
    "grants write-off",
    "grants adopt",
    "lockdown declare",
    "lockdown lift",
}
OWNER = {"migrate"}
NEEDED = {"migrate": "DBACCESS_MIGRATE_URL", "policy resolve": "SLACK_BOT_TOKEN", "init": "SLACK_BOT_TOKEN"}
"""Variables without which a command does nothing; all others need `DATABASE_URL`."""
NO_DATABASE = {"doctor", "policy check", "policy explain", "policy test", "targets setup-sql"}
FINDING = {"doctor", "policy test"}
"""Here they find something: no Slack, no tests."""
ARGUMENTS = {
    "requests show": ["R-1001"],
    "grants show": ["G-1001"],
    "grants revoke": ["G-1001", "--reason", "laptop lost"],
    "grants adopt": ["--cluster", "main"],
    "grants write-off": ["G-1001", "--confirm"],
    "lockdown declare": ["orders-prod", "--reason", "laptop lost"],
    "lockdown lift": ["orders-prod", "--reason", "laptop found"],
    "policy explain": ["orders-prod", "read", "1h", "--as", "U0MAYA", "--in", "engineers"],
    "targets setup-sql": ["orders-prod", "--version", "18"],
}


def _leaves(command: Any, path: tuple[str, ...] = ()) -> dict[str, Any]:
    """Every command that does something, by its words."""
    if not hasattr(command, "commands"):
        return {" ".join(path): command}
    found: dict[str, Any] = {}
    for word, below in command.commands.items():
        found |= _leaves(below, (*path, word))
    return found


LEAVES = _leaves(typer.main.get_command(build()))
READING = sorted(set(LEAVES) - CHANGES - {"ledger export"})
"""An export is JSON anyway: one entry a line."""


@pytest.fixture
def config(tmp_path: Path) -> str:
    path = tmp_path / "dbaccess.toml"
    path.write_text(EXAMPLE, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("name", READING)
def test_what_reads_has_json(name: str) -> None:
    assert "--json" in {option for parameter in LEAVES[name].params for option in parameter.opts}


@pytest.mark.parametrize("name", READING)
def test_json_is_json(
    run: Run, control_database: ControlDatabase, config: str, bot: Engine, worker: Engine, name: str
) -> None:
    active(bot, worker, expires_at=datetime.now(UTC) + timedelta(hours=1))
    environment = {"DATABASE_URL": control_database.worker_url, "DBACCESS_CONFIG": config}
    done = run(*name.split(), *ARGUMENTS.get(name, []), "--json", **environment)
    assert done.code == (1 if name in FINDING else 0), done.err
    assert isinstance(json.loads(done.out), dict | list)


@pytest.mark.parametrize("name", sorted(LEAVES))
def test_nonsense_is_wrong_use(run: Run, name: str) -> None:
    assert run(*name.split(), "--nonsense").code == 2
    assert run(*name.split(), *ARGUMENTS.get(name, []), *["more"] * 9).code == 2


@pytest.mark.parametrize("name", sorted(set(LEAVES) - NO_DATABASE))
def test_a_variable_that_is_missing_is_named_in_one_line(run: Run, name: str) -> None:
    done = run(*name.split(), *ARGUMENTS.get(name, []))
    variable = NEEDED.get(name, "DATABASE_URL")
    assert (done.code, len(done.err.splitlines())) == (2, 1)
    assert done.err.startswith(f"{variable} is not set")


@pytest.mark.parametrize("name", sorted(set(LEAVES) - OWNER))
def test_bytes_that_are_no_text_trip_nothing(
    run: Run, control_database: ControlDatabase, config: str, name: str
) -> None:
    environment = {"DATABASE_URL": control_database.worker_url, "DBACCESS_CONFIG": config}
    given = [word if word.startswith("-") else BAD for word in ARGUMENTS.get(name, [BAD])]
    done = run(*name.split(), *given, **environment)
    assert (done.code, done.err) == (2, "An argument is not text: write it in UTF-8.\n")


def test_who_revokes_is_who_the_system_says_and_the_reason_is_clean(
    run: Run, control_database: ControlDatabase, bot: Engine, worker: Engine
) -> None:
    held = active(bot, worker, expires_at=datetime.now(UTC) + timedelta(hours=1))
    pretended = {"USER": "priya", "LOGNAME": "priya", "LNAME": "priya", "USERNAME": "priya"}
    url = control_database.worker_url
    reason = "laptop lost \u202e\x1b[2J<!channel>"
    done = run("grants", "revoke", held.label, "--reason", reason, DATABASE_URL=url, **pretended)
    assert done.code == 0, done.err
    shown = run("grants", "show", held.label, "--json", DATABASE_URL=url).json
    assert shown["end_note"] == "laptop lost [2J<!channel>"
    assert shown["ended_by"] == f"cli:{getpass.getuser()}@{os.uname().nodename}"
