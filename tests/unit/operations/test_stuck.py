"""The watch helps where nothing gets on, and leaves a worker that gets on alone."""

from freezegun.api import FrozenDateTimeFactory

from dbaccess.domain.batch import MOST
from dbaccess.domain.grant import GrantId
from dbaccess.domain.overdue import Late
from dbaccess.operations.grants.claim import FEW
from dbaccess.operations.grants.watch import MANY_STUCK_AFTER, STUCK_AFTER, Watch

MANY = 10_000


def _looks(
    clock: FrozenDateTimeFactory, watch: Watch, late: list[tuple[int, int]], every: float
) -> list[int]:
    """How many the watch is to take at each look; `late`: how many are, and the first of them."""
    found = []
    for count, first in late:
        several = {"main": Late(count=count, first=GrantId(first))} if count else {}
        found.append(watch.stuck(several).get("main", 0))
        clock.tick(every)
    return found


def test_few_that_stay_late_are_stuck_after_a_second(clock: FrozenDateTimeFactory) -> None:
    assert _looks(clock, Watch(), [(1, 1)] * 4, every=STUCK_AFTER / 2) == [0, 0, MOST, MOST]


def test_worker_that_takes_one_batch_after_the_other_is_left_alone(clock: FrozenDateTimeFactory) -> None:
    falling = [(MANY - done, done + 1) for done in range(0, MANY - 100, 100)]
    assert not any(_looks(clock, Watch(), falling, every=MANY_STUCK_AFTER * 0.9))


def test_many_of_which_not_one_fewer_is_late_are_stuck(clock: FrozenDateTimeFactory) -> None:
    assert _looks(clock, Watch(), [(MANY, 1)] * 3, every=MANY_STUCK_AFTER / 2) == [0, 0, MOST]


def test_one_that_is_stuck_while_others_get_on_is_looked_after(clock: FrozenDateTimeFactory) -> None:
    falling = [(MANY - done, 1) for done in range(0, 500, 100)]
    assert _looks(clock, Watch(), falling, every=MANY_STUCK_AFTER / 2) == [0, 0, FEW, FEW, FEW]


def test_one_that_is_stuck_while_others_come_and_go_is_looked_after(clock: FrozenDateTimeFactory) -> None:
    changing = [(1 + number % 2, 1) for number in range(6)]
    assert all(_looks(clock, Watch(), changing, every=STUCK_AFTER / 2)[2:])


def test_cluster_that_was_done_begins_anew(clock: FrozenDateTimeFactory) -> None:
    assert _looks(clock, Watch(), [(1, 1), (1, 1), (0, 0), (1, 1)], every=STUCK_AFTER) == [0, MOST, 0, 0]
