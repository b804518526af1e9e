"""The roles and privileges that the targets of a cluster offer, all together."""

from dataclasses import dataclass

from dbaccess.domain.policy import LoginKind, Policy
from dbaccess.domain.privileges import ObjectPrivileges


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenRoles:
    """Roles that are given, the durable ones among them, and what is given on objects, by database.

    `databases` are those in which logins are made for grants.
    """

    roles: tuple[str, ...]
    owners: tuple[str, ...]
    objects: dict[str, tuple[ObjectPrivileges, ...]]
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
        databases=tuple(sorted({t.database for t in here if t.login is LoginKind.EPHEMERAL})),
    )
