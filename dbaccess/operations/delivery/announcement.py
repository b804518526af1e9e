"""The announcement before access: in Slack, or for a break-glass in the second sink (ADR 22)."""

from dbaccess.domain.break_glass import Announcement, Place
from dbaccess.domain.duration import format_duration
from dbaccess.domain.errors import SinkFailure
from dbaccess.domain.events import BY_WORKER, Event, EventKind
from dbaccess.domain.message import Message, MessageKind
from dbaccess.domain.request import Request, RequestId
from dbaccess.domain.terms import RequestKind
from dbaccess.domain.text import clean
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.delivery.messages import post_or_update
from dbaccess.operations.identity import look_up
from dbaccess.ports import UnitOfWork

NOT_ANNOUNCED = "unannounced"
"""The code of a wait for the announcement; the wait is no attempt."""

_NO_MENTION = str.maketrans("<>", "\u2039\u203a")


def is_told(uow: UnitOfWork, request: Request) -> bool:
    """Return whether others could read of the request: its message was posted by the worker, or announced."""
    if request.terms.break_glass:
        return uow.announcements.of(request.id) is not None
    return _is_posted(_message(uow, request))


def announce_request(context: WorkerContext, request_id: RequestId) -> bool:
    """Post the message of the request if others cannot read it yet; return whether they can now.

    Idempotent: once posted, Slack is not called again. A break-glass is announced in the operators' channel
    where the target's takes no message, else in the second sink. False if none of them accepts it.
    """
    with context.begin() as uow:
        request = uow.requests.get(request_id)
        if is_told(uow, request):
            return True
        # A compromised bot could omit the message, so that no reviewer hears of the request.
        target = context.policy.targets.get(request.terms.target)
        uow.messages.plan(request_id, _kind(request), channel=target.channel if target else "")
        message = _message(uow, request)
        uow.commit()
    if message is not None and not _is_posted(message):
        post_or_update(context, message)
    if _in_slack(context, request):
        return True
    if not request.terms.break_glass:
        return False
    return _to_operators(context, request) or _in_second_sink(context, request)


def _in_slack(context: WorkerContext, request: Request) -> bool:
    with context.begin() as uow:
        if not _is_posted(_message(uow, request)):
            return False
        if request.terms.break_glass:
            _record(uow, request.id, Place.SLACK)
            uow.commit()
    return True


def _to_operators(context: WorkerContext, request: Request) -> bool:
    """Post it in the operators' channel, if that is another one: its readers can end the grant."""
    target, channel = context.policy.targets.get(request.terms.target), context.policy.ops_channel
    if target is None or target.channel == channel:
        return False
    kind = MessageKind.OPS_BREAK_GLASS
    with context.begin() as uow:
        uow.messages.plan(request.id, kind, channel=channel)
        message = next(one for one in uow.messages.of(request.id) if one.kind is kind)
        uow.commit()
    if not _is_posted(message):
        post_or_update(context, message)
    with context.begin() as uow:
        if not _is_posted(next(one for one in uow.messages.of(request.id) if one.kind is kind)):
            return False
        _record(uow, request.id, Place.OPERATORS)
        uow.commit()
    return True


def _in_second_sink(context: WorkerContext, request: Request) -> bool:
    if context.sink is None:
        return False
    with context.begin() as uow:
        person = look_up(uow, request.requester_slack_id, context.policy)
    try:
        context.sink.take(_text(request, person.shown if person else request.requester_slack_id))
    except SinkFailure:
        return False
    with context.begin() as uow:
        _record(uow, request.id, context.sink.place)
        uow.commit()
    return True


def _record(uow: UnitOfWork, request_id: RequestId, place: Place) -> None:
    told = Announcement(request_id=request_id, place=place, announced_at=uow.now)
    if uow.announcements.add(told):
        data = {"where": place.value}
        event = Event(kind=EventKind.BREAK_GLASS_ANNOUNCED, actor=BY_WORKER, request_id=request_id, data=data)
        uow.record(event)


def _kind(request: Request) -> MessageKind:
    """Return the kind of message that tells others of the request."""
    return MessageKind.REQUEST if request.terms.kind is RequestKind.ACCESS else MessageKind.THREAD_EXTENSION


def _message(uow: UnitOfWork, request: Request) -> Message | None:
    return next((m for m in uow.messages.of(request.id) if m.kind is _kind(request)), None)


def _is_posted(message: Message | None) -> bool:
    return message is not None and message.posted_ts is not None


def _text(request: Request, name: str) -> str:
    """Return one line, without text that a reader of the sink could take for a mention."""
    terms = request.terms
    what = f"{terms.role} on {terms.target}, {format_duration(terms.duration)}"
    said = f"Break-glass: {name}, {what}. No approval was asked. {request.label}: {terms.reason}"
    return " ".join(clean(said).split()).translate(_NO_MENTION)
