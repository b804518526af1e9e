"""The review that a break-glass owes, as the worker sees to it: owed before access, overdue, closed."""

from functools import partial
from typing import Final

from dbaccess.domain.break_glass import review_terms
from dbaccess.domain.errors import Changed
from dbaccess.domain.events import BY_SYSTEM, Event, EventKind
from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.message import MessageKind
from dbaccess.domain.policy import Policy
from dbaccess.domain.request import Request, RequestId, RequestState
from dbaccess.operations.batches import each
from dbaccess.operations.context import check_records
from dbaccess.operations.planning import schedule_message_update
from dbaccess.ports import UnitOfWork, UnitOfWorkFactory

BATCH: Final = 100
"""How many are told of in one round; the next one tells of others."""


def check_pending_review(uow: UnitOfWork, policy: Policy, request: Request, grant: Grant) -> None:
    """Raises `Changed` where nobody of this policy's group owes the break-glass a review in time."""
    if not request.terms.break_glass:
        return
    rule = next((rule for rule in policy.rules if rule.id == request.terms.rule), None)
    if rule is None or rule.break_glass is None:
        raise Changed(f"The worker's policy has no break-glass by the rule of {request.label}.")
    terms = review_terms(request.terms, grant.id, rule.break_glass)
    latest = uow.now + rule.break_glass.review_within
    if not any(
        owed.terms == terms and owed.fingerprint == terms.fingerprint and owed.decide_by <= latest
        for owed in uow.requests.of_grant(grant.id)
    ):
        raise Changed(f"Nobody owes {request.label} the review that the rule asks for.")


def escalate_overdue_reviews(begin: UnitOfWorkFactory) -> list[RequestId]:
    """Reviews of a break-glass whose time is over were called so in the thread, once; those called now."""
    with begin() as uow:
        found = uow.requests.overdue_debts(uow.now, limit=BATCH)
    check = partial(check_records, begin)
    return each(found, partial(_call, begin), what="calling a review overdue", check=check)


def _call(begin: UnitOfWorkFactory, request_id: RequestId) -> bool:
    """Looked at again under the lock: another host may have called it, or somebody closed it."""
    with begin() as uow:
        request = uow.requests.lock(request_id)
        if not _is_overdue(uow, request):
            return False
        uow.messages.plan(request.id, MessageKind.THREAD_OVERDUE, channel="")
        uow.record(
            Event(
                kind=EventKind.BREAK_GLASS_OVERDUE,
                actor=BY_SYSTEM,
                request_id=request.id,
                grant_id=GrantId(request.terms.of_grant or 0),
                data={"due": request.decide_by.isoformat()},
            )
        )
        schedule_message_update(uow, request.id)
        uow.commit()
    return True


def _is_overdue(uow: UnitOfWork, request: Request) -> bool:
    """And not called so yet."""
    if request.state is not RequestState.PENDING or uow.now < request.decide_by:
        return False
    return all(message.kind is not MessageKind.THREAD_OVERDUE for message in uow.messages.of(request.id))


def notify_reviewed(begin: UnitOfWorkFactory) -> list[RequestId]:
    """Of every review that was closed thread and holder are to hear, once; those found now."""
    with begin() as uow:
        closed = uow.requests.judged_untold(limit=BATCH)
    check = partial(check_records, begin)
    return each(closed, partial(_tell, begin), what="telling of a review", check=check)


def _tell(begin: UnitOfWorkFactory, request_id: RequestId) -> bool:
    with begin() as uow:
        request = uow.requests.get(request_id)
        holder = uow.grants.get(GrantId(request.terms.of_grant or 0)).holder_slack_id
        uow.messages.plan(request.id, MessageKind.THREAD_REVIEWED, channel="")
        uow.messages.plan(request.id, MessageKind.REVIEWED, channel=holder)
        schedule_message_update(uow, request.id)
        uow.commit()
    return True
