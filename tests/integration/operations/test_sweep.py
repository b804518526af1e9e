"""Access that no grant accounts for is removed; access of others is never touched."""

import secrets
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest

from dbaccess.domain.errors import TargetFailure, TargetUnreachable
from dbaccess.operations.clusters.sweep import sweep
from dbaccess.operations.delivery.notices import post_notice
from dbaccess.operations.grants.end_early import revoke_by_operator
from dbaccess.operations.grants.revoke import drain
from dbaccess.ports import GivenRole
from dbaccess.targets.postgresql.driver import PostgresDriver
from sandbox.client import plain
from tests.contract.postgresql.least_privilege import worker_access
from tests.contract.postgresql.target import Target
from tests.databases import ControlDatabase, PostgresServer
from tests.engines.postgresql import postgres_targets
from tests.integration.operations.conftest import BuildHouse
from tests.integration.operations.faults import OneCluster
from tests.integration.operations.house import House, down
from tests.operations.house import OPS, TOM


def orphaned_login(house: House) -> str:
    """The login of a grant that has ended: a copy of the cluster, or a late worker, brought it back."""
    grant = house.active(TOM)
    assert grant.recipe is not None
    house.surrender(grant, TOM)
    drain(house.context, "main")
    target = Target(worker=house.access, driver=house.context.targets.driver("main"))
    return target.provision(replace(grant.recipe, login_identity=None)).login


def test_stray_login_of_ours_goes_and_the_ledger_says_so(house: House) -> None:
    held, stray = house.active(), orphaned_login(house)
    assert held.recipe is not None
    assert sorted(house.made_logins()) == sorted([held.recipe.login, stray])
    assert sweep(house.context, "main") == [stray]
    assert house.made_logins() == [held.recipe.login]
    (found,) = house.ledger("target.stray_found")
    assert found["data"]["login"] == stray
    assert sweep(house.context, "main") == []
    assert house.grant(held.id).state == "active"


def test_sweep_never_touches_another_installations_login_nor_a_persons(house: House) -> None:
    other = worker_access(house.target)
    theirs = Target(
        worker=other, driver=postgres_targets({"main": other.url}, other.installation).driver("main")
    )
    foreign = theirs.provision(theirs.ephemeral()).login
    disguised = f"jit_{house.access.installation}_maya_{secrets.token_hex(3)}"
    house.dba("create role {login} login", login=disguised)
    assert sweep(house.context, "main") == []
    there = house.look("select rolname::text from pg_roles where rolname = any(%s)", [foreign, disguised])
    assert {name for (name,) in there} == {foreign, disguised}
    assert house.ledger("target.stray_found") == []


def test_login_of_a_grant_that_ends_is_left_to_its_revocation(house: House) -> None:
    grant = house.active()
    revoke_by_operator(house.work, actor="cli:ops@host", grant_id=grant.id, reason="out")
    assert sweep(house.context, "main") == []
    assert len(house.made_logins()) == 1


def test_grant_that_ends_while_the_cluster_is_looked_at_leaves_no_stray(house: House) -> None:
    grant = house.active()

    class Slow(PostgresDriver):
        def made_logins(self) -> list[tuple[str, str]]:
            made = super().made_logins()
            if house.grant(grant.id).state == "active":
                house.surrender(grant)
                assert drain(house.context, "main") == 1
            return made

    slow = Slow(cluster="main", url=house.access.url, installation=house.access.installation)
    assert sweep(replace(house.context, targets=OneCluster(slow)), "main") == []
    assert house.grant(grant.id).state == "ended"
    assert house.ledger("target.stray_found") == []


def test_stray_that_cannot_go_is_recorded_and_told_once_and_goes_once_it_can(house: House) -> None:
    stray, other = orphaned_login(house), orphaned_login(house)
    house.dba("alter role {login} superuser", login=stray)
    for _ in range(3):
        with pytest.raises(TargetFailure, match="42501"):
            sweep(house.context, "main")
    assert house.made_logins() == [stray]
    assert sorted(e["data"]["login"] for e in house.ledger("target.stray_found")) == sorted([stray, other])
    with house.work() as uow:
        notices = uow.notices.due(uow.now, limit=10)
    assert len(notices) == 1
    for notice in notices:
        post_notice(house.context, notice)
    (told,) = house.sandbox.person("U0OPS").messages(OPS)
    assert f"login {stray} on main belongs to no grant" in plain(told)
    assert "could not be removed: the worker lacks a privilege on main (42501)." in plain(told)
    house.dba("alter role {login} nosuperuser", login=stray)
    assert sweep(house.context, "main") == [stray]
    assert house.made_logins() == []


