"""Overdue grants of one target, taken together."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from dbaccess.domain.grant import GrantId

MANY: Final = 20
"""From this number on, grants of one target that ended or are overdue together share one message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """The target's overdue grants: their count, the lowest id, and the earliest end."""

    target: str
    count: int
    first: GrantId
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NextEnd:
    """The earliest moment at which something becomes due to end, or None; whether any grant is revoking."""

    due_at: datetime | None
    revoking: bool

    def is_idle(self, now: datetime) -> bool:
        """Return whether nothing is due, and nothing that was due is still open."""
        return not self.revoking and (self.due_at is None or now < self.due_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """The grants of one cluster that should have lost access: their count, and the lowest id."""

    count: int
    first: GrantId
