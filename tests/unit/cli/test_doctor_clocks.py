"""`doctor` compares the clock of each cluster with the clock of this host."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from freezegun.api import FrozenDateTimeFactory

from dbaccess.cli import doctor_clusters
from dbaccess.policy_file import load_policy
from dbaccess.ports import ClusterFacts, Finding
from tests.unit.policy_file.example import EXAMPLE

SAME = "Cluster main: same time as this host"


class Cluster:
    """A driver of a cluster with a clock of its own, which takes its time to answer."""

    def __init__(self, clock: FrozenDateTimeFactory, *, ahead: float, answers_after: float) -> None:
        self._clock = clock
        self._ahead = ahead
        self._answers_after = answers_after

    def examine(self, *_: object, **__: object) -> list[Finding]:
        return []

    def facts(self) -> ClusterFacts:
        self._clock.tick(self._answers_after / 2)
        now = datetime.now(UTC) + timedelta(seconds=self._ahead)
        self._clock.tick(self._answers_after / 2)
        return ClusterFacts(identity="1", version=18, now=now)


@pytest.mark.parametrize(
    ("ahead", "answers_after", "what"),
    [
        (0, 0, SAME),
        (1.5, 0, SAME),
        (-1.5, 0, SAME),
        (0, 30, SAME),
        (3, 0, "Cluster main: its clock differs by 3 s from this host's"),
        (-90, 0, "Cluster main: its clock differs by 90 s from this host's"),
        (3600, 4, "Cluster main: its clock differs by 3598 s from this host's"),
    ],
)
def test_clock_of_a_cluster_that_differs_is_named(
    ahead: float,
    answers_after: float,
    what: str,
    clock: FrozenDateTimeFactory,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config = tmp_path / "dbaccess.toml"
    config.write_text(EXAMPLE, encoding="utf-8")
    monkeypatch.setenv("DBACCESS_CLUSTER_MAIN_URL", "postgresql://worker@main/dbaccess_acme")
    driver = Cluster(clock, ahead=ahead, answers_after=answers_after)
    monkeypatch.setattr(doctor_clusters, "driver_of", lambda *_: driver)
    (found,) = doctor_clusters.cluster_findings(load_policy(config))
    assert (found.what, found.ok) == (what, what == SAME)
    assert found.is_fault is ("Synchronise" in found.fix)
