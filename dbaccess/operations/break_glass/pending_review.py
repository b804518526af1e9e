"""The review that a break-glass owes, as the workers look after it: owed before access, overdue, closed."""

from functools import partial
from typing import Final

from dbaccess.domain.break_glass_review import BreakGlassReviewState
from dbaccess.domain.errors import Changed
from dbaccess.domain.events import BY_SYSTEM, Event, EventKind
from dbaccess.domain.grant import Grant
from dbaccess.domain.lifecycle import advance
from dbaccess.domain.message import MessageKind
from dbaccess.domain.policy import Policy
from dbaccess.domain.request import Request, RequestId
from dbaccess.operations.batches import each
from dbaccess.operations.context import check_records
from dbaccess.operations.planning import schedule_message_update
from dbaccess.ports import UnitOfWork, UnitOfWorkFactory

BATCH: Final = 100
"""How many messages one round plans; the next round plans others."""


def check_pending_review(uow: UnitOfWork, policy: Policy, request: Request, grant: Grant) -> None:
    """Raise `Changed` unless the break-glass owes the review that this policy's rule asks for, in time.

    Any other request passes.
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
        raise Changed(f"No pending review of {request.label} is as the rule requires.")


def escalate_overdue_reviews(begin: UnitOfWorkFactory) -> list[RequestId]:
    """Raise the alarm in the thread of each review past its time, once; return those of this round."""
    with begin() as uow:
        found = uow.break_glass_reviews.overdue(uow.now, limit=BATCH)
    check = partial(check_records, begin)
    return each(found, partial(_escalate, begin), what="calling a review overdue", check=check)


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


def notify_reviewed(begin: UnitOfWorkFactory) -> list[RequestId]:
    """Plan the messages to thread and holder about each closed review, once; return those of this round."""
    with begin() as uow:
        closed = uow.break_glass_reviews.closed_untold(limit=BATCH)
    check = partial(check_records, begin)
    return each(closed, partial(_tell, begin), what="telling of a review", check=check)


def _tell(begin: UnitOfWorkFactory, request_id: RequestId) -> bool:
    with begin() as uow:
        holder = uow.requests.get(request_id).requester_slack_id
        uow.messages.plan(request_id, MessageKind.THREAD_REVIEWED, channel="")
        uow.messages.plan(request_id, MessageKind.REVIEWED, channel=holder)
        schedule_message_update(uow, request_id)
        uow.commit()
    return True
