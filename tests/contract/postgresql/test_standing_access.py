"""Removal of standing access on PostgreSQL: as far as the worker's rights reach, and by the printed SQL."""

import secrets

import psycopg
import pytest

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.standing_access import Covered, How, StandingRole
from dbaccess.targets.postgresql.removal_sql import removal_sql
from tests.contract.postgresql.target import Target
from tests.contract.postgresql.test_hostile_defaults import database_of
from tests.contract.test_standing_access import members


def stands(target: Target) -> StandingRole:
    (one,) = members(target, target.read_role)
    return one


def run(target: Target, script: str, database: str = "postgres") -> None:
    """As a DBA runs the printed SQL."""
    url = target.database.superuser_url
    with psycopg.connect(url, dbname=database, autocommit=True) as dba:
        dba.execute(script.encode())


def test_worker_removes_a_membership_of_a_grantor_with_privileges_that_it_has(target: Target) -> None:
    login = target.person_login().login
    team = f"team_{secrets.token_hex(4)}"
    target.make_role(team, grantable=False)
    target.dba("grant {role} to {team} with admin option", role=target.read_role, team=team)
    target.dba("grant {team} to {admin}", team=team, admin=target.worker.admin)
    target.dba(
        "set role {team}; grant {role} to {login}; reset role", team=team, role=target.read_role, login=login
    )
    one = stands(target)
    assert target.driver.take_standing(one, server=target.driver.facts().identity) is None
    assert target.roles_of(login) == []
    target.dba("revoke {role} from {team} cascade", role=target.read_role, team=team)
    target.drop_role(team)


def test_membership_by_which_its_login_gave_the_role_to_others_is_refused(target: Target) -> None:
    login, other = target.person_login().login, target.person_login().login
    team, role = f"team_{secrets.token_hex(4)}", target.read_role
    target.make_role(team, grantable=False)
    target.dba("grant {role} to {team} with admin option", role=role, team=team)
    target.dba("grant {team} to {admin}", team=team, admin=target.worker.admin)
    target.dba(
        "set role {team}; grant {role} to {login} with admin option; reset role",
        team=team, role=role, login=login,
    )  # fmt: skip
    target.dba("set role {login}; grant {role} to {other}; reset role", login=login, role=role, other=other)
    read = target.driver.standing_access([role])
    one = next(each for each in read.roles if each.login == login)
    with pytest.raises(TargetFailure) as refused:
        target.driver.take_standing(one, server=read.server)
    assert (refused.value.code, refused.value.touched) == ("dependent", False)
    assert target.roles_of(login) == target.roles_of(other) == [role]
    target.dba("revoke {role} from {team} cascade", role=role, team=team)
    target.drop_role(team)


def test_membership_in_a_role_whose_name_is_no_utf8_is_never_called_removed(target: Target) -> None:
    login, odd = target.person_login().login, f"grün_{secrets.token_hex(4)}"
    with database_of(target, "LATIN1") as name:
        url = target.database.superuser_url
        with psycopg.connect(url, dbname=name, autocommit=True, client_encoding="UTF8") as dba:
            for made in ('create role "{0}"', 'grant "{1}" to "{0}"', 'grant "{0}" to "{2}"'):
                dba.execute(made.format(odd, target.read_role, login).encode())
            one = stands(target)
            with pytest.raises(TargetFailure) as refused:
                target.driver.take_standing(one, server=target.driver.facts().identity)
            assert refused.value.code == "beyond_rights"
            assert stands(target) == one
            dba.execute(f'drop role "{odd}"'.encode())


def test_printed_sql_removes_the_membership_of_each_grantor_and_no_grant(
    either_target: Target,
) -> None:
    target, login = either_target, either_target.person_login().login
    target.give(target.read_role, login)
    one = stands(target)
    script = removal_sql(one, installation=target.installation)
    assert f'revoke "{target.read_role}" from "{login}"' in script
    run(target, script)
    assert target.roles_of(login) == []
    with pytest.raises(psycopg.errors.RaiseException, match="nothing was changed"):
        run(target, script)
    target.give_as_worker(target.read_role, login)
    with pytest.raises(psycopg.errors.RaiseException, match="nothing was changed"):
        run(target, script)
    assert target.roles_of(login) == [target.read_role]
    target.take_as_worker(target.read_role, login)


def test_names_that_break_out_of_quotes_stay_names(either_target: Target) -> None:
    target, hostile = either_target, "x\"; drop role y; --'$dbaccess$\nz"
    target.dba("create role {login} login", login=hostile)
    target.give(target.read_role, hostile)
    run(target, removal_sql(stands(target), installation=target.installation))
    assert target.roles_of(hostile) == []
    target.drop_login(hostile)


