"""A reviewer says yes or no."""

from dbaccess.domain.errors import (
    AlreadyDecided,
    AlreadyReviewed,
    Changed,
    NotEligible,
    OwnRequest,
    Refused,
)
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.grant import Grant, GrantId, GrantState
from dbaccess.domain.lifecycle import advance
from dbaccess.domain.message import MessageKind
from dbaccess.domain.people import Person, SlackId
from dbaccess.domain.policy import Ask, Policy
from dbaccess.domain.quorum import missing_slots, slot_for
from dbaccess.domain.request import Request, RequestId, RequestState, Review, ReviewId, Verdict
from dbaccess.operations.announce import announce
from dbaccess.operations.identify import Workspace, check_may_act, identify
from dbaccess.ports import Job, UnitOfWork, UnitOfWorkFactory


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
    intake_key: str,
) -> Request:
    """The review is recorded; with the last approval missing the request is approved and a grant exists.

    `fingerprint` is that of the terms the reviewer was shown. Raises `Changed`, `AlreadyDecided`,
    `OwnRequest`, `NotEligible`, `AlreadyReviewed` or `Replayed`; then nothing has changed.
    """
    with begin() as uow:
        uow.intake.take(intake_key)
        request = uow.requests.lock(request_id)
        reviewer = identify(uow, slack_id, workspace)
        group = check_reviewer(uow, policy, request, reviewer)
        check_unchanged(uow, policy, workspace, request, fingerprint)
        record = uow.reviews.add(
            Review(
                id=ReviewId(0),
                request_id=request.id,
                reviewer=policy.person_id(slack_id),
                reviewer_slack_id=slack_id,
                verdict=verdict,
                group=group,
                note=note,
                fingerprint=fingerprint,
                policy_hash=policy.hash,
                reviewed_at=uow.now,
            )
        )
        uow.record(_event(record))
        decide = _deny if verdict is Verdict.DENIED else _approve
        request = decide(uow, request, record)
        announce(uow, request.id)
        uow.commit()
    return request


def check_reviewer(uow: UnitOfWork, policy: Policy, request: Request, reviewer: Person) -> str:
    """The group in whose name this person may review the request now; raises why they may not."""
    me = policy.person_id(reviewer.slack_id)
    groups = [group for group, _ in request.terms.approvals]
    if me == request.requester:
        raise OwnRequest(f"Your own request: somebody else in {' or '.join(groups)} reviews it.")
    reviews = uow.reviews.of(request.id)
    if request.state is not RequestState.PENDING:
        raise AlreadyDecided(_decided(uow, request, reviews))
    if uow.now >= request.decide_by:
        raise AlreadyDecided(f"{request.label} was to be decided before; it lapses now.")
    mine = [g for g in groups if policy.belongs(reviewer, g)] if not reviewer.is_guest else []
    if not mine:
        only = " or ".join(groups)
        raise NotEligible(f"Only {only} reviews this; you are not in {only}.")
    if any(review.reviewer == me for review in reviews):
        raise AlreadyReviewed("You have reviewed this already.")
    return slot_for(mine, missing_slots(request.terms.approvals, [r.group for r in reviews]))


def check_unchanged(
    uow: UnitOfWork, policy: Policy, workspace: Workspace, request: Request, fingerprint: str
) -> None:
    """Raises `Changed` unless what was shown, what was asked and what the policy says now are one thing."""
    changed = Changed("This changed, look again.")
    if fingerprint != request.fingerprint or request.terms.fingerprint != request.fingerprint:
        raise changed
    requester = uow.directory.person(request.requester_slack_id)
    if requester is None:
        raise changed
    try:
        check_may_act(requester, workspace)
        if terms_now(policy, requester, request) != request.fingerprint:
            raise changed
    except Refused as refused:
        raise changed from refused


def terms_now(policy: Policy, requester: Person, request: Request) -> str:
    """The fingerprint the same ask would have now; raises `Refused` where it could not be asked."""
    terms = request.terms
    ask = Ask(
        target=terms.target,
        role=terms.role,
        duration=terms.duration,
        reason=terms.reason,
        ticket=terms.ticket,
    )
    return policy.terms(requester, ask, policy.check(requester, ask)).fingerprint


def _deny(uow: UnitOfWork, request: Request, review: Review) -> Request:
    denied = advance(request, EventKind.REQUEST_DENIED, decided_at=uow.now)
    uow.requests.save(denied)
    uow.record(Event(kind=EventKind.REQUEST_DENIED, actor=review.reviewer, request_id=request.id))
    uow.messages.plan(request.id, MessageKind.DENIED, channel=request.requester_slack_id)
    return denied


def _approve(uow: UnitOfWork, request: Request, review: Review) -> Request:
    approvals = [r for r in uow.reviews.of(request.id) if r.verdict is Verdict.APPROVED]
    uow.messages.plan(request.id, MessageKind.THREAD_APPROVED, channel="")
    if missing_slots(request.terms.approvals, [r.group for r in approvals]):
        return request
    approved = advance(request, EventKind.REQUEST_APPROVED, decided_at=uow.now)
    uow.requests.save(approved)
    terms = request.terms
    grant = uow.grants.add(
        Grant(
            id=GrantId(0),
            request_id=request.id,
            holder=request.requester,
            holder_slack_id=request.requester_slack_id,
            target=terms.target,
            cluster=terms.cluster,
            role=terms.role,
            duration=terms.duration,
            state=GrantState.PROVISIONING,
            created_at=uow.now,
            next_attempt_at=uow.now,
        )
    )
    uow.record(Event(kind=EventKind.REQUEST_APPROVED, actor=review.reviewer, request_id=request.id))
    uow.record(
        Event(
            kind=EventKind.GRANT_CREATED,
            actor="system",
            request_id=request.id,
            grant_id=grant.id,
            data={"reviewers": [r.reviewer for r in approvals], "fingerprint": request.fingerprint},
        )
    )
    uow.enqueue(Job.PROVISION, grant.id)
    return approved


def _event(review: Review) -> Event:
    approved = review.verdict is Verdict.APPROVED
    return Event(
        kind=EventKind.REVIEW_APPROVED if approved else EventKind.REVIEW_DENIED,
        actor=review.reviewer,
        request_id=review.request_id,
        data={
            "slack_id": review.reviewer_slack_id,
            "group": review.group,
            "note": review.note,
            "fingerprint": review.fingerprint,
            "policy_hash": review.policy_hash,
        },
    )


def _decided(uow: UnitOfWork, request: Request, reviews: list[Review]) -> str:
    last = reviews[-1] if reviews else None
    if last is None or request.state not in {RequestState.APPROVED, RequestState.DENIED}:
        return f"{request.label} is {request.state} already."
    person = uow.directory.person(last.reviewer_slack_id)
    at = f"<!date^{int(last.reviewed_at.timestamp())}^{{time}}|{last.reviewed_at:%H:%M} UTC>"
    return f"{person.name if person else last.reviewer} {last.verdict} this at {at}."
