"""What the file looks like; names that point at each other are checked elsewhere."""

from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from dbaccess.domain.policy import REASON_MAX, REASON_MIN
from dbaccess.policy_file.problem import shown
from dbaccess.policy_file.words import (
    ChannelId,
    Connection,
    DurationText,
    Installation,
    Name,
    Pattern,
    PersonSlackId,
    PostgresName,
    PostgresRole,
    RoleName,
    SchemaName,
    Sentence,
    SourceSlackId,
    TableName,
)

Item = TypeVar("Item")


def _filled(items: list[Item]) -> list[Item]:
    if not items:
        raise ValueError("An empty list. Name at least one, or leave the key out where it may be left out.")
    twice = next((item for number, item in enumerate(items) if item in items[:number]), None)
    if twice is not None:
        raise ValueError(f'"{shown(twice)}" is named twice.')
    return items


Filled = Annotated[list[Item], AfterValidator(_filled)]


class Shape(BaseModel):
    """Nothing unknown, nothing converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class SlackShape(Shape):
    ops_channel: ChannelId


class PersonShape(Shape):
    slack: Filled[PersonSlackId]
    login: PostgresRole | None = None


class ClusterShape(Shape):
    driver: Literal["postgresql"]


class ObjectsShape(Shape):
    schemas: Filled[SchemaName] | None = None
    tables: Filled[TableName] | None = None
    privileges: Filled[Literal["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"]]


class RoleShape(Shape):
    access: Literal["read", "write", "ddl"]
    grants: Filled[PostgresRole] | None = None
    on: ObjectsShape | None = None
    can: Sentence
    cannot: Sentence
    act_as: PostgresRole | None = None


class TargetShape(Shape):
    cluster: str
    database: PostgresName
    env: Name
    channel: ChannelId
    login: Literal["ephemeral", "personal"]
    connect: Connection
    roles: dict[RoleName, RoleShape] = Field(min_length=1)


class SlotShape(Shape):
    group: str
    count: int = Field(ge=1, le=20)


class RuleShape(Shape):
    id: Name
    env: Filled[str] | None = None
    target: Filled[str] | None = None
    access: Filled[Literal["read", "write", "ddl"]] | None = None
    requester: Filled[str]
    max: DurationText
    approvals: list[SlotShape]
    decide_within: DurationText = "1h"
    guests: bool = False
    ticket: Pattern | None = None
    min_reason: int = Field(default=REASON_MIN, ge=1, le=REASON_MAX)


class FileShape(Shape):
    version: Literal[1]
    installation: Installation
    groups: dict[Name, Filled[SourceSlackId]] = Field(min_length=1)
    slack: SlackShape
    people: dict[Name, PersonShape] = Field(default_factory=dict)
    clusters: dict[Name, ClusterShape] = Field(min_length=1)
    targets: dict[Name, TargetShape] = Field(min_length=1)
    rules: list[RuleShape] = Field(min_length=1)


LATER = frozenset({"hours", "narrower", "capture", "break_glass", "escalate_to", "remind_after"})
"""Keys of the design that this version does not have: refused, never passed over in silence."""
