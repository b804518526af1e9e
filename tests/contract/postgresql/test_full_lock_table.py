"""All room for locks on a server is taken, and an end comes all the same, on PostgreSQL 18 and 15."""

import itertools
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg import errors

from dbaccess.domain.errors import TargetFailure, TargetUnreachable
from dbaccess.domain.grant import Recipe
from dbaccess.targets.postgresql.lock_table import MOST
from demo.servers.account import Account
from demo.servers.postgres import Postgres
from demo.servers.postgres_binaries import PostgresBinaries, embedded_postgres
from sandbox.waiting import PATIENCE
from tests.contract.postgresql.least_privilege import worker_access
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
        yield target_on(worker_access(database))


@pytest.fixture
def target_15(small_15: PostgresServer) -> Iterator[Target]:
    with target_database_on(small_15) as database:
        yield target_on(worker_access(database))


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
            full.wait(PATIENCE)
            while not stop.is_set():
                session.execute(TRY_FOR_MORE)

    threads = [threading.Thread(target=work, args=[session]) for session in sessions]
    for thread in threads:
        thread.start()
    try:
        full.wait(PATIENCE)
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def somebodys(target: Target) -> tuple[Recipe, str]:
    """A grant of a person, and where they connect."""
    login, url = target.person()
    recipe = target.provision(target.personal(login))
    sweep(target)
    return recipe, url


def made(target: Target) -> tuple[Recipe, str]:
    recipe = target.provision(target.ephemeral())
    url = target.with_password(recipe)
    sweep(target)
    return recipe, url


def sweep(target: Target) -> None:
    """Look as the leader does every minute, on the connection that ends what is due."""
    target.driver.made_logins()


def held(target: Target) -> int:
    """How many entries the connections of this installation hold."""
    ((entries,),) = target.look(
        """select count(*) from pg_locks l join pg_database d on d.oid = l.database
            where l.locktype = 'advisory' and l.objsubid = 2 and l.classid::bigint = l.pid
              and d.datname = %s""",
        target.worker.lock_database,
    )
    assert isinstance(entries, int)
    return entries


def is_alive(session: psycopg.Connection) -> bool:
    try:
        return session.execute("select true").fetchone() == (True,)
    except psycopg.OperationalError:
        return False


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


def test_holders_who_take_what_becomes_free_can_only_delay_an_end_and_it_says_why(target: Target) -> None:
    """They may be faster than the worker at each entry that it frees (docs/security.md, "Not promised")."""
    (recipe, url), (_, others) = made(target), made(target)
    with refilling(url, url, others, others):
        (outcome,) = target.revoke(recipe)
    if isinstance(outcome, TargetFailure):
        assert outcome.code == "lock_table_full"
        outcome = target.end(recipe)
    assert outcome.login_removed
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
        holder.execute("release before; rollback to before")  # the server needs some entries to prepare it
        holder.execute(f"prepare transaction '{recipe.login}'")
    with filled(target, url):
        assert target.end(other).login_removed
    assert target.end(recipe).rolled_back


def test_all_connections_together_hold_a_small_share(either_target: Target) -> None:
    processes = [fresh(either_target) for _ in range(4)]
    for process in processes:
        sweep(process)
    assert held(either_target) == MOST


def test_connection_that_ends_nothing_holds_no_entry(either_target: Target) -> None:
    login, _ = either_target.person()
    recipe = either_target.provision(either_target.personal(login))
    either_target.driver.open_transaction_age(recipe)
    assert held(either_target) == 0


def test_connection_holds_no_entry_where_little_is_free(either_target: Target) -> None:
    _, url = either_target.person()
    with psycopg.connect(url, autocommit=True) as bystander:
        bystander.execute(LOCKS, [400])
        sweep(either_target)
        assert held(either_target) == 0


def test_sessions_of_the_ended_grant_go_first(target: Target) -> None:
    (recipe, url), (_, others) = made(target), made(target)
    with psycopg.connect(url, autocommit=True) as holder:
        holder.execute(LOCKS, [200])
        with filled(target, others) as hoarder:
            assert target.cut_off(recipe) == {recipe.grant_id}
            assert not is_alive(holder)
            assert is_alive(hoarder)


def test_locks_of_a_login_count_over_all_its_sessions(target: Target) -> None:
    """Each of them has less than a twentieth."""
    (recipe, _), (_, url) = made(target), made(target)
    _, bystander = target.person()
    with ExitStack() as stack:
        several = [stack.enter_context(psycopg.connect(url, autocommit=True)) for _ in range(8)]
        for session in several:
            session.execute(LOCKS, [25])
        with filled(target, bystander) as hoarder:
            assert target.end(recipe).login_removed
            assert is_alive(hoarder)
        assert not any(is_alive(session) for session in several)


def test_role_that_only_has_the_name_of_a_made_login_is_left_alone(target: Target) -> None:
    recipe, _ = made(target)
    login, url = target.person()
    name = f"jit_{target.installation}_decoy"
    target.rename_login(login, name)
    sweep(target)
    with filled(target, url.replace(login, name)) as hoarder:
        target.cut_off(recipe)
        assert is_alive(hoarder)


def test_login_of_a_grant_on_another_server_is_left_alone(target: Target) -> None:
    recipe, url = somebodys(target)
    with filled(target, url) as hoarder:
        (outcome,) = target.revoke(replace(recipe, cluster_identity="1"))
        assert isinstance(outcome, TargetFailure)
        assert outcome.code == "other_cluster"
        assert is_alive(hoarder)
