"""One entry of the policy: conditions, and what they ask for."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from dbaccess.domain.ask import REASON_MIN
from dbaccess.domain.hours import Hours
from dbaccess.domain.target import Access, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """How many people of one group must approve."""

    group: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Extend:
    """How a grant under the rule may be made longer: `longest` is its whole time, from its start."""

    longest: timedelta
    approvals: tuple[Slot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakGlass:
    """Access first, review after: by whom, and within what time of the request."""

    review_by: str
    review_within: timedelta


class SecondSink(StrEnum):
    """Where a break-glass is announced when Slack does not answer; its address is the workers' secret."""

    SYSLOG = "syslog"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """Whom to name when nobody has decided: a group's name or one person's Slack id."""

    after: timedelta
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Conditions and what they ask for; an empty condition fits everything.

    A rule that denies has conditions only. `up_to` is the longest duration that the rule is for (a longer one
    is for a later rule), `longest` the most that it allows. No `approvals`: nobody has to say yes.
    A rule with `break_glass` decides break-glass alone.
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

    @property
    def reviewing(self) -> tuple[str, ...]:
        """The groups asked for a yes, to a request or an extension, or for a review after break-glass."""
        slots = [*self.approvals, *(self.extend.approvals if self.extend else ())]
        after = [self.break_glass.review_by] if self.break_glass else []
        return tuple(dict.fromkeys([*(slot.group for slot in slots), *after]))
