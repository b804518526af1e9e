"""A filter of records in memory."""

from collections.abc import Iterator
from datetime import UTC, datetime

from dbaccess.domain.break_glass_review import BreakGlassReview
from dbaccess.domain.grant import Grant
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.record_filter import RecordFilter
from dbaccess.domain.request import Request

_NEVER = datetime.max.replace(tzinfo=UTC)


def admits_request(only: RecordFilter, request: Request) -> bool:
    terms = request.terms
    return all(
        (
            only.state in {None, request.state},
            only.kind in {None, terms.kind},
            only.rule in {None, terms.rule},
            only.target in {None, terms.target},
            *_began(only, request.submitted_at),
            *_rest(only, terms.requester, request.requester_slack_id, request.id),
        )
    )


def admits_grant(only: RecordFilter, grant: Grant, request: Request) -> bool:
    return all(
        (
            only.state in {None, grant.state},
            only.target in {None, grant.target},
            only.rule in {None, request.terms.rule},
            only.since is None or (grant.ended_at or _NEVER) > only.since,
            only.until is None or (grant.activated_at or grant.created_at) < only.until,
            *_rest(only, grant.holder, grant.holder_slack_id, grant.id),
        )
    )


def admits_review(only: RecordFilter, review: BreakGlassReview) -> bool:
    request = review.request
    return all(
        (
            only.state in {None, review.state},
            only.target in {None, request.terms.target},
            only.rule in {None, request.terms.rule},
            *_began(only, review.opened_at),
            *_rest(only, request.requester, request.requester_slack_id, request.id),
        )
    )


def _began(only: RecordFilter, at: datetime) -> Iterator[bool]:
    yield only.since is None or at >= only.since
    yield only.until is None or at < only.until


def _rest(only: RecordFilter, person: PersonId, account: SlackId, number: int) -> Iterator[bool]:
    yield only.who is None or only.who.has(person, account)
    yield only.before is None or number < only.before
