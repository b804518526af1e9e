"""What a channel is told that hangs on no request."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType

NoticeId = NewType("NoticeId", int)


class NoticeKind(StrEnum):
    """What happened."""

    POLICY_REFUSED = "policy_refused"
    GROUP_CHANGED = "group_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Told once: `key` names what happened, whoever finds it. `data` is what its text is made from."""

    id: NoticeId
    key: str
    kind: NoticeKind
    channel: str
    data: Mapping[str, Any]
    attempts: int = 0
    posted_at: datetime | None = None
