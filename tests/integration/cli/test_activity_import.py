"""Exported logs from the command line: files and standard input, each stored once and recorded."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dbaccess.domain.grant import Grant
from tests.databases import ControlDatabase
from tests.forked import STDIN
from tests.integration.cli.conftest import Run
from tests.integration.storage.facts import active
from tests.unit.activity.log_lines import MAYA, T0, line, statement
from tests.unit.policy_file.example import changed

IMPORTED = changed('driver = "postgresql"', 'driver = "postgresql"\ncapture = { source = "import" }')
LOG = (
    statement(1, "select 1 from shop.orders")
    + line(2, "duration: 1.500 ms")
    + statement(3, "select 3", user="app")
)


@pytest.fixture
def cli(run: Run, control_database: ControlDatabase, tmp_path: Path) -> Run:
    config = tmp_path / "dbaccess.toml"
    config.write_text(IMPORTED, encoding="utf-8")
    given = {"DATABASE_URL": control_database.worker_url, "DBACCESS_CONFIG": str(config)}
    return lambda *arguments, **more: run(*arguments, **(given | more))


@pytest.fixture
def grant(bot: Engine, worker: Engine) -> Grant:
    return active(bot, worker, expires_at=datetime.now(UTC) + timedelta(days=9), login=MAYA)


def test_file_and_standard_input_are_stored_once_and_recorded(cli: Run, grant: Grant, tmp_path: Path) -> None:
    log = tmp_path / "postgresql-14.json"
    log.write_bytes(LOG)
    said = cli("activity", "import", str(log), "--cluster", "main")
    assert said.code == 0
    # How far it is, where the machine is slow; nothing else.
    assert all(line.startswith("importing: ") for line in said.err.splitlines()), said.err
    assert "1 statement stored, 0 known before." in said.out
    assert "Not stored: 1 line of logins without a grant." in said.out
    last = (T0 + timedelta(seconds=3)).isoformat(timespec="seconds")
    assert said.out.endswith(f"main: imported up to {last}.\n")
    (tmp_path / STDIN).write_bytes(LOG)
    (again,) = cli("activity", "import", "-", "--cluster", "main", "--json").json["files"]
    assert (again["file"], again["statements"], again["known"]) == ("standard input", 0, 1)
    (shown,) = cli("activity", "show", grant.label, "--json").json["statements"]
    assert (shown["text"], shown["duration_ms"]) == (
        "select 0 from shop.orders",
        1.5,
    )  # its shape: no rule decided
    entries = cli("ledger", "tail", "--kind", "activity.imported", "--json").json
    assert sorted(entry["data"]["file"] for entry in entries) == ["postgresql-14.json", "standard input"]
    assert "shop.orders" not in json.dumps(entries)


def test_cluster_that_is_not_imported_and_file_that_is_no_log_say_so(cli: Run, tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    log.write_text("rubbish\n")
    read_by_workers = tmp_path / "other.toml"
    read_by_workers.write_text(IMPORTED.replace('"import"', '"csvlog", over = "sql"'), encoding="utf-8")
    for arguments, more, words in (
        (("--cluster", "main"), {}, "x.log: Its first lines are no csvlog"),
        (("--cluster", "main", "--format", "csvlog"), {}, "no line of csvlog that can be read"),
        (("--cluster", "nowhere"), {}, "The policy has no cluster nowhere"),
        (
            ("--cluster", "main"),
            {"DBACCESS_CONFIG": str(read_by_workers)},
            "does not say that the log of main",
        ),
    ):
        done = cli("activity", "import", str(log), *arguments, **more)
        assert words in done.out + done.err, words
    assert cli("activity", "import", str(tmp_path / "none"), "--cluster", "main").code == 2
