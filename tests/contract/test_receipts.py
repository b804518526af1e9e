"""A receipt is true: it tells roles by their number, and unknown from zero, on PostgreSQL 18 and 15."""

from dataclasses import replace

import psycopg
import pytest

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.receipt import RoleSeen, RoleState
from tests.contract.target import Target


def test_role_that_was_renamed_is_taken_all_the_same(either_target: Target) -> None:
    target = either_target
    login, url = target.person()
    role, renamed = target.database.read_role, f"{target.database.read_role}_v1"
    recipe = target.provision(target.personal(login))
    target.dba("alter role {role} rename to {renamed}", role=role, renamed=renamed)
    with psycopg.connect(url, autocommit=True) as holder:
        receipt = target.end(recipe)
        with pytest.raises(psycopg.OperationalError):
            holder.execute("select 1")
    assert target.roles_of(login) == []
    (identity,) = recipe.role_identities
    assert receipt.roles == (
        RoleSeen(name=role, identity=identity, state=RoleState.REMOVED, name_now=renamed),
    )


def test_role_that_was_renamed_and_not_recorded_is_no_proof(either_target: Target) -> None:
    target = either_target
    login, _ = target.person()
    role, renamed = target.database.read_role, f"{target.database.read_role}_v1"
    recipe = replace(target.provision(target.personal(login)), role_identities=())
    target.dba("alter role {role} rename to {renamed}", role=role, renamed=renamed)
    assert target.fail(recipe).code == "role_unknown"
    assert target.roles_of(login) == [renamed]
    target.dba("alter role {renamed} rename to {role}", role=role, renamed=renamed)
    assert target.end(recipe).roles_removed == (role,)


def test_another_role_by_the_same_name_is_not_taken(either_target: Target) -> None:
    target = either_target
    login, _ = target.person()
    role = target.database.read_role
    recipe = target.provision(target.personal(login))
    target.dba("alter role {role} rename to {old}", role=role, old=f"{role}_old")
    target.dba("create role {role}", role=role)
    target.dba("grant {role} to {login}", role=role, login=login)
    receipt = target.end(recipe)
    assert target.roles_of(login) == [role]
    assert [(seen.state, seen.name_now) for seen in receipt.roles] == [(RoleState.REMOVED, f"{role}_old")]


def test_role_that_was_dropped_is_said_to_be_dropped(either_target: Target) -> None:
    target = either_target
    login, _ = target.person()
    target.dba("create role {extra}", extra=f"{login}_extra")
    option = "with admin true" if target.database.version >= 16 else "with admin option"
    target.dba("grant {extra} to {admin} " + option, extra=f"{login}_extra", admin=target.worker.admin)
    recipe = target.provision(target.personal(login, f"{login}_extra"))
    target.dba("drop role {extra}", extra=f"{login}_extra")
    assert [seen.state for seen in target.end(recipe).roles] == [RoleState.DROPPED]


def test_role_of_a_login_that_is_gone_is_not_said_to_be_dropped(either_target: Target) -> None:
    target = either_target
    login, url = target.person()
    recipe = target.provision(target.personal(login))
    with psycopg.connect(url, autocommit=True) as holder:
        target.dba("drop role {login}", login=login)
        receipt = target.end(recipe)
        with pytest.raises(psycopg.OperationalError):
            holder.execute("select 1")
    assert [seen.state for seen in receipt.roles] == [RoleState.REMOVED]


def test_role_by_the_same_name_as_the_approved_one_is_not_given(either_target: Target) -> None:
    target = either_target
    login, _ = target.person()
    role = target.database.read_role
    recipe = target.personal(login)
    target.dba("alter role {role} rename to {old}", role=role, old=f"{role}_old")
    target.dba("create role {role}", role=role)
    option = "with admin true" if target.database.version >= 16 else "with admin option"
    target.dba("grant {role} to {admin} " + option, role=role, admin=target.worker.admin)
    with pytest.raises(TargetFailure) as refused:
        target.provision(recipe)
    assert refused.value.code == "read_back"
    assert target.roles_of(login) == []


