"""Removal of standing access on PostgreSQL: as far as the worker's rights reach, and by the printed SQL."""

import secrets

import psycopg
import pytest

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.standing_access import StandingRole
from dbaccess.targets.postgresql.removal_sql import removal_sql
from tests.contract.postgresql.target import Target
from tests.contract.postgresql.test_hostile_defaults import database_of


def stands(target: Target) -> StandingRole:
    (one,) = target.driver.standing_access([target.read_role]).roles
    return one


def run(target: Target, script: str) -> None:
    """As a DBA runs the printed SQL."""
    with psycopg.connect(target.database.superuser_url, autocommit=True) as dba:
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
