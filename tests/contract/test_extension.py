"""A later end on the target, whatever the engine."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dbaccess.domain.errors import LostLease, TargetFailure
from tests.contract.target import ORDERS, Target, in_an_hour, nothing


def test_login_gets_the_later_end_and_keeps_its_session_and_password(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    access, later = target.credentials(recipe), in_an_hour() + timedelta(hours=2)
    with target.connect(access) as holder:
        target.driver.extend(recipe, valid_until=later, fence=nothing)
        assert holder.can_read(ORDERS)
    assert not target.refuses(access)
    assert target.end_of(recipe.login) == later
    assert target.identity_of(recipe.login) == recipe.login_identity


def test_login_whose_end_was_over_lets_in_again_until_the_later_one(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    access = target.credentials(recipe)
    target.set_end(recipe.login, target.driver.facts().now - timedelta(days=1))
    assert target.refuses(access)
    target.driver.extend(recipe, valid_until=in_an_hour(), fence=nothing)
    assert not target.refuses(access)


def test_extending_again_to_the_same_end_changes_nothing(any_target: Target) -> None:
    target = any_target
    drawn = target.ephemeral() if target.makes_logins else target.personal(target.person_login().login)
    recipe, later = target.provision(drawn), in_an_hour()
    for _ in range(2):
        target.driver.extend(recipe, valid_until=later, fence=nothing)
    assert target.roles_of(recipe.login) == [target.read_role]


def test_lost_fence_leaves_the_end_as_it_was(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    before = target.end_of(recipe.login)

    def lost() -> None:
        raise LostLease("another worker has it")

    with pytest.raises(LostLease):
        target.driver.extend(recipe, valid_until=in_an_hour() + timedelta(hours=1), fence=lost)
    assert target.end_of(recipe.login) == before


def test_login_that_a_revoke_closed_is_not_brought_back_by_more_time(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    target.close_login(recipe.login)
    with pytest.raises(TargetFailure) as closed:
        target.driver.extend(recipe, valid_until=in_an_hour(), fence=nothing)
    target.end(recipe)
    with pytest.raises(TargetFailure) as gone:
        target.driver.extend(recipe, valid_until=in_an_hour(), fence=nothing)
    for refused in (closed, gone):
        assert (refused.value.code, refused.value.touched) == ("no_login", False)
    assert target.identity_of(recipe.login) is None


def test_login_that_lost_its_role_meanwhile_is_not_extended(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    before = target.end_of(recipe.login)
    target.take_as_worker(target.read_role, recipe.login)
    with pytest.raises(TargetFailure) as refused:
        target.driver.extend(recipe, valid_until=in_an_hour() + timedelta(hours=1), fence=nothing)
    assert (refused.value.code, refused.value.touched) == ("read_back", False)
    assert target.end_of(recipe.login) == before


def test_login_of_another_grant_is_never_extended(target: Target) -> None:
    made = target.provision(target.ephemeral())
    before = target.end_of(made.login)
    stranger = replace(made, tag=f"dbaccess:{target.installation}:grant:999999")
    with pytest.raises(TargetFailure) as refused:
        target.driver.extend(stranger, valid_until=in_an_hour() + timedelta(hours=1), fence=nothing)
    assert refused.value.code == "foreign_login"
    assert target.end_of(made.login) == before


def test_personal_login_is_read_back_and_left_as_it_is(any_target: Target) -> None:
    target, access = any_target, any_target.person_login()
    recipe = target.provision(target.personal(access.login))
    with target.connect(access) as holder:
        target.driver.extend(recipe, valid_until=in_an_hour(), fence=nothing)
        assert holder.can_read(ORDERS)
    assert target.end_of(access.login) is None


def test_personal_login_without_the_role_is_not_said_to_be_extended(any_target: Target) -> None:
    target, login = any_target, any_target.person_login().login
    recipe = target.provision(target.personal(login))
    target.end(recipe)
    with pytest.raises(TargetFailure, match=target.read_role) as refused:
        target.driver.extend(recipe, valid_until=in_an_hour(), fence=nothing)
    assert (refused.value.code, refused.value.touched) == ("read_back", False)
    assert target.roles_of(login) == []
