"""A filter of records as conditions of SQL."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from dbaccess.domain.record_filter import RecordFilter
from dbaccess.storage.models.break_glass_reviews import BreakGlassReviewRow
from dbaccess.storage.models.grants import GrantRow
from dbaccess.storage.models.requests import RequestRow

Conditions = Iterator[ColumnElement[bool]]
_RULE = RequestRow.terms["rule"].as_string()


def of_requests(only: RecordFilter) -> Conditions:
    yield from _equal((RequestRow.state, only.state), (RequestRow.kind, only.kind), (_RULE, only.rule))
    yield from _equal((RequestRow.target, only.target))
    yield from _began(RequestRow.submitted_at, only)
    if only.who is not None:
        accounts = RequestRow.requester_slack_id.in_(only.who.accounts)
        yield or_(RequestRow.requester.in_(only.who.persons), accounts)
    if only.before is not None:
        yield RequestRow.id < only.before


def of_grants(only: RecordFilter) -> Conditions:
    yield from _equal((GrantRow.state, only.state), (GrantRow.target, only.target))
    if only.rule is not None:
        yield select(RequestRow.id).where(RequestRow.id == GrantRow.request_id, only.rule == _RULE).exists()
    if only.since is not None:  # of a grant that was written off it is unknown when access ended
        yield or_(GrantRow.ended_at.is_(None), GrantRow.ended_at > only.since)
    if only.until is not None:
        yield func.coalesce(GrantRow.activated_at, GrantRow.created_at) < only.until
    if only.who is not None:
        yield or_(GrantRow.holder.in_(only.who.persons), GrantRow.holder_slack_id.in_(only.who.accounts))
    if only.before is not None:
        yield GrantRow.id < only.before


def of_break_glass_reviews(only: RecordFilter) -> Conditions:
    row = BreakGlassReviewRow
    yield from _equal((row.state, only.state), (RequestRow.target, only.target), (_RULE, only.rule))
    yield from _began(row.opened_at, only)
    if only.who is not None:
        yield or_(row.holder.in_(only.who.persons), row.holder_slack_id.in_(only.who.accounts))
    if only.before is not None:
        yield row.request_id < only.before


def _equal(*pairs: tuple[Any, str | None]) -> Conditions:
    yield from (column == wanted for column, wanted in pairs if wanted is not None)


def _began(column: Any, only: RecordFilter) -> Conditions:
    if only.since is not None:
        yield column >= only.since
    if only.until is not None:
        yield column < only.until
