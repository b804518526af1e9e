"""What the installation gave or made, and what only looks like it, on PostgreSQL 18 and 15."""

import secrets

import psycopg
import pytest

from dbaccess.domain.errors import TargetFailure
from tests.contract.target import Target


def _give(target: Target, login: str, role: str) -> None:
    """As a copy restored from before the end has it: the worker's role is the grantor."""
    target.dba("set role {admin}; grant {role} to {login}", admin=target.worker.admin, role=role, login=login)


def test_membership_that_the_worker_gave_is_found_with_its_numbers(either_target: Target) -> None:
    target = either_target
    login, _ = target.person()
    assert target.driver.given_roles() == []
    _give(target, login, target.database.read_role)
    target.dba("grant {role} to {login}", role=target.database.write_role, login=login)
    (found,) = target.driver.given_roles()
    assert (found.login, found.role) == (login, target.database.read_role)
    numbers = target.look(
        """select u.oid::text, r.oid::text from pg_roles u, pg_roles r
            where u.rolname = %s and r.rolname = %s""",
        login,
        target.database.read_role,
    )
    assert [(found.login_identity, found.role_identity)] == numbers


def test_orphaned_membership_is_taken_with_its_sessions_and_others_stay(either_target: Target) -> None:
    target = either_target
    login, url = target.person()
    read, write = target.database.read_role, target.database.write_role
    _give(target, login, read)
    target.dba("grant {role} to {login}", role=write, login=login)
    with psycopg.connect(url, autocommit=True) as holder:
        target.driver.take_roles(target.driver.given_roles(), owed=lambda _: {})
        with pytest.raises(psycopg.OperationalError):
            holder.execute("select 1")
    assert target.roles_of(login) == [write]
    assert target.driver.given_roles() == []


def test_membership_that_a_grant_gave_since_the_look_stays(either_target: Target) -> None:
    target = either_target
    login, _ = target.person()
    _give(target, login, target.database.read_role)
    found = target.driver.given_roles()
    target.driver.take_roles(found, owed=lambda recipes: {r.grant_id: frozenset(r.roles) for r in recipes})
    assert target.roles_of(login) == [target.database.read_role]


def test_logins_of_grants_and_the_workers_own_roles_are_no_memberships_to_look_at(target: Target) -> None:
    owner = target.database.owner_role
    target.provision(target.ephemeral(owner, act_as=owner))
    target.dba(
        "set role {admin}; grant {role} to {admin}", admin=target.worker.admin, role=target.database.read_role
    )
    assert target.driver.given_roles() == []


def test_decoy_is_no_login_of_ours(either_target: Target) -> None:
    """Name and mark are anybody's to write; on 16 and newer even the administrator's option is."""
    target = either_target
    decoy = f"jit_{target.worker.installation}_maya_{secrets.token_hex(3)}"
    tag = f"dbaccess:{target.worker.installation}:grant:7"
    mallory = f"mallory_{secrets.token_hex(3)}"
    target.dba(
        "create role {mallory} createrole; set role {mallory}; create role {decoy} login;"
        f"comment on role {{decoy}} is '{tag}'; grant {{decoy}} to {{admin}} with admin option",
        mallory=mallory,
        decoy=decoy,
        admin=target.worker.admin,
    )
    assert target.driver.made_logins() == []
    assert target.driver.decoys() == [decoy]


def test_login_of_ours_that_lost_its_mark_is_found(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    target.dba("comment on role {login} is null", login=recipe.login)
    assert target.driver.made_logins() == [(recipe.login, "")]
    assert target.driver.decoys() == []
    with pytest.raises(TargetFailure):
        target.driver.drop_stray(recipe.login, recipe.tag)
