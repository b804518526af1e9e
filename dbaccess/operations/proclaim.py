"""A break-glass is announced before anything is given: in the channel, else in the second sink."""

from dbaccess.domain.break_glass import Announcement, Place
from dbaccess.domain.duration import format_duration
from dbaccess.domain.errors import SinkFailure
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.message import MessageKind
from dbaccess.domain.request import Request, RequestId
from dbaccess.domain.text import clean
from dbaccess.operations.hands import Hands
from dbaccess.operations.notify import notify
from dbaccess.ports import UnitOfWork

_NO_MENTION = str.maketrans("<>", "\u2039\u203a")


def proclaim(hands: Hands, request_id: RequestId) -> bool:
    """Whether it needs no announcement or has one; once it has, this asks nobody again."""
    with hands.begin() as uow:
        request = uow.requests.get(request_id)
        if not request.terms.break_glass or uow.announcements.of(request_id) is not None:
            return True
        posted = _is_posted(uow, request_id)
    if not posted:
        notify(hands, request_id)
    return _in_slack(hands, request_id) or _in_second_sink(hands, request)


def _in_slack(hands: Hands, request_id: RequestId) -> bool:
    with hands.begin() as uow:
        if not _is_posted(uow, request_id):
            return False
        _record(uow, request_id, Place.SLACK)
        uow.commit()
    return True


def _in_second_sink(hands: Hands, request: Request) -> bool:
    if hands.sink is None:
        return False
    with hands.begin() as uow:
        person = uow.directory.person(request.requester_slack_id)
    try:
        hands.sink.take(_text(request, person.name if person else request.requester_slack_id))
    except SinkFailure:
        return False
    with hands.begin() as uow:
        _record(uow, request.id, hands.sink.place)
        uow.commit()
    return True


def _record(uow: UnitOfWork, request_id: RequestId, place: Place) -> None:
    told = Announcement(request_id=request_id, place=place, announced_at=uow.now)
    if uow.announcements.add(told):
        data = {"where": place.value}
        event = Event(kind=EventKind.BREAK_GLASS_ANNOUNCED, actor="worker", request_id=request_id, data=data)
        uow.record(event)


def _is_posted(uow: UnitOfWork, request_id: RequestId) -> bool:
    return any(
        message.kind is MessageKind.REQUEST and message.posted_ts is not None
        for message in uow.messages.of(request_id)
    )


def _text(request: Request, name: str) -> str:
    """On one line, without what could look like a mention to whatever reads the sink."""
    terms = request.terms
    what = f"{terms.role} on {terms.target}, {format_duration(terms.duration)}"
    who = f"{name} ({request.requester_slack_id})"
    said = f"Break-glass: {who}, {what}. No approval was asked. {request.label}: {terms.reason}"
    return " ".join(clean(said).split()).translate(_NO_MENTION)
