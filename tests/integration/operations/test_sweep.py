"""What no grant accounts for goes; what is not ours is never touched."""

import secrets

import pytest

from dbaccess.domain.errors import TargetUnreachable
from dbaccess.operations.end_grant import revoke_by_operator
from dbaccess.operations.sweep import sweep
from dbaccess.targets.registry import PostgresTargets
from tests.contract.least_privilege import worker_access
from tests.contract.target import Target
from tests.databases import PostgresServer
from tests.integration.operations.house import House, down


def _stray(house: House) -> str:
    """A login that this installation made and no grant knows: a worker's, whose ledger was lost."""
    driver = house.hands.targets.driver("main")
    target = Target(worker=house.access, driver=driver)
    return target.provision(target.ephemeral()).login


def test_stray_login_of_ours_goes_and_the_ledger_says_so(house: House) -> None:
    held, stray = house.active(), _stray(house)
    assert held.recipe is not None
    assert sorted(house.made_logins()) == sorted([held.recipe.login, stray])
    assert sweep(house.hands, "main") == [stray]
    assert house.made_logins() == [held.recipe.login]
    (found,) = house.ledger("target.stray_found")
    assert found["data"]["login"] == stray
    assert sweep(house.hands, "main") == []
    assert house.grant(held.id).state == "active"


def test_sweep_never_touches_another_installations_login_nor_a_persons(house: House) -> None:
    other = worker_access(house.target)
    theirs = Target(
        worker=other, driver=PostgresTargets({"main": other.url}, other.installation).driver("main")
    )
    foreign = theirs.provision(theirs.ephemeral()).login
    disguised = f"jit_{house.access.installation}_maya_{secrets.token_hex(3)}"
    house.dba("create role {login} login", login=disguised)
    assert sweep(house.hands, "main") == []
    there = house.look("select rolname::text from pg_roles where rolname = any(%s)", [foreign, disguised])
    assert {name for (name,) in there} == {foreign, disguised}
    assert house.ledger("target.stray_found") == []


def test_login_of_a_grant_that_ends_is_left_to_its_revocation(house: House) -> None:
    grant = house.active()
    revoke_by_operator(house.begin, actor="cli:ops@host", grant_id=grant.id, reason="out")
    assert sweep(house.hands, "main") == []
    assert len(house.made_logins()) == 1


def test_sweep_of_a_target_that_is_down_says_so(house: House, target_postgres: PostgresServer) -> None:
    with down(target_postgres), pytest.raises(TargetUnreachable):
        sweep(house.hands, "main")
    assert house.ledger() == []
