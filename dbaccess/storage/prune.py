"""Deletion of rows that are no longer needed, a batch at a time, also after a flood."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import ColumnElement, Engine, delete, exists, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from dbaccess.domain.grant import GrantState
from dbaccess.storage.models.clock_skews import ClockSkewRow
from dbaccess.storage.models.counted_entries import CountedEntriesRow as Counted
from dbaccess.storage.models.drafts import DraftRow
from dbaccess.storage.models.grants import GrantProgressRow, GrantRow
from dbaccess.storage.models.homes import HomeRow
from dbaccess.storage.models.idempotency_keys import IdempotencyKeyRow
from dbaccess.storage.models.messages import NoticeRow
from dbaccess.storage.models.outbox import OutboxRow
from dbaccess.storage.models.policies import PolicyInForceRow
from dbaccess.storage.models.report_orders import ReportOrderRow

_DAY: Final = timedelta(days=1)
_KEYS: Final = 7 * _DAY
_NOTICES: Final = 30 * _DAY
_BATCH: Final = 5000

_Key = tuple[InstrumentedAttribute[Any], ...]
_log = structlog.get_logger(__name__)


def prune(engine: Engine, now: datetime | None = None) -> int:
    """Delete old keys, dispatched rows, drafts, Home tabs, notices, and reports of hosts that are gone.

    The progress of ends that have their receipt is deleted too, and orders of reports that are done. Returns
    the number of rows. A notice that no channel accepted in time is given up.
    """
    with Session(engine) as session:
        now = now or session.execute(select(func.now())).scalar_one()
    given_up = _delete_all(engine, (NoticeRow.id,), _unposted(now))
    if given_up:
        _log.error("notices given up", count=given_up)
    return given_up + sum(_delete_all(engine, key, old) for key, old in _old(now))


def _unposted(now: datetime) -> ColumnElement[bool]:
    return (NoticeRow.created_at < now - _NOTICES) & NoticeRow.posted_at.is_(None)


def _old(now: datetime) -> Iterator[tuple[_Key, ColumnElement[bool]]]:
    process = PolicyInForceRow.process, PolicyInForceRow.host, PolicyInForceRow.pid
    yield (IdempotencyKeyRow.key,), IdempotencyKeyRow.taken_at < now - _KEYS
    yield (OutboxRow.id,), OutboxRow.dispatched_at < now - _DAY
    yield (DraftRow.id,), DraftRow.created_at < now - _DAY
    yield (HomeRow.slack_id,), (HomeRow.opened_at < now - _DAY) | (HomeRow.opened_at > now + _DAY)
    yield process, PolicyInForceRow.seen_at < now - _DAY
    yield (ClockSkewRow.place,), ClockSkewRow.measured_at < now - _DAY
    yield (Counted.hour, Counted.kind, Counted.writer, Counted.who), Counted.hour < now - _DAY
    yield (NoticeRow.id,), NoticeRow.posted_at < now - _NOTICES
    yield (
        (ReportOrderRow.id,),
        ReportOrderRow.next_attempt_at.is_(None) & (ReportOrderRow.ordered_at < now - _NOTICES),
    )
    over = GrantRow.state.in_([GrantState.ENDED, GrantState.WRITTEN_OFF])
    yield (GrantProgressRow.id,), exists().where(GrantRow.id == GrantProgressRow.grant_id, over)


def _delete_all(engine: Engine, key: _Key, old: ColumnElement[bool]) -> int:
    """Delete in batches, each in a transaction of its own: a failure reverts no other batch."""
    gone = 0
    while True:
        some = select(*key).where(old).limit(_BATCH)
        with Session(engine) as session, session.begin():
            batch = session.execute(delete(key[0].class_).where(tuple_(*key).in_(some)))
            deleted: int = batch.rowcount  # type: ignore[attr-defined]  # of a DELETE it is there
        gone += deleted
        if deleted < _BATCH:
            return gone