def test_sessions_are_closed_without_the_right_to_read_statistics(either_target: Target) -> None:
    target = either_target
    login, url = target.person()
    recipe = target.provision(target.personal(login))
    target.dba("revoke pg_read_all_stats from {admin}", admin=target.worker.admin)
    with psycopg.connect(url, autocommit=True) as holder:
        receipt = target.end(recipe)
        with pytest.raises(psycopg.OperationalError):
            holder.execute("select 1")
    assert (receipt.sessions_closed, receipt.sessions_left) == (1, 0)


def test_sessions_that_the_worker_may_not_look_at_are_not_none(either_target: Target) -> None:
    target = either_target
    login, url = target.person()
    recipe = target.provision(target.personal(login))
    lock = target.database.superuser_url.rpartition("/")[0] + f"/{target.worker.lock_database}"
    with psycopg.connect(url), psycopg.connect(lock, autocommit=True) as dba:
        dba.execute("revoke select on pg_stat_activity from public")
        assert target.fail(recipe).code == "42501"


def test_what_nobody_looked_at_is_not_in_the_receipt(target: Target) -> None:
    login, url = target.person()
    target.dba("grant {role} to {login}", role=target.database.read_role, login=login)
    stands = target.provision(target.personal(login))
    with psycopg.connect(url, autocommit=True) as holder:
        receipt = target.end(stands)
        assert holder.execute("select 1").fetchone() == (1,)
    assert (receipt.sessions, receipt.handed_over, receipt.roles_kept) == ((), None, stands.roles)


def test_what_a_failed_try_handed_over_is_in_the_receipt(target: Target) -> None:
    owner = target.database.owner_role
    recipe = target.provision(target.ephemeral(target.database.write_role, act_as=owner))
    target.dba("create table shop.returns (); alter table shop.returns owner to {login}", login=recipe.login)
    with psycopg.connect(target.database.superuser_url) as dba:
        # What it owns can be handed over, and the login cannot go yet.
        dba.execute("select from pg_authid where rolname = %s for update", [recipe.login])
        target.fail(recipe)
        dba.rollback()
        dba.execute(f"grant select on shop.orders to {recipe.login}")
        assert target.fail(recipe).code == "locked"
        dba.rollback()
    assert target.end(recipe).handed_over == ("shop.returns",)


def test_what_a_login_owned_is_unknown_where_a_dba_removed_it(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    target.dba("drop owned by {login}; drop role {login}", login=recipe.login)
    receipt = target.end(recipe)
    assert (receipt.login_removed, receipt.handed_over) == (True, None)


@pytest.mark.parametrize("name", ["their_own", "jit_{installation}_decoy"])
def test_mark_on_anothers_role_is_in_nobodys_way(target: Target, name: str) -> None:
    recipe = target.provision(target.ephemeral())
    decoy = name.format(installation=target.worker.installation) + recipe.login[-6:]
    target.dba("create role {decoy} login", decoy=decoy)
    target.dba("comment on role {decoy} is " + f"'{recipe.tag}'", decoy=decoy)
    with psycopg.connect(target.with_password(recipe)):
        assert target.end(recipe).login_removed
    assert target.look("select rolcanlogin from pg_roles where rolname = %s", decoy) == [(True,)]


@pytest.mark.parametrize(
    "change", ["comment on role {login} is null", "alter role {login} rename to {other}"]
)
def test_login_that_lost_its_mark_or_name_ends(target: Target, change: str) -> None:
    recipe = target.provision(target.ephemeral())
    target.dba(change, login=recipe.login, other=f"{recipe.login}_other")
    assert target.end(recipe).login_removed
    assert target.look("select 1 from pg_roles where oid = %s", recipe.login_identity) == []
