"""Requests, grants and the ledger are shown as they are, to people and to programs."""

import getpass
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg.types.json import Jsonb
from sqlalchemy import Engine

from dbaccess.domain.events import EventKind
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from tests.databases import ControlDatabase, TargetDatabase
from tests.entering_connection import enter
from tests.integration.cli.conftest import Run
from tests.integration.storage.facts import active, event, submitted, terms


@pytest.fixture
def url(control_database: ControlDatabase) -> str:
    return control_database.worker_url


def record(engine: Engine, *kinds: EventKind) -> None:
    with SqlUnitOfWork(engine, None) as uow:
        for kind in kinds:
            uow.record(event(kind))
        uow.commit()


def test_nothing_yet_is_said_in_a_sentence(run: Run, url: str) -> None:
    assert run("requests", "list", DATABASE_URL=url).out == "No requests.\n"
    assert run("grants", "list", DATABASE_URL=url).out == "No grants.\n"
    assert run("ledger", "tail", DATABASE_URL=url).out == "The ledger is empty.\n"
    assert run("grants", "list", "--json", DATABASE_URL=url).json == []


def test_requests_are_listed_and_shown(run: Run, url: str, bot: Engine) -> None:
    asked = submitted(bot)
    listed = run("requests", "list", DATABASE_URL=url)
    assert asked.label in listed.out
    assert "maya" in listed.out
    (row,) = run("requests", "list", "--state", "pending", "--json", DATABASE_URL=url).json
    assert (row["request"], row["state"], row["duration_seconds"]) == (asked.label, "pending", 7200)
    assert run("requests", "list", "--state", "denied", "--json", DATABASE_URL=url).json == []
    shown = run("requests", "show", asked.label.lower(), "--json", DATABASE_URL=url).json
    assert shown["reason"] == asked.terms.reason
    assert shown["fingerprint"] == asked.fingerprint


def test_unreadable_request_is_reported_beside_the_list(
    run: Run, url: str, bot: Engine, control_database: ControlDatabase
) -> None:
    asked = submitted(bot)
    control_database.let_in_unreadable()
    with psycopg.connect(control_database.bot_url) as forging:
        forging.execute(
            """insert into requests
                   (requester_slack_id, terms, fingerprint, policy_hash, state, submitted_at, decide_by)
               values ('UTOM', %s, 'f', 'p1', 'pending', now(), now() + interval '1 h')""",
            [Jsonb(terms("tom").as_json() | {"narrower": 7})],
        )
        enter(forging)
    listed = run("requests", "list", "--json", DATABASE_URL=url)
    assert [row["request"] for row in listed.json] == [asked.label]
    assert "request unreadable" in listed.err


def test_typed_text_cannot_move_the_cursor(run: Run, url: str, bot: Engine) -> None:
    hostile = terms(role="read\x1b[2J")
    asked = submitted(bot, hostile)
    for command in (("requests", "list"), ("requests", "show", asked.label)):
        assert "\x1b[2J" not in run(*command, DATABASE_URL=url).out


def test_grants_are_listed_shown_and_revoked(run: Run, url: str, bot: Engine, worker: Engine) -> None:
    held = active(bot, worker, expires_at=datetime.now(UTC) + timedelta(hours=1))
    (row,) = run("grants", "list", "--json", DATABASE_URL=url).json
    assert (row["grant"], row["state"], row["login"]) == (held.label, "active", "jit_acme_maya_7f3a")
    assert held.label in run("grants", "list", DATABASE_URL=url).out

    revoked = run("grants", "revoke", held.label, "--reason", "laptop lost", DATABASE_URL=url)
    assert (revoked.code, "is revoking" in revoked.out) == (0, True), "never called ended before it was seen"
    shown = run("grants", "show", held.label, "--json", DATABASE_URL=url).json
    assert (shown["state"], shown["end_cause"], shown["end_note"]) == ("revoking", "revoked", "laptop lost")
    assert shown["ended_by"].startswith(f"cli:{getpass.getuser()}@")
    last = run("ledger", "tail", "--json", DATABASE_URL=url).json[-1]
    assert (last["kind"], last["actor"]) == ("grant.revoked", shown["ended_by"])

    again = run("grants", "revoke", held.label, "--reason", "laptop lost", DATABASE_URL=url)
    assert (again.code, "is already revoking" in again.err) == (2, True)


