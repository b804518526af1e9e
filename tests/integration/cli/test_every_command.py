"""Rules for every command, later ones included; each runs as a process of its own."""

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
from tests.integration.cli.conftest import Run, command_line
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
    "activity purge",
    "activity import",
    "ledger keygen",
    "ledger rotate",
    "audit review start",
    "audit review answer",
    "audit review close",
    "audit review remove",
}
OWNER = {"migrate"}
NEEDED = {
    "migrate": "DBACCESS_MIGRATE_URL",
    "policy resolve": "SLACK_BOT_TOKEN",
    "init": "SLACK_BOT_TOKEN",
    "ledger rotate": "DBACCESS_LEDGER_KEY",
}
"""Variables without which a command does nothing; all others need `DATABASE_URL`."""
NO_DATABASE = {
    "activity import",
    "doctor",
    "policy check",
    "policy explain",
    "policy test",
    "targets setup-sql",
    "ledger keygen",
    "ledger verifier",
}
FINDING = {"doctor", "policy test"}
"""Here they find something: no Slack, no tests."""
ARGUMENTS = {
    "requests show": ["R-1001"],
    "grants show": ["G-1001"],
    "activity show": ["G-1001"],
    "activity import": ["--cluster", "main", "log.csv"],
    "audit report": ["--from", "7d", "--out", "report.json"],
    "audit review start": ["--group", "engineers", "--until", "2999-01-01"],
    "audit review answer": ["AR-1/1", "keep", "--reason", "on call"],
    "audit review close": ["AR-1"],
    "audit review remove": ["AR-1/1"],
    "grants revoke": ["G-1001", "--reason", "laptop lost"],
    "grants adopt": ["--cluster", "main"],
    "grants write-off": ["G-1001", "--confirm"],
    "lockdown declare": ["orders-prod", "--reason", "laptop lost"],
    "lockdown lift": ["orders-prod", "--reason", "laptop found"],
    "policy explain": ["orders-prod", "read", "1h", "--as", "U0MAYA", "--in", "engineers"],
    "ledger rotate": ["key"],
    "ledger bundle": ["--out", "bundle"],
    "targets setup-sql": ["orders-prod", "--version", "18"],
}


def _leaves(command: Any, path: tuple[str, ...] = ()) -> dict[str, Any]:
    """Every command that does something, by its words."""
    if not hasattr(command, "commands"):
        return {" ".join(path): command}
    found: dict[str, Any] = {" ".join(path): command} if command.invoke_without_command else {}
    for word, below in command.commands.items():
        found |= _leaves(below, (*path, word))
    return found


COMMAND_LINE = typer.main.get_command(build())
LEAVES = _leaves(COMMAND_LINE)
LISTS = {name for name, leaf in LEAVES.items() if any(given.nargs == -1 for given in leaf.params)}
"""They take any number of words."""
READING = sorted(
    set(LEAVES) - CHANGES - {"ledger export", "ledger bundle", "ledger verifier", "audit report"}
)
"""An export is JSON anyway: one entry a line. A report is a file, in the form that is asked for."""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return command_line("dbaccess.cli.app:main", tmp_path)


@pytest.fixture
def config(tmp_path: Path) -> str:
    path = tmp_path / "dbaccess.toml"
    path.write_text(EXAMPLE, encoding="utf-8")
    return str(path)


def test_command_that_reads_has_json() -> None:
    options = {name: {word for given in LEAVES[name].params for word in given.opts} for name in READING}
    assert [name for name, words in options.items() if "--json" not in words] == []


def test_json_is_json(
    run: Run, control_database: ControlDatabase, config: str, bot: Engine, worker: Engine
) -> None:
    active(bot, worker, expires_at=datetime.now(UTC) + timedelta(hours=1))
    environment = {"DATABASE_URL": control_database.worker_url, "DBACCESS_CONFIG": config}
    done = {name: run(*name.split(), *ARGUMENTS.get(name, []), "--json", **environment) for name in READING}
    codes = {name: (ran.code, ran.err) for name, ran in done.items() if ran.code != (name in FINDING)}
    assert codes == {}
    assert [name for name, ran in done.items() if not isinstance(json.loads(ran.out), dict | list)] == []


def test_nonsense_is_wrong_use(run: Run) -> None:
    uses = [[*name.split(), "--nonsense"] for name in LEAVES]
    uses += [[*name.split(), *ARGUMENTS.get(name, []), *["more"] * 9] for name in set(LEAVES) - LISTS]
    codes = {" ".join(use): _exit_code(use) for use in uses}
    codes |= {name: run(*name.split(), *ARGUMENTS[name], *["more"] * 9).code for name in LISTS}
    assert {use: code for use, code in codes.items() if code != 2} == {}


def _exit_code(words: list[str]) -> object:
    """In this process: none of them gets as far as to do something."""
    with pytest.raises(SystemExit) as ended:
        COMMAND_LINE.main(words, prog_name="dbaccess")
    return ended.value.code


def test_a_variable_that_is_missing_is_named_in_one_line(run: Run) -> None:
    said = {name: run(*name.split(), *ARGUMENTS.get(name, [])) for name in set(LEAVES) - NO_DATABASE}
    for name, done in said.items():
        assert (done.code, len(done.err.splitlines())) == (2, 1), name
        assert done.err.startswith(f"{NEEDED.get(name, 'DATABASE_URL')} is not set"), name


def test_bytes_that_are_no_text_trip_nothing(
    run: Run, control_database: ControlDatabase, config: str
) -> None:
    environment = {"DATABASE_URL": control_database.worker_url, "DBACCESS_CONFIG": config}
    said = {}
    for name in set(LEAVES) - OWNER:
        given = [word if word.startswith("-") else BAD for word in ARGUMENTS.get(name, [BAD])]
        done = run(*name.split(), *given, **environment)
        said[name] = (done.code, done.err)
    refused = (2, "An argument is not text: write it in UTF-8.\n")
    assert {name: each for name, each in said.items() if each != refused} == {}


def test_actor_of_a_revocation_is_the_system_user_and_the_reason_is_clean(
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
