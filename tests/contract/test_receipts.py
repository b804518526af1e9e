"""A receipt is true: it tells roles by their identity, and unknown from zero, whatever the engine."""

from dataclasses import replace

import pytest

from dbaccess.domain.receipt import RoleSeen, RoleState
from tests.contract.target import Target


def test_role_that_was_renamed_is_taken_all_the_same(any_target: Target) -> None:
    target, access = any_target, any_target.person_login()
    role, renamed = target.read_role, f"{target.read_role}_v1"
    recipe = target.provision(target.personal(access.login))
    target.rename_role(role, renamed)
    with target.connect(access) as holder:
        receipt = target.end(recipe)
        assert not holder.is_open()
    assert target.roles_of(access.login) == []
    (identity,) = recipe.role_identities
    seen = RoleSeen(name=role, identity=identity, state=RoleState.REMOVED, name_now=renamed)
    assert receipt.roles == (seen,)


def test_role_that_was_renamed_and_not_recorded_is_no_proof(any_target: Target) -> None:
    target, login = any_target, any_target.person_login().login
    role, renamed = target.read_role, f"{target.read_role}_v1"
    recipe = replace(target.provision(target.personal(login)), role_identities=())
    target.rename_role(role, renamed)
    assert target.fail(recipe).code == "role_unknown"
    assert target.roles_of(login) == [renamed]
    target.rename_role(renamed, role)
    assert target.end(recipe).roles_removed == (role,)


def test_another_role_by_the_same_name_is_not_taken(any_target: Target) -> None:
    target, login, role = any_target, any_target.person_login().login, any_target.read_role
    recipe = target.provision(target.personal(login))
    target.rename_role(role, f"{role}_old")
    target.make_role(role, grantable=False)
    target.give(role, login)
    receipt = target.end(recipe)
    assert target.roles_of(login) == [role]
    assert [(seen.state, seen.name_now) for seen in receipt.roles] == [(RoleState.REMOVED, f"{role}_old")]


def test_role_that_was_dropped_is_said_to_be_dropped(any_target: Target) -> None:
    target, login = any_target, any_target.person_login().login
    extra = f"{login}_extra"
    target.make_role(extra)
    recipe = target.provision(target.personal(login, extra))
    target.drop_role(extra)
    assert [seen.state for seen in target.end(recipe).roles] == [RoleState.DROPPED]


def test_role_of_a_login_that_is_gone_is_not_said_to_be_dropped(any_target: Target) -> None:
    target, access = any_target, any_target.person_login()
    recipe = target.provision(target.personal(access.login))
    with target.connect(access) as holder:
        target.drop_login(access.login)
        receipt = target.end(recipe)
        assert not holder.is_open()
    assert [seen.state for seen in receipt.roles] == [RoleState.REMOVED]


def test_role_by_the_same_name_as_the_approved_one_is_not_given(any_target: Target) -> None:
    target, login, role = any_target, any_target.person_login().login, any_target.read_role
    recipe = target.personal(login)
    target.rename_role(role, f"{role}_old")
    target.make_role(role)
    assert target.refusal(recipe).code == "read_back"
    assert target.roles_of(login) == []


def test_objects_of_a_login_that_a_dba_removed_are_unknown(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    target.drop_login(recipe.login)
    receipt = target.end(recipe)
    assert (receipt.login_removed, receipt.handed_over) == (True, None)


def test_receipt_lists_objects_that_a_person_made_during_the_grant(any_target: Target) -> None:
    target, access = any_target, any_target.person_login()
    target.give(target.owner_role, access.login)
    recipe = target.provision(target.personal(access.login))
    with target.connect(access) as holder:
        holder.create("shop.returns")
    left = target.end(recipe).left
    assert any("owns" in line and "returns" in line for line in left), left


@pytest.mark.parametrize("name", ["their_own", "jit_{installation}_decoy"])
def test_mark_on_a_foreign_login_blocks_no_end(target: Target, name: str) -> None:
    recipe = target.provision(target.ephemeral())
    decoy = name.format(installation=target.installation) + recipe.login[-6:]
    target.make_login(decoy, tag=recipe.tag)
    with target.connect(target.credentials(recipe)):
        assert target.end(recipe).login_removed
    assert target.can_log_in(decoy)


@pytest.mark.parametrize("change", ["mark", "name"])
def test_login_that_lost_its_mark_or_name_ends(target: Target, change: str) -> None:
    recipe = target.provision(target.ephemeral())
    if change == "mark":
        target.mark(recipe.login, "")
    else:
        target.rename_login(recipe.login, f"{recipe.login}_other")
    assert target.end(recipe).login_removed
    assert target.identity_of(recipe.login) is None
    assert target.identity_of(f"{recipe.login}_other") is None
    assert target.driver.made_logins() == []


def test_standing_role_that_a_dba_took_meanwhile_is_not_said_to_be_kept(any_target: Target) -> None:
    target, login, role = any_target, any_target.person_login().login, any_target.write_role
    target.give(role, login)
    recipe = target.provision(target.personal(login, target.read_role, role))
    assert recipe.standing == (role,)
    target.take(role, login)
    assert target.end(recipe).roles_kept == ()
