"""A question about grants as conditions of SQL, each with an index of its own."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Select,
    and_,
    any_,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    union,
)
from sqlalchemy.orm import aliased

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
"""Of a grant that was written off it is unknown when access ended, so it is held until now."""

_Made = aliased(Row)
_TICKET: Final[ColumnElement[str]] = literal_column("requests.terms ->> 'ticket'")
"""Written as in the index, so that the planner finds it."""


def of_question(question: GrantQuestion) -> Conditions:
    equal = {Row.id: question.grant, Row.target: question.target, Row.role: question.role}
    yield from (column == wanted for column, wanted in equal.items() if wanted is not None)
    if question.who is not None:
        yield Row.request_id.in_(_requested_by(question.who))
    if question.reviewer is not None:
        yield Row.id.in_(_reviewed_by(question.reviewer))
    if question.ticket is not None:
        asked = select(RequestRow.id).where(literal(question.ticket) == _TICKET)
        yield Row.id.in_(union(*_of_requests(asked)))
    if question.table is not None:
        yield _may_reach(question)
    if question.at is not None:
        yield _is_held(_HELD.op("@>")(_time(question.at)), question.at, includes_bound=True)
    if question.since is not None or question.until is not None:
        time = func.tstzrange(_time(question.since), _time(question.until))
        yield _is_held(_HELD.op("&&")(time), question.until, includes_bound=False)


def _is_held(ended: Any, until: datetime | None, *, includes_bound: bool) -> ColumnElement[bool]:
    """Return whether the grant was begun and held; `until` is the latest begin of one that has not ended."""
    begun: list[Any] = []
    if until is not None:
        begun.append(until >= _HELD_FROM if includes_bound else until > _HELD_FROM)
    return and_(Row.recipe.is_not(None), or_(and_(_ENDED, ended), and_(_NOT_ENDED, *begun)))


def _may_reach(question: GrantQuestion) -> ColumnElement[bool]:
    """Return whether the grant's login reached the table, or its reach is not known in full."""
    assert question.table is not None  # noqa: S101 asked by the caller
    reached = select(ReachedTableRow.reach_id).where(is_named(question.table, question.use))
    unknown = select(ReachRow.id).where(ReachRow.unrecorded > 0)
    # An array, so that it is read once and the index of grants can be searched with it.
    reaches = func.array(reached.union(unknown).scalar_subquery())
    return and_(Row.recipe.is_not(None), or_(Row.reach_id.is_(None), Row.reach_id == any_(reaches)))


def _requested_by(who: Identities) -> Any:
    """A grant's holder is its requester: the guards refuse any other."""
    named = select(RequestRow.id).where(RequestRow.requester.in_(who.persons))
    return named.union(select(RequestRow.id).where(RequestRow.requester_slack_id.in_(who.accounts)))


def _reviewed_by(reviewer: Identities) -> Any:
    by_person = select(ReviewRow.request_id).where(ReviewRow.reviewer.in_(reviewer.persons))
    by_account = select(ReviewRow.request_id).where(ReviewRow.reviewer_slack_id.in_(reviewer.accounts))
    row = BreakGlassReviewRow
    of_break_glass = select(row.grant_id).where(
        or_(row.reviewer.in_(reviewer.persons), row.reviewer_slack_id.in_(reviewer.accounts))
    )
    return union(*_of_requests(union(by_person, by_account)), of_break_glass)


def _of_requests(requests: Any) -> tuple[Select[Any], Select[Any]]:
    """Return the grants that these requests made, and those that they are about."""
    made = select(_Made.id).where(_Made.request_id.in_(requests))
    about = select(RequestRow.of_grant).where(RequestRow.id.in_(requests), RequestRow.of_grant.is_not(None))
    return made, about


def _time(at: datetime | None) -> ColumnElement[Any]:
    return literal(at, DateTime(timezone=True))
