"""Warnings about roles that by name give more than data; only the cluster knows the effect of others."""

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
    """Yield a sentence for each role that the workers would refuse, or that looks so."""
    logins = frozenset(policy.logins.values())
    for target in policy.targets.values():
        for role in target.roles.values():
            for name in sorted({*role.grants, *([role.act_as] if role.act_as else [])}):
                why = _why(name, logins)
                if why:
                    yield f"{role.name} on {target.name} gives {name}, {why}: such a role is never granted."


def _why(name: str, logins: frozenset[str]) -> str:
    if name in _ADMINISTRATORS:
        return "an administrator of the server"
    if _OURS.fullmatch(name):
        return "a role of dbaccess itself"
    return "which is the login of a person under [people]" if name in logins else ""
