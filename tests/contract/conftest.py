"""Targets of each engine: what is tested in this folder holds whatever the engine is."""

from collections.abc import Iterator

import pytest

from tests.contract.memory_target import memory_target
from tests.contract.postgresql.target import target_on
from tests.contract.target import Target
from tests.databases import PostgresServer
from tests.kept_targets import KeptTargets

_POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.servers)
_POSTGRESQL_15 = pytest.param("postgresql_15", marks=pytest.mark.servers)


@pytest.fixture(params=[_POSTGRESQL, "memory"])
def target(request: pytest.FixtureRequest, kept_targets: KeptTargets) -> Iterator[Target]:
    """A target on which logins are made for grants."""
    yield from _target(request, kept_targets, request.param)


@pytest.fixture(params=[_POSTGRESQL, _POSTGRESQL_15, "memory"])
def any_target(request: pytest.FixtureRequest, kept_targets: KeptTargets) -> Iterator[Target]:
    """A target on which people have logins of their own."""
    yield from _target(request, kept_targets, request.param)


def _target(request: pytest.FixtureRequest, kept: KeptTargets, engine: str) -> Iterator[Target]:
    if engine == "memory":
        yield memory_target()
        return
    version = engine.removeprefix("postgresql")
    server: PostgresServer = request.getfixturevalue(f"target_postgres{version}")
    with kept.lend(server) as worker:
        yield target_on(worker, server=server)
