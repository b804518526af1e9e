"""A compromised bot fills the ledger with no more refused attempts than the limits allow."""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime

import psycopg
import pytest
from psycopg import errors

from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.ledger import GENESIS, link
from tests.databases import ControlDatabase

BEGIN = "insert into refused_attempts (hour, slack_id) values (date_trunc('hour', now(), 'UTC'), 'UTOM')"
COUNT = "update refused_attempts set recorded = recorded + 1 where slack_id = 'UTOM'"
LEAVE_OUT = COUNT.replace("recorded = recorded", "left_out = left_out")
DATA: dict[str, object] = {
    "slack_id": "UTOM",
    "surface": "click",
    "what": "request.approve",
    "about": 7,
    "why": "NotEligible",
}
INSERT = """insert into ledger (seq, prev_hash, hash, body, kind)
            values (%s, %s, %s, %s, 'attempt.refused')"""


def enter(connection: psycopg.Connection, data: dict[str, object], actor: str = "tom") -> None:
    head = connection.execute("select seq, hash from ledger order by seq desc limit 1").fetchone()
    seq, before = head or (0, GENESIS)
    told = Event(kind=EventKind.ATTEMPT_REFUSED, actor=actor, data=data)
    entry = link(told, seq=seq + 1, prev_hash=before, at=datetime.now(UTC))
    connection.execute(INSERT, [entry.seq, entry.prev_hash, entry.hash, entry.body])


def commit(
    bot: psycopg.Connection, statements: Sequence[str], entries: Sequence[dict[str, object]] = ()
) -> None:
    with bot.transaction():
        for statement in statements:
            bot.execute(statement.encode())
        for entry in entries:
            enter(bot, entry)


def test_count_goes_up_by_one_and_no_further_than_the_limit(control_database: ControlDatabase) -> None:
    refused: list[tuple[list[str], str]] = [
        ([BEGIN.replace("now()", "now() - interval '2 h'")], "refused_attempts_begin"),
        ([BEGIN, COUNT.replace("+ 1", "+ 2")], "refused_attempts_count_one"),
        ([BEGIN, COUNT, COUNT.replace("+ 1", "- 1")], "refused_attempts_count_one"),
        ([BEGIN, *[COUNT] * 21], "refused_attempts_are_limited"),
        (
            [BEGIN, COUNT.replace("recorded = recorded", "left_out = left_out"), COUNT],
            "refused_attempts_are_limited",
        ),
    ]
    with psycopg.connect(control_database.bot_url, autocommit=True) as bot:
        for statements, constraint in refused:
            with pytest.raises(errors.CheckViolation) as raised:
                commit(bot, statements)
            assert raised.value.diag.constraint_name == constraint
        with pytest.raises(errors.InsufficientPrivilege):
            bot.execute("delete from refused_attempts")


def test_entry_needs_a_count_of_its_own_and_has_no_other_data(control_database: ControlDatabase) -> None:
    with psycopg.connect(control_database.bot_url, autocommit=True) as bot:
        commit(bot, [BEGIN, COUNT], [DATA])
        cases: list[tuple[list[str], list[dict[str, object]]]] = [
            ([], [DATA]),
            ([COUNT], [DATA | {"slack_id": "UMAYA"}]),
            ([COUNT], [DATA | {"note": "more"}]),
            ([COUNT], [DATA | {"what": "x" * 2_000}]),
        ]
        for statements, entries in cases:
            with pytest.raises(errors.InsufficientPrivilege) as raised:
                commit(bot, statements, entries)
            assert raised.value.diag.constraint_name == "ledger_says_what_is_done", json.dumps(entries)


def twice(bot: psycopg.Connection, savepoint: Callable[[], AbstractContextManager[object]]) -> None:
    with bot.transaction():
        bot.execute(BEGIN.encode())
        bot.execute(COUNT.encode())
        for _ in range(2):
            with savepoint():
                enter(bot, DATA)


def test_one_count_has_one_entry_in_whatever_savepoint_it_is_written(
    control_database: ControlDatabase,
) -> None:
    with psycopg.connect(control_database.bot_url, autocommit=True) as bot:
        for savepoint in (nullcontext, bot.transaction):
            with pytest.raises(errors.CheckViolation) as raised:
                twice(bot, savepoint)
            assert raised.value.diag.constraint_name == "ledger_entries_are_limited"
        # An entry that is rolled back counts for nothing.
        with bot.transaction():
            bot.execute(BEGIN.encode())
            bot.execute(COUNT.encode())
            with bot.transaction(force_rollback=True):
                enter(bot, DATA)
            enter(bot, DATA)
