"""A question about grants as conditions of SQL, each with an index of its own."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    DateTime,
    and_,
    any_,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
)

from dbaccess.domain.grant_question import GrantQuestion
from dbaccess.domain.record_filter import Identities
from dbaccess.storage.models.break_glass_reviews import BreakGlassReviewRow
from dbaccess.storage.models.grants import HELD
from dbaccess.storage.models.grants import GrantRow as Row
from dbaccess.storage.models.reaches import ReachedTableRow, ReachRow
from dbaccess.storage.models.requests import RequestRow, ReviewRow
from dbaccess.storage.repositories.reaches import is_named

Conditions = Iterator[ColumnElement[bool]]

_HELD: Final[ColumnElement[Any]] = literal_column(HELD)
_HELD_FROM: Final = func.coalesce(Row.begun_at, Row.created_at)
_ENDED: Final = text("grants.state = 'ended'")
_NOT_ENDED: Final = text("grants.state in ('provisioning', 'active', 'revoking', 'written_off')")
"""The end of a grant that was written off is unknown, so it counts as held until now."""

_SHORT: Final = timedelta(days=92)
"""A time in which few of all grants were held, so that they are found first and sorted then."""

_TICKET: Final[ColumnElement[str]] = literal_column("requests.terms ->> 'ticket'")
"""Written as in the index, so that the planner finds it."""


def of_question(question: GrantQuestion) -> Conditions:
    equal = {Row.id: question.grant, Row.target: question.target, Row.role: question.role}
    yield from (column == wanted for column, wanted in equal.items() if wanted is not None)
    if question.who is not None:
        yield Row.request_id == _any_of(_requested_by(question.who))
    if question.reviewer is not None:
        yield _is_reviewed_by(question.reviewer)
    if question.ticket is not None:
        yield _is_of(select(RequestRow.id).where(literal(question.ticket) == _TICKET))
    if question.table is not None:
        yield _may_reach(question)
    if question.at is not None:
        yield _among(_held(_HELD.op("@>")(_time(question.at)), question.at >= _HELD_FROM))
    if question.since is not None or question.until is not None:
        yield _is_held_in(question.since, question.until)


def _is_held_in(since: datetime | None, until: datetime | None) -> ColumnElement[bool]:
    during = _HELD.op("&&")(func.tstzrange(_time(since), _time(until)))
    held = _held(during, *([until > _HELD_FROM] if until is not None else []))
    is_short = since is not None and until is not None and until - since <= _SHORT
    return _among(held) if is_short else held


def _held(ended: Any, *begun: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return whether the grant was begun, and held then; `begun` is asked of one that has not ended."""
    return and_(Row.recipe.is_not(None), or_(and_(_ENDED, ended), and_(_NOT_ENDED, *begun)))


def _among(few: ColumnElement[bool]) -> ColumnElement[bool]:
    ids = _any_of(select(Row.id).where(few).correlate(None))
    return and_(Row.id == ids)


def _any_of(ids: Any) -> Any:
    """Return any of these ids, found first and once.

    The planner takes an array for short and looks each id up. From a join it would expect rows spread evenly
    over the table, and walk through most of it for those of long ago.
    """
    return any_(func.array(ids.scalar_subquery()))


def _may_reach(question: GrantQuestion) -> ColumnElement[bool]:
    """Return whether the grant's login reached the table, or its reach is not known in full."""
    assert question.table is not None  # noqa: S101 asked by the caller
    reached = select(ReachedTableRow.reach_id).where(is_named(question.table, question.use))
    unknown = select(ReachRow.id).where(ReachRow.unrecorded > 0)
    return and_(
        Row.recipe.is_not(None), or_(Row.reach_id.is_(None), Row.reach_id == _any_of(reached.union(unknown)))
    )


def _requested_by(who: Identities) -> Any:
    """A grant's holder is its requester: the guards refuse any other."""
    named = select(RequestRow.id).where(RequestRow.requester.in_(who.persons))
    return named.union(select(RequestRow.id).where(RequestRow.requester_slack_id.in_(who.accounts)))


def _is_reviewed_by(reviewer: Identities) -> ColumnElement[bool]:
    by_person = select(ReviewRow.request_id).where(ReviewRow.reviewer.in_(reviewer.persons))
    by_account = select(ReviewRow.request_id).where(ReviewRow.reviewer_slack_id.in_(reviewer.accounts))
    row = BreakGlassReviewRow
    of_break_glass = select(row.grant_id).where(
        or_(row.reviewer.in_(reviewer.persons), row.reviewer_slack_id.in_(reviewer.accounts))
    )
    return or_(_is_of(by_person.union(by_account)), Row.id == _any_of(of_break_glass))


def _is_of(requests: Any) -> ColumnElement[bool]:
    """Return whether the grant was made by one of these requests, or one of them is about it."""
    about = select(RequestRow.of_grant).where(RequestRow.of_grant.is_not(None), RequestRow.id.in_(requests))
    return or_(Row.request_id == _any_of(requests), Row.id == _any_of(about))


def _time(at: datetime | None) -> ColumnElement[Any]:
    return literal(at, DateTime(timezone=True))
