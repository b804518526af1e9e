"""The shape of the file; names that refer to each other are checked elsewhere."""

from typing import Any, Literal

from pydantic import Field, model_validator

from dbaccess.policy_file.shape.case import CaseShape
from dbaccess.policy_file.shape.rule import RuleShape
from dbaccess.policy_file.shape.strict import Filled, Shape
from dbaccess.policy_file.shape.words import (
    ChannelId,
    Connection,
    DurationText,
    Installation,
    LockDatabase,
    LogPlace,
    Name,
    PersonSlackId,
    PostgresName,
    PostgresRole,
    RoleName,
    SchemaName,
    Sentence,
    SourceSlackId,
    TableName,
    TargetName,
)


class SlackShape(Shape):
    ops_channel: ChannelId
    """The operators' channel, where alarms go: an id, or a [name](#names)."""


class GroupShape(Shape):
    """A list of ids, or a table with more settings."""

    members: Filled[SourceSlackId]
    """Slack ids: user groups `S…`, people `U…` or `W…`, channels `C…`; or [names](#names): `@dba`,
    `#contractors`. The list alone may stand in place of the table.
    """
    pinned: bool = False
    """With `true` only people may be named: a user group or channel is refused."""
    owner: Name | None = None
    """The group that is asked to answer [access reviews](../how-to/run-an-access-review.md) of this one:
    another group of the file. Without it only the operators are told.
    """

    @model_validator(mode="before")
    @classmethod
    def _list(cls, value: Any) -> Any:
        return {"members": value} if isinstance(value, list) else value


class PersonShape(Shape):
    slack: Filled[PersonSlackId]
    """All Slack accounts of this person. An account belongs to one person."""
    login: PostgresRole | None = None
    """The person's own PostgreSQL login, for targets with `login = "personal"`."""


class CaptureShape(Shape):
    source: Literal["jsonlog", "csvlog", "import"]
    """The format of the log, one of the server's `log_destination`. `jsonlog` needs PostgreSQL 15. Or
    `import`: an operator exports the log, and [imports](../how-to/import-a-log.md) the files.
    """
    over: LogPlace | None = None
    """`"sql"`: the workers read the log through their connection to the cluster. Or a directory where their
    hosts see the server's `log_directory`. Not for `import`.
    """


class ClusterShape(Shape):
    driver: Literal["postgresql"]
    """The database engine."""
    replicas: Filled[Name] | None = None
    """Each streaming replica that people can connect to. An end terminates sessions there too, and is
    unverified while one does not answer.
    """
    lock_database: LockDatabase | None = None
    """The workers' private database on the server, up to 63 of `a-z`, `0-9` and `_`; without it
    `dbaccess_<installation>`. No target may have it. To change it, see
    [the how-to](../how-to/add-a-target.md#another-name-for-the-private-database).
    """
    capture: CaptureShape | None = None
    """The server's log, from which the statements of grants are read; see [`capture`](#capture)."""


class ObjectsShape(Shape):
    schemas: Filled[SchemaName] | None = None
    """Every table that each schema has when the grant is made."""
    tables: Filled[TableName] | None = None
    """Single tables, written `schema.table` as the catalog spells them."""
    privileges: Filled[Literal["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"]]
    """The privileges to give. With `access = "read"` only `SELECT`."""


class RoleShape(Shape):
    access: Literal["read", "write", "ddl"]
    """A word for rules and reviewers. The privileges of `grants` and `on` alone decide what the role can
    do.
    """
    grants: Filled[PostgresRole] | None = None
    """PostgreSQL group roles without login, made by you. Exactly these are granted. Never `public`, a
    `pg_…` role or a superuser's role.
    """
    on: ObjectsShape | None = None
    """Privileges on single objects, for `login = "ephemeral"`; see [`on`](#on)."""
    can: Sentence
    """One line of up to 150 characters, shown in the form and to reviewers. Keep it true."""
    cannot: Sentence
    """One line of up to 150 characters, shown beside `can`."""
    act_as: PostgresRole | None = None
    """One of `grants`, for `login = "ephemeral"`. Objects that the holder creates belong to this role and
    stay.
    """
    narrower: Filled[str] | None = None
    """Roles of the same target that a reviewer may give instead; none may have a deeper `access`."""


class TargetShape(Shape):
    cluster: str
    """A name under `[clusters]`."""
    database: PostgresName
    """The database's name on that server."""
    env: Name
    """The environment, such as `prod`. Rules choose by it."""
    channel: ChannelId
    """The Slack channel where requests are shown and decided: an id, or a [name](#names). It must not be
    shared with another workspace.
    """
    login: Literal["ephemeral", "personal"]
    """`ephemeral`: a login for each grant, PostgreSQL 16 or newer. `personal`: the roles are granted to
    the person's own login, PostgreSQL 15 or newer.
    """
    connect: Connection
    """The address that people see to connect with, `host=… port=… dbname=…`: no user, no password."""
    retention: DurationText | None = None
    """How long the text of statements is kept after a grant's end. Then the workers delete it,
    a few statements at a time. Without it, text is kept for ever.
    """
    roles: dict[RoleName, RoleShape] = Field(min_length=1)
    """The roles that people may request; see [`[targets.NAME.roles.ROLE]`](#targetsnamerolesrole)."""


class BreakGlassShape(Shape):
    second_sink: Literal["syslog", "webhook"]
    """Where a break-glass is announced when Slack takes no message. The workers have its address in
    `DBACCESS_BREAK_GLASS_SYSLOG` or `DBACCESS_BREAK_GLASS_WEBHOOK`.
    """


class LockdownShape(Shape):
    break_glass: bool
    """With `true` a break-glass may begin during a lockdown. A break-glass from before it ends all the
    same.
    """


class FileShape(Shape):
    version: Literal[1]
    """The version of the format."""
    installation: Installation
    """Part of every login's name, 1 to 16 of `a-z` and `0-9`, a letter first. Two installations on one
    cluster need two names.
    """
    groups: dict[Name, GroupShape] = Field(min_length=1)
    """The groups that rules name; see [`[groups]`](#groups)."""
    slack: SlackShape
    """Where alarms go; see [`[slack]`](#slack)."""
    people: dict[Name, PersonShape] = Field(default_factory=dict)
    """People with several Slack accounts, or a login of their own; see [`[people]`](#people)."""
    clusters: dict[Name, ClusterShape] = Field(min_length=1)
    """The PostgreSQL servers; see [`[clusters]`](#clustersname)."""
    targets: dict[TargetName, TargetShape] = Field(min_length=1)
    """The databases; see [`[targets]`](#targetsname)."""
    rules: list[RuleShape] = Field(min_length=1)
    """The rules, in the order in which they are tried; see [`[[rules]]`](#rules)."""
    break_glass: BreakGlassShape | None = None
    """A second sink for announcements; see [`[break_glass]`](#break_glass)."""
    lockdown: LockdownShape | None = None
    """Whether break-glass passes a lockdown; see [`[lockdown]`](#lockdown)."""
    tests: list[CaseShape] = Field(default_factory=list)
    """Tests of the policy; see [`[[tests]]`](#tests)."""
