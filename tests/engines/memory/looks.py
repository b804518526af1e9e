"""A look at a server: what the worker made and gave there, and how logins compare with those of recipes."""

from collections.abc import Collection, Iterator, Sequence

from dbaccess.domain.grant import Likeness, Recipe
from dbaccess.domain.membership_path import Edge, standing_roles
from dbaccess.domain.reach import Reach, ReachedTable
from dbaccess.domain.standing_access import Covered, How, StandingRead, StandingRole
from dbaccess.ports import GivenRole, LoginThere
from tests.engines.memory.server import MemoryLogin, MemoryServer


def given_roles(server: MemoryServer, *, to_made: bool) -> Iterator[GivenRole]:
    """Every role that the worker gave; with `to_made` also to logins that it made."""
    for login in sorted(server.logins.values(), key=lambda one: one.name):
        for one in server.memberships_of(login):
            role = server.roles[one.role]
            if one.ours and (to_made or not login.made):
                yield GivenRole(
                    login_identity=login.identity,
                    login=login.name,
                    role_identity=role.identity,
                    role=role.name,
                )


def likeness(server: MemoryServer, recipe: Recipe) -> LoginThere:
    known, named = recipe.login_identity, server.login(recipe.login)
    if known is None:
        return LoginThere(Likeness.UNPROVED, "its identity was never recorded")
    there = server.logins.get(known)
    if there is not None and there is named:
        return LoginThere(Likeness.SAME)
    if named is not None:
        return LoginThere(Likeness.OTHER, f"{named.name} is {named.identity} there, and was {known}")
    if there is None:
        return LoginThere(Likeness.UNPROVED, f"neither {recipe.login} nor {known} is there")
    if recipe.login_kind == "ephemeral" and there.tag == recipe.tag:
        return LoginThere(Likeness.SAME, f"{recipe.login} is named {there.name} there")
    return LoginThere(Likeness.RENAMED, f"{known} is {there.name} there, and was {recipe.login}")


SUPERUSER = "SUPERUSER"


def standing_access(
    server: MemoryServer, roles: Collection[str], covered: Sequence[Covered] = ()
) -> StandingRead:
    names = {login.identity: login.name for login in server.logins.values()}
    names |= {role.identity: role.name for role in server.roles.values()}
    found = standing_roles(
        (
            Edge(member=one.login, role=one.role, is_ours=one.ours)
            for one in sorted(server.memberships, key=str)
        ),
        named=[role.identity for role in server.roles.values() if role.name in roles],
        names=names,
        logins=[login.identity for login in server.logins.values() if login.can_login],
    )
    superusers = (
        StandingRole(
            login_identity=login.identity,
            login=login.name,
            role_identity=SUPERUSER,
            role=SUPERUSER,
            path=(login.name, SUPERUSER),
            how=How.SUPERUSER,
        )
        for login in server.logins.values()
        if login.superuser and login.can_login
    )
    direct = (one for each in covered for one in _direct(server, each))
    return StandingRead(server=server.identity, roles=(*found, *superusers, *direct))


def _direct(server: MemoryServer, covered: Covered) -> Iterator[StandingRole]:
    """Rights of their own on the role's tables; the worker gives such to logins alone that it made."""
    if covered.database in server.closed:
        yield StandingRole(
            login_identity="",
            login="",
            role_identity=f"unread/{covered.database}",
            role="",
            path=("no_database",),
            is_usable=False,
            how=How.UNREAD,
            database=covered.database,
        )
        return
    role = server.role(covered.role)
    on = set(covered.on.tables) if covered.on else role.reads | role.writes if role else set()
    for login in server.logins.values():
        rights = {table: can for (of, table), can in server.rights.items() if of == login.identity}
        held = [f"{', '.join(sorted(rights[table]))} on {table}" for table in sorted(on & rights.keys())]
        if held and login.can_login and not login.made and not login.superuser:
            yield StandingRole(
                login_identity=login.identity,
                login=login.name,
                role_identity=f"{covered.database}/{role.identity if role else covered.role}",
                role=covered.role,
                path=(login.name, *held),
                how=How.PRIVILEGE,
                database=covered.database,
            )


def reach_of(server: MemoryServer, login: MemoryLogin) -> Reach:
    """The tables that the login reads or writes, by itself and by its roles."""
    roles = server.roles_of(login)
    named = {table for of, table in server.rights if of == login.identity}
    named |= {table for role in roles for table in role.reads | role.writes}
    tables = [
        ReachedTable(
            schema=table.partition(".")[0],
            name=table.partition(".")[2],
            reads=server.may(login, table, write=False),
            writes=server.may(login, table, write=True),
        )
        for table in sorted(named)
    ]
    return Reach(tables=tuple(tables))


def standing_now(server: MemoryServer, standing: StandingRole) -> StandingRole | None:
    found = standing_access(server, [standing.role]).roles
    return next((one for one in found if one.key == standing.key), None)
