"""A message to a channel that belongs to no single request.

Those about a lockdown and about many overdue grants are edited later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType

NoticeId = NewType("NoticeId", int)


class NoticeKind(StrEnum):
    """The kinds of notices."""

    STRAY_LEFT = "stray_left"
    ORPHANED_ROLE = "orphaned_role"
    DECOY = "decoy"
    OBSERVING = "observing"
    CLOCK_SKEW = "clock_skew"
    DOUBTFUL_REVIEW = "doubtful_review"
    POLICY_REFUSED = "policy_refused"
    GROUP_CHANGED = "group_changed"
    STILL_OVERDUE = "still_overdue"
    MANY_OVERDUE = "many_overdue"
    MANY_ENDED_LATE = "many_ended_late"
    ENDED = "ended"
    LOCKDOWN = "lockdown"
    LOCKDOWN_LIFTED = "lockdown_lifted"
    NOT_POSTED = "not_posted"
    CHECKPOINT_LATE = "checkpoint_late"
    WITNESS_FAILS = "witness_fails"
    NAME_CHANGED = "name_changed"
    ACCESS_REVIEW_ASKED = "access_review_asked"
    ACCESS_REVIEW_DUE = "access_review_due"
    ACCESS_REVIEW_CLOSED = "access_review_closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice for each `key`, which names what happened. Its text is made from `data`.

    The data of `STILL_OVERDUE` is the grant and how long to repeat it; the text is made from state. Notices
    about a lockdown have its id and `MANY_OVERDUE` its target; these are made from state too. The target of
    `NOT_POSTED` is the channel where Slack takes no message.
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
        """Return whether it is due to be posted or checked."""
        return self.next_attempt_at is not None and self.next_attempt_at <= now
