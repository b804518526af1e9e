"""Requests, grants and reviews as data: ids, enums, numbers and ISO times, and no sentence.

`docs/reference/audit-data.md` describes each field.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dbaccess.domain.break_glass_review import BreakGlassReview
from dbaccess.domain.extension import Extension
from dbaccess.domain.grant import Grant
from dbaccess.domain.people import SlackId
from dbaccess.domain.request import Request, RequestId, Review
from dbaccess.ports import UnitOfWork

Data = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Records that belong to those of a page, each read once for all of them."""

    requests: Mapping[RequestId, Request]
    reviews: Mapping[RequestId, Sequence[Review]]
    break_glass: Mapping[RequestId, BreakGlassReview]
    names: Mapping[SlackId, str]

    def name(self, account: SlackId) -> str | None:
        return self.names.get(account)


def beside(uow: UnitOfWork, request_ids: Iterable[RequestId], accounts: Iterable[SlackId]) -> Beside:
    """Return what a page of records needs, with the displayed names of all people in it."""
    ids = sorted(set(request_ids))
    reviews, break_glass = uow.reviews.of_all(ids), uow.break_glass_reviews.of_all(ids)
    people = {review.reviewer_slack_id for several in reviews.values() for review in several}
    people |= {r.verdict.reviewer_slack_id for r in break_glass.values() if r.verdict is not None}
    return Beside(
        requests={request.id: request for request in uow.requests.readable(ids)},
        reviews=reviews,
        break_glass=break_glass,
        names=uow.directory.names(people | set(accounts)),
    )


def request_data(request: Request, page: Beside) -> Data:
    terms = request.terms
    return {
        "request": request.label,
        "kind": "break_glass" if terms.break_glass else terms.kind.value,
        "state": request.state.value,
        **_person("requester", request.requester, request.requester_slack_id, page),
        "target": terms.target,
        "role": terms.role,
        "access": terms.access,
        "rule": terms.rule,
        "duration_seconds": terms.duration_seconds,
        "reason": terms.reason,
        "ticket": terms.ticket,
        "of_grant": f"G-{terms.of_grant}" if terms.of_grant else None,
        "submitted_at": moment(request.submitted_at),
        "decide_by": moment(request.decide_by),
        "decided_at": moment(request.decided_at),
        "stale_why": request.stale_why.value if request.stale_why else None,
        "approvers": _approvers(request.id, page),
    }


def grant_data(grant: Grant, page: Beside) -> Data:
    request, review = page.requests.get(grant.request_id), page.break_glass.get(grant.request_id)
    return {
        "grant": grant.label,
        "request": f"R-{grant.request_id}",
        "state": grant.state.value,
        **_person("holder", grant.holder, grant.holder_slack_id, page),
        "target": grant.target,
        "cluster": grant.cluster,
        "role": grant.role,
        "login": grant.recipe.login if grant.recipe else None,
        "rule": request.terms.rule if request else None,
        "reason": request.terms.reason if request else None,
        "duration_seconds": int(grant.duration.total_seconds()),
        "created_at": moment(grant.created_at),
        "activated_at": moment(grant.activated_at),
        "expires_at": moment(grant.expires_at),
        "revoking_at": moment(grant.revoking_at),
        "ended_at": moment(grant.ended_at),
        "end_cause": grant.end_cause.value if grant.end_cause else None,
        "ended_by": grant.ended_by,
        "last_failure": grant.last_failure,
        "break_glass": request.terms.break_glass if request else review is not None,
        "verdict": review.state.value if review else None,
        "approvers": _approvers(grant.request_id, page),
    }


def break_glass_data(review: BreakGlassReview, page: Beside) -> Data:
    request, given = review.request, review.verdict
    return {
        "request": request.label,
        "grant": f"G-{review.grant_id}",
        "verdict": review.state.value,
        **_person("requester", request.requester, request.requester_slack_id, page),
        "target": request.terms.target,
        "role": request.terms.role,
        "rule": request.terms.rule,
        "reason": request.terms.reason,
        "review_by": review.review_by,
        "opened_at": moment(review.opened_at),
        "due_at": moment(review.due_at),
        "overdue_at": moment(review.overdue_at),
        "reviewer": given.reviewer if given else None,
        "reviewer_slack_id": given.reviewer_slack_id if given else None,
        "reviewer_name": page.name(given.reviewer_slack_id) if given else None,
        "reviewed_at": moment(given.reviewed_at) if given else None,
        "note": given.note if given else None,
    }


def review_data(review: Review, page: Beside) -> Data:
    return {
        **_person("reviewer", review.reviewer, review.reviewer_slack_id, page),
        "verdict": review.verdict.value,
        "groups": list(review.groups),
        "role": review.scope.role if review.scope else None,
        "duration_seconds": int(review.scope.duration.total_seconds()) if review.scope else None,
        "note": review.note,
        "reviewed_at": moment(review.reviewed_at),
        "voided_at": moment(review.voided_at),
        "voided_why": review.voided_why,
    }


def later_data(request: Request, extensions: Sequence[Extension]) -> Data:
    """Return a request about a grant, with the outcome of an approved extension."""
    done = next((extension for extension in extensions if extension.request_id == request.id), None)
    return {
        "request": request.label,
        "kind": request.terms.kind.value,
        "state": request.state.value,
        "expires_at": moment(done.expires_at) if done else None,
        "not_extended_why": done.why if done else None,
    }


def moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def _person(key: str, person: str, account: SlackId, page: Beside) -> Data:
    return {key: person, f"{key}_slack_id": account, f"{key}_name": page.name(account)}


def _approvers(request_id: RequestId, page: Beside) -> list[Data]:
    return [review_data(review, page) for review in page.reviews.get(request_id, ()) if review.approves]
