"""Fixtures of the unit tests."""

from collections.abc import Iterator

import pytest
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory


@pytest.fixture
def clock() -> Iterator[FrozenDateTimeFactory]:
    """Time stands still, and moves when it is told to."""
    with freeze_time("2026-11-30") as frozen:
        assert isinstance(frozen, FrozenDateTimeFactory)
        yield frozen
