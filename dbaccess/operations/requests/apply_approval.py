"""The effect of an approval, by the kind of the request."""

from dbaccess.domain.approved_scope import narrowest
from dbaccess.domain.events import BY_SYSTEM, Event, EventKind
from dbaccess.domain.grant import Grant, GrantId, GrantState
from dbaccess.domain.request import Request, Review
from dbaccess.domain.terms import RequestKind
from dbaccess.ports import Job, UnitOfWork


def apply_approval(uow: UnitOfWork, approved: Request, reviews: list[Review]) -> None:
    """Start the approved work in the same transaction; `reviews` are those that count."""
    match approved.terms.kind:
        case RequestKind.ACCESS:
            _create_grant(uow, approved, reviews)
        case RequestKind.EXTENSION:
            uow.enqueue(Job.EXTEND, GrantId(approved.terms.of_grant or 0))


def _create_grant(uow: UnitOfWork, approved: Request, reviews: list[Review]) -> None:
    terms = approved.terms
    scope = narrowest(terms, [review.scope for review in reviews if review.scope is not None])
    grant = uow.grants.add(
        Grant(
            id=GrantId(0),
            request_id=approved.id,
            holder=approved.requester,
            holder_slack_id=approved.requester_slack_id,
            target=terms.target,
            cluster=terms.cluster,
            role=scope.role,
            duration=scope.duration,
            state=GrantState.PROVISIONING,
            created_at=uow.now,
            next_attempt_at=uow.now,
        )
    )
    uow.record(
        Event(
            kind=EventKind.GRANT_CREATED,
            actor=BY_SYSTEM,
            request_id=approved.id,
            grant_id=grant.id,
            data={
                "reviewers": [r.reviewer for r in reviews],
                "fingerprint": approved.fingerprint,
                "role": grant.role,
                "duration_seconds": int(grant.duration.total_seconds()),
            },
        )
    )
    uow.enqueue(Job.PROVISION, grant.id)
