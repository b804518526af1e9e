"""Reminders to reviewers about waiting requests."""

from datetime import datetime
from functools import partial

from dbaccess.domain.message import MessageKind
from dbaccess.domain.policy import Policy, Rule
from dbaccess.domain.request import Request, RequestId, RequestState
from dbaccess.operations.batches import each
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.message_updates import schedule_message_update
from dbaccess.operations.requests.pending import pending
from dbaccess.ports import UnitOfWork


def remind_reviewers(context: WorkerContext) -> list[RequestId]:
    """Plan reminders and escalations that are due by the deciding rule, each once; return the requests.

    Late ones are made up for, as long as the request waits.
    """
    found = pending(context, lambda uow, request: bool(_new(uow, context.policy, request)))
    return each(found, partial(_plan, context), what="reviewers' reminder", check=context.check_records)


def _plan(context: WorkerContext, request_id: RequestId) -> bool:
    with context.begin() as uow:
        request = uow.requests.get(request_id)
        new = _new(uow, context.policy, request) if request.state is RequestState.PENDING else []
        for kind in new:
            uow.messages.plan(request.id, kind, channel="")
        if new:
            schedule_message_update(uow, request.id)
            uow.commit()
    return bool(new)


def _new(uow: UnitOfWork, policy: Policy, request: Request) -> list[MessageKind]:
    """Return the kinds that are due and not planned yet."""
    due = _due(policy, request, uow.now)
    known = {message.kind for message in uow.messages.of(request.id)} if due else set()
    return [kind for kind in due if kind not in known]


def _due(policy: Policy, request: Request, now: datetime) -> list[MessageKind]:
    rule = _rule_of(policy, request)
    if rule is None or now >= request.decide_by:
        return []
    due = []
    if rule.remind_after is not None and now >= request.submitted_at + rule.remind_after:
        due.append(MessageKind.THREAD_WAITING)
    if rule.escalation is not None and now >= request.submitted_at + rule.escalation.after:
        due.append(MessageKind.THREAD_ESCALATED)
    return due


def _rule_of(policy: Policy, request: Request) -> Rule | None:
    return next((rule for rule in policy.rules if rule.id == request.terms.rule), None)
