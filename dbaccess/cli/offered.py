"""What the targets of a cluster offer, all taken together."""

from dataclasses import dataclass

from dbaccess.domain.policy import Policy
from dbaccess.domain.privileges import ObjectPrivileges


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """PostgreSQL roles, the durable ones among them, and what is given on objects, by database."""

    roles: tuple[str, ...]
    owners: tuple[str, ...]
    objects: dict[str, tuple[ObjectPrivileges, ...]]


def offered(policy: Policy, cluster: str) -> Offered:
    roles: set[str] = set()
    owners: set[str] = set()
    objects: dict[str, tuple[ObjectPrivileges, ...]] = {}
    for target in policy.targets.values():
        for role in target.roles.values() if target.cluster == cluster else ():
            roles.update(role.grants)
            owners.update([role.act_as] if role.act_as else [])
            if role.on is not None:
                objects[target.database] = (*objects.get(target.database, ()), role.on)
    return Offered(roles=tuple(sorted(roles)), owners=tuple(sorted(owners)), objects=objects)
