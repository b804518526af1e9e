"""Roles that give more than data: a holder could keep such access beyond the end, or widen it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from psycopg import sql

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.failures import ROLE_TOO_POWERFUL
from dbaccess.domain.grant import Recipe
from dbaccess.ports import Finding, GivenRole
from dbaccess.targets.postgresql.administrator import refuse_administrator
from dbaccess.targets.postgresql.cluster import Cluster
from dbaccess.targets.postgresql.identity import identity_of
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.transaction import Session

INTERRUPTS: Final = (
    "stop the workers' sessions (a superuser, or a member of pg_signal_backend or pg_maintain)"
)
"""No holder may do this, because an end needs such a session."""

_FIX: Final = "Take that power away, or name a role without it in the configuration."


def powers_of(opened: Session, roles: Collection[str], *, given: bool = False) -> dict[str, str]:
    """Return each of these roles that gives more than data, with the reason: `orders_owner can log in`.

    With `given` this includes each role that the worker's role granted, whatever its name is now.
    """
    found: dict[str, str] = {}
    for role, reached, power in opened.rows(statement("powers"), [sorted(roles), given]):
        said = f"{role} {power}" if role == reached else f"{role} is a member of {reached}, which {power}"
        found.setdefault(role, said)
    return found


def check_powers(opened: Session, recipe: Recipe) -> None:
    """Raise `TargetFailure` `role_too_powerful` if a role of the recipe gives more than data."""
    opened.doing = "looking at what the roles lead to"
    given = {*recipe.roles, *([recipe.act_as] if recipe.act_as else [])}
    for said in powers_of(opened, given).values():
        raise TargetFailure(
            f"{recipe.cluster}: {said}. Nothing is given. {_FIX}", code=ROLE_TOO_POWERFUL, touched=False
        )


def excess(cluster: Cluster, roles: Collection[str]) -> Mapping[str, str]:
    with cluster.session() as opened:
        opened.doing = "looking at what the roles lead to"
        return powers_of(opened, roles)


def outgrown(cluster: Cluster) -> Mapping[GivenRole, str]:
    with cluster.session() as opened:
        opened.doing = "looking at what given roles lead to"
        refuse_administrator(cluster.name, opened)
        found = powers_of(opened, (), given=True)
        rows = opened.rows(statement("holders"), [list(found)]) if found else []
        interrupting = opened.rows(statement("interrupting_holders"))
    return {
        **{_given(row): f"{row[1]} may {INTERRUPTS}" for row in interrupting},
        **{_given(row): found[row[3]] for row in rows},
    }


def _given(row: Sequence[Any]) -> GivenRole:
    login_oid, login, role_oid, role = row
    return GivenRole(
        login_identity=identity_of(login_oid),
        login=login,
        role_identity=identity_of(role_oid),
        role=role,
    )


def examine_powers(cluster: Cluster, roles: Sequence[str]) -> Iterator[Finding]:
    found = excess(cluster, roles)
    for said in found.values():
        yield Finding(what=f"{said}: nothing is granted with it", ok=False, fix=_FIX)
    if roles and not found:
        yield Finding(what="no role that it gives leads to more than data", ok=True)
    with cluster.session() as opened:
        opened.doing = "looking at who may stop the workers' sessions"
        for (login,) in opened.rows(statement("interrupting_logins")):
            yield Finding(
                what=f"{login} may stop the workers' sessions, and delay ends as long as it does so",
                ok=False,
                fix=f"End the membership of {sql.Identifier(login).as_string()} in pg_signal_backend or "
                "pg_maintain, or in the role that leads there.",
                is_advice=True,
            )