def direct(target: Target, *covered: Covered) -> dict[str, StandingRole]:
    by_role = Covered(database=target.database_name, role=target.read_role)
    read = target.driver.standing_access([], covered or [by_role])
    return {one.login: one for one in read.roles if one.how in {How.PRIVILEGE, How.UNREAD}}


def test_each_way_without_a_role_stands_and_the_printed_sql_ends_it(target: Target) -> None:
    login, owner = target.person_login().login, target.person_login().login
    covers = direct(target)
    assert not {login, owner, "PUBLIC"} & covers.keys()
    for made in (
        'create table shop."a; b" (id int, other int) partition by range (id)',
        'create table shop.part partition of shop."a; b" for values from (1) to (9)',
        "alter table shop.part owner to {owner}",
        'grant select on shop."a; b" to {role}',
        'grant select (id), update (other) on shop."a; b" to {login}',
        "grant insert on shop.orders to {login} with grant option",
        "grant delete on shop.orders to public",
    ):
        target.dba(made, login=login, owner=owner, role=target.read_role)
    found = direct(target)
    assert found[login].path == (
        login,
        "INSERT on shop.orders",
        'SELECT (columns), UPDATE (columns) on shop."a; b"',
    )
    assert not found[login].is_usable  # without USAGE of the schema
    target.dba("grant usage on schema shop to {login}", login=login)
    assert direct(target)[login].is_usable
    assert found[owner].path == (owner, "OWNER on shop.part")
    assert found["PUBLIC"].path == ("PUBLIC", "DELETE on shop.orders")
    for name in (login, "PUBLIC"):
        run(target, removal_sql(found[name], installation=target.installation), target.database_name)
    assert direct(target).keys() & {login, owner, "PUBLIC"} == {owner}
    assert "alter table shop.part owner to" in removal_sql(found[owner], installation=target.installation)
    script = removal_sql(found[login], installation=target.installation)
    with pytest.raises(psycopg.errors.RaiseException, match="nothing was changed"):
        run(target, script, target.database_name)
    with pytest.raises(psycopg.errors.RaiseException, match="connect to the database"):
        run(target, script)
    target.dba('drop table shop."a; b"')
    target.dba("revoke usage on schema shop from {login}", login=login)


def test_privilege_that_the_login_passed_on_is_never_half_removed(target: Target) -> None:
    login, other = target.person_login().login, target.person_login().login
    target.dba("grant usage on schema shop to {login}", login=login)
    target.dba("grant select on shop.orders to {login} with grant option", login=login)
    target.dba(
        "set role {login}; grant select on shop.orders to {other}; reset role", login=login, other=other
    )
    found = direct(target)
    with pytest.raises(psycopg.errors.DependentObjectsStillExist):
        run(target, removal_sql(found[login], installation=target.installation), target.database_name)
    for name in (other, login):
        run(target, removal_sql(found[name], installation=target.installation), target.database_name)
    assert not {login, other} & direct(target).keys()
    target.dba("revoke usage on schema shop from {login}", login=login)


def test_superusers_and_readers_of_all_data_stand_by_every_path(target: Target) -> None:
    reader, strong = target.person_login().login, target.person_login().login
    team = f"team_{secrets.token_hex(4)}"
    target.dba("create role {team} superuser", team=team)
    target.dba("grant {team} to {strong}", team=team, strong=strong)
    target.dba("grant pg_read_all_data to {reader}", reader=reader)
    read = target.driver.standing_access([])
    found = {one.login: one for one in read.roles}
    assert (found[strong].how, found[strong].path) == (How.SUPERUSER, (strong, team, "SUPERUSER"))
    assert (found[reader].how, found[reader].path) == (How.ALL_DATA, (reader, "pg_read_all_data"))
    assert target.worker.login not in found
    for name in (strong, reader):
        with pytest.raises(TargetFailure) as refused:
            target.driver.take_standing(found[name], server=read.server)
        assert (refused.value.code, refused.value.touched) == ("beyond_rights", False)
        run(target, removal_sql(found[name], installation=target.installation))
    target.make_superuser(strong)
    one = next(each for each in target.driver.standing_access([]).roles if each.login == strong)
    script = removal_sql(one, installation=target.installation)
    run(target, script)
    assert not {strong, reader} & {each.login for each in target.driver.standing_access([]).roles}
    with pytest.raises(psycopg.errors.RaiseException, match="nothing was changed"):
        run(target, script)
    target.drop_role(team)


def test_database_that_cannot_be_entered_is_unread_and_the_others_are_read(target: Target) -> None:
    login = target.person_login().login
    target.give_on("shop.orders", login, "SELECT")
    gone = Covered(database="no_such_database", role=target.read_role)
    found = direct(target, gone, Covered(database=target.database_name, role=target.read_role))
    assert (found[""].how, found[""].database, found[""].path) == (
        How.UNREAD,
        "no_such_database",
        ("no_database",),
    )
    assert login in found
