"""Targets of PostgreSQL 18 and 15, worked on by the least-privilege role."""

from collections.abc import Iterator

import pytest

from tests.contract.target import Target, target_on
from tests.databases import TargetDatabase


@pytest.fixture
def target(target_database: TargetDatabase) -> Iterator[Target]:
    """PostgreSQL 18."""
    yield from target_on(target_database)


@pytest.fixture
def target_15(target_database_15: TargetDatabase) -> Iterator[Target]:
    yield from target_on(target_database_15)


@pytest.fixture(params=["target", "target_15"])
def either_target(request: pytest.FixtureRequest) -> Target:
    found: Target = request.getfixturevalue(request.param)
    return found
