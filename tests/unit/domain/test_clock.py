"""Two clocks are compared across an answer that takes time."""

from datetime import UTC, datetime, timedelta

import pytest

from dbaccess.domain.clock import skew

T0 = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "ahead"), [(0, 0), (0.5, 0), (1, 0), (4, 3), (-3, -3), (-0.1, -0.1)], ids=str
)
def test_within_the_answer_two_clocks_are_equal(said: float, ahead: float) -> None:
    seconds = skew(T0, T0 + timedelta(seconds=said), T0 + timedelta(seconds=1)).total_seconds()
    assert seconds == pytest.approx(ahead)
