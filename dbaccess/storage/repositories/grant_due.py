"""Conditions on grants: which state they are in, and whether work on them is due, overdue or leased."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, text

from dbaccess.storage.leases import LIVE
from dbaccess.storage.models.grants import GrantRow as Row

ACTIVE: Final = text("grants.state = 'active'")
REVOKING: Final = text("grants.state = 'revoking'")
PROVISIONING: Final = text("grants.state = 'provisioning'")
Moment = datetime | ColumnElement[datetime]

DUE_AT: Final = func.least(Row.expires_at, Row.revoking_at)
"""The agreed end, or the moment of a revocation before it."""


def unleased(now: Moment) -> ColumnElement[bool]:
    """No live worker holds the lease: it was never taken, has expired, or its worker is gone."""
    gone = ~Row.lease_id.in_(LIVE)
    return or_(Row.lease_until.is_(None), now >= Row.lease_until, gone)


def is_free_and_due(now: Moment) -> Any:
    """Due and unleased. Without a time it is due at once, so that no open grant is ever forgotten."""
    return and_(attempt_due(now), unleased(now))


def attempt_due(now: Moment) -> ColumnElement[bool]:
    return or_(Row.next_attempt_at.is_(None), Row.next_attempt_at <= now)


def is_unsettled() -> Any:
    """Being provisioned or revoked."""
    return text("grants.state in ('provisioning', 'revoking')")


def is_overdue(since: datetime) -> ColumnElement[bool]:
    active = and_(ACTIVE, Row.expires_at <= since)
    return or_(active, and_(is_unsettled(), since >= DUE_AT))


def is_late(before: datetime) -> ColumnElement[bool]:
    over = and_(ACTIVE, Row.expires_at <= before)
    unsure = or_(Row.last_failure.is_not(None), Row.attempts == 0, _being_cut_off())
    return or_(over, and_(REVOKING, Row.revoking_at <= before, unsure))


def to_end(now: Moment, begun: bool | None = None) -> Any:  # noqa: FBT001 passed on
    """Begun: an attempt to end it was made, or is under way; not begun: it waits for its cut-off.

    If its worker died or hung during the cut-off it counts as both, once: the grant may be what kills the
    worker.
    """
    over = and_(ACTIVE, Row.expires_at <= now)
    leaving = and_(REVOKING, is_free_and_due(now))
    if begun is None:
        return or_(over, leaving)
    if begun:
        return and_(leaving, Row.attempts > 0)
    left = and_(Row.attempts == 1, _being_cut_off())
    return or_(over, and_(leaving, or_(Row.attempts == 0, left)))


def _being_cut_off() -> ColumnElement[bool]:
    """A worker claimed it for the cut-off and has not given it back, whether or not that worker lives."""
    return and_(Row.next_attempt_at.is_(None), Row.lease_id.is_not(None))


def _next_end() -> Select[Any]:
    ends = select(func.min(Row.expires_at)).where(ACTIVE).scalar_subquery()
    leased = case((Row.lease_id.in_(LIVE), Row.lease_until))
    tried = func.greatest(func.coalesce(Row.next_attempt_at, Row.created_at), leased)
    waits = select(func.min(tried)).where(REVOKING).scalar_subquery()
    return select(func.least(ends, waits), exists(select(Row.id).where(REVOKING)))


# Each part is a look into its index: the table has every grant that ever was.
MANY_WAIT: Final = text("""
select count(*) > :more_than from (
    (select from grants where state = 'active' and expires_at > :since and expires_at <= :now limit :enough)
     union all
    (select from grants where state = 'revoking' and attempts = 0
        and next_attempt_at > :since and next_attempt_at <= :now limit :enough)
) waiting""")

NEXT_END: Final = _next_end()
"""Built once: it runs every second on every host."""
