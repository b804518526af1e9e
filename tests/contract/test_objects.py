"""Privileges on single objects for a login made for one grant, whatever the engine."""

from dataclasses import replace

import pytest

from dbaccess.domain.errors import LostLease, TargetFailure
from dbaccess.domain.grant import Recipe
from dbaccess.domain.privileges import ObjectPrivileges
from tests.contract.target import CUSTOMERS, ORDER_ITEMS, ORDERS, Target, in_an_hour, nothing


def on(*tables: str, schemas: tuple[str, ...] = (), can: tuple[str, ...] = ("SELECT",)) -> ObjectPrivileges:
    return ObjectPrivileges(schemas=schemas, tables=tables, privileges=can)


def recipe_for(target: Target, what: ObjectPrivileges) -> Recipe:
    return replace(target.ephemeral(), roles=(), on=what)


def test_holder_reads_the_named_table_and_no_other(target: Target) -> None:
    target.let_give(ORDERS, "SELECT")
    drawn = recipe_for(target, on(ORDERS))
    made = target.driver.provision(drawn, valid_until=in_an_hour(), fence=nothing)
    assert (made.roles, made.tables) == ((), (ORDERS,))
    recipe = replace(drawn, login_identity=made.login_identity)
    with target.connect(target.credentials(recipe)) as holder:
        assert holder.can_read(ORDERS)
        assert not holder.can_read(CUSTOMERS)
        assert not holder.can_write(ORDERS)


def test_at_the_end_the_login_is_gone_and_its_privileges_with_it(target: Target) -> None:
    target.let_give(ORDERS, "SELECT", "UPDATE")
    recipe = target.provision(recipe_for(target, on(ORDERS, can=("SELECT", "UPDATE"))))
    with target.connect(target.credentials(recipe)) as holder:
        receipt = target.end(recipe)
        assert not holder.is_open()
    assert receipt.login_removed
    assert receipt.objects_removed == ("SELECT, UPDATE on shop.orders",)
    assert target.identity_of(recipe.login) is None
    assert target.end(recipe).login_removed


def test_schema_means_the_tables_that_it_has_when_the_grant_is_made(target: Target) -> None:
    for table in (CUSTOMERS, ORDER_ITEMS, ORDERS):
        target.let_give(table, "SELECT")
    drawn = recipe_for(target, on(schemas=("shop",)))
    made = target.driver.provision(drawn, valid_until=in_an_hour(), fence=nothing)
    assert made.tables == (CUSTOMERS, ORDER_ITEMS, ORDERS)
    recipe = replace(drawn, login_identity=made.login_identity)
    target.make_table("shop.made_later")
    with target.connect(target.credentials(recipe)) as holder:
        assert holder.can_read(ORDER_ITEMS)
        assert not holder.can_read("shop.made_later")
    assert target.end(recipe).objects_removed == ("SELECT on every table of shop",)


@pytest.mark.parametrize(
    ("asked", "code", "names"),
    [
        (on("shop.nowhere"), "no_object", "shop.nowhere"),
        (on(schemas=("nowhere",)), "no_object", "the schema nowhere"),
        (on(CUSTOMERS), "no_grant_option", "SELECT on table shop.customers"),
        (on(ORDERS, can=("DELETE", "SELECT")), "no_grant_option", "DELETE on table shop.orders"),
    ],
)
def test_missing_privilege_is_named_and_gives_no_access(
    target: Target, asked: ObjectPrivileges, code: str, names: str
) -> None:
    target.let_give(ORDERS, "SELECT")
    recipe = recipe_for(target, asked)
    refused = target.refusal(recipe)
    assert (refused.code, refused.touched) == (code, False)
    assert names in str(refused)
    assert not target.can_log_in(recipe.login)


def test_provision_again_brings_to_the_same_state(target: Target) -> None:
    target.let_give(ORDERS, "SELECT")
    first = target.provision(recipe_for(target, on(ORDERS)))
    again = target.provision(first)
    assert again.login_identity == first.login_identity
    with target.connect(target.credentials(again)) as holder:
        assert holder.can_read(ORDERS)


def test_lost_fence_gives_no_access(target: Target) -> None:
    target.let_give(ORDERS, "SELECT")
    recipe = recipe_for(target, on(ORDERS))

    def lost() -> None:
        raise LostLease("another worker has it")

    with pytest.raises(LostLease):
        target.driver.provision(recipe, valid_until=in_an_hour(), fence=lost)
    assert not target.can_log_in(recipe.login)


def test_orphaned_login_with_objects_is_dropped(target: Target) -> None:
    target.let_give(ORDERS, "SELECT")
    recipe = target.provision(recipe_for(target, on(ORDERS)))
    target.driver.drop_orphan(recipe.login, recipe.tag)
    assert target.driver.made_logins() == []


def test_persons_own_login_is_given_no_objects(any_target: Target) -> None:
    target, login = any_target, any_target.person_login().login
    recipe = replace(target.personal(login), on=on(ORDERS))
    with pytest.raises(TargetFailure) as refused:
        target.driver.provision(recipe, valid_until=in_an_hour(), fence=nothing)
    assert (refused.value.code, refused.value.touched) == ("on", False)
    assert target.roles_of(login) == []
