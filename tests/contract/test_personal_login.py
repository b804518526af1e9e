"""A role given to a person's own login, whatever the engine."""

from dataclasses import replace

import pytest

from dbaccess.domain.errors import LostLease, TargetFailure
from tests.contract.target import ORDER_ITEMS, ORDERS, Target, in_an_hour, nothing, roles_held_elsewhere


def test_person_reads_with_their_own_login_until_the_end(any_target: Target) -> None:
    target, access = any_target, any_target.person_login()
    recipe = target.provision(target.personal(access.login))
    with target.connect(access) as holder:
        assert holder.can_read(ORDERS)
        receipt = target.end(recipe)
        assert not holder.is_open()
    assert receipt.login_removed is None
    assert receipt.roles_removed == (target.read_role,)
    assert (receipt.sessions_closed, receipt.sessions_left) == (1, 0)
    with target.connect(access) as again:
        assert not again.can_read(ORDERS)


def test_open_write_of_a_persons_own_login_is_seen(any_target: Target) -> None:
    target, access = any_target, any_target.person_login()
    recipe = target.provision(target.personal(access.login, target.write_role))
    with target.connect(access) as holder:
        assert target.driver.open_transaction_age(recipe) is None
        holder.leave_written(ORDER_ITEMS)
        assert target.driver.open_transaction_age(recipe) is not None


def test_standing_membership_survives_the_end(any_target: Target) -> None:
    target, access = any_target, any_target.person_login()
    target.give(target.read_role, access.login)
    recipe = target.provision(target.personal(access.login, target.read_role, target.write_role))
    assert recipe.standing == (target.read_role,)
    receipt = target.end(recipe)
    assert receipt.roles_kept == (target.read_role,)
    assert receipt.roles_removed == (target.write_role,)
    assert target.roles_of(access.login) == [target.read_role]
    with target.connect(access) as holder:
        assert holder.can_read(ORDERS)


def test_nothing_is_examined_where_every_role_stood_before(any_target: Target) -> None:
    target, access = any_target, any_target.person_login()
    target.give(target.read_role, access.login)
    stands = target.provision(target.personal(access.login))
    with target.connect(access) as holder:
        receipt = target.end(stands)
        assert holder.can_read(ORDERS)
    assert (receipt.sessions, receipt.handed_over, receipt.roles_kept) == ((), None, stands.roles)


def test_first_end_of_two_grants_keeps_the_role_and_the_last_takes_it(any_target: Target) -> None:
    target, access = any_target, any_target.person_login()
    first = target.provision(target.personal(access.login))
    second = target.provision(target.personal(access.login))
    assert second.standing == ()  # a role that a grant gave never stands by itself
    with target.connect(access) as holder:
        receipt = target.end(first, elsewhere=roles_held_elsewhere)
        assert receipt.roles_kept == (target.read_role,)
        assert holder.can_read(ORDERS)
        assert target.end(second).roles_removed == (target.read_role,)
        assert not holder.is_open()
    assert target.roles_of(access.login) == []


def test_provision_and_revoke_again_are_harmless(any_target: Target) -> None:
    target, login = any_target, any_target.person_login().login
    recipe = target.provision(target.personal(login))
    assert target.provision(recipe) == recipe
    assert target.roles_of(login) == [target.read_role]
    target.end(recipe)
    assert target.end(recipe).roles_removed == (target.read_role,)
    assert target.roles_of(login) == []


def test_role_given_by_another_meanwhile_is_no_end(any_target: Target) -> None:
    target, login = any_target, any_target.person_login().login
    recipe = target.personal(login)
    target.give(target.read_role, login)
    refused = target.refusal(recipe)
    assert (refused.code, refused.touched) == ("standing_changed", False)
    assert target.fail(recipe).code == "still_held"
    assert target.roles_of(login) == [target.read_role]
    target.take(target.read_role, login)
    target.end(recipe)


def test_lost_fence_leaves_no_membership(any_target: Target) -> None:
    target, login = any_target, any_target.person_login().login

    def lost() -> None:
        raise LostLease("another worker has it")

    with pytest.raises(LostLease):
        target.driver.provision(target.personal(login), valid_until=in_an_hour(), fence=lost)
    assert target.roles_of(login) == []


def test_superusers_closed_logins_and_strangers_by_the_same_name_are_given_nothing(
    any_target: Target,
) -> None:
    target = any_target
    powerful, closed, dropped = (target.person_login().login for _ in range(3))
    recipes = [target.personal(login, standing=()) for login in (powerful, closed, dropped)]
    target.make_superuser(powerful)
    target.close_login(closed)
    target.drop_login(dropped)
    target.make_login(dropped)
    for recipe in recipes:
        assert target.refusal(recipe).code == "bad_login"
        assert target.roles_of(recipe.login) == []


def test_person_who_was_renamed_loses_the_role_all_the_same(any_target: Target) -> None:
    target, login = any_target, any_target.person_login().login
    recipe = target.provision(target.personal(login))
    target.rename_login(login, f"{login}_married")
    target.end(recipe)
    assert target.roles_of(f"{login}_married") == []


def test_personal_login_cannot_act_as_another_role(any_target: Target) -> None:
    target = any_target
    recipe = replace(target.personal(target.person_login().login), act_as=target.owner_role)
    refused = target.refusal(recipe)
    assert (refused.code, refused.touched) == ("act_as", False)


def test_password_of_a_persons_own_login_is_never_set(any_target: Target) -> None:
    target, access = any_target, any_target.person_login()
    recipe = target.provision(target.personal(access.login))
    with pytest.raises(TargetFailure) as refused:
        target.driver.set_password(recipe, "another", fence=nothing)
    assert (refused.value.code, refused.value.touched) == ("personal", False)
    assert not target.refuses(access)


def test_role_that_the_cluster_has_not_is_not_given(any_target: Target) -> None:
    target, login = any_target, any_target.person_login().login
    with pytest.raises(TargetFailure) as refused:
        target.driver.standing(target.personal(login, "no_such_role", standing=()))
    assert (refused.value.code, refused.value.touched) == ("no_role", False)


def test_persons_own_login_is_known_to_be_logged_or_not(any_target: Target) -> None:
    target, plain, logged = any_target, any_target.person_login().login, any_target.person_login().login
    target.log_statements(logged)
    found = target.driver.login_logging([plain, logged, "nobody"], target.database_name)
    assert {login: look.unlogged for login, look in found.items()} == {
        plain: f"{plain}'s login does not log statements",
        logged: "",
        "nobody": "nobody is no login there",
    }


def test_persons_open_session_tells_how_old_it_is(any_target: Target) -> None:
    target, access, other = any_target, any_target.person_login(), any_target.person_login()
    with target.connect(access):
        found = target.driver.login_logging([access.login, other.login], target.database_name)
        later = target.driver.login_logging([access.login], target.database_name)
    mine, opened_at = found[access.login], found[access.login].oldest_session_at
    assert opened_at is not None
    assert opened_at <= mine.looked_at <= later[access.login].looked_at
    assert later[access.login].oldest_session_at == opened_at
    assert found[other.login].oldest_session_at is None
