"""A role given to a person's own login, on PostgreSQL 18 and 15."""

from dataclasses import replace

import psycopg
import pytest

from dbaccess.domain.errors import TargetFailure
from tests.contract.postgresql.target import Target, in_an_hour, nothing


def test_session_that_set_the_role_before_is_closed(either_target: Target) -> None:
    target = either_target
    login, url = target.person()
    recipe = target.provision(target.personal(login))
    with psycopg.connect(url) as holder:
        holder.execute("begin")
        if target.database.version < 16:
            holder.execute(f"set role {target.database.read_role}")
        holder.execute("declare kept cursor with hold for select * from shop.orders")
        holder.commit()
        assert target.end(recipe).sessions_closed == 1
        with pytest.raises(psycopg.OperationalError):
            holder.execute("fetch all from kept")


def test_role_cannot_be_set_since_16(target: Target) -> None:
    login, url = target.person()
    target.provision(target.personal(login))
    with psycopg.connect(url) as holder, pytest.raises(psycopg.errors.InsufficientPrivilege):
        holder.execute(f"set role {target.database.read_role}")


@pytest.mark.parametrize("name", ["public", "PUBLIC", "pg_monitor", "a\0b", "x" * 64, "", "current_user"])
def test_names_that_mean_something_else_are_refused(target: Target, name: str) -> None:
    login, _ = target.person()
    recipe = target.personal(login)
    for bad in (replace(recipe, login=name, login_identity=None), replace(recipe, roles=(name,))):
        with pytest.raises(TargetFailure) as refused:
            target.driver.provision(bad, valid_until=in_an_hour(), fence=nothing)
        assert refused.value.code == "bad_name"
        assert target.fail(bad).code == "bad_name"


def test_worker_that_may_not_end_a_superusers_session_says_so(either_target: Target) -> None:
    target = either_target
    login, url = target.person()
    recipe = target.provision(target.personal(login))
    target.dba("alter role {login} superuser", login=login)
    with psycopg.connect(url):
        assert target.fail(recipe).code == "session_refused"
    target.end(recipe)


def test_no_login_is_made_before_16(target_15: Target) -> None:
    with pytest.raises(TargetFailure) as refused:
        target_15.provision(target_15.ephemeral())
    assert (refused.value.code, refused.value.touched) == ("version", False)


INTERRUPTING = {
    "signals": "grant pg_signal_backend to {team}",
    "superuser": "alter role {team} superuser",
    "locks": "grant pg_maintain to {team}",
}


@pytest.mark.parametrize("power", INTERRUPTING)
def test_login_that_may_stop_the_workers_sessions_is_given_nothing(target: Target, power: str) -> None:
    """In a loop it stops each session that comes to take the role again, and so keeps the role."""
    assert_given_nothing(target, power)


@pytest.mark.parametrize("power", ["signals", "superuser"])
def test_login_that_may_stop_the_workers_sessions_on_15_is_given_nothing(
    target_15: Target, power: str
) -> None:
    assert_given_nothing(target_15, power)


def assert_given_nothing(target: Target, power: str) -> None:
    login, _ = target.person()
    team = f"{login}_team"
    target.dba("create role {team}; grant {team} to {login}", team=team, login=login)
    recipe = target.personal(login)
    target.dba(INTERRUPTING[power], team=team)
    refused = target.refusal(recipe)
    assert (refused.code, "stop the workers' sessions" in str(refused)) == ("bad_login", True)
    assert target.roles_of(login) == [team]


def test_login_that_may_now_stop_the_workers_sessions_is_found(either_target: Target) -> None:
    target = either_target
    (login, _), (other, _) = target.person(), target.person()
    for person in (login, other):
        target.provision(target.personal(person))
    assert target.driver.outgrown() == {}
    assert [found for found in target.driver.examine({}) if login in found.what] == []
    target.dba("grant pg_signal_backend to {login}", login=login)
    ((given, why),) = target.driver.outgrown().items()
    assert (given.login, given.role) == (login, target.database.read_role)
    assert login in why
    (finding,) = [found for found in target.driver.examine({}) if login in found.what]
    assert (finding.ok, finding.is_advice, login in finding.fix) == (False, True, True)
