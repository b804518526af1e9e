"""The review that a break-glass needs, from the announcement to the verdict: what the workers do about it."""

from functools import partial
from typing import Final

from dbaccess.domain.break_glass_review import (
    BreakGlassReview,
    BreakGlassReviewState,
    GivenVerdict,
    ReviewDoubt,
)
from dbaccess.domain.errors import Changed
from dbaccess.domain.events import BY_SYSTEM, Event, EventKind
from dbaccess.domain.grant import Grant
from dbaccess.domain.lifecycle import advance
from dbaccess.domain.message import MessageKind
from dbaccess.domain.notice import NoticeKind
from dbaccess.domain.people import Person
from dbaccess.domain.policy import Policy
from dbaccess.domain.request import Request, RequestId
from dbaccess.operations.batches import each
from dbaccess.operations.context import WorkerContext, check_records
from dbaccess.operations.identity import look_up
from dbaccess.operations.message_updates import plan_notice, schedule_message_update
from dbaccess.ports import UnitOfWork, UnitOfWorkFactory

BATCH: Final = 100
"""How many messages one round plans; the next round plans others."""


def check_review_opened(uow: UnitOfWork, policy: Policy, request: Request, grant: Grant) -> None:
    """Raise `Changed` unless a review of the break-glass was opened as this policy's rule asks, due in time.

    The review may be closed already. Any other request passes.
    """
    if not request.terms.break_glass:
        return
    rule = next((rule for rule in policy.rules if rule.id == request.terms.rule), None)
    if rule is None or rule.break_glass is None:
        raise Changed(f"The worker's policy has no break-glass by the rule of {request.label}.")
    review = uow.break_glass_reviews.of(request.id)
    latest = uow.now + rule.break_glass.review_within
    if (
        review is None
        or review.grant_id != grant.id
        or review.review_by != rule.break_glass.review_by
        or review.due_at > latest
    ):
        raise Changed(f"No review of {request.label} was opened as the rule requires.")


def escalate_overdue_reviews(begin: UnitOfWorkFactory) -> list[RequestId]:
    """Raise the alarm in the thread of each review past its time, once; return those of this round."""
    with begin() as uow:
        found = uow.break_glass_reviews.overdue(uow.now, limit=BATCH)
    check = partial(check_records, begin)
    return each(found, partial(_escalate, begin), what="review escalation", check=check)


def _escalate(begin: UnitOfWorkFactory, request_id: RequestId) -> bool:
    """Looked at again under the lock: another host may have raised the alarm, or a person closed it."""
    with begin() as uow:
        review = uow.break_glass_reviews.lock(request_id)
        if review is None or not review.is_pending or review.overdue_at is not None:
            return False
        overdue = advance(
            review, EventKind.BREAK_GLASS_OVERDUE, to=BreakGlassReviewState.PENDING, overdue_at=uow.now
        )
        uow.break_glass_reviews.save_alarm(overdue)
        uow.messages.plan(request_id, MessageKind.THREAD_OVERDUE, channel="")
        uow.record(
            Event(
                kind=EventKind.BREAK_GLASS_OVERDUE,
                actor=BY_SYSTEM,
                request_id=request_id,
                grant_id=review.grant_id,
                data={"due": review.due_at.isoformat()},
            )
        )
        schedule_message_update(uow, request_id)
        uow.commit()
    return True


def notify_reviewed(context: WorkerContext) -> list[RequestId]:
    """Plan the messages to thread and holder about each closed review, once; return those of this round.

    The operators get an alarm about a review that its reviewer may not have given.
    """
    with context.begin() as uow:
        closed = uow.break_glass_reviews.closed_untold(limit=BATCH)
    return each(closed, partial(_tell, context), what="review notice", check=context.check_records)


def _tell(context: WorkerContext, request_id: RequestId) -> bool:
    with context.begin() as uow:
        request = uow.requests.get(request_id)
        uow.messages.plan(request_id, MessageKind.THREAD_REVIEWED, channel="")
        uow.messages.plan(request_id, MessageKind.REVIEWED, channel=request.requester_slack_id)
        review = uow.break_glass_reviews.of(request_id)
        if review is not None and review.verdict is not None:
            _alarm_if_doubtful(uow, context.policy, review, review.verdict)
        schedule_message_update(uow, request_id)
        uow.commit()
    return True


def _alarm_if_doubtful(
    uow: UnitOfWork, policy: Policy, review: BreakGlassReview, given: GivenVerdict
) -> None:
    """The thread mentions only the account that the bot wrote, which may be an accomplice's."""
    doubts = doubts_about(policy, review, given, look_up(uow, given.reviewer_slack_id, policy))
    if not doubts:
        return
    data = {
        "request": review.label,
        "target": review.request.terms.target,
        "reviewer": given.reviewer,
        "account": given.reviewer_slack_id,
        "group": review.review_by,
        "doubts": doubts,
    }
    key = f"review:{review.request.id}"
    plan_notice(uow, NoticeKind.DOUBTFUL_REVIEW, key=key, channel=policy.ops_channel, data=data)


def doubts_about(
    policy: Policy, review: BreakGlassReview, given: GivenVerdict, reviewer: Person | None
) -> list[ReviewDoubt]:
    """Return why the reviewer may not have given this verdict, by the worker's own policy and snapshot.

    A person whom only the last reading of Slack took out of the group could still review before it.
    """
    holder, account = review.request, given.reviewer_slack_id
    checks = {
        ReviewDoubt.OTHER_PERSON: policy.person_id(account) != given.reviewer,
        ReviewDoubt.HOLDER: given.reviewer == holder.requester
        or policy.is_same(account, holder.requester_slack_id),
        ReviewDoubt.NOT_IN_GROUP: reviewer is None
        or reviewer.is_guest
        or not reviewer.may_act
        or not policy.belongs(reviewer.as_before, review.review_by),
    }
    return [doubt for doubt, found in checks.items() if found]
