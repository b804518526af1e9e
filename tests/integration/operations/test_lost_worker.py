"""A lost worker delays no end: its lease ends with it."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from dbaccess.operations.context import WorkerContext
from dbaccess.operations.grants import revoke as revocation
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.grants.revoke import drain, revoke
from dbaccess.storage.leases import SessionLeases
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from sandbox.waiting import PATIENCE
from tests.databases import ControlDatabase
from tests.integration.operations.faults import KilledError, die, eventful
from tests.integration.operations.house import House
from tests.operations.house import later


@pytest.fixture
def other(house: House, control_database: ControlDatabase) -> Iterator[WorkerContext]:
    """Those of another process."""
    leases = SessionLeases(control_database.worker_url)
    yield replace(house.context, leases=leases)
    leases.close()


def _lose_lease(control: ControlDatabase) -> None:
    """As where the process is killed, frozen or cut off: the server ends its connection."""
    with psycopg.connect(control.superuser_url) as admin:
        admin.execute(
            """select pg_terminate_backend(pid) from pg_stat_activity
                where application_name = 'dbaccess-leases' and datname = current_database()"""
        )


def test_end_that_a_lost_worker_had_claimed_is_anothers_at_once(
    house: House, other: WorkerContext, control_database: ControlDatabase
) -> None:
    grant = house.active()
    house.surrender(grant)
    done = []

    def meanwhile() -> None:
        assert drain(other, "main") == 0, "a worker that lives has it"
        _lose_lease(control_database)
        done.append(drain(other, "main"))

    drain(eventful(house, before_cut_off=meanwhile), "main")
    assert done == [1]
    assert house.grant(grant.id).state == "ended"
    assert house.kinds().count("grant.ended") == 1
    assert house.kinds().count("grant.revoke_started") == 2, "the other one began an attempt of its own"


@pytest.mark.parametrize("few", [0, 20], ids=["many", "few"])
def test_worker_that_hangs_before_an_end_with_its_turn_and_lease_delays_no_other(
    house: House, other: WorkerContext, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revocation, "FEW", few)
    monkeypatch.setattr(revocation, "JOIN_AFTER", 0)
    grant = house.active()
    waits, goes_on = threading.Event(), threading.Event()

    def until_due() -> None:
        waits.set()
        goes_on.wait(2 * PATIENCE)

    with ThreadPoolExecutor(1) as pool:
        hung = pool.submit(drain, house.context, "main", until_due=until_due)
        try:
            assert waits.wait(PATIENCE)
            house.surrender(grant)
            assert drain(other, "main") == 1
            assert house.grant(grant.id).state == "ended"
            assert not hung.done()
        finally:
            goes_on.set()
        assert hung.result(PATIENCE) == 0
    assert house.kinds().count("grant.revoke_started") == 1
    assert house.kinds().count("grant.ended") == 1


@pytest.mark.parametrize("step", ["before_cut_off", "before", "after"])
def test_worker_that_is_killed_at_any_step_of_an_end_is_followed_within_seconds(
    house: House, other: WorkerContext, step: str
) -> None:
    grant = house.active()
    house.surrender(grant)
    with pytest.raises(KilledError):
        drain(eventful(house, **{step: die}), "main")
    assert house.grant(grant.id).state == "revoking"
    assert drain(replace(other, begin=later(house, seconds=2)), "main") == 1
    assert house.grant(grant.id).state == "ended"


def test_start_that_a_killed_worker_had_begun_is_anothers_within_seconds(
    house: House, other: WorkerContext
) -> None:
    grant = house.approved()
    with pytest.raises(KilledError):
        provision(eventful(house, after=die), grant.id)
    provision(replace(other, begin=later(house, seconds=3)), grant.id)
    assert house.grant(grant.id).state == "active"


def test_lost_answer_to_the_commit_of_a_claim_costs_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was committed, and the worker does not know it: it finds its own lease free when it asks again."""
    grant = house.active()
    house.surrender(grant)
    commit = SqlUnitOfWork.commit
    lost: list[SqlUnitOfWork] = []

    def lose_first_answer(self: SqlUnitOfWork) -> None:
        commit(self)
        if not lost:
            lost.append(self)
            raise OperationalError("commit", None, Exception("the answer was lost"))

    monkeypatch.setattr(SqlUnitOfWork, "commit", lose_first_answer)
    assert drain(house.context, "main") == 1
    assert lost
    assert house.grant(grant.id).state == "ended"


def test_job_that_finds_its_grant_leased_comes_back_once_for_the_cluster(
    house: House, other: WorkerContext
) -> None:
    """Without it no process would look again where the reconciler does not run."""
    grants = [house.active(), house.active(role="write")]
    for grant in grants:
        house.surrender(grant)
    before = house.outbox()

    def meanwhile() -> None:
        for grant in reversed(grants):
            assert revoke(other, grant.id) == 0

    drain(eventful(house, before_cut_off=meanwhile), "main")
    came_back = [job for job in house.outbox()[len(before) :] if job[0] == "revoke"]
    assert came_back == [("revoke", grants[0].id)]
    assert [house.grant(grant.id).state for grant in grants] == ["ended", "ended"]
