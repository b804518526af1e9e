"""Roles that give more than data by their very name; what others lead to only the cluster knows."""

import re
from collections.abc import Iterator
from typing import Final

from dbaccess.domain.policy import Policy

_ADMINISTRATORS: Final = frozenset(
    {
        "alloydbsuperuser",
        "avnadmin",
        "azure_pg_admin",
        "azuresu",
        "cloudsqladmin",
        "cloudsqlsuperuser",
        "doadmin",
        "postgres",
        "rds_superuser",
        "rdsadmin",
    }
)
_OURS: Final = re.compile(r"dbaccess_((admin|objects|worker_login)_.*|owner|bot|worker)")


def power_warnings(policy: Policy) -> Iterator[str]:
    """One sentence for each role whose grant the workers would refuse, or that looks so."""
    logins = frozenset(policy.logins.values())
    for target in policy.targets.values():
        for role in target.roles.values():
            for name in sorted({*role.grants, *([role.act_as] if role.act_as else [])}):
                why = _why(name, logins)
                if why:
                    yield f"{role.name} on {target.name} gives {name}, {why}: nothing is granted with it."


def _why(name: str, logins: frozenset[str]) -> str:
    if name in _ADMINISTRATORS:
        return "an administrator of the server"
    if _OURS.fullmatch(name):
        return "a role of dbaccess itself"
    return "which is the login of somebody under [people]" if name in logins else ""
