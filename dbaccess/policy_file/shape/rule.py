"""The shape of a rule in the file."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from dbaccess.domain.ask import REASON_MAX, REASON_MIN
from dbaccess.policy_file.shape.strict import Filled, Shape
from dbaccess.policy_file.shape.words import ClockTime, DurationText, Name, Pattern, Zone


class SlotShape(Shape):
    group: str
    """A name under `[groups]`."""
    count: int = Field(ge=1, le=20)
    """How many people of the group have to approve."""


def _none_is_no_slot(value: Any) -> Any:
    if value == "none":
        return []
    if value == []:
        raise ValueError(
            'no approval would be needed. Write [{ group = "dba", count = 1 }], or "none" if that is meant.'
        )
    return value


Approvals = Annotated[list[SlotShape], BeforeValidator(_none_is_no_slot)]
"""The slots; empty if the file says "none"."""


class HoursShape(Shape):
    tz: Zone
    """A time zone such as `Europe/Berlin`."""
    days: Filled[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]]
    """The days on which the rule applies."""
    start: ClockTime
    """The first minute, `08:00` by the local clock."""
    end: ClockTime
    """The first minute after. An `end` that is not after `start` lies on the next day; `24:00` is
    midnight.
    """


class ExtendShape(Shape):
    max: DurationText
    """The whole time of the grant, from its start."""
    approvals: Approvals
    """Slots for the extension, as for the rule, or `"none"`."""


class RuleShape(Shape):
    id: Name
    """The rule's name. People read it, and the ledger keeps it."""
    deny: bool = False
    """With `true` the rule denies. It has conditions only, and wins over every other rule wherever it
    stands, break-glass included.
    """
    env: Filled[str] | None = None
    """The rule applies to these environments."""
    target: Filled[str] | None = None
    """The rule applies to these targets."""
    access: Filled[Literal["read", "write", "ddl"]] | None = None
    """The rule applies to roles of this access."""
    role: Filled[str] | None = None
    """The rule applies to roles of these names."""
    covers: Filled[Literal["database", "schemas", "tables"]] | None = None
    """The rule applies to roles of this reach. A role with `grants` covers the database; a role `on`
    objects covers its schemas, or single tables.
    """
    requester: Filled[str] | None = None
    """Groups of people who may request. Required, except in a rule that denies."""
    requester_not: Filled[str] | None = None
    """Groups of people the rule does not apply to."""
    hours: HoursShape | None = None
    """When the rule applies; see [`hours`](#hours)."""
    up_to: DurationText | None = None
    """The rule applies to requests of this duration at most. A longer request is tried against later
    rules.
    """
    max: DurationText | None = None
    """A longer request is refused. The default is `up_to`."""
    approvals: Approvals | None = None
    """Slots, `[{ group = "dba", count = 1 }]`, or `"none"`. Never `"none"` where the rule applies to a
    `ddl` role.
    """
    decide_within: DurationText = "1h"
    """An undecided request lapses after this time."""
    guests: bool = False
    """With `true` Slack guests may request. Guests never review."""
    ticket: Pattern | None = None
    """A regular expression that the whole ticket must match."""
    min_reason: int = Field(default=REASON_MIN, ge=1, le=REASON_MAX)
    """The fewest characters of a reason."""
    remind_after: DurationText | None = None
    """After this time the thread names the groups of open slots once more."""
    escalate_after: DurationText | None = None
    """After this time the thread names `escalate_to` once."""
    escalate_to: str | None = None
    """A group, or one person's Slack id."""
    extend: ExtendShape | None = None
    """Whether an active grant may be extended; see [`extend`](#extend)."""
    break_glass: bool = False
    """With `true` the rule decides break-glass alone. It takes no `approvals`, `extend` or
    `decide_within`.
    """
    review_by: str | None = None
    """The group that reviews a break-glass afterwards. The holder never reviews it."""
    review_within: DurationText | None = None
    """The time for that review."""
    capture: Literal["full", "shape"] = "full"
    """The part of a statement that is stored. `full`: text and bind values, without secrets. `shape`: text
    without literals, and no bind values, for personal data.
    """
    require_capture: bool = False
    """With `true` nothing is granted on a target where the capture of statements is not proved."""
    idle_after: DurationText | None = None
    """A grant without a session and without a statement for this time is idle: its holder is offered to end
    it. At least `5m`.
    """
    idle_end: bool = False
    """With `true` an idle grant ends, where the capture of its statements is proved."""


CONDITIONS = frozenset(
    {"id", "deny", "env", "target", "access", "role", "covers", "requester", "requester_not", "hours"}
)
"""The keys that a rule which denies may have."""

NOT_FOR_BREAK_GLASS = frozenset(
    {"approvals", "decide_within", "remind_after", "escalate_after", "escalate_to", "extend"}
)
"""The keys that need an approval before access."""
