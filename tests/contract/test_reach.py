"""The reach of a grant's login, for every engine."""

import pytest

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.reach import Reach, TableUse
from tests.contract.target import CUSTOMERS, ORDERS, Target
from tests.contract.test_objects import on, recipe_for

READ, WRITE = (TableUse.READ,), (TableUse.READ, TableUse.WRITE)


def uses(reach: Reach, table: str) -> tuple[TableUse, ...]:
    return next((one.uses for one in reach.tables if one.label == table), ())


def test_login_reaches_what_its_role_gives(target: Target) -> None:
    reads = target.provision(target.ephemeral())
    writes = target.provision(target.ephemeral(target.write_role))
    assert uses(target.driver.reach(reads), ORDERS) == READ
    reach = target.driver.reach(writes)
    assert uses(reach, ORDERS) == WRITE
    assert uses(reach, "shop.absent") == ()
    assert reach.unrecorded == 0
    labels = [(table.schema, table.name) for table in reach.tables]
    assert labels == sorted(labels)


def test_login_reaches_what_it_was_given_by_itself(target: Target) -> None:
    target.let_give(ORDERS, "UPDATE")
    recipe = target.provision(recipe_for(target, on(ORDERS, can=("UPDATE",))))
    reach = target.driver.reach(recipe)
    assert uses(reach, ORDERS) == (TableUse.WRITE,)
    assert uses(reach, CUSTOMERS) == ()


def test_persons_login_reaches_what_it_has_besides_too(any_target: Target) -> None:
    access = any_target.person_login()
    recipe = any_target.provision(any_target.personal(access.login, any_target.read_role))
    assert uses(any_target.driver.reach(recipe), ORDERS) == READ
    any_target.give(any_target.write_role, access.login)
    assert uses(any_target.driver.reach(recipe), ORDERS) == WRITE


def test_login_that_is_gone_reaches_nothing_that_can_be_read(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    target.end(recipe)
    with pytest.raises(TargetFailure) as refused:
        target.driver.reach(recipe)
    assert refused.value.code == "no_login"