def test_a_revocation_needs_a_reason(run: Run, url: str, bot: Engine, worker: Engine) -> None:
    held = active(bot, worker, expires_at=datetime.now(UTC) + timedelta(hours=1))
    assert run("grants", "revoke", held.label, DATABASE_URL=url).code == 2
    empty = run("grants", "revoke", held.label, "--reason", "  ", DATABASE_URL=url)
    assert (empty.code, "Say why" in empty.err) == (2, True)
    assert run("grants", "show", held.label, "--json", DATABASE_URL=url).json["state"] == "active"


@pytest.mark.parametrize("label", ["G-", "R-1", "one", "-5", "1.5", "9" * 30, "G-\u0661"])
def test_an_id_that_is_none_is_wrong_use(run: Run, url: str, label: str) -> None:
    assert run("grants", "show", "--", label, DATABASE_URL=url).code == 2


def test_an_unknown_id_is_said(run: Run, url: str) -> None:
    unknown = run("grants", "show", "G-987654", DATABASE_URL=url)
    assert unknown.code == 2
    assert "987654" in unknown.err or "No such" in unknown.err


def test_a_whole_ledger_verifies(run: Run, url: str, worker: Engine) -> None:
    record(worker, EventKind.GRANT_EXPIRED, EventKind.GRANT_ENDED)
    done = run("ledger", "verify", DATABASE_URL=url)
    assert (done.code, "2 entries" in done.out, "complete up to entry 2" in done.out) == (0, True, True)
    assert "Keep this head elsewhere" in done.out
    found = run("ledger", "verify", "--json", DATABASE_URL=url).json
    assert (found["entries"], found["faults"]) == (2, [])
    assert (found["complete_to"], found["later_entries"]) == (2, "unknown")
    tail = run("ledger", "tail", "--json", DATABASE_URL=url).json
    assert tail[-1]["hash"] == found["head"].split(":")[-1]


@pytest.mark.parametrize(
    "harm",
    [
        "update ledger set body = substr(body, 1, length(body) - 1) || '\\x20' where seq = 1",
        "delete from ledger where seq = 2",
        "delete from ledger where seq = 1",
    ],
)
def test_a_changed_ledger_is_found(
    run: Run, url: str, worker: Engine, control_database: ControlDatabase, harm: str
) -> None:
    record(worker, EventKind.GRANT_EXPIRED, EventKind.GRANT_REVOKE_STARTED, EventKind.GRANT_ENDED)
    with psycopg.connect(control_database.superuser_url) as superuser:
        superuser.execute("alter table ledger disable trigger all")
        superuser.execute(harm.encode())
    done = run("ledger", "verify", DATABASE_URL=url)
    assert done.code == 1
    found = run("ledger", "verify", "--json", DATABASE_URL=url)
    assert (found.code, bool(found.json["faults"])) == (1, True)


