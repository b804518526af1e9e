"""The shape of a test in the policy file, or beside it."""

from pydantic import AwareDatetime, Field

from dbaccess.policy_file.shape.rule import Approvals
from dbaccess.policy_file.shape.strict import Filled, Shape
from dbaccess.policy_file.shape.words import DurationText, PersonSlackId, Sentence


class CaseShape(Shape):
    name: Sentence
    """The text that a failure shows."""
    person: PersonSlackId | None = Field(default=None, alias="as")
    """The Slack id of the person who requests. The default is a person that no group names."""
    groups: Filled[str] | None = Field(default=None, alias="in")
    """The groups that the person is in. The default is none."""
    guest: bool = False
    """With `true` the person is a guest."""
    target: str
    """The target of the request."""
    role: str
    """The role of the request."""
    duration: DurationText
    """The duration of the request."""
    break_glass: bool = False
    """With `true` the request is a break-glass."""
    at: AwareDatetime | None = None
    """The moment of the request, with its offset: `2026-03-02T10:00:00+01:00`. Required where any rule has
    `hours`.
    """
    expect: str
    """The id of the rule that decides or denies, or `"no"` for none."""
    approvals: Approvals | None = None
    """The approvals that the rule must require."""
    max: DurationText | None = None
    """The longest time that the rule must allow."""


class CasesShape(Shape):
    tests: list[CaseShape] = Field(min_length=1)
