"""A login made for one grant, whatever the engine."""

import traceback
from dataclasses import replace
from datetime import timedelta

import pytest

from dbaccess.domain.errors import LostLease, TargetFailure
from dbaccess.domain.grant import Recipe
from tests.contract.target import ORDER_ITEMS, ORDERS, Access, Target, in_an_hour, nothing


def lost() -> None:
    raise LostLease("another worker has it")


def test_holder_connects_with_the_password_and_reads_only(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    with target.connect(target.credentials(recipe)) as holder:
        assert holder.can_read(ORDERS)
        assert not holder.can_write(ORDER_ITEMS)


def test_login_refuses_connections_until_a_password_is_set(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    assert target.can_log_in(recipe.login)
    assert target.refuses(Access(login=recipe.login, password=""))
    assert not target.refuses(target.credentials(recipe))


def test_open_session_ends_and_no_new_one_is_let_in(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    access = target.credentials(recipe)
    with target.connect(access) as holder:
        assert holder.is_open()
        receipt = target.end(recipe)
        assert not holder.is_open()
    assert target.refuses(access)
    assert receipt.login_removed is True
    assert (receipt.sessions_closed, receipt.sessions_left) == (1, 0)
    assert receipt.roles_removed == (target.read_role,)
    assert receipt.roles_kept == ()
    assert receipt.handed_over == ()
    assert target.identity_of(recipe.login) is None


def test_provision_again_brings_to_the_same_state(target: Target) -> None:
    first = target.provision(target.ephemeral())
    access = target.credentials(first)
    target.close_login(first.login)
    again = target.provision(first)
    assert again.login_identity == first.login_identity
    with target.connect(access) as holder:
        assert holder.can_read(ORDERS)


def test_revoke_again_and_revoke_of_what_was_never_made_give_a_receipt(target: Target) -> None:
    never = target.end(target.ephemeral())
    assert (never.login_removed, never.sessions_closed) == (True, 0)
    recipe = target.provision(target.ephemeral())
    assert target.end(recipe).login_removed
    assert target.end(recipe).login_removed


def test_a_new_password_replaces_the_last_one_and_keeps_the_session(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    first = target.credentials(recipe)
    with target.connect(first) as holder:
        second = target.credentials(recipe)
        assert holder.is_open()
        assert target.refuses(first)
    assert not target.refuses(second)


def test_login_refuses_connections_after_its_end(target: Target) -> None:
    drawn = target.ephemeral()
    over = target.driver.facts().now - timedelta(seconds=1)
    made = target.driver.provision(drawn, valid_until=over, fence=nothing)
    assert target.refuses(target.credentials(replace(drawn, login_identity=made.login_identity)))


def test_lost_fence_gives_no_access(target: Target) -> None:
    recipe = target.ephemeral()
    with pytest.raises(LostLease):
        target.driver.provision(recipe, valid_until=in_an_hour(), fence=lost)
    assert not target.can_log_in(recipe.login)
    assert target.roles_of(recipe.login) == []
    made = target.provision(recipe)
    before = target.credentials(made)
    with pytest.raises(LostLease):
        target.driver.set_password(made, "never to be set", fence=lost)
    assert target.refuses(Access(login=made.login, password="never to be set"))
    assert not target.refuses(before)


def _almost(target: Target, made: Recipe) -> dict[str, Recipe]:
    return {
        "tag": replace(made, tag=f"dbaccess:{target.installation}:grant:999999"),
        "identity": replace(made, login_identity="1"),
        "name": replace(made, login=f"{made.login}x"),
        "tag without a known identity": replace(made, login_identity=None, tag=f"{made.tag}9"),
        "name and tag": replace(made, login=f"{made.login}x", tag=f"{made.tag}9"),
    }


@pytest.mark.parametrize("change", ["tag", "identity", "name"])
def test_nothing_is_given_to_a_login_that_is_not_quite_this_grants(target: Target, change: str) -> None:
    made = target.provision(target.ephemeral())
    refused = target.refusal(_almost(target, made)[change])
    assert (refused.code, refused.touched) == ("foreign_login", False)
    target.end(made)


@pytest.mark.parametrize("change", ["identity", "tag without a known identity", "name and tag"])
def test_login_that_cannot_be_told_from_another_is_left_alone(target: Target, change: str) -> None:
    made = target.provision(target.ephemeral())
    assert target.fail(_almost(target, made)[change]).code == "foreign_login"
    assert target.roles_of(made.login) == [target.read_role]
    assert target.can_log_in(made.login)
    target.end(made)


def test_login_of_another_installation_is_never_touched(target: Target) -> None:
    recipe = target.ephemeral(tag="dbaccess:other:grant:1")
    target.make_login(recipe.login, tag=recipe.tag)
    assert target.refusal(recipe).code == "foreign_login"
    with pytest.raises(TargetFailure):
        target.driver.drop_orphan(recipe.login, recipe.tag)
    assert target.fail(recipe).code == "foreign_login"
    assert target.driver.made_logins() == []
    assert target.can_log_in(recipe.login)


def test_orphaned_login_is_found_and_dropped_with_its_session(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    assert target.driver.made_logins() == [(recipe.login, recipe.tag)]
    with target.connect(target.credentials(recipe)) as holder:
        with pytest.raises(TargetFailure):
            target.driver.drop_orphan(recipe.login, f"{recipe.tag}0")
        target.driver.drop_orphan(recipe.login, recipe.tag)
        assert not holder.is_open()
    assert target.driver.made_logins() == []


def test_only_a_transaction_that_has_written_is_open(target: Target) -> None:
    recipe = target.ephemeral(target.write_role)
    assert target.driver.open_transaction_age(recipe) is None
    recipe, other = target.provision(recipe), target.provision(target.ephemeral(target.write_role))
    with (
        target.connect(target.credentials(recipe)) as holder,
        target.connect(target.credentials(other)) as other_session,
    ):
        other_session.leave_written(ORDER_ITEMS)
        other_session.roll_back()
        assert holder.can_read(ORDER_ITEMS)
        assert target.driver.open_transaction_age(recipe) is None
        holder.leave_written(ORDER_ITEMS)
        open_for = target.driver.open_transaction_age(recipe)
        assert open_for is not None
        assert timedelta() <= open_for < timedelta(seconds=60)
        holder.roll_back()
        assert target.driver.open_transaction_age(recipe) is None


def test_table_that_the_holder_made_stays_and_belongs_to_the_durable_role(target: Target) -> None:
    recipe = target.provision(target.ephemeral(target.owner_role, act_as=target.owner_role))
    with target.connect(target.credentials(recipe)) as holder:
        holder.create("shop.returns")
    assert target.end(recipe).login_removed
    assert target.owner_of("shop.returns") == target.owner_role


def test_other_cluster_behind_the_address_is_noticed(target: Target) -> None:
    recipe = target.ephemeral(cluster_identity="1")
    refused = target.refusal(recipe)
    assert (refused.code, refused.touched) == ("other_cluster", False)
    with pytest.raises(TargetFailure, match="another server"):
        target.driver.open_transaction_age(recipe)
    assert target.fail(recipe).code == "other_cluster"


def test_batch_ends_in_order_with_the_stranger_left_alone(target: Target) -> None:
    person = target.provision(target.personal(target.person_login().login))
    made = [target.provision(target.ephemeral()) for _ in range(5)]
    strange = replace(target.provision(target.ephemeral()), login_identity="1")
    outcomes = target.revoke(*made, strange, person)
    removed = [getattr(outcome, "login_removed", "failed") for outcome in outcomes]
    assert removed == [True] * 5 + ["failed", None]
    assert target.driver.made_logins() == [(strange.login, strange.tag)]


def test_login_of_a_grant_gets_in_with_its_password_alone(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    first = target.credentials(recipe)
    target.driver.log_in(recipe, first.password)
    second = target.credentials(recipe)
    target.driver.log_in(recipe, second.password)
    with pytest.raises(TargetFailure) as refused:
        target.driver.log_in(recipe, first.password)
    assert (refused.value.code, refused.value.touched) == ("login_refused", False)
    target.driver.run_marked(recipe, second.password, "it's a marker")
    with pytest.raises(TargetFailure, match=r"."):
        target.driver.run_marked(recipe, first.password, "marker")
    assert first.password not in "".join(traceback.format_exception(refused.value))
    assert target.sessions_of(recipe.login) == 0
    target.end(recipe)
    with pytest.raises(TargetFailure, match=r"."):
        target.driver.log_in(recipe, second.password)
