"""Who could decide hears that a request still waits."""

from datetime import datetime

from dbaccess.domain.message import MessageKind
from dbaccess.domain.policy import Policy, Rule
from dbaccess.domain.request import Request, RequestId
from dbaccess.domain.terms import RequestKind
from dbaccess.operations.announce import announce
from dbaccess.operations.hands import Hands


def nudge(hands: Hands) -> list[RequestId]:
    """Reminders and escalations that are due by the deciding rule are planned, once each a request.

    What is late is caught up with, as long as the request waits.
    """
    planned = []
    with hands.begin() as uow:
        for request in uow.requests.pending():
            due = _due(hands.policy, request, uow.now)
            known = {message.kind for message in uow.messages.of(request.id)} if due else set()
            if new := [kind for kind in due if kind not in known]:
                for kind in new:
                    uow.messages.plan(request.id, kind, channel="")
                announce(uow, request.id)
                planned.append(request.id)
        if planned:
            uow.commit()
    return planned


def _due(policy: Policy, request: Request, now: datetime) -> list[MessageKind]:
    rule = _rule_of(policy, request)
    # A review of a break-glass is called overdue instead, whatever its rule says by now.
    of_break_glass = request.terms.kind is RequestKind.BREAK_GLASS_REVIEW
    if rule is None or of_break_glass or now >= request.decide_by:
        return []
    due = []
    if rule.remind_after is not None and now >= request.submitted_at + rule.remind_after:
        due.append(MessageKind.THREAD_WAITING)
    if rule.escalation is not None and now >= request.submitted_at + rule.escalation.after:
        due.append(MessageKind.THREAD_ESCALATED)
    return due


def _rule_of(policy: Policy, request: Request) -> Rule | None:
    return next((rule for rule in policy.rules if rule.id == request.terms.rule), None)
