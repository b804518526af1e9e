"""Another person says afterwards whether a break-glass was justified."""

from typing import Final

from dbaccess.domain.break_glass_review import BreakGlassReview, BreakGlassReviewState, GivenVerdict
from dbaccess.domain.errors import Changed
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.lifecycle import advance
from dbaccess.domain.people import Person, SlackId
from dbaccess.domain.policy import Policy
from dbaccess.domain.request import RequestId, Verdict
from dbaccess.operations.identity import Workspace, identify
from dbaccess.operations.message_updates import schedule_message_update
from dbaccess.operations.requests.eligibility import (
    already_decided,
    check_note,
    check_shown,
    membership_read_at,
    not_in_groups,
    own_request,
    read_in_entry,
)
from dbaccess.ports import UnitOfWork, UnitOfWorkFactory

_SAID: Final = {
    BreakGlassReviewState.JUSTIFIED: Verdict.APPROVED,
    BreakGlassReviewState.NOT_JUSTIFIED: Verdict.DENIED,
}


def review_break_glass(
    begin: UnitOfWorkFactory,
    *,
    policy: Policy,
    workspace: Workspace,
    slack_id: SlackId,
    request_id: RequestId,
    fingerprint: str,
    verdict: BreakGlassReviewState,
    note: str,
    idempotency_key: str,
) -> BreakGlassReview:
    """Return the review, closed with this verdict; the grant itself stays as it is.

    It depends neither on the policy's rules nor on the requester's account now: it is about a fact. A worker
    tells thread and holder, because a compromised bot would not. `fingerprint` is that of the terms that were
    shown. Raises `BadReason`, `Changed`, `NotFound`, `OwnRequest`, `AlreadyDecided`, `NotEligible` or
    `DuplicateRequest`; then nothing has changed.
    """
    with begin() as uow:
        uow.idempotency_keys.claim(idempotency_key)
        pending = _lock(uow, request_id)
        reviewer = identify(uow, slack_id, policy, workspace)
        check_note(note)
        check_may_close(uow, policy=policy, review=pending, reviewer=reviewer)
        check_shown(pending.request, fingerprint)
        given = GivenVerdict(
            reviewer=policy.person_id(slack_id),
            reviewer_slack_id=slack_id,
            note=note,
            reviewed_at=uow.now,
            membership_read_at=membership_read_at(uow, policy, reviewer, [pending.review_by]),
        )
        closed = advance(pending, EventKind.BREAK_GLASS_REVIEWED, to=verdict, verdict=given)
        uow.break_glass_reviews.save_verdict(closed)
        uow.record(event_of(closed, given, policy))
        schedule_message_update(uow, request_id)
        uow.commit()
    return closed


def review_of(uow: UnitOfWork, request_id: RequestId) -> BreakGlassReview:
    """Return the review of this request; raises `NotFound`, and `Changed` where it needs none."""
    request = uow.requests.get(request_id)
    return _known(uow.break_glass_reviews.of(request.id))


def check_may_close(uow: UnitOfWork, *, policy: Policy, review: BreakGlassReview, reviewer: Person) -> None:
    """Raise why this person may not close the review now: `OwnRequest`, `AlreadyDecided` or `NotEligible`."""
    request, groups = review.request, [review.review_by]
    # Two accounts may have been joined to one person since the glass was broken.
    me = policy.person_id(reviewer.slack_id)
    if me == request.requester or policy.is_same(reviewer.slack_id, request.requester_slack_id):
        raise own_request(groups)
    if review.verdict is not None:
        given = review.verdict
        raise already_decided(
            uow, policy, given.reviewer_slack_id, given.reviewer, _SAID[review.state], given.reviewed_at
        )
    if reviewer.is_guest or not policy.belongs(reviewer, review.review_by):
        raise not_in_groups(groups)


def _lock(uow: UnitOfWork, request_id: RequestId) -> BreakGlassReview:
    request = uow.requests.get(request_id)
    return _known(uow.break_glass_reviews.lock(request.id))


def _known(review: BreakGlassReview | None) -> BreakGlassReview:
    """Only a forged button names a request that needs no review."""
    if review is None:
        raise Changed("This changed, look again.")
    return review


def event_of(closed: BreakGlassReview, given: GivenVerdict, policy: Policy) -> Event:
    """Return the ledger's entry of the verdict."""
    return Event(
        kind=EventKind.BREAK_GLASS_REVIEWED,
        actor=given.reviewer,
        request_id=closed.request.id,
        grant_id=closed.grant_id,
        data={
            "justified": closed.state is BreakGlassReviewState.JUSTIFIED,
            "note": given.note,
            "slack_id": given.reviewer_slack_id,
            "group": closed.review_by,
            "fingerprint": closed.request.fingerprint,
            "policy_hash": policy.hash,
            **read_in_entry(given.membership_read_at),
        },
    )
