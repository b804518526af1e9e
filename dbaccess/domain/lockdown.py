"""A lockdown of a target, or of every target, until another operator lifts it."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from dbaccess.domain.errors import InLockdown
from dbaccess.domain.people import Person, SlackId
from dbaccess.domain.request_details import ReviewerGroup

LockdownId = NewType("LockdownId", int)

EVERY_TARGET = "every target"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lockdown:
    """It covers one target, or every target if `target` is None.

    `declared_by` and `lifted_by` are person ids or `cli:osuser@host`; the command line has no Slack id. At
    `enforced_at` every grant from before the declaration was being revoked.
    """

    id: LockdownId
    target: str | None
    reason: str
    declared_by: str
    declared_slack_id: SlackId | None
    declared_at: datetime
    lifted_by: str | None = None
    lifted_slack_id: SlackId | None = None
    lift_reason: str | None = None
    lifted_at: datetime | None = None
    enforced_at: datetime | None = None

    @property
    def label(self) -> str:
        return self.target or EVERY_TARGET

    def covers(self, target: str) -> bool:
        return self.target is None or self.target == target

    def refusal(self, target: str) -> InLockdown:
        """Return the refusal for a person who requests something on the target."""
        since = f"{target} is in lockdown since "
        return InLockdown(since, self.declared_at, "; no requests until it is lifted.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LockdownRow:
    """An open lockdown as a list shows it to one person."""

    lockdown: Lockdown
    may_lift: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The grants that were open at the declaration: `held` are not being revoked yet, others have ended.

    `ended_at` is when the last one ended. Written-off grants stay unverified for ever.
    """

    total: int
    held: int
    ended: int
    ended_at: datetime | None
    written_off: int = 0

    @property
    def ending(self) -> int:
        return self.total - self.ended - self.written_off


@dataclass(frozen=True, slots=True, kw_only=True)
class LockdownDetails:
    """All that a message about a lockdown shows.

    `declared_by` and `lifted_by` are None where the command line acted. The posting pings `groups`.
    """

    lockdown: Lockdown
    progress: Progress
    declared_by: Person | None
    lifted_by: Person | None
    groups: tuple[ReviewerGroup, ...]
    workspace_url: str
    is_for_operators: bool

    @property
    def is_settled(self) -> bool:
        """Return whether the message can no longer change, except by a lift."""
        return self.lockdown.enforced_at is not None and not self.progress.ending
