"""An engine: one kind of database server, which a cluster of the policy names as its `driver`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pydantic import SecretStr

from dbaccess.domain.capture import Capture, CaptureSource
from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.domain.standing_access import StandingRole
from dbaccess.domain.target import Access
from dbaccess.ports import ActivitySource, TargetDriver


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterAddress:
    """Where a cluster is, for the worker of one installation.

    `driver` is the name of its engine. A replica with the URL None cannot be reached.
    `lock_database` is the name of the private database if it is not that of the installation.
    """

    cluster: str
    driver: str
    installation: str
    url: SecretStr
    lock_database: str | None = None
    replicas: Mapping[str, SecretStr | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """The needs of an installation on a cluster, for all its targets.

    `roles` are given to logins, `owners` among them also own what holders create. `objects` are given one by
    one, by database. `accesses` are the accesses of the roles, by database; `databases` are those in which
    logins are made for grants. `capture` says where their statements are read; None: they are not captured.
    `logins` are people's own, to which roles are given. `lock_database` is as in `ClusterAddress`.
    """

    installation: str
    version: int
    roles: Sequence[str]
    owners: Sequence[str]
    objects: Mapping[str, Sequence[ObjectPrivileges]]
    accesses: Mapping[str, Mapping[str, Access]]
    databases: Sequence[str]
    capture: Capture | None = None
    logins: Sequence[str] = ()
    lock_database: str | None = None


class Engine(Protocol):
    """`oldest` is the first version of the server that the driver works with.

    `makes_logins` is the first version on which it makes a login for each grant.
    """

    oldest: int
    makes_logins: int

    def driver(self, address: ClusterAddress) -> TargetDriver:
        """Return the driver of one cluster; connect to nothing."""

    def log_files(self, address: ClusterAddress, source: CaptureSource) -> ActivitySource:
        """Return the server's own log, read over the worker's connection; connect to nothing."""

    def version(self, address: ClusterAddress) -> int:
        """Return the server's version, also where nothing is set up yet; raise `TargetFailure`."""

    def removal_script(self, standing: StandingRole, *, installation: str) -> str:
        """Return what an administrator runs to remove standing access by this path; it looks again first."""

    def setup_script(self, needs: Needs) -> str:
        """Return what an administrator runs, once or again, so that the worker has what it needs."""
