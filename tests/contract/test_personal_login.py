"""A role given to a person's own login, on PostgreSQL 18 and 15."""

from collections.abc import Sequence
from dataclasses import replace

import psycopg
import pytest

from dbaccess.domain.errors import LostLease, TargetFailure
from dbaccess.domain.grant import GrantId, Recipe
from tests.contract.target import Target, in_an_hour, nothing


def roles_owed(recipes: Sequence[Recipe]) -> dict[GrantId, frozenset[str]]:
    return {recipe.grant_id: frozenset(recipe.roles) for recipe in recipes}


def test_person_reads_with_their_own_login_until_the_end(either_target: Target) -> None:
    target = either_target
    login, url = target.person()
    recipe = target.provision(target.personal(login))
    with psycopg.connect(url, autocommit=True) as holder:
        assert holder.execute("select count(*) from shop.orders").fetchone() == (3,)
        receipt = target.end(recipe)
        with pytest.raises(psycopg.OperationalError):
            holder.execute("select count(*) from shop.orders")
    assert receipt.login_removed is None
    assert receipt.roles_removed == (target.database.read_role,)
    assert (receipt.sessions_closed, receipt.sessions_left) == (1, 0)
    with (
        psycopg.connect(url) as again,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        again.execute("select count(*) from shop.orders")


def test_open_write_of_a_persons_own_login_is_seen(either_target: Target) -> None:
    target = either_target
    login, url = target.person()
    recipe = target.provision(target.personal(login, target.database.write_role))
    with psycopg.connect(url) as holder:
        assert target.driver.open_transaction_age(recipe) is None
        holder.execute("delete from shop.order_items")
        assert target.driver.open_transaction_age(recipe) is not None


def test_standing_membership_survives_the_end(either_target: Target) -> None:
    target = either_target
    login, url = target.person()
    read, write = target.database.read_role, target.database.write_role
    target.dba("grant {role} to {login}", role=read, login=login)
    recipe = target.provision(target.personal(login, read, write))
    assert recipe.standing == (read,)
    receipt = target.end(recipe)
    assert receipt.roles_kept == (read,)
    assert receipt.roles_removed == (write,)
    assert target.roles_of(login) == [read]
    with psycopg.connect(url) as holder:
        assert holder.execute("select count(*) from shop.orders").fetchone() == (3,)


def test_session_stays_open_where_every_role_stood_before(either_target: Target) -> None:
    target = either_target
    login, url = target.person()
    target.dba("grant {role} to {login}", role=target.database.read_role, login=login)
    recipe = target.provision(target.personal(login))
    with psycopg.connect(url, autocommit=True) as holder:
        assert target.end(recipe).sessions_closed == 0
        assert holder.execute("select count(*) from shop.orders").fetchone() == (3,)


def test_first_end_of_two_grants_keeps_the_role_and_the_last_takes_it(either_target: Target) -> None:
    target = either_target
    login, url = target.person()
    first = target.provision(target.personal(login))
    second = target.provision(target.personal(login))
    assert second.standing == ()  # what a grant gave never stands by itself
    with psycopg.connect(url, autocommit=True) as holder:
        receipt = target.end(first, owed=roles_owed)
        assert receipt.roles_kept == (target.database.read_role,)
        assert holder.execute("select count(*) from shop.orders").fetchone() == (3,)
        assert target.end(second).roles_removed == (target.database.read_role,)
        with pytest.raises(psycopg.OperationalError):
            holder.execute("select 1")
    assert target.roles_of(login) == []


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


def test_provision_and_revoke_again_are_harmless(either_target: Target) -> None:
    target = either_target
    login, _ = target.person()
    recipe = target.provision(target.personal(login))
    assert target.provision(recipe) == recipe
    assert target.roles_of(login) == [target.database.read_role]
    target.end(recipe)
    assert target.end(recipe).roles_removed == (target.database.read_role,)
    assert target.roles_of(login) == []


def test_role_given_by_somebody_else_meanwhile_is_no_end(either_target: Target) -> None:
    target = either_target
    login, _ = target.person()
    recipe = target.personal(login)
    target.dba("grant {role} to {login}", role=target.database.read_role, login=login)
    with pytest.raises(TargetFailure) as refused:
        target.provision(recipe)
    assert (refused.value.code, refused.value.touched) == ("standing_changed", False)
    assert target.fail(recipe).code == "still_held"
    assert target.roles_of(login) == [target.database.read_role]
    target.dba("revoke {role} from {login}", role=target.database.read_role, login=login)
    target.end(recipe)


def test_fence_leaves_no_membership(either_target: Target) -> None:
    target = either_target
    login, _ = target.person()

    def lost() -> None:
        raise LostLease("another worker has it")

    with pytest.raises(LostLease):
        target.driver.provision(target.personal(login), valid_until=in_an_hour(), fence=lost)
    assert target.roles_of(login) == []


def test_superusers_groups_and_the_missing_are_given_nothing(either_target: Target) -> None:
    target = either_target
    login, _ = target.person()
    recipe = target.personal(login, standing=())
    for change in ("alter role {login} superuser", "alter role {login} nosuperuser nologin"):
        target.dba(change, login=login)
        with pytest.raises(TargetFailure) as refused:
            target.provision(recipe)
        assert refused.value.code == "bad_login"
    target.dba("drop role {login}", login=login)
    target.dba("create role {login} login", login=login)  # another person by the same name
    with pytest.raises(TargetFailure) as refused:
        target.provision(recipe)
    assert refused.value.code == "bad_login"
    assert target.roles_of(login) == []


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


def test_person_who_was_renamed_loses_the_role_all_the_same(either_target: Target) -> None:
    target = either_target
    login, _ = target.person()
    recipe = target.provision(target.personal(login))
    target.dba("alter role {login} rename to {other}", login=login, other=f"{login}_married")
    target.end(recipe)
    assert target.roles_of(f"{login}_married") == []


def test_personal_login_cannot_act_as_another_role(target: Target) -> None:
    login, _ = target.person()
    recipe = replace(target.personal(login), act_as=target.database.owner_role)
    with pytest.raises(TargetFailure) as refused:
        target.driver.provision(recipe, valid_until=in_an_hour(), fence=nothing)
    assert (refused.value.code, refused.value.touched) == ("act_as", False)


def test_no_login_is_made_before_16(target_15: Target) -> None:
    with pytest.raises(TargetFailure) as refused:
        target_15.provision(target_15.ephemeral())
    assert (refused.value.code, refused.value.touched) == ("version", False)
