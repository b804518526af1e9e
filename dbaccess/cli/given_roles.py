"""The roles and privileges that the targets of a cluster offer, all together."""

from collections.abc import Sequence
from dataclasses import dataclass

from dbaccess.domain.policy import LoginKind, Policy, Target
from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.domain.target import Access

_DEPTH = (Access.READ, Access.WRITE, Access.DDL)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenRoles:
    """Roles that are given, the durable ones among them, and what is given on objects, by database.

    `accesses` are the accesses of the roles, by database. `databases` are those in which logins are made for
    grants.
    """

    roles: tuple[str, ...]
    owners: tuple[str, ...]
    objects: dict[str, tuple[ObjectPrivileges, ...]]
    accesses: dict[str, dict[str, Access]]
    databases: tuple[str, ...]

    @property
    def by_database(self) -> dict[str, tuple[ObjectPrivileges, ...]]:
        """Return the privileges on objects in each of those databases, also if there are none."""
        return {database: self.objects.get(database, ()) for database in self.databases}


def given_roles(policy: Policy, cluster: str) -> GivenRoles:
    roles: set[str] = set()
    owners: set[str] = set()
    objects: dict[str, tuple[ObjectPrivileges, ...]] = {}
    here = [target for target in policy.targets.values() if target.cluster == cluster]
    for target in here:
        for role in target.roles.values():
            roles.update(role.grants)
            owners.update([role.act_as] if role.act_as else [])
            if role.on is not None:
                objects[target.database] = (*objects.get(target.database, ()), role.on)
    return GivenRoles(
        roles=tuple(sorted(roles)),
        owners=tuple(sorted(owners)),
        objects=objects,
        accesses=_accesses(here),
        databases=tuple(sorted({t.database for t in here if t.login is LoginKind.EPHEMERAL})),
    )


def _accesses(targets: Sequence[Target]) -> dict[str, dict[str, Access]]:
    """Return the access of each role: the least one for which it is granted, and ddl where it owns."""
    found: dict[str, dict[str, Access]] = {}
    offered = [(target.database, role) for target in targets for role in target.roles.values()]
    for database, role in sorted(offered, key=lambda each: _DEPTH.index(each[1].access)):
        for name in role.grants:
            found.setdefault(database, {}).setdefault(name, role.access)
    for database, role in offered:
        if role.act_as is not None:
            found.setdefault(database, {})[role.act_as] = Access.DDL
    return found


def _own_logins(policy: Policy, cluster: str) -> list[str]:
    """Return people's own logins, if a target of the cluster gives its roles to those."""
    targets = [target for target in policy.targets.values() if target.cluster == cluster]
    is_used = any(target.login is LoginKind.PERSONAL for target in targets)
    return sorted(set(policy.logins.values())) if is_used else []


def setup_script(policy: Policy, cluster: str, *, version: int) -> str:
    """Return what an administrator runs on the cluster, for that version of its server."""
    from dbaccess.targets.engine import Needs
    from dbaccess.targets.registry import engine_of

    needed = given_roles(policy, cluster)
    return engine_of(policy.clusters[cluster].driver).setup_script(
        Needs(
            installation=policy.installation,
            version=version,
            roles=needed.roles,
            owners=needed.owners,
            objects=needed.objects,
            accesses=needed.accesses,
            databases=needed.databases,
            capture=policy.clusters[cluster].capture,
            logins=_own_logins(policy, cluster),
            lock_database=policy.clusters[cluster].lock_database,
        )
    )
