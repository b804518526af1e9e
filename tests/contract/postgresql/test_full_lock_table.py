"""All room for locks on a server is taken, and an end comes all the same, on PostgreSQL 18 and 15."""

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from psycopg import errors

from dbaccess.domain.errors import TargetFailure, TargetUnreachable
from dbaccess.domain.grant import Recipe
from demo.servers.account import Account
from demo.servers.postgres import Postgres
from demo.servers.postgres_binaries import PostgresBinaries, embedded_postgres
from tests.contract.postgresql.target import Target, target_on
from tests.contract.postgresql.test_no_free_connection import fresh
from tests.databases import PostgresServer, target_database_on

# A small table is soon full.
SMALL = {"max_connections": "40", "max_locks_per_transaction": "16", "max_prepared_transactions": "2"}
LOCKS = "select count(pg_advisory_lock((random() * 1e18)::bigint)) from generate_series(1, %s)"
TRY_FOR_MORE = """
do $$
begin
  for n in 1..1000 loop
    begin
      perform pg_advisory_lock((random() * 1e18)::bigint);
    exception when out_of_memory then
      null;
    end;
  end loop;
end $$
"""


@pytest.fixture(scope="module")
def small_18(server_account_: Account, server_scratch: Path) -> Iterator[PostgresServer]:
    binaries = embedded_postgres(server_account_, server_scratch)
    with Postgres(binaries, server_scratch / "small-18", account=server_account_, settings=SMALL) as server:
        yield server


@pytest.fixture(scope="module")
def small_15(
    server_account_: Account, server_scratch: Path, binaries_15: PostgresBinaries
) -> Iterator[PostgresServer]:
    with Postgres(
        binaries_15, server_scratch / "small-15", account=server_account_, settings=SMALL
    ) as server:
        yield server


@pytest.fixture
def target(small_18: PostgresServer) -> Iterator[Target]:
    with target_database_on(small_18) as database:
        yield from target_on(database)


@pytest.fixture
def target_15(small_15: PostgresServer) -> Iterator[Target]:
    with target_database_on(small_15) as database:
        yield from target_on(database)


def fill(session: psycopg.Connection) -> None:
    """Take locks until there is no room for a single one."""
    for step in (500, 10, 1):
        with suppress(errors.OutOfMemory):
            for _ in itertools.count():
                session.execute(LOCKS, [step])


def check_full(target: Target) -> None:
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(target.database.superuser_url)
    with pytest.raises(TargetUnreachable):
        fresh(target).driver.facts()


@contextmanager
def filled(target: Target, url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(url, autocommit=True) as hoarder:
        fill(hoarder)
        check_full(target)
        yield hoarder


@contextmanager
def refilling(*urls: str) -> Iterator[None]:
    """Sessions that fill the table, and take what becomes free for as long as they live."""
    sessions = [psycopg.connect(url, autocommit=True) for url in urls]
    full, stop = threading.Barrier(len(urls) + 1), threading.Event()

    def work(session: psycopg.Connection) -> None:
        with suppress(psycopg.Error), session:
            fill(session)
            full.wait(60)
            while not stop.is_set():
                session.execute(TRY_FOR_MORE)

    threads = [threading.Thread(target=work, args=[session]) for session in sessions]
    for thread in threads:
        thread.start()
    try:
        full.wait(60)
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)


def somebodys(target: Target) -> tuple[Recipe, str]:
    """A grant of a person, and where they connect."""
    login, url = target.person()
    return target.provision(target.personal(login)), url


def made(target: Target) -> tuple[Recipe, str]:
    recipe = target.provision(target.ephemeral())
    return recipe, target.with_password(recipe)


def test_person_who_fills_the_lock_table_loses_access_first(either_target: Target) -> None:
    recipe, url = somebodys(either_target)
    with filled(either_target, url) as hoarder:
        receipt = either_target.end(recipe)
        with pytest.raises(psycopg.OperationalError):
            hoarder.execute("select 1")
    assert (receipt.sessions_closed, receipt.sessions_left) == (1, 0)
    assert either_target.roles_of(recipe.login) == []


def test_login_made_for_a_grant_that_fills_the_lock_table_loses_access_first(target: Target) -> None:
    recipe, url = made(target)
    with filled(target, url):
        receipt = target.end(recipe)
    assert (receipt.login_removed, receipt.sessions_closed) == (True, 1)


def test_holder_whose_grant_goes_on_keeps_no_other_end_waiting(target: Target) -> None:
    (recipe, _), (_, others) = made(target), made(target)
    with filled(target, others):
        assert target.end(recipe).login_removed


def test_holders_who_take_what_becomes_free_keep_no_end_waiting(target: Target) -> None:
    (recipe, url), (_, others) = made(target), made(target)
    with refilling(url, url, others, others):
        deadline = time.monotonic() + 30
        while isinstance(target.revoke(recipe)[0], TargetFailure):
            assert time.monotonic() < deadline
    assert target.look("select 1 from pg_roles where rolname = %s", recipe.login) == []


def test_full_lock_table_does_not_keep_a_session_alive(either_target: Target) -> None:
    """The worker has room of its own, and ends no session of a login that it knows nothing of."""
    recipe, url = somebodys(either_target)
    _, bystander = either_target.person()
    with psycopg.connect(url, autocommit=True) as holder, filled(either_target, bystander) as hoarder:
        assert either_target.cut_off(recipe) == {recipe.grant_id}
        with pytest.raises(psycopg.OperationalError):
            holder.execute("select 1")
        assert hoarder.execute("select true").fetchone() == (True,)
    assert either_target.end(recipe).sessions_left == 0


def test_holder_with_few_locks_stays_where_another_fills_the_table(target: Target) -> None:
    (recipe, url), (_, others), (_, third) = made(target), made(target), made(target)
    with psycopg.connect(third, autocommit=True) as modest, filled(target, others):
        assert target.end(recipe).login_removed
        assert modest.execute("select true").fetchone() == (True,)
    assert url


def test_prepared_transaction_that_fills_the_lock_table_keeps_no_end_waiting(target: Target) -> None:
    (recipe, url), (other, _) = made(target), made(target)
    with psycopg.connect(url) as holder:
        with suppress(errors.OutOfMemory):
            for _ in itertools.count():
                holder.execute("savepoint before")
                holder.execute(LOCKS.replace("advisory_lock", "advisory_xact_lock"), [100])
        holder.execute("rollback to before")
        holder.execute(f"prepare transaction '{recipe.login}'")
    assert target.end(other).login_removed
    assert target.end(recipe).rolled_back
