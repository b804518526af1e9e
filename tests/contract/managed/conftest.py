"""Targets that the master user of an emulated managed service set up: not a superuser."""

from collections.abc import Iterator

import pytest

from tests.contract.postgresql.managed_service import managed_service
from tests.contract.postgresql.target import Target


@pytest.fixture
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """PostgreSQL 18."""
    yield from _target(request, "target_database")


@pytest.fixture(params=["target_database", "target_database_15"])
def any_target(request: pytest.FixtureRequest) -> Iterator[Target]:
    yield from _target(request, request.param)


def _target(request: pytest.FixtureRequest, database: str) -> Iterator[Target]:
    with managed_service(request.getfixturevalue(database)) as service:
        yield service.target()
