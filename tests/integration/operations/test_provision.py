"""From approved to active, through every way in which that can go wrong."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import psycopg
import pytest
from psycopg import sql

from dbaccess.domain.failures import TOLD_AFTER
from dbaccess.domain.grant import SHELF_LIFE, Grant
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.grants.revoke import drain
from sandbox.client import plain
from tests.databases import PostgresServer
from tests.engines.postgresql import postgres_targets
from tests.integration.operations.conftest import BuildHouse
from tests.integration.operations.faults import KilledError, die, eventful
from tests.integration.operations.house import House, down
from tests.operations.house import MAYA, at_once, later


def test_active_grant_is_what_was_approved_and_no_more(house: House) -> None:
    grant = house.active(seconds=600)
    assert grant.recipe is not None
    assert grant.expires_at is not None
    assert grant.activated_at is not None
    assert house.made_logins() == [grant.recipe.login]
    assert house.roles_of(grant.recipe.login) == {house.target.read_role}
    (started,) = house.ledger("grant.provision_started")
    assert datetime.fromisoformat(started["data"]["expires_at"]) == grant.expires_at
    assert grant.expires_at - grant.activated_at <= timedelta(seconds=600)
    assert house.kinds()[-2:] == ["grant.provision_started", "grant.activated"]
    assert {"thread.active", "dm.active"} <= house.planned(grant.request_id)


def test_clock_does_not_run_while_a_request_waits(house: House) -> None:
    grant = house.approved(seconds=2)
    time.sleep(2.1)
    provision(house.context, grant.id)
    active = house.grant(grant.id)
    assert active.state == "active"
    assert active.expires_at is not None
    assert active.expires_at > grant.created_at + timedelta(seconds=4)


def test_provision_repeated_changes_nothing(house: House) -> None:
    grant = house.active()
    before = house.kinds()
    provision(house.context, grant.id)
    assert house.grant(grant.id) == grant
    assert house.kinds() == before


def test_two_workers_at_once_activate_once(house: House) -> None:
    grant = house.approved()
    outcomes = at_once(*[lambda: provision(house.context, grant.id)] * 3)
    assert outcomes == [None] * 3
    assert house.grant(grant.id).state == "active"
    assert house.kinds().count("grant.provision_started") == 1
    assert house.kinds().count("grant.activated") == 1
    assert len(house.made_logins()) == 1


def test_target_down_is_tried_again_with_a_new_end(house: House, target_postgres: PostgresServer) -> None:
    grant = house.approved(seconds=60)
    with down(target_postgres):
        provision(house.context, grant.id)
    failed = house.grant(grant.id)
    assert (failed.state, failed.attempts, failed.expires_at) == ("provisioning", 1, None)
    assert "dm.problem" not in house.planned(grant.request_id), "it may be a blink"
    before = house.kinds()
    provision(house.context, grant.id)
    assert house.kinds() == before, "its wait is not over"
    house.next_try_now(grant.id)
    provision(house.context, grant.id)
    active = house.grant(grant.id)
    assert active.state == "active"
    assert active.expires_at is not None
    assert active.activated_at is not None
    assert active.expires_at - active.activated_at > timedelta(seconds=50)


def test_target_that_goes_between_start_and_work_lets_the_next_try_fix_the_end_anew(
    house: House, target_postgres: PostgresServer
) -> None:
    grant = house.approved(seconds=60)
    provision(eventful(house, before=target_postgres.stop), grant.id)
    target_postgres.start()
    failed = house.grant(grant.id)
    assert (failed.state, failed.attempts, failed.expires_at) == ("provisioning", 1, None)
    assert failed.recipe is not None
    house.next_try_now(grant.id)
    time.sleep(1)
    provision(house.context, grant.id)
    active = house.grant(grant.id)
    first, second = house.ledger("grant.provision_started")
    assert first["data"]["recipe"] == second["data"]["recipe"]
    assert first["data"]["expires_at"] < second["data"]["expires_at"]
    assert active.state == "active"
    assert active.expires_at == datetime.fromisoformat(second["data"]["expires_at"])


def test_lock_of_another_transaction_is_told_in_words(house: House) -> None:
    grant = house.approved()
    house.dba("create role bystander")
    giving = sql.SQL("grant {} to bystander").format(sql.Identifier(house.target.read_role))
    with psycopg.connect(house.target.superuser_url) as dba:
        dba.execute(giving)
        for _ in range(TOLD_AFTER):
            house.next_try_now(grant.id)
            provision(house.context, grant.id)
        assert house.grant(grant.id).last_failure == "55P03"
        house.notify(grant.request_id)
        dba.rollback()
    told = [plain(message) for message in house.sandbox.person(MAYA).direct_messages()]
    why = "Not active yet: another transaction on orders-prod holds a lock that the worker needs (55P03)."
    assert any(why in said for said in told)
    house.next_try_now(grant.id)
    provision(house.context, grant.id)
    assert house.grant(grant.id).state == "active"


def test_tries_go_on_for_an_hour_and_then_it_is_abandoned_and_ends_never_active(
    house: House, target_postgres: PostgresServer
) -> None:
    grant = house.approved()
    until = grant.created_at + SHELF_LIFE
    with down(target_postgres):
        for attempt in range(1, 9):
            house.next_try_now(grant.id)
            provision(house.context, grant.id)
            told = house.planned(grant.request_id) & {"dm.problem", "ops.problem"}
            assert told == ({"dm.problem", "ops.problem"} if attempt >= 3 else set())
        waiting = house.grant(grant.id)
        assert (waiting.state, waiting.attempts) == ("provisioning", 8)
        house.next_try_now(grant.id)
        provision(replace(house.context, begin=later(house, minutes=59, seconds=50)), grant.id)
        assert house.grant(grant.id).next_attempt_at == until, "it is given up then, and not a minute later"
        provision(replace(house.context, begin=later(house, minutes=60, seconds=1)), grant.id)
    abandoned = house.grant(grant.id)
    assert (abandoned.state, abandoned.end_cause) == ("revoking", "abandoned")
    assert abandoned.end_note == "orders-prod did not confirm within an hour. Request it again."
    assert house.kinds().count("grant.provision_failed") == 9
    house.next_try_now(grant.id)
    drain(house.context, "main")
    assert house.grant(grant.id).state == "ended"
    assert "grant.activated" not in house.kinds()
    planned = house.planned(grant.request_id)
    assert "dm.never_active" in planned
    assert not planned & {"dm.active", "thread.active", "dm.ended"}


def _stall_while(house: House, grant: Grant, meanwhile: Callable[[], None]) -> None:
    """A worker hangs for 4 s right before the target's commit."""
    stalled = threading.Event()

    def stall() -> None:
        stalled.set()
        time.sleep(4)

    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(provision, eventful(house, at_fence=stall), grant.id)
        assert stalled.wait(10)
        meanwhile()
        late.result(timeout=20)


