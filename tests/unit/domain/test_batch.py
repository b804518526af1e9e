"""A batch takes about the time that it is meant to take, whatever the batch before it was like."""

import pytest
from freezegun.api import FrozenDateTimeFactory

from dbaccess.domain.batch import FIRST, LEAST, MOST, Batch

SECONDS = 1.0


def _size_after(clock: FrozenDateTimeFactory, *, count: int, seconds: float) -> int:
    batch = Batch(seconds=SECONDS)
    batch.begin()
    clock.tick(seconds)
    batch.end(count)
    return batch.size


@pytest.mark.parametrize(
    ("seconds", "size"), [(0.5, 2 * FIRST), (2, FIRST // 2), (0.0, MOST), (60, LEAST), (1, FIRST)]
)
def test_full_batch_sets_the_pace(clock: FrozenDateTimeFactory, seconds: float, size: int) -> None:
    assert _size_after(clock, count=FIRST, seconds=seconds) == size


def test_few_that_took_long_make_the_next_batch_small(clock: FrozenDateTimeFactory) -> None:
    """At 50 ms each, five hundred of them would outlive their lease."""
    assert _size_after(clock, count=3, seconds=0.15) == LEAST


def test_few_that_were_fast_make_the_next_batch_no_larger(clock: FrozenDateTimeFactory) -> None:
    assert _size_after(clock, count=3, seconds=0.001) == FIRST
