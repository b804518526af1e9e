"""Every message that the workers post, rendered from a story."""

from collections.abc import Callable
from typing import Any

from dbaccess.domain.message import MessageKind
from dbaccess.domain.story import Story
from dbaccess.slack.views import direct, operations, request_message, thread

_PINGS: dict[MessageKind, Callable[..., dict[str, Any]]] = {
    MessageKind.REQUEST: request_message.render,
    MessageKind.THREAD_WAITING: thread.waiting,
    MessageKind.THREAD_ESCALATED: thread.escalated,
    MessageKind.OPS_PROBLEM: operations.problem,
    MessageKind.OVERDUE: operations.overdue,
}
_ALWAYS_THE_SAME = {
    MessageKind.THREAD_APPROVED: thread.approved,
    MessageKind.THREAD_VOIDED: thread.voided,
    MessageKind.THREAD_ACTIVE: thread.active,
    MessageKind.THREAD_ENDED: thread.ended,
    MessageKind.SUBMITTED: direct.submitted,
    MessageKind.ACTIVE: direct.active,
    MessageKind.REMINDER: direct.reminder,
    MessageKind.DENIED: direct.denied,
    MessageKind.LAPSED: direct.lapsed,
    MessageKind.STALE: direct.stale,
    MessageKind.ENDED: direct.ended,
    MessageKind.PROBLEM: direct.problem,
    MessageKind.NEVER_ACTIVE: direct.never,
    MessageKind.ENDED_LATE: operations.ended_late,
}


def render(kind: MessageKind, story: Story, *, first: bool) -> dict[str, Any]:
    """`text` and `blocks` of this message now; the same story renders the same.

    `first` is for the posting: only then groups are pinged, afterwards they are plain names.
    """
    if kind in _PINGS:
        return _PINGS[kind](story, first=first)
    return _ALWAYS_THE_SAME[kind](story)
