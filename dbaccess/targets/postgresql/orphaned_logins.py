"""Logins and memberships of the installation on a cluster, for the sweep."""

from dataclasses import replace

from dbaccess.domain.grant import GrantId, Recipe
from dbaccess.ports import GivenRole
from dbaccess.targets.postgresql.administrator import refuse_administrator
from dbaccess.targets.postgresql.cluster import Cluster
from dbaccess.targets.postgresql.identity import identity_of
from dbaccess.targets.postgresql.names import made_logins
from dbaccess.targets.postgresql.statement import statement


def marked_roles(cluster: Cluster, installation: str) -> tuple[list[tuple[str, str]], list[str]]:
    """Return (login, tag) of each login that the worker made, and the roles of others that have its mark.

    The leader looks every minute, so its connection is the one that ends what is due: it holds room for that.
    """
    tag, name = tag_prefix(installation), made_logins(installation)
    with cluster.session(ended=()) as opened:
        opened.doing = "looking for logins of this installation"
        rows = opened.rows(statement("made_logins"), [name, name, tag, tag])
    cluster.know_made(oid for oid, _, _, ours in rows if ours)
    made = [(login, tag) for _, login, tag, ours in rows if ours]
    return made, [login for _, login, _, ours in rows if not ours]


def given_roles(cluster: Cluster) -> list[GivenRole]:
    with cluster.session() as opened:
        opened.doing = "looking for roles that this installation gave"
        refuse_administrator(cluster.name, opened)
        rows = opened.rows(statement("given_roles"))
    return [
        GivenRole(
            login_identity=identity_of(login_oid),
            login=login,
            role_identity=identity_of(role_oid),
            role=role,
        )
        for login_oid, login, role_oid, role in rows
    ]


def tag_prefix(installation: str) -> str:
    return f"dbaccess:{installation}:"


def login_orphan(cluster: Cluster, login: str, tag: str) -> Recipe:
    """Return the recipe that removes a login without a grant."""
    return _recipe(cluster, "ephemeral", login, tag=tag)


def role_orphan(cluster: Cluster, given: list[GivenRole]) -> Recipe:
    """Return the recipe that removes roles without a grant from one login."""
    named = sorted((one.role, one.role_identity) for one in given)
    recipe = _recipe(cluster, "personal", given[0].login, login_identity=given[0].login_identity)
    roles, identities = zip(*named, strict=True)
    return replace(recipe, roles=roles, role_identities=identities)


def _recipe(
    cluster: Cluster,
    kind: str,
    login: str,
    *,
    tag: str = "",
    login_identity: str | None = None,
) -> Recipe:
    return Recipe(
        grant_id=GrantId(0),
        cluster=cluster.name,
        cluster_identity="",
        database=cluster.lock_database,
        login_kind=kind,
        login=login,
        login_identity=login_identity,
        tag=tag,
        roles=(),
        act_as=None,
        standing=(),
    )
