"""How far logs were read, where statements may be missing, and what canaries found."""

from dataclasses import replace
from datetime import UTC, timedelta

from dbaccess.domain.coverage import (
    NOT_CHECKED,
    Canary,
    CaptureLevel,
    Coverage,
    Gap,
    GapCause,
    LogPosition,
)
from dbaccess.domain.grant import Grant
from dbaccess.ports import UnitOfWorkFactory
from tests.integration.storage.facts import HOUR, T0

SECOND = timedelta(seconds=1)


def test_gaps_are_those_of_the_grants_place_and_time(worker: UnitOfWorkFactory, grant: Grant) -> None:
    begun = grant.activated_at
    assert begun is not None
    lost = Gap(cluster="main", cause=GapCause.FILE_LOST, began_at=begun - HOUR, until=begun + SECOND)
    silent = Gap(cluster="main", cause=GapCause.SOURCE_SILENT, began_at=begun, until=None, why="no answer")
    before = replace(lost, began_at=begun - 2 * HOUR, until=begun - HOUR)
    here = Gap(
        cluster="main", cause=GapCause.CANARY_LOST, began_at=begun + SECOND, until=None, target=grant.target
    )
    there = replace(here, target="another")
    with worker() as uow:
        for gap in (lost, silent, silent, before, here, there, replace(lost, cluster="other")):
            uow.log_positions.add_gap(gap)
        assert uow.activity.gaps_of(grant) == [lost, silent, here]
        assert uow.activity.gaps_of(replace(grant, ended_at=begun)) == [lost, silent]
        assert uow.log_positions.open_gaps("main")[0] == silent
        over = replace(silent, until=begun + SECOND)
        uow.log_positions.add_gap(over)
        assert uow.activity.gaps_of(grant) == [lost, over, here]
        assert silent not in uow.log_positions.open_gaps("main")


def test_position_is_the_last_one_of_each_cluster(worker: UnitOfWorkFactory) -> None:
    first = LogPosition(
        cluster="main", file="a.json", fingerprint="f", offset=17, state={"open": [["66.1", 3]]}
    )
    with worker() as uow:
        assert uow.log_positions.lock("main") is None
        uow.log_positions.save(first)
        moved = replace(
            first, offset=2**40, read_until=T0, caught_up_at=T0.astimezone(UTC), behind=5, state={}
        )
        uow.log_positions.save(moved)
        assert uow.log_positions.lock("main") == moved
        assert uow.log_positions.caught_up_at("main") == T0
        assert uow.log_positions.caught_up_at("other") is None
        second = replace(first, cluster="second")
        uow.log_positions.save(second)
        assert uow.log_positions.all() == [moved, second]


def test_canary_is_found_by_its_marker_and_keeps_the_most_that_was_found(worker: UnitOfWorkFactory) -> None:
    sent = Canary(target="orders-prod", cluster="main", login="jit_c", marker="m1", sent_at=T0)
    with worker() as uow:
        assert uow.canaries.of("orders-prod") is None
        uow.canaries.put(sent)
        assert (uow.canaries.of("orders-prod"), sent.coverage) == (sent, NOT_CHECKED)
        for cluster, login, marker in (("b", "jit_c", "m1"), ("main", "x", "m1"), ("main", "jit_c", "m0")):
            uow.canaries.found(cluster, login, marker, CaptureLevel.FULL)
        assert uow.canaries.of("orders-prod") == sent
        for level, found in (
            (CaptureLevel.STATEMENTS, CaptureLevel.STATEMENTS),
            (CaptureLevel.FULL, CaptureLevel.FULL),
            (CaptureLevel.STATEMENTS, CaptureLevel.FULL),
        ):
            uow.canaries.found("main", "jit_c", "m1", level)
            assert uow.canaries.of("orders-prod") == replace(sent, found=found)
        later = replace(
            sent, marker="m2", sent_at=T0 + HOUR, coverage=Coverage(level=CaptureLevel.FULL, checked_at=T0)
        )
        later = replace(later, logins={"maya": "", "tom": "tom's login does not log statements"})
        later = replace(later, logged_since={"maya": T0.astimezone(UTC)})
        uow.canaries.put(later)
        assert uow.canaries.all() == [later]
        uow.canaries.drop(["orders-prod"])
        assert uow.canaries.all() == []


def test_gap_that_was_imported_later_is_none(worker: UnitOfWorkFactory, grant: Grant) -> None:
    begins = grant.activated_at or T0
    gap = Gap(cluster="main", cause=GapCause.NOT_IMPORTED, began_at=begins, until=begins + HOUR)
    cut = replace(gap, cause=GapCause.BYTES_LOST, began_at=begins + HOUR)
    with worker() as uow:
        uow.log_positions.add_gap(gap)
        uow.log_positions.add_gap(cut)
        assert uow.activity.gaps_of(grant) == [gap, cut]
        assert uow.log_positions.gaps("main", GapCause.NOT_IMPORTED) == [gap]
        assert uow.log_positions.gaps("other", GapCause.NOT_IMPORTED) == []
        uow.log_positions.add_gap(replace(gap, until=begins))
        assert uow.activity.gaps_of(grant) == [cut]
        assert uow.log_positions.gaps("main", GapCause.NOT_IMPORTED) == []
