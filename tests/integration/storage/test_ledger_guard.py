"""The chain is checked where it is written, also against who writes past our code."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg import errors

from dbaccess.domain.events import BOT_MAY_RECORD, EventKind
from dbaccess.domain.ledger import link
from tests.databases import ControlDatabase
from tests.integration.storage.conftest import Connection
from tests.integration.storage.facts import event


def forged(**changes: object) -> dict[str, object]:
    """The first entry of a chain, but for the changes."""
    entry = link(event(), seq=1, prev_hash=bytes(32), at=datetime.now(UTC))
    fields = {
        "seq": 1,
        "prev_hash": entry.prev_hash,
        "hash": entry.hash,
        "body": entry.body,
        "kind": "request.submitted",
        "request_id": 1001,
        "grant_id": None,
    }
    return {**fields, **changes}


INSERT_ENTRY = """insert into ledger (seq, prev_hash, hash, body, kind, request_id, grant_id) values
    (%(seq)s, %(prev_hash)s, %(hash)s, %(body)s, %(kind)s, %(request_id)s, %(grant_id)s)"""


@pytest.mark.parametrize(
    ("changes", "guard"),
    [
        ({"seq": 2}, "ledger_follows_head"),
        ({"seq": 0}, "ledger_follows_head"),
        ({"prev_hash": b"\x01" * 32}, "ledger_follows_head"),
        ({"hash": bytes(32)}, "ledger_hash_fits"),
        ({"body": b"{}"}, "ledger_hash_fits"),
        ({"kind": "request.approved"}, "ledger_columns_fit"),
        ({"request_id": 1002}, "ledger_columns_fit"),
        ({"request_id": None}, "ledger_columns_fit"),
        ({"grant_id": 1001}, "ledger_columns_fit"),
    ],
)
def test_entry_that_does_not_fit_the_chain_is_refused(
    direct: Connection, changes: dict[str, object], guard: str
) -> None:
    with pytest.raises(errors.CheckViolation) as refused:
        direct.execute(INSERT_ENTRY, forged(**changes))
    assert refused.value.diag.constraint_name == guard
    direct.execute(INSERT_ENTRY, forged())


@pytest.mark.parametrize("late", [timedelta(days=-1), timedelta(minutes=1)])
def test_entry_is_dated_now(direct: Connection, late: timedelta) -> None:
    entry = link(event(), seq=1, prev_hash=bytes(32), at=datetime.now(UTC) + late)
    with pytest.raises(errors.CheckViolation) as refused:
        direct.execute(INSERT_ENTRY, forged(body=entry.body, hash=entry.hash))
    assert refused.value.diag.constraint_name == "ledger_dated_now"


@pytest.mark.parametrize("kind", sorted(set(EventKind) - BOT_MAY_RECORD))
def test_bot_cannot_record_what_is_the_workers_to_know(as_bot: Connection, kind: EventKind) -> None:
    entry = link(event(kind), seq=1, prev_hash=bytes(32), at=datetime.now(UTC))
    with pytest.raises(errors.InsufficientPrivilege) as refused:
        as_bot.execute(INSERT_ENTRY, forged(kind=kind, body=entry.body, hash=entry.hash))
    assert refused.value.diag.constraint_name == "ledger_kind_allowed"


def test_guards_hold_for_a_superuser_in_replica_mode_too(control_database: ControlDatabase) -> None:
    with psycopg.connect(control_database.superuser_url, autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")
        with pytest.raises(errors.CheckViolation):
            admin.execute(INSERT_ENTRY, forged(hash=bytes(32)))
