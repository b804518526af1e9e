"""What a rule looks like in the file."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from dbaccess.domain.policy import REASON_MAX, REASON_MIN
from dbaccess.policy_file.strict import Filled, Shape
from dbaccess.policy_file.words import ClockTime, DurationText, Name, Pattern, Zone


class SlotShape(Shape):
    group: str
    count: int = Field(ge=1, le=20)


def _none_is_no_slot(value: Any) -> Any:
    if value == "none":
        return []
    if value == []:
        raise ValueError(
            'nobody would have to say yes. Write [{ group = "dba", count = 1 }], or "none" if so meant.'
        )
    return value


Approvals = Annotated[list[SlotShape], BeforeValidator(_none_is_no_slot)]
"""The slots; none at all where the file says "none"."""


class HoursShape(Shape):
    tz: Zone
    days: Filled[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]]
    start: ClockTime
    end: ClockTime


class ExtendShape(Shape):
    max: DurationText
    approvals: Approvals


class RuleShape(Shape):
    id: Name
    deny: bool = False
    env: Filled[str] | None = None
    target: Filled[str] | None = None
    access: Filled[Literal["read", "write", "ddl"]] | None = None
    role: Filled[str] | None = None
    covers: Filled[Literal["database", "schemas", "tables"]] | None = None
    requester: Filled[str] | None = None
    requester_not: Filled[str] | None = None
    hours: HoursShape | None = None
    up_to: DurationText | None = None
    max: DurationText | None = None
    approvals: Approvals | None = None
    decide_within: DurationText = "1h"
    guests: bool = False
    ticket: Pattern | None = None
    min_reason: int = Field(default=REASON_MIN, ge=1, le=REASON_MAX)
    remind_after: DurationText | None = None
    escalate_after: DurationText | None = None
    escalate_to: str | None = None
    extend: ExtendShape | None = None
    break_glass: bool = False
    review_by: str | None = None
    review_within: DurationText | None = None


CONDITIONS = frozenset(
    {"id", "deny", "env", "target", "access", "role", "covers", "requester", "requester_not", "hours"}
)
"""All that a rule that denies may say."""

NOT_FOR_BREAK_GLASS = frozenset(
    {"approvals", "decide_within", "remind_after", "escalate_after", "escalate_to", "extend"}
)
"""What only has a meaning where somebody decides before access is given."""
