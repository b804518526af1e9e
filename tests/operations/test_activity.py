"""From a line of a log to the figures of an ended grant, by the rounds of the workers' part."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import cast
from unittest.mock import patch

import pytest
from structlog.testing import capture_logs

from dbaccess.domain.activity_summary import KeptSummary
from dbaccess.domain.capture import Capture, CaptureSource
from dbaccess.domain.coverage import (
    NOT_CHECKED,
    Canary,
    CaptureLevel,
    Coverage,
    GapCause,
    GrantCoverage,
    LogPosition,
)
from dbaccess.domain.grant import Grant
from dbaccess.domain.policy import Policy
from dbaccess.operations.activity import summarize
from dbaccess.operations.activity.capture import BEHIND
from dbaccess.operations.activity.report import activity_report
from dbaccess.operations.activity.summarize import SETTLED, summarize_ended
from dbaccess.operations.grants.canary import drop_canaries
from dbaccess.operations.grants.revoke import revoke
from dbaccess.ports import UnitOfWork
from tests.operations.fake_house import FakeHouse
from tests.unit.activity.log_lines import MemorySource, statement
from workers.activity import ActivityLoop
from workers.loop_threads import Tasks
from workers.wiring import Wiring

LOG = "postgresql-1.json"


class Loop:
    """The part of one host; a round ends when all that it began has ended."""

    def __init__(self, house: FakeHouse) -> None:
        self._part = ActivityLoop(cast("Wiring", house))

    def round(self) -> None:
        self._part.tasks = Tasks(lambda _: 1)
        with patch("workers.activity.SUMMARIZE_EVERY", 0), patch("workers.activity.CHECK_EVERY", 0):
            self._part.round()
        assert self._part.tasks.finish(30)


class OneLog:
    """`Logs` of one cluster."""

    def __init__(self, source: MemorySource) -> None:
        self._source = source

    def log_files(self, cluster: str, source: CaptureSource) -> MemorySource:
        assert (cluster, source) == ("main", CaptureSource.JSONLOG)
        return self._source


@pytest.fixture
def source(fake_house: FakeHouse) -> MemorySource:
    made = MemorySource()
    cluster = replace(
        fake_house.policy.clusters["main"], capture=Capture(source=CaptureSource.JSONLOG, over="sql")
    )
    policy = replace(fake_house.policy, clusters={**fake_house.policy.clusters, "main": cluster})
    fake_house.policy, fake_house.context = (
        policy,
        replace(fake_house.context, policy=policy, logs=OneLog(made)),
    )
    return made


def login(grant: Grant) -> str:
    assert grant.recipe is not None
    return grant.recipe.login


def ends(house: FakeHouse, grant: Grant) -> Grant:
    house.surrender(grant)
    revoke(house.context, grant.id)
    ended = house.grant(grant.id)
    assert ended.state == "ended"
    return ended


def test_statements_are_counted_when_the_log_was_read_beyond_the_end(
    fake_house: FakeHouse, source: MemorySource
) -> None:
    loop, grant = Loop(fake_house), fake_house.active()
    fake_house.wait(seconds=0)
    source.write(LOG, statement(1, "select * from orders", user=login(grant)))
    loop.round()
    ended = ends(fake_house, grant)
    loop.round()
    loop.round()
    with fake_house.work() as uow:
        early = uow.activity.summary_of(grant.id)
    assert early is not None
    assert (early.summary.statements, early.is_final) == (1, False)
    assert fake_house.ledger("activity.summarized") == []
    fake_house.wait(seconds=SETTLED.total_seconds() + 10)
    source.write(LOG, statement(2, "delete from orders", user=login(grant)))
    loop.round()
    loop.round()
    (told,) = fake_house.ledger("activity.summarized")
    assert told["grant"] == ended.id
    data = told["data"]
    assert (data["statements"], data["by_kind"], data["errors"]) == (2, {"read": 1, "write": 1}, 0)
    assert len(data["digest"]) == len(hashlib.sha256().hexdigest())
    assert "orders" not in str(told)


def test_late_lines_are_counted_and_told_again(fake_house: FakeHouse, source: MemorySource) -> None:
    loop, grant = Loop(fake_house), fake_house.active()
    fake_house.wait(seconds=0)
    source.write(LOG, statement(1, "select 1", user=login(grant)))
    ends(fake_house, grant)
    fake_house.wait(seconds=SETTLED.total_seconds() + 10)
    loop.round()
    loop.round()
    source.write(LOG, statement(2, "select 2", user=login(grant)))
    fake_house.wait(seconds=10)
    for _ in range(3):
        loop.round()
    counted = [event["data"]["statements"] for event in fake_house.ledger("activity.summarized")]
    assert counted[-1] == 2
    assert len(counted) <= 2


def test_time_that_is_not_read_yet_is_told_as_a_gap(fake_house: FakeHouse, source: MemorySource) -> None:
    loop, grant = Loop(fake_house), fake_house.active()
    fake_house.wait(seconds=0)
    source.write(LOG, statement(1, "select 1", user="app"))
    loop.round()
    fake_house.wait(seconds=BEHIND.total_seconds() + 10)
    with fake_house.begin() as uow:
        (gap,) = activity_report(uow, fake_house.policy, fake_house.grant(grant.id)).gaps
    assert (gap.cause, gap.until) == (GapCause.SOURCE_SILENT, None)
    loop.round()
    with fake_house.begin() as uow:
        assert activity_report(uow, fake_house.policy, fake_house.grant(grant.id)).gaps == ()


def test_one_host_reads_a_cluster(fake_house: FakeHouse, source: MemorySource) -> None:
    grant = fake_house.active()
    source.write(LOG, statement(1, "select 1", user=login(grant)))
    with fake_house.context.leases.turn("activity main"):
        Loop(fake_house).round()
    with fake_house.work() as uow:
        assert uow.log_positions.all() == []
    Loop(fake_house).round()
    with fake_house.work() as uow:
        assert [one.text for one in uow.activity.page(grant.id, limit=9)] == ["select 1"]


def test_silent_log_delays_no_canary(fake_house: FakeHouse, source: MemorySource) -> None:
    source.is_silent = True
    Loop(fake_house).round()
    assert len(fake_house.server.marked) == 1


def test_canary_of_a_target_that_is_gone_is_forgotten(fake_house: FakeHouse, source: MemorySource) -> None:
    assert source.contents == {}
    with fake_house.work() as uow:
        at = uow.now - timedelta(days=1)
        for name in ("orders-prod", "gone"):
            uow.canaries.put(Canary(target=name, cluster="main", login="x", marker="m", sent_at=at))
        uow.commit()
    drop_canaries(fake_house.context)
    with fake_house.work() as uow:
        assert [one.target for one in uow.canaries.all()] == ["orders-prod"]


def test_capture_that_is_switched_off_is_a_gap_and_waits_for_no_line(
    fake_house: FakeHouse, source: MemorySource
) -> None:
    loop, grant = Loop(fake_house), fake_house.active()
    fake_house.wait(seconds=0)
    source.write(LOG, statement(1, "select 1", user=login(grant)))
    loop.round()
    with fake_house.work() as uow:
        full = Coverage(level=CaptureLevel.FULL, checked_at=uow.now)
        uow.activity.cover(GrantCoverage(grant_id=grant.id, coverage=full))
        read_to = uow.log_positions.caught_up_at("main")
        uow.commit()
    cluster = replace(fake_house.policy.clusters["main"], capture=None)
    policy = replace(fake_house.policy, clusters={**fake_house.policy.clusters, "main": cluster})
    fake_house.policy, fake_house.context = policy, replace(fake_house.context, policy=policy)
    fake_house.wait(seconds=600)
    ended = ends(fake_house, grant)
    fake_house.wait(seconds=600)
    loop.round()
    with fake_house.begin() as uow:
        report = activity_report(uow, policy, ended)
    assert [(gap.cause, gap.began_at, gap.until) for gap in report.gaps] == [
        (GapCause.SWITCHED_OFF, read_to, None)
    ]
    assert report.summary is not None
    assert (report.summary.statements, report.is_final) == (1, True)
    assert len(fake_house.ledger("activity.summarized")) == 1


def test_cluster_that_was_never_captured_has_no_gap_and_no_figures(fake_house: FakeHouse) -> None:
    loop, grant = Loop(fake_house), fake_house.active()
    fake_house.wait(seconds=600)
    ended = ends(fake_house, grant)
    loop.round()
    with fake_house.begin() as uow:
        report = activity_report(uow, fake_house.policy, ended)
    assert (report.gaps, report.summary) == ((), None)
    assert fake_house.ledger("activity.summarized") == []


def waits_for_figures(house: FakeHouse) -> Grant:
    """An ended grant with a coverage and uncounted statements."""
    ended = ends(house, house.active())
    with house.work() as uow:
        uow.activity.cover(GrantCoverage(grant_id=ended.id, coverage=NOT_CHECKED))
        uow.commit()
    return ended


def read_to(house: FakeHouse, *, later: timedelta = timedelta(0)) -> None:
    """The log was read up to so much after this moment."""
    with house.work() as uow:
        at = uow.now + later
        uow.log_positions.save(
            LogPosition(cluster="main", file="a", fingerprint="b", offset=1, caught_up_at=at)
        )
        uow.commit()


def counted_of(house: FakeHouse, grants: Sequence[Grant]) -> list[bool | None]:
    """Whether the figures of each grant are final; None without any."""
    with house.work() as uow:
        kept = [uow.activity.summary_of(grant.id) for grant in grants]
    return [one.is_final if one is not None else None for one in kept]


def test_grants_that_wait_or_fail_hold_up_no_other(
    fake_house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = fake_house
    monkeypatch.setattr(summarize, "_AT_ONCE", 2)
    read_to(house, later=-timedelta(hours=1))
    grants = [waits_for_figures(house) for _ in range(5)]
    plain, tries = summarize.count, Counter[int]()

    def fails(uow: UnitOfWork, policy: Policy, grant: Grant, *, is_final: bool) -> KeptSummary:
        tries[grant.id] += 1
        if grant.id in {grants[0].id, grants[1].id}:
            raise RuntimeError(grant.label)
        return plain(uow, policy, grant, is_final=is_final)

    monkeypatch.setattr(summarize, "count", fails)
    with capture_logs() as logs:
        summarize_ended(house.work, house.policy, "main")
    assert counted_of(house, grants) == [None, None, False, False, False]
    assert [(one["event"], one["about"]) for one in logs] == [
        ("summary failed", grants[0].id),
        ("summary failed", grants[1].id),
    ]
    assert set(tries.values()) == {1}
    summarize_ended(house.work, house.policy, "main")
    assert [tries[grant.id] for grant in grants] == [2, 2, 1, 1, 1]
    read_to(house, later=SETTLED + timedelta(seconds=1))
    summarize_ended(house.work, house.policy, "main")
    assert counted_of(house, grants) == [None, None, True, True, True]
    with house.work() as uow:
        assert uow.activity.unsettled(slack=timedelta(0)) == 2
        assert uow.activity.unsettled(slack=timedelta(minutes=1)) == 0
    monkeypatch.setattr(summarize, "count", plain)
    summarize_ended(house.work, house.policy, "main")
    assert counted_of(house, grants) == [True] * 5
