"""The watch helps where nothing gets on, and leaves a worker that gets on alone."""

from collections.abc import Iterator

import pytest
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory

from dbaccess.operations.watch import MANY_STUCK_AFTER, STUCK_AFTER, Watch

MANY = 10_000


@pytest.fixture
def clock() -> Iterator[FrozenDateTimeFactory]:
    with freeze_time("2026-11-30") as frozen:
        assert isinstance(frozen, FrozenDateTimeFactory)
        yield frozen


def _looks(clock: FrozenDateTimeFactory, watch: Watch, counts: list[int], every: float) -> list[bool]:
    """Whether the cluster was stuck at each look."""
    found = []
    for count in counts:
        found.append("main" in watch.stuck({"main": count} if count else {}))
        clock.tick(every)
    return found


def test_few_that_stay_late_are_stuck_after_a_second(clock: FrozenDateTimeFactory) -> None:
    assert _looks(clock, Watch(), [1] * 4, every=STUCK_AFTER / 2) == [False, False, True, True]


def test_cluster_on_which_fewer_and_fewer_are_late_is_left_to_its_worker(
    clock: FrozenDateTimeFactory,
) -> None:
    falling = list(range(MANY, 0, -100))
    assert not any(_looks(clock, Watch(), falling, every=MANY_STUCK_AFTER * 0.9))


def test_many_of_which_not_one_fewer_is_late_are_stuck(clock: FrozenDateTimeFactory) -> None:
    assert _looks(clock, Watch(), [MANY] * 3, every=MANY_STUCK_AFTER / 2) == [False, False, True]


def test_cluster_that_was_done_begins_anew(clock: FrozenDateTimeFactory) -> None:
    assert _looks(clock, Watch(), [1, 1, 0, 1], every=STUCK_AFTER) == [False, True, False, False]
