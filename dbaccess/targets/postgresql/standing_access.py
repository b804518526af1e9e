"""Logins that reach what the policy gives without a grant: by memberships, as superusers, by privileges."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from psycopg import sql

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.failures import BEYOND_RIGHTS, DEPENDENT, PATH_CHANGED, SUPERUSER
from dbaccess.domain.membership_path import Edge, cut, standing_roles
from dbaccess.domain.standing_access import Covered, How, StandingRead, StandingRole
from dbaccess.targets.postgresql.administrator import refuse_administrator
from dbaccess.targets.postgresql.cluster import Cluster
from dbaccess.targets.postgresql.direct_privileges import direct_privileges
from dbaccess.targets.postgresql.ephemeral_login import FIRST_VERSION
from dbaccess.targets.postgresql.identity import identity_of, oid_of
from dbaccess.targets.postgresql.names import readable
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.transaction import Session

_NO_RIGHT: Final = "42501"
_DEPENDENT: Final = "2BP01"
_SUPERUSER: Final = "SUPERUSER"
"""The attribute, at the end of a path and as its identity."""


def standing_access(
    cluster: Cluster, roles: Sequence[str], covered: Sequence[Covered], *, installation: str
) -> StandingRead:
    """Raises `TargetFailure` also for an administrator's account: all that it gave would pass for grants."""
    with cluster.session() as opened:
        opened.doing = "looking for standing access"
        refuse_administrator(cluster.name, opened)
        server, found = opened.identity, _read(opened, roles)
    direct = direct_privileges(cluster, covered, installation=installation)
    return StandingRead(server=server, roles=(*found, *direct))


def take_standing(cluster: Cluster, standing: StandingRole, *, server: str) -> StandingRole | None:
    def work(opened: Session) -> StandingRole | None:
        _check_standing(cluster, opened, standing, server)
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


def _check_standing(cluster: Cluster, opened: Session, standing: StandingRole, server: str) -> None:
    """Raise `TargetFailure` unless it stands as it was read, by a membership."""
    opened.doing = "looking at standing access again"
    refuse_administrator(cluster.name, opened)
    if opened.identity != server:
        raise _refused(cluster, "it is another server than the one that was read", "other_cluster")
    if standing.how is How.PRIVILEGE:
        raise _refused(
            cluster, "only the role that granted a privilege may take it; run the SQL", BEYOND_RIGHTS
        )
    if _now(opened, standing) != standing:
        raise _refused(cluster, "the login, the role or the path changed since", PATH_CHANGED)
    if standing.path[1:] == (_SUPERUSER,):
        raise _refused(cluster, f"{standing.login} is a superuser; run the SQL", SUPERUSER)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Below:
    """Memberships, and how each role at the end of them counts."""

    edges: Sequence[Edge]
    names: Mapping[str, str]
    logins: Collection[str]
    ends: Mapping[str, How]

    def of(self, how: How) -> tuple[StandingRole, ...]:
        named = [identity for identity, one in self.ends.items() if one is how]
        return standing_roles(self.edges, named=named, names=self.names, logins=self.logins)


def _read(opened: Session, roles: Sequence[str]) -> tuple[StandingRole, ...]:
    below = _memberships_below(opened, roles)
    all_data = [
        replace(one, how=How.ALL_DATA)
        for one in below.of(How.ALL_DATA)
        if not set(one.path[1:-1]) & set(roles)  # who holds a role of the policy is found by that role
    ]
    return (*below.of(How.MEMBER), *all_data, *_superusers(opened, below))


def _memberships_below(opened: Session, roles: Sequence[str]) -> _Below:
    rows = opened.rows_raw(statement("memberships_below"), {"roles": list(roles)})
    names: dict[str, str] = {}
    ends, logins, edges = dict[str, How](), set[str](), list[Edge]()
    for member, member_name, is_login, role, role_name, how, is_ours, is_usable in rows:
        names |= {identity_of(member): readable(member_name), identity_of(role): readable(role_name)}
        ends |= {identity_of(role): How(readable(how))} if how is not None else {}
        logins.update([identity_of(member)] if is_login else [])
        edges.append(
            Edge(member=identity_of(member), role=identity_of(role), is_ours=is_ours, is_usable=is_usable)
        )
    return _Below(edges=edges, names=names, logins=logins, ends=ends)


def _superusers(opened: Session, below: _Below) -> Iterator[StandingRole]:
    """Yield the superusers, then the logins that can become one, each once."""
    found = set()
    for oid, raw in opened.rows_raw(statement("superusers"), []):
        login = readable(raw)
        found.add(identity_of(oid))
        yield StandingRole(
            login_identity=identity_of(oid),
            login=login,
            role_identity=_SUPERUSER,
            role=_SUPERUSER,
            path=(login, _SUPERUSER),
            how=How.SUPERUSER,
        )
    for one in below.of(How.SUPERUSER):
        if one.login_identity not in found:
            found.add(one.login_identity)
            path = cut([*one.path, _SUPERUSER])
            yield replace(one, role_identity=_SUPERUSER, role=_SUPERUSER, path=path, how=How.SUPERUSER)


def _now(opened: Session, standing: StandingRole) -> StandingRole | None:
    roles = [standing.role] if standing.how is How.MEMBER else []
    return next((one for one in _read(opened, roles) if one.key == standing.key), None)


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
