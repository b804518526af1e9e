"""While other workers cut many grants off, nothing is finished: access goes before any receipt is made."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Any

import psycopg
import pytest
from sqlalchemy import event

from bench.crowd import make_crowd
from dbaccess.domain.batch import MOST
from dbaccess.domain.grant import Grant
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.grants import revoke
from dbaccess.operations.grants.claim import FEW, claim
from dbaccess.operations.grants.revoke import cut_off_due, drain
from dbaccess.operations.grants.watch import Watch
from dbaccess.storage.leases import SessionLeases
from tests.contract.postgresql.test_lock_database import KEY
from tests.databases import ControlDatabase
from tests.integration.operations.faults import eventful
from tests.integration.operations.house import House
from tests.operations.house import MAYA, later
from tests.operations.lockdowns import declare, enforce, with_operators

CUTTING = FEW + 5


@pytest.fixture
def other(house: House, control_database: ControlDatabase) -> Iterator[WorkerContext]:
    """Those of another process."""
    leases = SessionLeases(control_database.worker_url)
    yield replace(house.context, leases=leases)
    leases.close()


@pytest.fixture
def cut(house: House, control_database: ControlDatabase) -> list[Grant]:
    """A grant that is cut off and waits to be finished; many others have just come to their end."""
    with_operators(house)
    ends = datetime.now(UTC) + timedelta(hours=1)
    grant = house.active()
    house.surrender(grant)
    cut_off_due(house.context, "main")
    make_crowd(control_database, house.access, house.policy, size=CUTTING, holders=[MAYA], expires_at=ends)
    declare(house)
    assert enforce(house) == CUTTING
    return [grant]


def test_nothing_is_finished_while_another_worker_cuts_many_off(
    house: House, other: WorkerContext, cut: list[Grant], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revoke, "CUT_OFF_WITHIN", timedelta(seconds=60))
    looked, released = Event(), Event()
    seen: list[bool] = []

    with other.leases.hold() as lease:
        assert len(claim(other, "main", lease, begun=False, limit=MOST)) == CUTTING
        worker = eventful(house, before=lambda: seen.append(released.is_set()))
        finishing = Thread(target=drain, args=[worker, "main"])
        _after_looks(house, 3, looked)
        finishing.start()
        assert looked.wait(60)
        released.set()
    finishing.join(60)
    assert seen
    assert all(seen)
    assert {house.grant(grant.id).state for grant in cut} == {"ended"}


def test_worker_that_hangs_while_it_cuts_many_off_keeps_no_receipt_for_long(
    house: House, other: WorkerContext, cut: list[Grant], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revoke, "CUT_OFF_WITHIN", timedelta(seconds=0.3))
    with other.leases.hold() as lease:
        assert len(claim(other, "main", lease, begun=False, limit=MOST)) == CUTTING
        assert drain(house.context, "main") == len(cut)
    assert {house.grant(grant.id).state for grant in cut} == {"ended"}


def _after_looks(house: House, count: int, then: Event) -> None:
    looks: list[str] = []

    @event.listens_for(house.worker, "before_cursor_execute")
    def _(_c: object, _cursor: object, statement: str, *_: Any) -> None:
        if "grants.lease_id IN" in statement and "count(*)" in statement:
            looks.append(statement)
            if len(looks) >= count:
                then.set()


def test_worker_that_hangs_on_its_turn_is_not_waited_for(
    house: House, other: WorkerContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revoke, "FEW", 0)
    monkeypatch.setattr(revoke, "JOIN_AFTER", 0.3)
    grant = house.active()
    house.surrender(grant)
    with other.leases.turn("cut off main") as theirs:
        assert theirs
        cut_off_due(house.context, "main")
    assert house.grant(grant.id).attempts == 1
    assert grant.recipe is not None
    assert not house.look("select from pg_roles where rolcanlogin and rolname = %s", grant.recipe.login)


def test_few_lose_access_at_once_though_another_worker_hangs_on_its_turn(
    house: House, other: WorkerContext
) -> None:
    """Without the watch: the queue's jobs are to suffice."""
    grant = house.active()
    house.surrender(grant)
    with other.leases.turn("cut off main") as theirs:
        assert theirs
        assert drain(house.context, "main") == 1
    assert house.grant(grant.id).state == "ended"


def _may_log_in(house: House, grant: Grant) -> bool:
    assert grant.recipe is not None
    return bool(house.look("select from pg_roles where rolcanlogin and rolname = %s", grant.recipe.login))


def test_cut_off_of_a_dead_worker_waits_for_no_receipt(house: House, other: WorkerContext) -> None:
    """In a storm its batch would else be finished after thousands of others, and have access until then."""
    grant = house.active()
    house.surrender(grant)
    with other.leases.hold() as lease:
        assert claim(other, "main", lease, begun=False, limit=MOST)
    assert _may_log_in(house, grant)
    cut_off_due(house.context, "main")
    assert not _may_log_in(house, grant)


def test_cut_off_is_taken_over_from_a_worker_that_hangs(house: House, other: WorkerContext) -> None:
    grant = house.active()
    house.surrender(grant)
    with other.leases.turn("cut off main"), other.leases.hold() as lease:
        assert claim(other, "main", lease, begun=False, limit=MOST)
        cut_off_due(replace(house.context, begin=later(house, seconds=5)), "main")
        assert not _may_log_in(house, grant)
        taken = house.grant(grant.id)
        assert (taken.attempts, taken.lease_id) == (2, None)


def test_grant_that_kills_its_worker_is_cut_off_twice_and_then_only_finished(
    house: House, other: WorkerContext
) -> None:
    """An attempt to finish it leaves a time for the next one; one to cut it off does not."""
    house.surrender(house.active())
    for found in (1, 1, 0):
        with other.leases.hold() as lease:
            assert len(claim(other, "main", lease, begun=False, limit=MOST)) == found
    assert drain(house.context, "main") == 1


def test_access_that_could_not_be_taken_is_not_left_to_the_receipts(house: House) -> None:
    """In a storm the receipts of others take minutes."""
    grant = house.active()
    house.surrender(grant)
    with psycopg.connect(
        house.access.database.superuser_url, dbname=house.access.lock_database, autocommit=True
    ) as busy:
        busy.execute("select pg_advisory_lock(%s)", [KEY])
        cut_off_due(house.context, "main")
        assert _may_log_in(house, grant)
    Watch().look(replace(house.context, begin=later(house, seconds=5)), "main")
    assert not _may_log_in(house, grant)
    assert drain(house.context, "main") == 1
