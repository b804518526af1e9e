"""A clock that differs by more than two seconds is told once, until it is right again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry

from dbaccess.operations.clusters.checks import check_cluster_clock, check_host_clock, now_here
from dbaccess.operations.delivery.notices import post_notice
from dbaccess.ports import ClusterFacts
from dbaccess.targets.postgresql.driver import PostgresDriver
from sandbox.client import plain
from tests.integration.operations.faults import OneCluster
from tests.integration.operations.house import House
from tests.operations.house import OPS
from workers.metrics import StateCollector


def _told(house: House) -> list[str]:
    with house.work() as uow:
        for notice in uow.notices.due(uow.now, limit=9):
            post_notice(house.context, notice)
    return [plain(m) for m in house.sandbox.person("U0OPS").messages(OPS) if "Clock" in plain(m)]


def _look(house: House, off: float) -> None:
    check_host_clock(house.context, "web-1", clock=lambda: now_here() + timedelta(seconds=off))


def _metric(house: House) -> float | None:
    registry = CollectorRegistry()
    registry.register(StateCollector(house.work))
    return registry.get_sample_value("dbaccess_clock_skew_seconds")


@pytest.mark.parametrize(("off", "said"), [(30.0, "ahead by "), (-30.0, "behind by ")])
def test_a_host_whose_clock_differs_is_told_once_until_it_is_right(
    house: House, off: float, said: str
) -> None:
    _look(house, 0.5)
    assert _told(house) == []
    for _ in range(2):
        _look(house, off)
    (first,) = _told(house)
    assert said in first
    assert "host web-1" in first
    assert (_metric(house) or 0) > 20
    _look(house, 0)
    assert _metric(house) == 0
    _look(house, off)
    assert len(_told(house)) == 2


def test_a_cluster_whose_clock_differs_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    check_cluster_clock(house.context, "main")
    assert _told(house) == []
    right = PostgresDriver.facts

    def wrong(driver: PostgresDriver) -> ClusterFacts:
        seen = right(driver)
        return replace(seen, now=seen.now + timedelta(seconds=40))

    monkeypatch.setattr(PostgresDriver, "facts", wrong)
    driver = PostgresDriver(cluster="main", url=house.access.url, installation=house.access.installation)
    check_cluster_clock(replace(house.context, targets=OneCluster(driver)), "main")
    (told,) = _told(house)
    assert "ahead by " in told
    assert "cluster main" in told
