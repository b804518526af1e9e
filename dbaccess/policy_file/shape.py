"""What the file looks like; names that point at each other are checked elsewhere."""

from typing import Any, Literal

from pydantic import Field, model_validator

from dbaccess.policy_file.shape_case import CaseShape
from dbaccess.policy_file.shape_rule import RuleShape
from dbaccess.policy_file.strict import Filled, Shape
from dbaccess.policy_file.words import (
    ChannelId,
    Connection,
    Installation,
    Name,
    PersonSlackId,
    PostgresName,
    PostgresRole,
    RoleName,
    SchemaName,
    Sentence,
    SourceSlackId,
    TableName,
)


class SlackShape(Shape):
    ops_channel: ChannelId


class GroupShape(Shape):
    """A list of ids, or a table that says more of it."""

    members: Filled[SourceSlackId]
    pinned: bool = False

    @model_validator(mode="before")
    @classmethod
    def _list(cls, value: Any) -> Any:
        return {"members": value} if isinstance(value, list) else value


class PersonShape(Shape):
    slack: Filled[PersonSlackId]
    login: PostgresRole | None = None


class ClusterShape(Shape):
    driver: Literal["postgresql"]
    replicas: Filled[Name] | None = None


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
    narrower: Filled[str] | None = None


class TargetShape(Shape):
    cluster: str
    database: PostgresName
    env: Name
    channel: ChannelId
    login: Literal["ephemeral", "personal"]
    connect: Connection
    roles: dict[RoleName, RoleShape] = Field(min_length=1)


class BreakGlassShape(Shape):
    second_sink: Literal["syslog", "webhook"]


class LockdownShape(Shape):
    break_glass: bool


class FileShape(Shape):
    version: Literal[1]
    installation: Installation
    groups: dict[Name, GroupShape] = Field(min_length=1)
    slack: SlackShape
    people: dict[Name, PersonShape] = Field(default_factory=dict)
    clusters: dict[Name, ClusterShape] = Field(min_length=1)
    targets: dict[Name, TargetShape] = Field(min_length=1)
    rules: list[RuleShape] = Field(min_length=1)
    break_glass: BreakGlassShape | None = None
    lockdown: LockdownShape | None = None
    tests: list[CaseShape] = Field(default_factory=list)


LATER = frozenset({"capture", "require_capture"})
"""Keys of the design that this version does not have: refused, never passed over in silence."""
