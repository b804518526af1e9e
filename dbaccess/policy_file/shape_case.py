"""What a test of the policy looks like in the file, or beside it."""

from pydantic import AwareDatetime, Field

from dbaccess.policy_file.shape_rule import Approvals
from dbaccess.policy_file.strict import Filled, Shape
from dbaccess.policy_file.words import DurationText, PersonSlackId, Sentence


class CaseShape(Shape):
    name: Sentence
    person: PersonSlackId | None = Field(default=None, alias="as")
    groups: Filled[str] | None = Field(default=None, alias="in")
    guest: bool = False
    target: str
    role: str
    duration: DurationText
    break_glass: bool = False
    at: AwareDatetime | None = None
    expect: str
    approvals: Approvals | None = None
    max: DurationText | None = None


class CasesShape(Shape):
    tests: list[CaseShape] = Field(min_length=1)