def _nothing_was_given(house: House, grant: Grant) -> None:
    ended = house.grant(grant.id)
    assert (ended.state, ended.end_cause) == ("ended", "surrendered")
    assert ended.recipe is not None
    assert ended.receipt is not None
    assert house.roles_of(ended.recipe.login) == set()
    assert house.made_logins() == []
    assert "grant.activated" not in house.kinds()
    assert house.kinds().count("grant.ended") == 1


def test_stalled_provision_leaves_nothing_where_the_grant_is_surrendered_meanwhile(house: House) -> None:
    grant = house.approved()

    def meanwhile() -> None:
        house.surrender(grant)
        assert drain(house.context, "main") == 0, "its lease holds"

    _stall_while(house, grant, meanwhile)
    assert house.grant(grant.id).lease_id is None
    assert ("revoke", grant.id) in house.outbox()
    assert drain(house.context, "main") == 1
    _nothing_was_given(house, grant)


@pytest.mark.parametrize("login", ["ephemeral", "personal"])
def test_provision_stalled_beyond_its_lease_leaves_nothing_once_the_grant_was_drained(
    build_house: BuildHouse, login: str
) -> None:
    with build_house(login=login) as house:
        house.dba("create role maya login")
        grant = house.approved()

        def meanwhile() -> None:
            house.surrender(grant)
            house.lease_is_over(grant.id)
            assert drain(house.context, "main") == 1
            _nothing_was_given(house, grant)

        _stall_while(house, grant, meanwhile)
        _nothing_was_given(house, grant)


