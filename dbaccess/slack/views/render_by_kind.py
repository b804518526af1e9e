"""Rendering of every message that the workers post, from the details of a request."""

from collections.abc import Callable
from typing import Any

from dbaccess.domain.message import MessageKind
from dbaccess.domain.request_details import RequestDetails
from dbaccess.domain.terms import RequestKind
from dbaccess.slack.views import (
    break_glass,
    direct_messages,
    extension_messages,
    not_posted,
    operators_channel,
    request_message,
    thread,
)

_PINGS: dict[MessageKind, Callable[..., dict[str, Any]]] = {
    MessageKind.REQUEST: request_message.render,
    MessageKind.THREAD_WAITING: thread.waiting,
    MessageKind.THREAD_ESCALATED: thread.escalated,
    MessageKind.THREAD_EXTENSION: extension_messages.asked,
    MessageKind.THREAD_OVERDUE: break_glass.overdue,
    MessageKind.OPS_PROBLEM: operators_channel.problem,
    MessageKind.OPS_BREAK_GLASS: break_glass.told_to_operators,
    MessageKind.OVERDUE: operators_channel.overdue,
    MessageKind.CHANNEL_OVERDUE: operators_channel.overdue,
}
_ALWAYS_THE_SAME = {
    MessageKind.THREAD_APPROVED: thread.approved,
    MessageKind.THREAD_VOIDED: thread.voided,
    MessageKind.THREAD_ACTIVE: thread.active,
    MessageKind.THREAD_EXTENDED: extension_messages.extended,
    MessageKind.THREAD_ENDED: thread.ended,
    MessageKind.THREAD_REVIEWED: break_glass.reviewed,
    MessageKind.SUBMITTED: direct_messages.submitted,
    MessageKind.ACTIVE: direct_messages.active,
    MessageKind.REMINDER: direct_messages.reminder,
    MessageKind.IDLE: direct_messages.idle,
    MessageKind.EXTENDED: extension_messages.told,
    MessageKind.DENIED: direct_messages.denied,
    MessageKind.NOT_POSTED: not_posted.told,
    MessageKind.LAPSED: direct_messages.lapsed,
    MessageKind.STALE: direct_messages.stale,
    MessageKind.ENDED: direct_messages.ended,
    MessageKind.REVIEWED: break_glass.told,
    MessageKind.PROBLEM: direct_messages.problem,
    MessageKind.NEVER_ACTIVE: direct_messages.never,
    MessageKind.ENDED_LATE: operators_channel.ended_late,
}

_PINGS_OF_EXTENSION: dict[MessageKind, Callable[..., dict[str, Any]]] = {
    MessageKind.OPS_PROBLEM: operators_channel.extension_problem,
}
_OF_EXTENSION = {
    MessageKind.PROBLEM: extension_messages.problem,
    MessageKind.DENIED: extension_messages.denied,
    MessageKind.LAPSED: extension_messages.lapsed,
    MessageKind.STALE: extension_messages.stale,
}


def render(kind: MessageKind, details: RequestDetails, *, first: bool) -> dict[str, Any]:
    """Return `text` and `blocks` of this message now; the same details give the same message.

    `first` is for the post: only then groups are pinged, afterwards they are plain names.
    """
    if kind is MessageKind.REQUEST and details.request.terms.break_glass:
        return break_glass.announced(details, first=first)
    more_time = details.request.terms.kind is RequestKind.EXTENSION
    if more_time and kind in _PINGS_OF_EXTENSION:
        return _PINGS_OF_EXTENSION[kind](details, first=first)
    if kind in _PINGS:
        return _PINGS[kind](details, first=first)
    if more_time and kind in _OF_EXTENSION:
        return _OF_EXTENSION[kind](details)
    return _ALWAYS_THE_SAME[kind](details)