@pytest.mark.parametrize(
    "poison",
    [
        "[" * 3_000 + "]" * 3_000,
        '{"x":' * 100_000 + "1" + "}" * 100_000,
        '{"actor":"maya","seq":' + "9" * 5_000 + "}",
        '{"at":"now","seq":2,"seq":2}',
        "\\xff",
        '{"reason":"' + "x" * 30_000_000 + '"}',
    ],
    ids=["nested", "nested deep", "long number", "keys", "not UTF-8", "30 MB"],
)
def test_unreadable_entry_is_shown_beside_the_others(
    run: Run, url: str, worker: Engine, control_database: ControlDatabase, poison: str
) -> None:
    """Its hash fits: only an owner could have written it, and it must not hide what they did later."""
    record(worker, EventKind.GRANT_EXPIRED)
    with psycopg.connect(control_database.superuser_url) as superuser:
        superuser.execute("alter table ledger disable trigger all")
        superuser.execute(
            """insert into ledger (seq, prev_hash, hash, body, kind)
               select 2, l.hash, sha256(l.hash || %s::bytea), %s::bytea, 'grant.ended' from ledger l""",
            [poison.encode(), poison.encode()],
        )
        superuser.execute("alter table ledger enable always trigger guard")
    record(worker, EventKind.GRANT_ENDED)
    found = run("ledger", "verify", "--json", DATABASE_URL=url)
    assert found.code == 1
    assert (found.json["entries"], [fault["seq"] for fault in found.json["faults"]]) == (3, [2])
    assert "cannot be read as an event" in run("ledger", "verify", DATABASE_URL=url).out
    told = run("ledger", "tail", DATABASE_URL=url)
    assert (told.code, "unreadable" in told.out, "grant.ended" in told.out) == (0, True, True)
    rows = run("ledger", "tail", "--json", DATABASE_URL=url).json
    assert [row["seq"] for row in rows] == [1, 2, 3]


def test_a_ledger_without_its_end_is_found_by_the_head_that_was_kept(
    run: Run, url: str, worker: Engine, control_database: ControlDatabase
) -> None:
    record(worker, EventKind.GRANT_EXPIRED, EventKind.GRANT_REVOKE_STARTED)
    head = run("ledger", "verify", "--json", DATABASE_URL=url).json["head"]
    record(worker, EventKind.GRANT_ENDED)
    for kept in (head, head.partition(":")[2]):
        assert run("ledger", "verify", "--expect", kept, DATABASE_URL=url).code == 0
    with psycopg.connect(control_database.superuser_url) as superuser:
        superuser.execute("alter table ledger disable trigger all")
        superuser.execute("delete from ledger where seq > 1")
    assert run("ledger", "verify", DATABASE_URL=url).code == 0, "whole in itself"
    for kept in (head, head.partition(":")[2]):
        done = run("ledger", "verify", "--expect", kept, DATABASE_URL=url)
        assert (done.code, "was cut off" in done.out) == (1, True)
        assert run("ledger", "verify", "--expect", kept, "--json", DATABASE_URL=url).json["faults"]


@pytest.mark.parametrize("nonsense", ["", "12", "0:" + "a" * 64, "1:abc", "x" * 64])
def test_text_that_is_no_head_is_wrong_use(run: Run, url: str, nonsense: str) -> None:
    assert run("ledger", "verify", "--expect", nonsense, DATABASE_URL=url).code == 2


def test_the_bot_cannot_read_the_ledger_from_here_either(run: Run, control_database: ControlDatabase) -> None:
    refused = run("ledger", "verify", DATABASE_URL=control_database.bot_url)
    assert (refused.code, "dbaccess_worker" in refused.err) == (2, True)


def test_a_database_that_was_never_migrated_says_what_to_run(
    run: Run, target_database: TargetDatabase
) -> None:
    empty = run("grants", "list", DATABASE_URL=target_database.superuser_url)
    assert (empty.code, "dbaccess migrate" in empty.err) == (2, True)


def test_a_missing_or_silent_database_is_one_line(run: Run) -> None:
    missing = run("grants", "list")
    assert (missing.code, missing.err.startswith("DATABASE_URL is not set")) == (2, True)
    silent = run("grants", "list", DATABASE_URL="postgresql://dbaccess_worker:hunter2@127.0.0.1:1/dbaccess")
    assert (silent.code, len(silent.err.splitlines())) == (2, 1)
    assert "hunter2" not in silent.err + silent.out
