"""Standing access: roles that the policy names, held by logins without a grant of ours."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from dbaccess.domain.policy import Policy, Target

FRESH: Final = timedelta(minutes=10)
"""A reading of a cluster counts for so long; a cluster without a newer one is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingRole:
    """A role that a login holds without a grant of ours.

    `path` has the names from the login to the role, the shortest. Without `is_usable` the login has to give
    itself a membership of it first, which it may. An identity is the engine's own and survives a rename.
    """

    login_identity: str
    login: str
    role_identity: str
    role: str
    path: tuple[str, ...]
    is_usable: bool = True

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
    """How many logins hold roles of a target without a grant, as the last reading that counts has it.

    None is unknown: the cluster was not read lately, or has more than are kept. `read_at` is when it was read
    last.
    """

    logins: int | None = None
    read_at: datetime | None = None


NOT_READ: Final = StandingNow()
"""Of a cluster without any reading."""


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


def named_roles(policy: Policy, cluster: str) -> tuple[str, ...]:
    """Return the roles of the cluster that the policy names, as given or as owner of what is made."""
    targets = (target for target in policy.targets.values() if target.cluster == cluster)
    return tuple(sorted({name for target in targets for name in roles_of(target)}))


def roles_of(target: Target) -> frozenset[str]:
    """Return the roles of the server that the target's roles give or act as."""
    return frozenset(name for role in target.roles.values() for name in (*role.grants, role.act_as) if name)


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
    for old in known:
        if old.server != read.server or old.standing.key not in found:
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
    return Gone.NOT_HELD if one.standing.role in named else Gone.NOT_IN_POLICY
