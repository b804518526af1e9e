"""Every message that the workers post, rendered from a story."""

from typing import Any

from dbaccess.domain.message import MessageKind
from dbaccess.domain.story import Story
from dbaccess.slack.views import direct, operations, request_message, thread

_ALWAYS_THE_SAME = {
    MessageKind.THREAD_APPROVED: thread.approved,
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
    if kind is MessageKind.REQUEST:
        return request_message.render(story, first=first)
    if kind is MessageKind.OPS_PROBLEM:
        return operations.problem(story, first=first)
    if kind is MessageKind.OVERDUE:
        return operations.overdue(story, first=first)
    return _ALWAYS_THE_SAME[kind](story)
