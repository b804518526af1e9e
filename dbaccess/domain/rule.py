"""One rule of the policy: its conditions and its requirements."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from dbaccess.domain.ask import REASON_MIN
from dbaccess.domain.capture import CaptureMode
from dbaccess.domain.hours import Hours
from dbaccess.domain.target import Access, Scope

IDLE_LEAST: Final = timedelta(minutes=5)
"""The shortest `idle_after`: sessions are looked at every half minute, and people pause to think."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """The number of people of one group who must approve."""

    group: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Extend:
    """The limits for an extension under the rule.

    `longest` is the whole time of the grant, from its start.
    """

    longest: timedelta
    approvals: tuple[Slot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakGlass:
    """Emergency access: the reviewing group, and the time for the review."""

    review_by: str
    review_within: timedelta


class SecondSink(StrEnum):
    """The second place for the announcement of a break-glass when Slack fails.

    Its address is the workers' secret.
    """

    SYSLOG = "syslog"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """The group or person (by Slack id) to name when no reviewer has decided."""

    after: timedelta
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Conditions and requirements; an empty condition fits everything.

    A rule that denies has conditions only. `up_to` is the longest duration that the rule applies to; a longer
    one falls to a later rule. `longest` is the most that it allows. Without `approvals` no approval is
    needed. A rule with `break_glass` decides break-glass alone. `capture` says what is stored of statements;
    with `require_capture` nothing is granted where their capture is not proved. A grant that is not used
    for `idle_after` is offered to be ended; with `idle_end` it ends, where its statements are captured.
    """

    id: str
    env: frozenset[str]
    targets: frozenset[str]
    access: frozenset[Access]
    requester: tuple[str, ...]
    longest: timedelta
    approvals: tuple[Slot, ...]
    decide_within: timedelta
    guests: bool = False
    ticket: str | None = None
    min_reason: int = REASON_MIN
    denies: bool = False
    roles: frozenset[str] = frozenset()
    scopes: frozenset[Scope] = frozenset()
    requester_not: tuple[str, ...] = ()
    hours: Hours | None = None
    up_to: timedelta | None = None
    remind_after: timedelta | None = None
    escalation: Escalation | None = None
    extend: Extend | None = None
    break_glass: BreakGlass | None = None
    capture: CaptureMode = CaptureMode.FULL
    require_capture: bool = False
    idle_after: timedelta | None = None
    idle_end: bool = False

    @property
    def reviewing(self) -> tuple[str, ...]:
        """Return the groups that approve a request or an extension, or review a break-glass."""
        slots = [*self.approvals, *(self.extend.approvals if self.extend else ())]
        after = [self.break_glass.review_by] if self.break_glass else []
        return tuple(dict.fromkeys([*(slot.group for slot in slots), *after]))
