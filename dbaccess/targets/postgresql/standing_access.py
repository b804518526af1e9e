"""Logins that hold roles of the policy without a grant, with the memberships that lead there."""

from collections.abc import Sequence

from dbaccess.domain.membership_path import Edge, standing_roles
from dbaccess.domain.standing_access import StandingRead
from dbaccess.targets.postgresql.administrator import refuse_administrator
from dbaccess.targets.postgresql.cluster import Cluster
from dbaccess.targets.postgresql.identity import identity_of
from dbaccess.targets.postgresql.names import readable
from dbaccess.targets.postgresql.statement import statement


def standing_access(cluster: Cluster, roles: Sequence[str]) -> StandingRead:
    """Raises `TargetFailure` also for an administrator's account: all that it gave would pass for grants."""
    with cluster.session() as opened:
        opened.doing = "looking for standing access"
        refuse_administrator(cluster.name, opened)
        server = opened.identity
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
    found = standing_roles(edges, named=named, names=names, logins=logins)
    return StandingRead(server=server, roles=found)
