"""Roles that logins hold without a grant of ours, directly or through others, whatever the engine."""

import secrets
from dataclasses import replace

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.domain.standing_access import Covered, How, StandingRole
from tests.contract.target import CUSTOMERS, ORDERS, Target


def found(target: Target, *roles: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """The path by login and role."""
    assert target.driver.standing_access([]).server == target.driver.facts().identity
    return {(one.login, one.role): one.path for one in members(target, *roles)}


def members(target: Target, *roles: str) -> list[StandingRole]:
    """A server has superusers beside the memberships that a test makes."""
    read = target.driver.standing_access(roles or [target.read_role, target.write_role])
    return [one for one in read.roles if one.how is How.MEMBER]


def group(target: Target) -> str:
    """A role that groups others, as a DBA makes it."""
    name = f"group_{secrets.token_hex(4)}"
    target.make_role(name, grantable=False)
    return name


def test_role_that_another_gave_is_found_with_path_and_identities(any_target: Target) -> None:
    target, login = any_target, any_target.person_login().login
    assert found(target) == {}
    target.give(target.read_role, login)
    (one,) = members(target, target.read_role)
    assert (one.login, one.role, one.path) == (login, target.read_role, (login, target.read_role))
    assert one.login_identity == target.identity_of(login)
    assert one.role_identity == target.identity_of(target.read_role)
    assert one.is_usable
    target.take(target.read_role, login)
    assert found(target) == {}


def test_role_through_other_roles_is_found_by_its_shortest_path(any_target: Target) -> None:
    target, login = any_target, any_target.person_login().login
    inner, outer = group(target), group(target)
    target.give(target.read_role, inner)
    target.give(inner, outer)
    assert found(target) == {}
    target.give(outer, login)
    assert found(target) == {(login, target.read_role): (login, outer, inner, target.read_role)}
    target.give(inner, login)
    assert found(target) == {(login, target.read_role): (login, inner, target.read_role)}
    target.drop_role(inner)
    target.drop_role(outer)
    assert found(target) == {}


def test_membership_of_a_grant_is_no_standing_access_until_another_gives_it_too(any_target: Target) -> None:
    target, login = any_target, any_target.person_login().login
    target.give_as_worker(target.read_role, login)
    assert found(target) == {}
    through = group(target)
    target.give(target.read_role, through)
    target.give(through, login)
    assert found(target) == {(login, target.read_role): (login, through, target.read_role)}
    target.drop_role(through)
    target.take_as_worker(target.read_role, login)


def test_logins_made_for_grants_have_no_standing_access(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    assert found(target) == {}
    target.give(target.write_role, recipe.login)
    assert found(target) == {(recipe.login, target.write_role): (recipe.login, target.write_role)}
    target.take(target.write_role, recipe.login)


def test_only_roles_that_are_asked_for_and_logins_that_may_log_in_are_found(any_target: Target) -> None:
    target, login = any_target, any_target.person_login().login
    target.give(target.read_role, login)
    assert found(target, target.write_role) == {}
    assert found(target, "no_such_role") == {}
    target.close_login(login)
    assert found(target) == {}


def test_renamed_login_keeps_its_identity(any_target: Target) -> None:
    target, login = any_target, any_target.person_login().login
    target.give(target.read_role, login)
    (before,) = members(target, target.read_role)
    target.rename_login(login, f"{login}_2")
    (after,) = members(target, target.read_role)
    assert (after.login, after.key) == (f"{login}_2", before.key)


def stands(target: Target) -> StandingRole:
    (one,) = members(target, target.read_role)
    return one


def take(target: Target, standing: StandingRole, *, server: str | None = None) -> str:
    """Return how it ended: removed, still a path of so many names, or the code of the refusal."""
    try:
        left = target.driver.take_standing(standing, server=server or target.driver.facts().identity)
    except TargetFailure as refused:
        return f"{refused.code}, changed" if refused.touched else refused.code
    return "removed" if left is None else f"{len(left.path)} names left"


def test_removal_is_verified_or_refused_and_touches_one_membership(any_target: Target) -> None:
    target, login, other = any_target, any_target.person_login().login, any_target.person_login().login
    through = group(target)
    for role, member in ((target.read_role, through), (through, login), (through, other)):
        target.give(role, member)
    one = next(each for each in members(target, target.read_role) if each.login == login)
    outcome = take(target, one)
    left = found(target)
    assert (outcome, (login, target.read_role) in left) in {("removed", False), ("beyond_rights", True)}
    assert (other, target.read_role) in left
    target.drop_role(through)


def test_removal_refuses_what_changed_since_it_was_read(any_target: Target) -> None:
    target, login = any_target, any_target.person_login().login
    target.give(target.read_role, login)
    one = stands(target)
    for changed in (
        replace(one, login="another"),
        replace(one, login_identity="4000000000"),
        replace(one, path=(login, "another", target.read_role)),
    ):
        assert take(target, changed) == "path_changed"
    assert take(target, one, server="another") == "other_cluster"
    target.make_superuser(login)
    assert take(target, one) == "superuser"
    assert found(target) == {(login, target.read_role): (login, target.read_role)}
    target.take(target.read_role, login)
    assert take(target, one) == "path_changed"


def test_removal_leaves_the_membership_of_a_grant(any_target: Target) -> None:
    target, login = any_target, any_target.person_login().login
    target.give_as_worker(target.read_role, login)
    unread = StandingRole(
        login_identity=str(target.identity_of(login)),
        login=login,
        role_identity=str(target.identity_of(target.read_role)),
        role=target.read_role,
        path=(login, target.read_role),
    )
    assert take(target, unread) == "path_changed"
    assert target.roles_of(login) == [target.read_role]
    target.take_as_worker(target.read_role, login)


def others(target: Target, *covered: Covered) -> dict[str, StandingRole]:
    """Standing access that is no membership, by login."""
    read = target.driver.standing_access([], covered)
    return {one.login: one for one in read.roles}


def test_superuser_stands_and_only_the_printed_sql_removes_one(any_target: Target) -> None:
    target, login = any_target, any_target.person_login().login
    assert login not in others(target)
    target.make_superuser(login)
    one = others(target)[login]
    assert (one.how, one.path, one.login_identity) == (
        How.SUPERUSER,
        (login, "SUPERUSER"),
        target.identity_of(login),
    )
    assert take(target, one) == "superuser"
    assert take(target, replace(one, login="another")) == "path_changed"
    target.close_login(login)
    assert login not in others(target)


def test_privilege_of_a_login_stands_where_a_role_of_the_policy_covers_the_table(any_target: Target) -> None:
    target, login = any_target, any_target.person_login().login
    by_role = Covered(database=target.database_name, role=target.read_role)
    on = ObjectPrivileges(schemas=(), tables=(CUSTOMERS,), privileges=("SELECT",))
    by_table = Covered(database=target.database_name, role="orders/customers", on=on)
    assert login not in others(target, by_role, by_table)
    target.give_on(ORDERS, login, "SELECT")
    one = others(target, by_role, by_table)[login]
    assert (one.how, one.role, one.database) == (How.PRIVILEGE, target.read_role, target.database_name)
    assert one.path == (login, f"SELECT on {ORDERS}")
    assert login not in others(target, by_table)
    target.give_on(CUSTOMERS, login, "SELECT")
    assert others(target, by_table)[login].path == (login, f"SELECT on {CUSTOMERS}")
    assert take(target, one) == "beyond_rights"


def test_grant_of_privileges_is_no_standing_access(target: Target) -> None:
    target.let_give(ORDERS, "SELECT")
    on = ObjectPrivileges(schemas=(), tables=(ORDERS,), privileges=("SELECT",))
    recipe = target.provision(replace(target.ephemeral(), roles=(), on=on))
    covered = Covered(database=target.database_name, role=target.read_role)
    assert recipe.login not in others(target, covered)
