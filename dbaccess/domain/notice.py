"""What a channel is told of no single request; those of a lockdown and of many overdue grants are edited."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType

NoticeId = NewType("NoticeId", int)


class NoticeKind(StrEnum):
    """What happened."""

    STRAY_LEFT = "stray_left"
    ORPHANED_ROLE = "orphaned_role"
    DECOY = "decoy"
    OBSERVING = "observing"
    CLOCK_SKEW = "clock_skew"
    POLICY_REFUSED = "policy_refused"
    GROUP_CHANGED = "group_changed"
    STILL_OVERDUE = "still_overdue"
    MANY_OVERDUE = "many_overdue"
    MANY_ENDED_LATE = "many_ended_late"
    ENDED = "ended"
    LOCKDOWN = "lockdown"
    LOCKDOWN_LIFTED = "lockdown_lifted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Told once: `key` names what happened, whoever finds it. `data` is what its text is made from.

    Of `STILL_OVERDUE` it has the grant and until when to say so; the text is made from state. The two about a
    lockdown have its id, `MANY_OVERDUE` its target, and they are made from state too.
    """

    id: NoticeId
    key: str
    kind: NoticeKind
    channel: str
    data: Mapping[str, Any]
    next_attempt_at: datetime | None = None
    attempts: int = 0
    posted_channel: str | None = None
    posted_ts: str | None = None
    rendered: str | None = None
    posted_at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Whether it is to be posted or looked at by then."""
        return self.next_attempt_at is not None and self.next_attempt_at <= now