def test_grant_surrendered_right_before_the_commit_is_never_given(house: House) -> None:
    grant = house.approved()
    provision(eventful(house, at_fence=lambda: house.surrender(grant)), grant.id)
    leaving = house.grant(grant.id)
    assert (leaving.state, leaving.lease_id) == ("revoking", None)
    assert house.made_logins() == []
    drain(house.context, "main")
    assert house.grant(grant.id).state == "ended"


def test_grant_surrendered_right_after_the_commit_ends_at_once(house: House) -> None:
    grant = house.approved()
    provision(eventful(house, after=lambda: house.surrender(grant)), grant.id)
    assert len(house.made_logins()) == 1
    assert drain(house.context, "main") == 1
    _nothing_was_given(house, grant)


def test_worker_killed_after_the_targets_commit_is_followed_by_one_that_finds_the_login(house: House) -> None:
    grant = house.approved()

    with pytest.raises(KilledError):
        provision(eventful(house, after=die), grant.id)
    orphan = house.grant(grant.id)
    assert orphan.state == "provisioning"
    assert len(house.made_logins()) == 1
    house.lease_is_over(grant.id)
    provision(house.context, grant.id)
    active = house.grant(grant.id)
    assert (active.state, active.expires_at) == ("active", orphan.expires_at), "the clock ran on"
    assert active.recipe is not None
    assert house.made_logins() == [active.recipe.login]


def test_lost_answer_to_the_commit_keeps_the_end_however_the_next_tries_go(
    house: House, target_postgres: PostgresServer
) -> None:
    """The login may be there since the first try: its time runs."""
    grant = house.approved()
    ours = "select pg_terminate_backend(pid) from pg_stat_activity where usename = %s and state <> 'idle'"

    def cut() -> None:
        house.look(ours, house.access.login)
        time.sleep(0.2)

    provision(eventful(house, at_fence=cut), grant.id)
    first = house.grant(grant.id)
    assert first.state == "provisioning"
    assert first.expires_at is not None
    with down(target_postgres):
        house.next_try_now(grant.id)
        provision(house.context, grant.id)
    assert house.grant(grant.id).expires_at == first.expires_at
    house.next_try_now(grant.id)
    provision(house.context, grant.id)
    active = house.grant(grant.id)
    assert (active.state, active.expires_at) == ("active", first.expires_at)


def test_end_stays_where_a_worker_was_killed_and_people_cannot_be_read_since(house: House) -> None:
    grant = house.approved()

    with pytest.raises(KilledError):
        provision(eventful(house, after=die), grant.id)
    orphan = house.grant(grant.id)
    house.lease_is_over(grant.id)
    house.sandbox.fault("*", "500", times=1000)
    too_old = replace(house.workspace, snapshot_max_age=timedelta(milliseconds=1))
    provision(replace(house.context, workspace=too_old), grant.id)
    waiting = house.grant(grant.id)
    assert (waiting.state, waiting.last_failure) == ("provisioning", "directory")
    assert orphan.expires_at is not None
    assert waiting.expires_at == orphan.expires_at


@pytest.mark.parametrize("tries_before", [0, 1])
def test_worker_without_the_clusters_url_fails_the_attempt_and_not_itself(
    house: House, target_postgres: PostgresServer, tries_before: int
) -> None:
    grant = house.approved()
    for _ in range(tries_before):
        provision(eventful(house, before=target_postgres.stop), grant.id)
        target_postgres.start()
        house.next_try_now(grant.id)
    provision(replace(house.context, targets=postgres_targets({}, house.access.installation)), grant.id)
    failed = house.grant(grant.id)
    assert (failed.state, failed.attempts, failed.lease_id) == ("provisioning", tries_before + 1, None)
    assert len(house.ledger("grant.provision_failed")) == tries_before + 1
    house.next_try_now(grant.id)
    provision(house.context, grant.id)
    assert house.grant(grant.id).state == "active"
