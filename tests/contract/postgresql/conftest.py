"""Targets of PostgreSQL 18 and 15, worked on by the least-privilege role."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.servers.account import Account
from demo.servers.postgres import Postgres
from demo.servers.postgres_binaries import PostgresBinaries, embedded_postgres
from tests.contract.postgresql.logging_server import LoggingServer, logging_server
from tests.contract.postgresql.replicated import Replicated, replicated_on
from tests.contract.postgresql.target import Target, target_on
from tests.databases import PostgresServer, TargetDatabase
from tests.kept_targets import KeptTargets


@pytest.fixture
def target(kept_targets: KeptTargets, target_postgres: PostgresServer) -> Iterator[Target]:
    """PostgreSQL 18."""
    with kept_targets.lend(target_postgres) as worker:
        yield target_on(worker)


@pytest.fixture
def target_15(kept_targets: KeptTargets, target_postgres_15: PostgresServer) -> Iterator[Target]:
    with kept_targets.lend(target_postgres_15) as worker:
        yield target_on(worker)


@pytest.fixture(params=["target", "target_15"])
def either_target(request: pytest.FixtureRequest) -> Target:
    found: Target = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def replicated(target_database: TargetDatabase, standby_of_target: Postgres) -> Iterator[Replicated]:
    """PostgreSQL 18 with a streaming standby."""
    yield from replicated_on(target_database, standby_of_target)


@pytest.fixture
def replicated_15(target_database_15: TargetDatabase, standby_of_target_15: Postgres) -> Iterator[Replicated]:
    yield from replicated_on(target_database_15, standby_of_target_15)


@pytest.fixture(params=["replicated", "replicated_15"])
def either_replicated(request: pytest.FixtureRequest) -> Replicated:
    found: Replicated = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def logging_18(server_account_: Account, server_scratch: Path) -> Iterator[LoggingServer]:
    """PostgreSQL 18 that logs what is run, with a target."""
    binaries = embedded_postgres(server_account_, server_scratch)
    with logging_server(binaries, server_scratch / "logging", server_account_) as found:
        yield found


@pytest.fixture(scope="session")
def logging_15(
    binaries_15: PostgresBinaries, server_account_: Account, server_scratch: Path
) -> Iterator[LoggingServer]:
    with logging_server(binaries_15, server_scratch / "logging-15", server_account_) as found:
        yield found


@pytest.fixture(scope="session")
def auditing_15(
    binaries_15: PostgresBinaries, server_account_: Account, server_scratch: Path
) -> Iterator[LoggingServer]:
    """PostgreSQL 15 with pgaudit, which logs everything beside the server's own lines."""
    if not (binaries_15.bin_dir.parent / "lib" / "pgaudit.so").exists():
        missing = "pgaudit is not installed: apt-get install postgresql-15-pgaudit"
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI must have it: {missing}", pytrace=False)
        pytest.skip(missing)
    settings = {
        "shared_preload_libraries": "pgaudit",
        "pgaudit.log": "all",
        "pgaudit.log_relation": "on",
        "pgaudit.log_rows": "on",
    }
    with logging_server(binaries_15, server_scratch / "auditing-15", server_account_, **settings) as found:
        yield found


@pytest.fixture(params=["logging_18", "logging_15"])
def logging(request: pytest.FixtureRequest) -> LoggingServer:
    found: LoggingServer = request.getfixturevalue(request.param)
    return found
