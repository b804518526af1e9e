"""How fast a long ledger is verified, beside a bare loop over the same rows."""

import hashlib
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import sql

from bench.figures import Figure
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.grant import GrantId
from dbaccess.domain.ledger import GENESIS, Entry, Fault, entries_of, faults, link
from dbaccess.domain.request import RequestId
from dbaccess.storage.unit_of_work import SqlUnitOfWork, build_engine
from tests.databases import ControlDatabase
from tests.terms import TERMS

ENTRIES_A_ROUND = 5_000
RUNS = 5
_ROWS = "select seq, prev_hash, body, hash from ledger order by seq"
STORY: tuple[tuple[EventKind, dict[str, Any]], ...] = (
    (
        EventKind.REQUEST_SUBMITTED,
        {"terms": TERMS.as_json(), "fingerprint": "a" * 64, "policy_hash": "b" * 64},
    ),
    (
        EventKind.REVIEW_APPROVED,
        {"slack_id": "U0PRIYA", "groups": ["dba"], "note": "", "fingerprint": "a" * 64},
    ),
    (EventKind.REQUEST_APPROVED, {}),
    (EventKind.GRANT_CREATED, {"reviewers": ["priya"], "fingerprint": "a" * 64, "duration_seconds": 3600}),
    (
        EventKind.GRANT_PROVISION_STARTED,
        {"recipe": {"login": "jit_acme_maya_7f3a91", "roles": ["orders_read"]}},
    ),
    (EventKind.GRANT_ACTIVATED, {"login": "jit_acme_maya_7f3a91", "login_identity": "16444", "tables": []}),
    (EventKind.GRANT_EXPIRED, {"cause": "expired"}),
    (EventKind.GRANT_ENDED, {"cause": "expired", "receipt": {"sessions": 0, "looks": 2, "login": "absent"}}),
)
"""The ledger entries that one grant leaves."""


def measure(control: ControlDatabase, rounds: int, progress: Callable[[str], None]) -> list[Figure]:
    """Each round of the bench stands for 5,000 entries; what is measured is the whole chain, five times."""
    size = rounds * ENTRIES_A_ROUND
    progress(f"ledger: {size:,} entries are written")
    _write(control, size)
    engine = build_engine(control.worker_url, pool_size=1, application_name="bench")
    verified, bare = [], []
    with psycopg.connect(control.superuser_url) as connection:
        for _ in range(RUNS):
            verified.append(_seconds(lambda: _verify(engine)))
            bare.append(_seconds(lambda: _bare(connection)))
            progress(f"ledger: {size / verified[-1]:,.0f} entries a second, bare {size / bare[-1]:,.0f}")
    engine.dispose()
    rate = size / statistics.median(verified)
    return [
        Figure(
            name=f"`ledger verify` of {size:,} entries ({rate:,.0f} a second)",
            seconds=verified,
            beside="the same rows read and hashed in a bare loop",
            beside_seconds=bare,
            aim="≥ 200,000 a second",
        )
    ]


def _verify(engine: Any) -> None:
    with SqlUnitOfWork(engine, None) as uow:
        misfiled: list[Fault] = []
        if found := [*faults(entries_of(uow.ledger.filed(), misfiled)), *misfiled]:
            raise AssertionError(found[0])


def _bare(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    with connection.cursor(name="bare") as cursor:
        cursor.execute(_ROWS, binary=True)
        while rows := cursor.fetchmany(5_000):
            for _, prev_hash, body, digest in rows:
                if hashlib.sha256(prev_hash + body).digest() != digest:
                    raise AssertionError("the ledger of the bench is broken")


def _write(control: ControlDatabase, size: int) -> None:
    """Past the guards, which is what makes it fast: here only reading is measured."""
    copy = sql.SQL("copy ledger (seq, prev_hash, body, hash, kind, request_id, grant_id) from stdin")
    with psycopg.connect(control.superuser_url) as owner:
        owner.execute("alter table ledger disable trigger all")
        with owner.cursor() as cursor, cursor.copy(copy) as rows:
            for entry, event in _chain(size):
                rows.write_row((*entry, event.kind.value, event.request_id, event.grant_id))
        always = ", ".join(
            f"enable always trigger {name}" for name in ("guard", "guard_limit", "append_only")
        )
        owner.execute(f"alter table ledger {always}".encode())
        owner.commit()
        owner.execute("analyze ledger")


def _chain(size: int) -> Iterator[tuple[Entry, Event]]:
    prev_hash, at = GENESIS, datetime.now(UTC)
    for number in range(size):
        kind, data = STORY[number % len(STORY)]
        about = 1001 + number // len(STORY)
        event = Event(
            kind=kind, actor="worker", request_id=RequestId(about), grant_id=GrantId(about), data=data
        )
        entry = link(event, seq=number + 1, prev_hash=prev_hash, at=at)
        yield entry, event
        prev_hash = entry.hash


def _seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
