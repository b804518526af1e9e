"""Standing access: what logins reach without a grant of ours, of that which the policy gives."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from dbaccess.domain.policy import Policy, Target
from dbaccess.domain.privileges import ObjectPrivileges

FRESH: Final = timedelta(minutes=10)
"""A reading of a cluster counts for so long; a cluster without a newer one is unknown."""


class How(StrEnum):
    """How a login stands: each has a removal of its own.

    `all_data` is membership in a role of the engine that reaches every table. `unread` stands for a database
    that could not be entered, and has no login: its privileges are unknown.
    """

    MEMBER = "member"
    ALL_DATA = "all_data"
    SUPERUSER = "superuser"
    PRIVILEGE = "privilege"
    UNREAD = "unread"


EVERYWHERE: Final = frozenset({How.ALL_DATA, How.SUPERUSER})
"""These reach each target of the cluster, whatever the policy's roles are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """A role of the policy in one database: a role of the server by its name, or objects that it names."""

    database: str
    role: str
    on: ObjectPrivileges | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingRole:
    """A role that a login holds without a grant of ours, or access to the same data in another way.

    `path` has the names of the shortest way from the login to the role. For a privilege it has the
    login, then its privileges on each table that the role covers in `database`. Without `is_usable` the login
    has to give itself a membership first, which it may, or cannot use the privilege now. An identity is the
    engine's own and survives a rename.
    """

    login_identity: str
    login: str
    role_identity: str
    role: str
    path: tuple[str, ...]
    is_usable: bool = True
    how: How = How.MEMBER
    database: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.login_identity, self.role_identity


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingRead:
    """A reading of a server at one moment; `server` is its identity."""

    server: str
    roles: tuple[StandingRole, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRole:
    """A standing role on a server, and since when it has been found there."""

    cluster: str
    server: str
    standing: StandingRole
    found_at: datetime

    def data(self) -> dict[str, Any]:
        """Return what entries of the ledger say of it."""
        one = self.standing
        return {
            "cluster": self.cluster,
            "server": self.server,
            "login": one.login,
            "login_identity": one.login_identity,
            "role": one.role,
            "role_identity": one.role_identity,
            "path": list(one.path),
            "usable": one.is_usable,
            "how": one.how.value,
            "database": one.database or None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The last reading of a cluster that was complete.

    `unknown_since` is set once the ledger has the entry that no reading counts since then. `left_out` is the
    number of roles beyond the limit, and `failure` the code of the last failure since.
    """

    cluster: str
    read_at: datetime | None = None
    unknown_since: datetime | None = None
    left_out: int = 0
    failure: str = ""

    def counts(self, now: datetime) -> bool:
        """Return whether what was found is still known: never read, or read too long ago, is unknown."""
        return self.read_at is not None and now - self.read_at <= FRESH


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingNow:
    """How many logins reach a target without a grant, as the last reading that counts has it.

    None is unknown: cluster or database was not read lately, or has more than are kept. `superusers` of them
    reach everything. `read_at` is when the cluster was read last.
    """

    logins: int | None = None
    superusers: int = 0
    read_at: datetime | None = None


NOT_READ: Final = StandingNow()
"""The state of a cluster without any reading."""


class Gone(StrEnum):
    """Why a role that was found no longer is."""

    NOT_HELD = "not_held"
    NOT_IN_POLICY = "not_in_policy"
    OTHER_SERVER = "other_server"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A role that is found for the first time or anew, or that is gone, with the reason."""

    role: FoundRole
    gone: Gone | None = None


def standing_in_words(how: str, role: str, path: Sequence[str], database: str) -> str:
    """Return a predicate: `holds orders_read`, `is a superuser`."""
    if how == How.SUPERUSER:
        return "is a superuser" if len(path) <= len(("login", "SUPERUSER")) else "can become a superuser"
    if how == How.PRIVILEGE:
        return f"has tables of {role} in database {database} without a role"
    return f"holds {role}"


def way(how: str, path: Sequence[str]) -> str:
    """Return the path in words: memberships lead to one another, and privileges stand beside each other."""
    if how == How.PRIVILEGE:
        return "; ".join(path[1:])
    return " → ".join(path)


def named_roles(policy: Policy, cluster: str) -> tuple[str, ...]:
    """Return the roles of the cluster that the policy names, as given or as owner of what is made."""
    targets = (target for target in policy.targets.values() if target.cluster == cluster)
    return tuple(sorted({name for target in targets for name in _given_by(target)}))


def covered_by(policy: Policy, cluster: str) -> tuple[Covered, ...]:
    """Return the roles of the policy on the cluster, by the database in which each one covers tables."""
    found: dict[tuple[str, str], Covered] = {}
    for target in policy.targets.values():
        if target.cluster == cluster:
            for one in _covered(target):
                found[one.database, one.role] = one
    return tuple(found[key] for key in sorted(found))


def roles_of(target: Target) -> frozenset[str]:
    """Return the names under which standing access to the target is found."""
    return frozenset(one.role for one in _covered(target))


def objects_role(target: str, role: str) -> str:
    """Return the name of a role that consists of privileges on objects, which the server does not know."""
    return f"{target}/{role}"


def _given_by(target: Target) -> frozenset[str]:
    return frozenset(name for role in target.roles.values() for name in (*role.grants, role.act_as) if name)


def _covered(target: Target) -> Iterator[Covered]:
    for name in _given_by(target):
        yield Covered(database=target.database, role=name)
    for role in target.roles.values():
        if role.on is not None:
            yield Covered(database=target.database, role=objects_role(target.name, role.name), on=role.on)


def changes(
    known: Sequence[FoundRole],
    read: StandingRead,
    *,
    cluster: str,
    named: Collection[str],
    most: int,
    now: datetime,
) -> Iterator[Change]:
    """Yield what differs from the last reading; what is gone comes first.

    At most `most` roles are kept, and those that are known stay among them.
    """
    found = {one.key: one for one in read.roles}
    here = {old.standing.key: old for old in known if old.server == read.server}
    unread = {one.database for one in read.roles if one.how is How.UNREAD}
    for old in known:
        is_unknown = old.standing.how is How.PRIVILEGE and old.standing.database in unread
        if old.server != read.server or (old.standing.key not in found and not is_unknown):
            yield Change(role=old, gone=_why_gone(old, read, named))
    for key, old in here.items():
        if key in found and found[key] != old.standing:
            yield Change(
                role=FoundRole(
                    cluster=cluster, server=read.server, standing=found[key], found_at=old.found_at
                )
            )
    new = [one for key, one in found.items() if key not in here]
    room = max(0, most - sum(key in found for key in here))
    for one in new[:room]:
        yield Change(role=FoundRole(cluster=cluster, server=read.server, standing=one, found_at=now))


def _why_gone(one: FoundRole, read: StandingRead, named: Collection[str]) -> Gone:
    if one.server != read.server:
        return Gone.OTHER_SERVER
    is_named = one.standing.how in EVERYWHERE or one.standing.role in named
    return Gone.NOT_HELD if is_named else Gone.NOT_IN_POLICY
