"""Reviews: one reviewer's approval or denial."""

from dbaccess.domain.approved_scope import ApprovedScope
from dbaccess.domain.errors import Changed
from dbaccess.domain.events import BY_SYSTEM, Event, EventKind
from dbaccess.domain.lifecycle import advance
from dbaccess.domain.message import MessageKind
from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import Policy
from dbaccess.domain.request import Request, RequestId, Review, ReviewId, Verdict
from dbaccess.operations.activity.capture import refuse_uncaptured
from dbaccess.operations.identity import Workspace, identify
from dbaccess.operations.lockdown_effect import refuse_in_lockdown
from dbaccess.operations.message_updates import schedule_message_update
from dbaccess.operations.requests.apply_approval import apply_approval
from dbaccess.operations.requests.count_approvals import count_approvals, void
from dbaccess.operations.requests.current_scope import check_shown_scope
from dbaccess.operations.requests.eligibility import (
    check_note,
    check_reviewer,
    check_unchanged,
    membership_read_at,
    read_in_entry,
)
from dbaccess.ports import UnitOfWork, UnitOfWorkFactory


def review(
    begin: UnitOfWorkFactory,
    *,
    policy: Policy,
    workspace: Workspace,
    slack_id: SlackId,
    request_id: RequestId,
    fingerprint: str,
    verdict: Verdict,
    note: str,
    idempotency_key: str,
    less: ApprovedScope | None = None,
) -> Request:
    """Record the review; the last missing approval approves the request.

    The requester is checked again and, for an approval, all earlier approvers: an approval of a person who is
    no longer eligible stops counting. `fingerprint` is that of the offer shown, `less` the smaller scope that
    the reviewer approves. Raises `BadReason`, `Changed`, `NotLess`, `AlreadyDecided`, `OwnRequest`,
    `NotEligible`, `AlreadyReviewed`, `NotCaptured` or `DuplicateRequest`, with no change.
    """
    with begin() as uow:
        uow.idempotency_keys.claim(idempotency_key)
        request = uow.requests.lock(request_id)
        reviewer = identify(uow, slack_id, policy, workspace)
        if verdict is Verdict.DENIED:
            check_note(note)
        groups = check_reviewer(
            uow, policy=policy, workspace=workspace, request=request, reviewer=reviewer, verdict=verdict
        )
        if verdict is Verdict.APPROVED:
            refuse_in_lockdown(uow, policy, request.terms.target, break_glass=False)
            refuse_uncaptured(uow, policy, request.terms)
        check_unchanged(uow, policy, workspace, request, request.fingerprint)
        scope = _scope(uow, policy, workspace, request, verdict=verdict, shown=fingerprint, less=less)
        record = uow.reviews.add(
            Review(
                id=ReviewId(0),
                request_id=request.id,
                reviewer=policy.person_id(slack_id),
                reviewer_slack_id=slack_id,
                verdict=verdict,
                groups=groups,
                note=note,
                fingerprint=request.fingerprint,
                policy_hash=policy.hash,
                reviewed_at=uow.now,
                scope=scope,
                membership_read_at=membership_read_at(uow, policy, reviewer, groups),
            )
        )
        uow.record(_event(record))
        request = _settle(uow, policy, workspace, request, record)
        schedule_message_update(uow, request.id)
        uow.commit()
    return request


def _scope(
    uow: UnitOfWork,
    policy: Policy,
    workspace: Workspace,
    request: Request,
    *,
    verdict: Verdict,
    shown: str,
    less: ApprovedScope | None,
) -> ApprovedScope | None:
    """Return the scope of an approval; a denial has none."""
    if verdict is Verdict.APPROVED:
        # A denial depends on no other review, so it does not wait until they can be checked.
        void(uow, request, count_approvals(uow, policy, workspace, request).fallen, actor=BY_SYSTEM)
        return check_shown_scope(uow, policy, request, shown=shown, less=less)
    if shown != request.fingerprint:
        raise Changed("This changed, look again.")
    return None


def _settle(
    uow: UnitOfWork, policy: Policy, workspace: Workspace, request: Request, review: Review
) -> Request:
    """Return the request after the review: still pending, or decided."""
    if review.verdict is Verdict.DENIED:
        return _deny(uow, request, review)
    uow.messages.plan(request.id, MessageKind.THREAD_APPROVED, channel="")
    if count_approvals(uow, policy, workspace, request).quorum.is_met:
        return _approve(uow, request, review)
    return request


def _deny(uow: UnitOfWork, request: Request, review: Review) -> Request:
    denied = advance(request, EventKind.REQUEST_DENIED, decided_at=uow.now)
    uow.requests.save(denied)
    uow.record(Event(kind=EventKind.REQUEST_DENIED, actor=review.reviewer, request_id=request.id))
    uow.messages.plan(request.id, MessageKind.DENIED, channel=request.requester_slack_id)
    return denied


def _approve(uow: UnitOfWork, request: Request, last: Review) -> Request:
    approved = advance(request, EventKind.REQUEST_APPROVED, decided_at=uow.now)
    uow.requests.save(approved)
    uow.record(Event(kind=EventKind.REQUEST_APPROVED, actor=last.reviewer, request_id=request.id))
    apply_approval(uow, approved, [review for review in uow.reviews.of(request.id) if review.approves])
    return approved


def _event(review: Review) -> Event:
    approved = review.verdict is Verdict.APPROVED
    scope: dict[str, object] = {}
    if review.scope is not None:
        scope = {"role": review.scope.role, "duration_seconds": int(review.scope.duration.total_seconds())}
    return Event(
        kind=EventKind.REVIEW_APPROVED if approved else EventKind.REVIEW_DENIED,
        actor=review.reviewer,
        request_id=review.request_id,
        data={
            "slack_id": review.reviewer_slack_id,
            "groups": list(review.groups),
            "note": review.note,
            "fingerprint": review.fingerprint,
            "policy_hash": review.policy_hash,
            **read_in_entry(review.membership_read_at),
            **scope,
        },
    )
