"""Messages that Slack refuses: who hears of it, and when it is over."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from dbaccess.domain.errors import SlackFailure
from dbaccess.domain.grant import GrantId
from dbaccess.domain.message import ANNOUNCES, Lane, Message, MessageKind, Refusal
from dbaccess.domain.notice import NoticeKind
from dbaccess.domain.request import RequestId, RequestState
from dbaccess.operations.context import WorkerContext
from dbaccess.ports import UnitOfWork

_OF_LATE = timedelta(days=30)
"""An open notice that is older tells no person anything new."""


MOST_OPERATORS = 20
"""Operators who hear by direct message that their channel takes no message."""


def note_failure(
    context: WorkerContext, uow: UnitOfWork, message: Message, failure: SlackFailure, *, channel: str
) -> None:
    """Count the attempt. At the first refusal, requester and operators are told in this transaction.

    A call that was only paced is no attempt. If the message of a thread was deleted, or its target has left
    the channel, the thread begins anew.
    """
    if failure.is_paced:
        return
    if failure.is_thread_gone and message.kind.is_in_thread:
        _renew_root(uow, message.request_id)
    elif _tells_of_root(context, uow, message, failure, channel) and _renew_root(uow, message.request_id):
        pass  # its edit finds the channel closed, or its new post opens a thread elsewhere
    elif failure.is_refusal:
        message = _refused(context, uow, message, Refusal(code=failure.code, channel=channel, since=uow.now))
    uow.messages.save(replace(message, attempts=message.attempts + 1))


def note_success(uow: UnitOfWork, message: Message) -> None:
    """Record what the message shows. The end of a refusal updates what the requester and operators read."""
    uow.messages.save(replace(message, attempts=0, refusal=None))
    if message.refusal is not None:
        _update_requester(uow, message)


def root_of(uow: UnitOfWork, request_id: RequestId) -> Message | None:
    """Return the message of the thread, if posted; extensions go into the thread of the grant's request."""
    request = uow.requests.get(request_id)
    if request.terms.of_grant is not None:
        request_id = uow.grants.get(GrantId(request.terms.of_grant)).request_id
    for message in uow.messages.of(request_id):
        if message.kind is MessageKind.REQUEST and message.posted_ts and message.posted_channel:
            return message
    return None


def _renew_root(uow: UnitOfWork, request_id: RequestId) -> bool:
    """Make the message of the thread due as if it showed an old state; an edit then finds it gone.

    Return False if it is due already, or refused: its next attempt would come too soon.
    """
    root = root_of(uow, request_id)
    if root is None or root.rendered is None or root.refusal is not None:
        return False
    uow.messages.save(replace(uow.messages.lock(root.id), rendered=None))
    uow.messages.touch_all([root.request_id], next_attempt_at=uow.now, lanes=[Lane.CHANNEL])
    return True


def _tells_of_root(
    context: WorkerContext, uow: UnitOfWork, message: Message, failure: SlackFailure, channel: str
) -> bool:
    """Return whether a refused line shows that the message of its thread needs another look.

    Either reviewers still have to answer there, or the policy names another channel for the target now.
    """
    if not (message.kind.is_in_thread and failure.is_of_channel):
        return False
    request = uow.requests.get(message.request_id)
    target = context.policy.targets.get(request.terms.target)
    has_left = target is not None and target.channel != channel
    return has_left or (request.state is RequestState.PENDING and message.kind not in ANNOUNCES)


def tell_of_closed_channel(context: WorkerContext, uow: UnitOfWork, channel: str, code: str) -> None:
    """Plan an alarm, once a day: the channel takes none of the messages that belong to no request.

    Of their own channel each operator is told directly.
    """
    policy, data = context.policy, {"target": channel, "code": code}
    told: Sequence[str] = [policy.ops_channel]
    if channel == policy.ops_channel:
        sources, team = policy.groups.get("operators", ()), context.workspace.team_id
        told = uow.directory.reviewers(sources, team_id=team, but=(), limit=MOST_OPERATORS)
    elif uow.notices.knows_open(
        NoticeKind.NOT_POSTED, channel=policy.ops_channel, target=channel, since=uow.now - _OF_LATE
    ):
        return
    for place in told:
        key = f"closed_channel:{channel}:{uow.now:%Y-%m-%d}"
        uow.notices.plan(NoticeKind.NOT_POSTED, key=key, channel=place, data=data)


def _refused(context: WorkerContext, uow: UnitOfWork, message: Message, refusal: Refusal) -> Message:
    before = message.refusal
    if before is not None and (before.code, before.channel) == (refusal.code, refusal.channel):
        return message
    message = replace(message, refusal=refusal)
    if message.kind.lane is Lane.CHANNEL:
        _tell_requester(uow, message)
        _tell_operators(context, uow, refusal)
    elif message.kind.is_alarm:
        tell_of_closed_channel(context, uow, context.policy.ops_channel, refusal.code)
    return message


def _tell_requester(uow: UnitOfWork, message: Message) -> None:
    """Tell who waits for reviewers that cannot see or answer the request."""
    request = uow.requests.get(message.request_id)
    if message.kind in ANNOUNCES and request.state is RequestState.PENDING:
        uow.messages.plan(request.id, MessageKind.NOT_POSTED, channel=request.requester_slack_id)
    _update_requester(uow, message)


def _update_requester(uow: UnitOfWork, message: Message) -> None:
    if message.kind in ANNOUNCES:
        uow.messages.touch_all([message.request_id], next_attempt_at=uow.now, lanes=[Lane.DIRECT])


def _tell_operators(context: WorkerContext, uow: UnitOfWork, refusal: Refusal) -> None:
    """Plan one notice for all that waits for this channel; while it is open, no second one."""
    kind, channel = NoticeKind.NOT_POSTED, context.policy.ops_channel
    if uow.notices.knows_open(kind, channel=channel, target=refusal.channel, since=uow.now - _OF_LATE):
        return
    key = f"not_posted:{refusal.channel}:{uow.now:%Y-%m-%dT%H}"
    if uow.notices.plan(kind, key=key, channel=channel, data={"target": refusal.channel}) is None:
        uow.notices.look_again(key, at=uow.now)
