"""The records of a crowd in the control database, ledger included, written past its guards."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from bench.crowd_entries import REVIEWER, REVIEWER_SLACK_ID, CrowdTerms, Told, tell
from bench.crowd_logins import CrowdLogin
from dbaccess.domain.events import Event
from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.ledger import GENESIS, link
from dbaccess.domain.message import Lane, MessageKind
from dbaccess.domain.request import Request, RequestId, Verdict
from dbaccess.ports import Job, Posted
from dbaccess.storage.repositories.grant_row import values_of
from tests.databases import ControlDatabase
from tests.entering_connection import LEDGER_LOCK

Ids = Sequence[tuple[RequestId, GrantId]]
_Owner = psycopg.Connection[tuple[Any, ...]]

_TABLES = ("requests", "reviews", "grants", "ledger", "messages", "message_streams", "outbox")


def reserve_ids(control: ControlDatabase, size: int) -> Ids:
    """Take the next ids of a request and its grant, `size` times, so that no other process gets them."""
    query = """select nextval(pg_get_serial_sequence('requests', 'id')),
                      nextval(pg_get_serial_sequence('grants', 'id')) from generate_series(1, %s)"""
    with psycopg.connect(control.superuser_url, autocommit=True) as owner:
        return [(RequestId(one), GrantId(two)) for one, two in owner.execute(query, [size]).fetchall()]


def record_grants(
    control: ControlDatabase,
    shared: CrowdTerms,
    *,
    ids: Ids,
    logins: Sequence[CrowdLogin],
    posted: Posted,
    queued: bool,
) -> list[Grant]:
    """Write what the operations would have written for these grants, and return them."""
    terms = {holder: shared.terms(holder) for holder in shared.holders}
    with psycopg.connect(control.superuser_url) as owner:
        (now,) = owner.execute("select now()").fetchall()[0]
        told = []
        for number, (pair, login) in enumerate(zip(ids, logins, strict=True)):
            holder = shared.holders[number % len(shared.holders)]
            told.append(tell(shared, terms[holder], holder, pair, login, number, now))
        with unguarded(owner):
            _write(owner, told, posted, now, queued=queued)
            append(owner, [event for one in told for event in one.events])
        owner.commit()
        owner.execute("analyze")
    return [one.grant for one in told]


def _write(owner: _Owner, told: Sequence[Told], posted: Posted, now: datetime, *, queued: bool) -> None:
    grants = [one.grant for one in told]
    _copy(owner, "requests", (_request(one.request) for one in told))
    _copy(owner, "reviews", (_review(one) for one in told))
    _copy(owner, "grants", ({"id": grant.id, **values_of(grant)} for grant in grants))
    _copy(owner, "messages", (row for grant in grants for row in _messages(grant, posted, now)))
    lanes = (Lane.CHANNEL, Lane.DIRECT)
    _copy(
        owner,
        "message_streams",
        ({"request_id": grant.request_id, "lane": lane} for grant in grants for lane in lanes),
    )
    if queued:
        jobs = ({"job": Job.REVOKE, "subject": grant.id, "due_at": grant.expires_at} for grant in grants)
        _copy(owner, "outbox", jobs)


def _request(request: Request) -> dict[str, Any]:
    return {
        "id": request.id,
        "requester_slack_id": request.requester_slack_id,
        "terms": request.terms.as_json(),
        "fingerprint": request.fingerprint,
        "policy_hash": request.policy_hash,
        "state": request.state,
        "submitted_at": request.submitted_at,
        "decide_by": request.decide_by,
        "decided_at": request.decided_at,
    }


def _review(told: Told) -> dict[str, Any]:
    return {
        "request_id": told.request.id,
        "reviewer": REVIEWER,
        "reviewer_slack_id": REVIEWER_SLACK_ID,
        "verdict": Verdict.APPROVED,
        "role": told.grant.role,
        "duration_seconds": int(told.grant.duration.total_seconds()),
        "groups": ["dba"],
        "note": "",
        "fingerprint": told.request.fingerprint,
        "policy_hash": told.request.policy_hash,
        "reviewed_at": told.request.submitted_at,
    }


def _messages(grant: Grant, posted: Posted, now: datetime) -> Iterator[dict[str, Any]]:
    """The request's own message and the holder's: both show another state once the grant has ended."""
    for kind, channel in (
        (MessageKind.REQUEST, posted.channel),
        (MessageKind.ACTIVE, grant.holder_slack_id),
    ):
        yield {
            "request_id": grant.request_id,
            "kind": kind,
            "channel": channel,
            "posted_channel": posted.channel,
            "posted_ts": posted.ts,
            "rendered": "as it was",
            "posted_at": now,
        }


def append(owner: _Owner, events: Sequence[Event]) -> None:
    """Add the events to the ledger, each linked to the one before."""
    owner.execute("select pg_advisory_xact_lock(%s)", [LEDGER_LOCK])
    head = owner.execute("select seq, hash from ledger order by seq desc limit 1").fetchone()
    at = datetime.now(UTC)

    def rows() -> Iterator[dict[str, Any]]:
        seq, prev_hash = head or (0, GENESIS)
        for event in events:
            entry = link(event, seq=seq + 1, prev_hash=prev_hash, at=at)
            yield {
                "seq": entry.seq,
                "prev_hash": entry.prev_hash,
                "hash": entry.hash,
                "body": entry.body,
                "kind": event.kind,
                "request_id": event.request_id,
                "grant_id": event.grant_id,
            }
            seq, prev_hash = entry.seq, entry.hash

    _copy(owner, "ledger", rows())


@contextmanager
def unguarded(owner: _Owner) -> Iterator[None]:
    """The guards of the tables are off in this transaction, and as they were at its end."""
    query = """select c.relname::text, t.tgname::text, t.tgenabled::text
                 from pg_trigger t join pg_class c on c.oid = t.tgrelid
                where not t.tgisinternal and c.relname = any(%s)"""
    triggers = owner.execute(query, [list(_TABLES)]).fetchall()
    _each(owner, triggers, lambda _: "disable")
    yield
    modes = {"A": "enable always", "O": "enable", "R": "enable replica", "D": "disable"}
    _each(owner, triggers, modes.__getitem__)


def _each(owner: _Owner, triggers: Sequence[tuple[str, str, str]], mode: Callable[[str], str]) -> None:
    for table, trigger, enabled in triggers:
        owner.execute(
            sql.SQL("alter table {} {} trigger {}").format(
                sql.Identifier(table), sql.SQL(mode(enabled)), sql.Identifier(trigger)
            )
        )


def _copy(owner: _Owner, table: str, rows: Iterable[dict[str, Any]]) -> None:
    """All rows have the columns of the first one, in the same order."""
    several = iter(rows)
    first = next(several)
    columns = sql.SQL(", ").join(map(sql.Identifier, first))
    statement = sql.SQL("copy {} ({}) from stdin").format(sql.Identifier(table), columns)
    with owner.cursor() as cursor, cursor.copy(statement) as copy:
        for row in chain([first], several):
            copy.write_row([Jsonb(value) if isinstance(value, dict) else value for value in row.values()])