def test_sweep_of_a_target_that_is_down_says_so(house: House, target_postgres: PostgresServer) -> None:
    with down(target_postgres), pytest.raises(TargetUnreachable):
        sweep(house.context, "main")
    assert house.ledger() == []


@pytest.fixture
def personal(build_house: BuildHouse) -> Iterator[House]:
    with build_house(login="personal") as built:
        built.dba("create role maya login; create role bo login")
        yield built


def _given_by_the_worker(house: House, login: str, role: str) -> None:
    """A copy of the cluster from before the end was restored."""
    house.dba("set role {admin}; grant {role} to {login}", admin=house.access.admin, role=role, login=login)


def test_membership_that_a_copy_brought_back_is_taken_told_once_and_recorded(personal: House) -> None:
    house, read = personal, personal.target.read_role
    grant = house.active()
    house.surrender(grant)
    drain(house.context, "main")
    assert house.roles_of("maya") == set()
    _given_by_the_worker(house, "maya", read)
    house.dba("grant {role} to bo", role=read)
    for gone in (["maya"], []):
        assert sweep(house.context, "main") == gone
        assert (house.roles_of("maya"), house.roles_of("bo")) == (set(), {read})
    (found,) = house.ledger("target.stray_found")
    assert (found["data"]["login"], found["data"]["roles"]) == ("maya", read)
    with house.work() as uow:
        (notice,) = uow.notices.due(uow.now, limit=10)
    post_notice(house.context, notice)
    (told,) = house.sandbox.person("U0OPS").messages(OPS)
    assert f"maya on main held {read}, which no open grant gives" in plain(told)


def test_roles_of_open_grants_stay_whatever_state_they_are_in(personal: House) -> None:
    house = personal
    grant = house.active()
    _given_by_the_worker(house, "maya", house.target.write_role)
    assert sweep(house.context, "main") == ["maya"]
    assert house.roles_of("maya") == {house.target.read_role}
    house.surrender(grant)
    assert sweep(house.context, "main") == []
    assert house.roles_of("maya") == {house.target.read_role}


def test_role_that_was_renamed_belongs_to_its_open_grant_and_no_other_does(personal: House) -> None:
    house = personal
    house.active()
    renamed = _rename_read(house)
    assert sweep(house.context, "main") == []
    _given_by_the_worker(house, "maya", house.target.write_role)
    assert sweep(house.context, "main") == ["maya"]
    assert house.roles_of("maya") == {renamed}


def test_without_recorded_numbers_a_renamed_role_keeps_everything_until_the_end(
    personal: House, control_database: ControlDatabase
) -> None:
    house = personal
    house.active()
    with psycopg.connect(control_database.superuser_url) as admin:
        admin.execute("alter table grants disable trigger guard")
        admin.execute("update grants set recipe = recipe - 'role_identities'")
        admin.execute("alter table grants enable always trigger guard")
    renamed = _rename_read(house)
    _given_by_the_worker(house, "maya", house.target.write_role)
    assert sweep(house.context, "main") == []
    assert house.roles_of("maya") == {renamed, house.target.write_role}


def _rename_read(house: House) -> str:
    renamed = f"{house.target.read_role}_v1"
    house.dba("alter role {role} rename to {renamed}", role=house.target.read_role, renamed=renamed)
    return renamed


def test_grant_that_begins_while_an_orphan_is_looked_at_keeps_its_role(personal: House) -> None:
    house, read = personal, personal.target.read_role
    _given_by_the_worker(house, "maya", read)

    class Slow(PostgresDriver):
        looks = 0

        def given_roles(self) -> list[GivenRole]:
            given = super().given_roles()
            self.looks += 1
            if self.looks == 2:  # after the control database was read
                house.active()
            return given

    slow = Slow(cluster="main", url=house.access.url, installation=house.access.installation)
    sweep(replace(house.context, targets=OneCluster(slow)), "main")
    assert slow.looks == 2
    assert house.roles_of("maya") == {read}


def test_decoy_is_told_once_and_never_touched(house: House) -> None:
    decoy, tag = f"jit_{house.access.installation}_x", f"dbaccess:{house.access.installation}:grant:1001"
    house.dba("create role {decoy} login; comment on role {decoy} is '" + tag + "'", decoy=decoy)
    for _ in range(3):
        assert sweep(house.context, "main") == []
    assert house.look("select 1 from pg_roles where rolname = %s", decoy) == [(1,)]
    with house.work() as uow:
        (notice,) = uow.notices.due(uow.now, limit=10)
    post_notice(house.context, notice)
    (told,) = house.sandbox.person("U0OPS").messages(OPS)
    assert f"{decoy} on main has the mark of dbaccess" in plain(told)
