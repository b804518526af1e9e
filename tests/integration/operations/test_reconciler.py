"""The reconciler reads people and groups at once where its policy is another."""

import time
from collections.abc import Callable
from datetime import datetime

import pytest

from dbaccess.domain.errors import DirectoryTooOld
from dbaccess.domain.reach import KnownReach, TableUse
from dbaccess.ports import Job
from sandbox.waiting import PATIENCE
from tests.integration.operations.house import House
from tests.integration.operations.test_unread_groups import moved
from tests.operations.edited_policies import edit
from workers.reconciler import Reconciler
from workers.wiring import Wiring

HOUR = 3600.0


class _NoQueue:
    """Lost, as it may be."""

    def put(self, job: Job, subject: int, *, at: datetime | None = None) -> None:
        raise ConnectionError(f"{job} {subject} {at}")


class _Over(Exception):
    """The lead is given up."""


class _Leader:
    """Leads until `is_done`, or for as long as the tests wait for anything."""

    def __init__(self, is_done: Callable[[], bool]) -> None:
        self._is_done, self._until = is_done, time.monotonic() + PATIENCE

    def wait(self, seconds: float) -> None:
        time.sleep(min(seconds, 0.1))
        if self._is_done() or time.monotonic() > self._until:
            raise _Over


def wiring_of(house: House) -> Wiring:
    return Wiring(
        engine=house.worker,
        queue=_NoQueue(),  # type: ignore[arg-type]  # the reconciler needs none
        client=None,  # type: ignore[arg-type]  # the hands have theirs
        active_policy=None,  # type: ignore[arg-type]  # a reload needs it
        context=house.context,
        reports=None,  # type: ignore[arg-type]  # only its job makes one
    )


def test_groups_of_another_policy_are_read_at_once(house: House) -> None:
    wiring = wiring_of(house)
    reconciler = Reconciler(wiring, directory_every=HOUR)

    def lead(is_done: Callable[[], bool]) -> None:
        with pytest.raises(_Over):
            reconciler.lead(_Leader(is_done))  # type: ignore[arg-type]  # a lock that no other worker wants

    def read_at() -> datetime | None:
        with house.begin() as uow:
            return uow.directory.read_at()

    before = read_at()
    lead(lambda: read_at() != before)
    first = read_at()
    edit(house, moved(house))
    wiring.context = house.context
    with pytest.raises(DirectoryTooOld):
        house.submit()
    lead(lambda: read_at() != first)
    assert house.submit().state == "pending"
    second = read_at()
    lead(lambda: not reconciler.tasks._running)  # before the servers stop
    assert read_at() == second


def test_leader_records_what_an_active_grant_reaches(house: House) -> None:
    grant = house.active()
    reconciler = Reconciler(wiring_of(house), directory_every=HOUR)

    def known() -> KnownReach:
        with house.begin() as uow:
            return uow.reaches.of([grant.id], table="shop.orders")[grant.id]

    def is_done() -> bool:
        return known().tables is not None and not reconciler.tasks._running  # before the servers stop

    with pytest.raises(_Over):
        reconciler.lead(_Leader(is_done))  # type: ignore[arg-type]  # a lock that no other worker wants
    assert [(table.label, table.uses) for table in known().found] == [("shop.orders", (TableUse.READ,))]


def test_leader_compares_each_cluster_with_the_control_database_as_soon_as_it_leads(house: House) -> None:
    """It may have lost the lead in a fail-over, to a control database without the last grants."""
    reconciler = Reconciler(wiring_of(house), directory_every=HOUR)
    reconciler.tasks.every(HOUR, "sweep main", lambda: None)  # a moment before the fail-over

    def compared() -> list[str]:
        with house.work() as uow:
            return [seen.cluster for seen in uow.observations.all()]

    assert compared() == []
    with pytest.raises(_Over):
        reconciler.lead(_Leader(lambda: bool(compared()) and not reconciler.tasks._running))  # type: ignore[arg-type]  # a lock that no other worker wants
    assert compared() == ["main"]
