"""Logins that hold roles of the policy without a grant, with the memberships that lead there."""

from collections.abc import Sequence
from typing import Final

from psycopg import sql

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.failures import BEYOND_RIGHTS, DEPENDENT, PATH_CHANGED, SUPERUSER
from dbaccess.domain.membership_path import Edge, standing_roles
from dbaccess.domain.standing_access import StandingRead, StandingRole
from dbaccess.targets.postgresql.administrator import refuse_administrator
from dbaccess.targets.postgresql.cluster import Cluster
from dbaccess.targets.postgresql.ephemeral_login import FIRST_VERSION
from dbaccess.targets.postgresql.identity import identity_of, oid_of
from dbaccess.targets.postgresql.names import readable
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.transaction import Session

_NO_RIGHT: Final = "42501"
_DEPENDENT: Final = "2BP01"


def standing_access(cluster: Cluster, roles: Sequence[str]) -> StandingRead:
    """Raises `TargetFailure` also for an administrator's account: all that it gave would pass for grants."""
    with cluster.session() as opened:
        opened.doing = "looking for standing access"
        refuse_administrator(cluster.name, opened)
        return StandingRead(server=opened.identity, roles=_read(opened, roles))


def take_standing(cluster: Cluster, standing: StandingRole, *, server: str) -> StandingRole | None:
    def work(opened: Session) -> StandingRole | None:
        opened.doing = "looking at standing access again"
        refuse_administrator(cluster.name, opened)
        if opened.identity != server:
            raise _refused(cluster, "it is another server than the one that was read", "other_cluster")
        if _now(opened, standing) != standing:
            raise _refused(cluster, "the login, the role or the path changed since", PATH_CHANGED)
        found = _memberships(opened, standing)
        if any(is_superuser for *_, is_superuser, _ in found):
            raise _refused(cluster, f"{standing.login} is a superuser", SUPERUSER)
        others = [one for one in found if not one[-1]]
        if not others:  # the name of the role has no equal in UTF-8
            raise _beyond(cluster, standing)
        opened.doing = "removing a membership"
        for role, login, grantor, *_ in others:
            opened.rows(_revoke(opened, role, login, grantor))
        opened.doing = "reading memberships back"
        if any(not is_ours for *_, is_ours in _memberships(opened, standing)):
            raise _beyond(cluster, standing)
        return _now(opened, standing)

    try:
        return cluster.locked(work)
    except TargetFailure as failure:
        raise _explained(cluster, standing, failure) from None


def _read(opened: Session, roles: Sequence[str]) -> tuple[StandingRole, ...]:
    rows = opened.rows_raw(statement("memberships_below"), [list(roles)])
    names: dict[str, str] = {}
    named, logins, edges = set(), set(), []
    for member, member_name, is_login, role, role_name, is_named, is_ours, is_usable in rows:
        names |= {identity_of(member): readable(member_name), identity_of(role): readable(role_name)}
        named.update([identity_of(role)] if is_named else [])
        logins.update([identity_of(member)] if is_login else [])
        edges.append(
            Edge(member=identity_of(member), role=identity_of(role), is_ours=is_ours, is_usable=is_usable)
        )
    return standing_roles(edges, named=named, names=names, logins=logins)


def _now(opened: Session, standing: StandingRole) -> StandingRole | None:
    return next((one for one in _read(opened, [standing.role]) if one.key == standing.key), None)


def _memberships(opened: Session, standing: StandingRole) -> list[tuple[str, str, str, bool, bool]]:
    """Return (role, login, grantor, superuser, ours) of each membership at the begin of the path."""
    rows = opened.rows(statement("standing_membership"), [oid_of(standing.login_identity), standing.path[1]])
    return [(role, login, grantor, superuser, ours) for role, login, grantor, superuser, ours in rows]


def _revoke(opened: Session, role: str, login: str, grantor: str) -> sql.Composed:
    # Before version 16 a membership has one grantor, and only a superuser may name another than itself.
    granted_by = sql.SQL(" granted by {}").format(sql.Identifier(grantor))
    return sql.SQL("revoke {} from {}{}").format(
        sql.Identifier(role),
        sql.Identifier(login),
        granted_by if opened.version >= FIRST_VERSION else sql.SQL(""),
    )


def _explained(cluster: Cluster, standing: StandingRole, failure: TargetFailure) -> TargetFailure:
    """Return the failure, or a refusal in the place of the server's."""
    if failure.code == _NO_RIGHT:
        return _beyond(cluster, standing)
    if failure.code == _DEPENDENT:
        granted = f"others hold {standing.path[1]} because {standing.login} granted it to them"
        return _refused(cluster, granted, DEPENDENT)
    return failure


def _beyond(cluster: Cluster, standing: StandingRole) -> TargetFailure:
    membership = f"{standing.login} in {standing.path[1]}"
    return _refused(
        cluster, f"the workers may not remove the membership of {membership}; run the SQL", BEYOND_RIGHTS
    )


def _refused(cluster: Cluster, why: str, code: str) -> TargetFailure:
    return TargetFailure(f"{cluster.name}: {why}. Nothing was changed.", code=code, touched=False)
