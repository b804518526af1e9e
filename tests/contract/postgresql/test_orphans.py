"""Logins and roles of the installation, and those that only look like them, on PostgreSQL 18 and 15."""

import secrets
from collections.abc import Callable
from dataclasses import replace

import pytest
from pydantic import SecretStr

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.progress_log import ProgressLog
from dbaccess.domain.receipt import Receipt
from dbaccess.targets.postgresql.driver import PostgresDriver
from tests.contract.postgresql.target import Target, in_an_hour, nothing, nothing_elsewhere


def test_logins_of_grants_and_the_workers_own_roles_are_no_memberships_to_look_at(target: Target) -> None:
    owner = target.database.owner_role
    target.provision(target.ephemeral(owner, act_as=owner))
    target.dba(
        "set role {admin}; grant {role} to {admin}", admin=target.worker.admin, role=target.database.read_role
    )
    assert target.driver.given_roles() == []


def test_decoy_is_no_login_of_ours(either_target: Target) -> None:
    """Name and mark are anybody's to write; on 16 and newer even the administrator's option is."""
    target = either_target
    decoy = f"jit_{target.worker.installation}_maya_{secrets.token_hex(3)}"
    tag = f"dbaccess:{target.worker.installation}:grant:7"
    mallory = f"mallory_{secrets.token_hex(3)}"
    target.dba(
        "create role {mallory} createrole; set role {mallory}; create role {decoy} login;"
        f"comment on role {{decoy}} is '{tag}'; grant {{decoy}} to {{admin}} with admin option",
        mallory=mallory,
        decoy=decoy,
        admin=target.worker.admin,
    )
    assert target.driver.made_logins() == []
    assert target.driver.decoys() == [decoy]


@pytest.mark.parametrize("powers", ["superuser", "createrole createdb"])
def test_an_administrators_url_takes_nothing_that_it_gave_and_gives_nothing_but_ends_go_on(
    either_target: Target, powers: str
) -> None:
    """The SQL of `setup-sql` makes no such account; all that it ever gave would be taken from people."""
    target = either_target
    boss, alice, team = (f"{name}_{secrets.token_hex(3)}" for name in ("boss", "alice", "team"))
    password = secrets.token_urlsafe()
    target.dba(
        f"create role {{boss}} login {powers} password '{password}'; grant {{boss}} to current_user;"
        "create role {alice}; set role {boss}; create role {team}; grant {team} to {alice};"
        "reset role; grant connect on database {lock} to {boss}",
        boss=boss,
        alice=alice,
        team=team,
        lock=f"dbaccess_{target.worker.installation}",
    )
    driver = PostgresDriver(
        cluster="main",
        url=SecretStr(target.worker.login_url(boss, password)),
        installation=target.worker.installation,
    )
    recipe = target.personal(target.person_login().login, target.read_role)
    if target.makes_logins:
        recipe = target.ephemeral(target.read_role)
    given = target.provision(recipe)
    works: list[Callable[[], object]] = [
        driver.given_roles,
        driver.outgrown,
        lambda: driver.standing(replace(recipe, login_kind="personal")),
        lambda: driver.provision(recipe, valid_until=in_an_hour(), fence=nothing),
        lambda: driver.extend(given, valid_until=in_an_hour(), fence=nothing),
    ]
    if target.makes_logins:
        works.append(lambda: driver.set_password(given, password, fence=nothing))
    assert f"administrator's: {boss} is " in str(driver.wrong_login())
    assert target.driver.wrong_login() is None
    for work in works:
        with pytest.raises(TargetFailure, match=f"administrator's: {boss} is .*setup-sql") as failed:
            work()
        assert (failed.value.code, failed.value.touched) == ("administrator", False)
    (ended,) = driver.revoke([given], elsewhere=nothing_elsewhere, log=ProgressLog())
    if powers == "superuser" and target.makes_logins:
        assert isinstance(ended, Receipt)
        assert ended.login_removed
    else:  # it goes on as far as this account can take what the workers gave
        assert isinstance(ended, TargetFailure)
        assert ended.code in {"42501", "still_held"}
