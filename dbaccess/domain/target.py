"""Clusters, targets, and the roles that targets offer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from dbaccess.domain.capture import Capture
from dbaccess.domain.privileges import ObjectPrivileges


class Access(StrEnum):
    """The depth of a role: read, write or ddl."""

    READ = "read"
    WRITE = "write"
    DDL = "ddl"


class Scope(StrEnum):
    """The reach of the broadest part of a role."""

    DATABASE = "database"
    SCHEMAS = "schemas"
    TABLES = "tables"


class LoginKind(StrEnum):
    """The login that carries the role: made for the grant, or the person's own."""

    EPHEMERAL = "ephemeral"
    PERSONAL = "personal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A set of privileges that a target offers.

    `grants` are roles of the cluster, `on` are objects; one of the two at least. `narrower` are the roles of
    the same target that a reviewer may give instead.
    """

    name: str
    access: Access
    grants: tuple[str, ...]
    can: str
    cannot: str
    act_as: str | None = None
    on: ObjectPrivileges | None = None
    narrower: tuple[str, ...] = ()

    @property
    def scope(self) -> Scope:
        """A role of the cluster may reach anything in the database, so `grants` cover all of it."""
        if self.grants or self.on is None:
            return Scope.DATABASE
        return Scope.SCHEMAS if self.on.schemas else Scope.TABLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A database server; its URL is the worker's secret and not stored here.

    `replicas` are the streaming standbys that people can connect to; an end is verified on each of them.
    Without `capture` no statement of a grant on it is read. `lock_database` is the workers' private database;
    None: it is named for the installation.
    """

    name: str
    driver: str
    replicas: tuple[str, ...] = ()
    capture: Capture | None = None
    lock_database: str | None = None


def replica_server(cluster: str, replica: str) -> str:
    """Return the name of a replica among all servers, which also names the variable for its URL."""
    return f"{cluster}-replica-{replica}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A database on a cluster.

    The text of statements is kept for `retention` after a grant's end; for ever where it is None.
    """

    name: str
    cluster: str
    database: str
    env: str
    channel: str
    login: LoginKind
    connect: str
    roles: Mapping[str, Role]
    retention: timedelta | None = None
