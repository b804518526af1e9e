"""Logins and roles of the installation, and those that only look like them, for every engine."""

import secrets

import pytest

from dbaccess.domain.errors import TargetFailure
from tests.contract.target import Target, roles_held_elsewhere


def test_membership_that_the_worker_gave_is_found_with_its_identities(any_target: Target) -> None:
    target, login = any_target, any_target.person_login().login
    assert target.driver.given_roles() == []
    target.give_as_worker(target.read_role, login)
    target.give(target.write_role, login)
    (found,) = target.driver.given_roles()
    assert (found.login, found.role) == (login, target.read_role)
    assert found.login_identity == target.identity_of(login)
    assert found.role_identity == target.identity_of(target.read_role)


def test_orphaned_membership_is_taken_with_its_sessions_and_others_stay(any_target: Target) -> None:
    target, access = any_target, any_target.person_login()
    target.give_as_worker(target.read_role, access.login)
    target.give(target.write_role, access.login)
    with target.connect(access) as holder:
        target.driver.take_roles(target.driver.given_roles(), elsewhere=lambda _: {})
        assert not holder.is_open()
    assert target.roles_of(access.login) == [target.write_role]
    assert target.driver.given_roles() == []


def test_membership_that_a_grant_gave_since_the_look_stays(any_target: Target) -> None:
    target, login = any_target, any_target.person_login().login
    target.give_as_worker(target.read_role, login)
    target.driver.take_roles(target.driver.given_roles(), elsewhere=roles_held_elsewhere)
    assert target.roles_of(login) == [target.read_role]


def test_memberships_of_logins_made_for_grants_are_not_looked_at(target: Target) -> None:
    target.provision(target.ephemeral())
    assert target.driver.given_roles() == []


def test_login_of_others_with_our_name_and_mark_is_no_login_of_ours(any_target: Target) -> None:
    target = any_target
    decoy = f"jit_{target.installation}_maya_{secrets.token_hex(3)}"
    target.make_login(decoy, tag=f"dbaccess:{target.installation}:grant:7")
    assert target.driver.made_logins() == []
    assert target.driver.decoys() == [decoy]


def test_login_of_ours_that_lost_its_mark_is_found(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    target.mark(recipe.login, "")
    assert target.driver.made_logins() == [(recipe.login, "")]
    assert target.driver.decoys() == []
    with pytest.raises(TargetFailure):
        target.driver.drop_orphan(recipe.login, recipe.tag)
