"""Others use every connection of the server, and an end comes all the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dbaccess.domain.errors import TargetUnreachable
from dbaccess.ports import Finding
from demo.servers.account import Account
from demo.servers.postgres import Postgres
from demo.servers.postgres_binaries import PostgresBinaries, embedded_postgres
from tests.contract.postgresql.least_privilege import set_up, worker_access
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


def findings(target: Target) -> list[Finding]:
    """Return the findings about connections, in a process that has none yet."""
    return [found for found in fresh(target).driver.examine({}) if "connection" in found.what]


def test_doctor_is_red_where_an_end_may_not_get_in_and_says_what_to_run(
    reserving: PostgresServer, reserving_none: PostgresServer
) -> None:
    with target_database_on(reserving) as database:
        own = target_on(worker_access(database))
        assert [(f.ok, f.what) for f in findings(own)] == [(True, "may use the 4 reserved connections")]
        own.dba("revoke pg_use_reserved_connections from {login}", login=own.worker.login)
        (found,) = findings(own)
        assert (found.is_fault, "may not use the 4 reserved connections" in found.what) == (True, True)
        own.dba(found.fix)
        assert findings(own)[0].ok
    with target_database_on(reserving_none) as database:
        own = target_on(worker_access(database))
        (found,) = findings(own)
        assert (found.is_fault, "set reserved_connections = 5" in found.fix) == (True, True)


@pytest.mark.parametrize("server", ["reserving_none", "narrow_15"])
def test_doctor_counts_the_connections_that_workers_keep(request: pytest.FixtureRequest, server: str) -> None:
    with target_database_on(request.getfixturevalue(server)) as database:
        own = target_on(worker_access(database))
        (alone,) = findings(own)
        assert "they keep none now" in alone.what
        assert alone.is_fault is own.makes_logins, "PostgreSQL 15 reserves none for such a login"
        own.driver.facts()
        (found,) = findings(own)
        assert "(now 1)" in found.what
        assert (found.is_fault, found.ok) == (False, not own.makes_logins)


def test_setup_sql_says_what_to_run_where_no_connection_is_reserved(
    reserving: PostgresServer, reserving_none: PostgresServer
) -> None:
    line = "to do: no connection is reserved. Run alter system set reserved_connections = 5;"
    for server, expected in ((reserving, False), (reserving_none, True)):
        with target_database_on(server) as database:
            assert (line in set_up(database, "noticed")) is expected
