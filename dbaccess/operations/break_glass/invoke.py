"""A person breaks the glass: access at once, announced to all, and reviewed by another person afterwards."""

from dataclasses import replace

from dbaccess.domain.ask import Ask
from dbaccess.domain.break_glass_review import BreakGlassReview, BreakGlassReviewState, review_pending
from dbaccess.domain.errors import IllegalTransition
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.grant import Grant
from dbaccess.domain.lifecycle import advance
from dbaccess.domain.message import MessageKind
from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import Policy
from dbaccess.domain.request import Request
from dbaccess.domain.rule import BreakGlass
from dbaccess.operations.identity import Workspace, identify
from dbaccess.operations.message_updates import schedule_message_update
from dbaccess.operations.requests.apply_approval import apply_approval
from dbaccess.operations.requests.create import create_request, refuse_second
from dbaccess.operations.requests.enough_reviewers import check_reviewable
from dbaccess.operations.requests.withdraw import withdraw_same
from dbaccess.ports import UnitOfWork, UnitOfWorkFactory


def break_glass(
    begin: UnitOfWorkFactory,
    *,
    policy: Policy,
    workspace: Workspace,
    slack_id: SlackId,
    ask: Ask,
    idempotency_key: str,
) -> Request:
    """Return the request, approved at once, with its grant and its pending review; nothing is given yet.

    It takes the place of a pending request for the same role. A worker gives it after the channel, or the
    second sink, was told. Raises the `Refused` that says what would work instead, `DuplicateRequest` for a
    payload taken before.
    """
    ask = replace(ask, break_glass=True)
    with begin() as uow:
        uow.idempotency_keys.claim(idempotency_key)
        person = identify(uow, slack_id, policy, workspace)
        rule = policy.check(person, ask, now=uow.now)
        if rule.break_glass is None:
            raise IllegalTransition(f"Rule {rule.id} is not for break-glass.")
        _refuse_while_pending(uow, policy, slack_id)
        uow.take_turn(policy.person_id(slack_id))
        withdraw_same(uow, policy, slack_id, ask)
        refuse_second(uow, policy, person, ask)
        reviewers = ((rule.break_glass.review_by, 1),)
        check_reviewable(uow, policy, workspace, slack_id, reviewers, to="review it afterwards")
        terms = policy.terms(person, ask, rule)
        request = create_request(
            uow, policy=policy, slack_id=slack_id, terms=terms, decide_by=uow.now + rule.decide_within
        )
        request = _invoke(uow, request)
        grant = uow.grants.of_request(request.id)
        if grant is None:
            raise IllegalTransition(f"{request.label} has no grant.")
        _open_review(uow, request, grant, rule.break_glass)
        uow.messages.plan(request.id, MessageKind.REQUEST, channel=policy.target(ask.target).channel)
        uow.messages.plan(request.id, MessageKind.SUBMITTED, channel=slack_id)
        schedule_message_update(uow, request.id)
        uow.commit()
    return request


def _invoke(uow: UnitOfWork, request: Request) -> Request:
    approved = advance(request, EventKind.REQUEST_BREAK_GLASS_INVOKED, decided_at=uow.now)
    uow.requests.save(approved)
    uow.record(
        Event(
            kind=EventKind.REQUEST_BREAK_GLASS_INVOKED,
            actor=request.requester,
            request_id=request.id,
            data={"slack_id": request.requester_slack_id, "rule": request.terms.rule},
        )
    )
    apply_approval(uow, approved, [])
    return approved


def _open_review(uow: UnitOfWork, request: Request, grant: Grant, wanted: BreakGlass) -> None:
    review = BreakGlassReview(
        request=request,
        grant_id=grant.id,
        review_by=wanted.review_by,
        state=BreakGlassReviewState.PENDING,
        opened_at=uow.now,
        due_at=uow.now + wanted.review_within,
    )
    uow.break_glass_reviews.add(review)
    uow.record(
        Event(
            kind=EventKind.BREAK_GLASS_REVIEW_OPENED,
            actor=request.requester,
            request_id=request.id,
            grant_id=grant.id,
            # The database compares this text with its own of the row's time.
            data={"review_by": review.review_by, "due": review.due_at.isoformat(timespec="microseconds")},
        )
    )


def _refuse_while_pending(uow: UnitOfWork, policy: Policy, slack_id: SlackId) -> None:
    """Look by the recorded name and by all accounts now: neither a new name nor a new account is a way out.

    A person who was given the name since waits too, until the review is closed.
    """
    pending = uow.break_glass_reviews.pending_of(policy.accounts(slack_id), name=policy.person_id(slack_id))
    if pending:
        raise review_pending(pending[0])
