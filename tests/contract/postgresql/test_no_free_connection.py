"""Others use every connection of the server, and an end comes all the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dbaccess.domain.errors import TargetUnreachable
from demo.servers.account import Account
from demo.servers.postgres import Postgres
from demo.servers.postgres_binaries import PostgresBinaries, embedded_postgres
from tests.contract.postgresql.least_privilege import worker_access
from tests.contract.postgresql.target import Target, target_on
from tests.databases import PostgresServer, every_connection_in_use, target_database_on
from tests.engines.postgresql import postgres_targets

FEW = {"max_connections": "16", "superuser_reserved_connections": "2"}


@pytest.fixture(scope="module")
def reserving(server_account_: Account, server_scratch: Path) -> Iterator[PostgresServer]:
    """PostgreSQL 18 with few connections, some of them reserved."""
    binaries = embedded_postgres(server_account_, server_scratch)
    settings = {**FEW, "reserved_connections": "4"}
    with Postgres(
        binaries, server_scratch / "reserving", account=server_account_, settings=settings
    ) as server:
        yield server


@pytest.fixture(scope="module")
def reserving_none(server_account_: Account, server_scratch: Path) -> Iterator[PostgresServer]:
    """PostgreSQL 18 as it is installed."""
    binaries = embedded_postgres(server_account_, server_scratch)
    with Postgres(
        binaries, server_scratch / "reserving-none", account=server_account_, settings=FEW
    ) as server:
        yield server


@pytest.fixture(scope="module")
def narrow_15(
    server_account_: Account, server_scratch: Path, binaries_15: PostgresBinaries
) -> Iterator[PostgresServer]:
    """PostgreSQL 15 with few connections: it reserves them for superusers only."""
    with Postgres(binaries_15, server_scratch / "narrow-15", account=server_account_, settings=FEW) as server:
        yield server


def fresh(target: Target) -> Target:
    """The same target seen from a process that has no connection yet."""
    targets = postgres_targets({"main": target.worker.url}, target.worker.installation)
    return Target(worker=target.worker, driver=targets.driver("main"))


def test_end_comes_by_a_reserved_connection(reserving: PostgresServer) -> None:
    with target_database_on(reserving) as database:
        target = target_on(worker_access(database))
        login, url = target.person()
        made = target.provision(target.ephemeral())
        persons = target.provision(target.personal(login))
        with every_connection_in_use(url):
            later = fresh(target)
            for outcome in later.revoke(made, persons):
                assert not isinstance(outcome, Exception)
        assert target.roles_of(login) == []
        assert target.driver.made_logins() == []


def test_end_comes_by_a_connection_that_was_kept(narrow_15: PostgresServer) -> None:
    with target_database_on(narrow_15) as database:
        target = target_on(worker_access(database))
        login, url = target.person()
        recipe = target.provision(target.personal(login))
        with every_connection_in_use(url):
            with pytest.raises(TargetUnreachable):
                fresh(target).driver.facts()
            assert target.end(recipe).roles_removed == (database.read_role,)
        assert target.roles_of(login) == []


def findings(target: Target) -> list[tuple[bool, str, str]]:
    return [(f.ok, f.what, f.fix) for f in fresh(target).driver.examine({}) if "connections" in f.what]


def test_doctor_says_what_is_reserved_and_what_to_run(
    reserving: PostgresServer, reserving_none: PostgresServer
) -> None:
    with target_database_on(reserving) as database:
        own = target_on(worker_access(database))
        assert findings(own) == [(True, "may use the 4 reserved connections", "")]
        own.dba("revoke pg_use_reserved_connections from {login}", login=own.worker.login)
        ((ok, what, fix),) = findings(own)
        assert (ok, "may not use the 4 reserved connections" in what) == (False, True)
        own.dba(fix)
        assert findings(own)[0][0]
    with target_database_on(reserving_none) as database:
        own = target_on(worker_access(database))
        found = [f for f in own.driver.examine({}) if "connection is reserved" in f.what]
        assert [(f.ok, "set reserved_connections = 5" in f.fix) for f in found] == [(False, True)]
        assert not found[0].is_fault
