"""The lock of a cluster is taken in a database that only the worker's login may connect to."""

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import psycopg
import pytest
from psycopg import sql

from dbaccess.domain.errors import TargetFailure, TargetUnreachable
from dbaccess.domain.receipt import Receipt
from dbaccess.targets.postgresql import cut_off as cutting
from dbaccess.targets.postgresql import remove_logins as removal
from dbaccess.targets.postgresql import revoke as revocation
from dbaccess.targets.postgresql.cluster import Cluster
from dbaccess.targets.postgresql.lock_wait import LockWait
from dbaccess.targets.postgresql.setup_sql import setup_sql
from dbaccess.targets.postgresql.timeouts import Timeouts
from dbaccess.targets.postgresql.transaction import Session
from demo.psql import run_psql
from tests.contract.postgresql.least_privilege import worker_access
from tests.contract.postgresql.target import Target, target_on
from tests.databases import PostgresServer
from tests.engines.postgresql import postgres_targets
from tests.kept_targets import KeptTargets

KEY = 7233451031007687539
"""The key in dbaccess/targets/postgresql/sql/lock.sql: no secret."""


def _url(target: Target, login_url: str, database: str) -> str:
    return login_url.replace(f"/{target.database.name}", f"/{database}")


@contextmanager
def _locks_held_by(target: Target, person: str) -> Iterator[None]:
    """Every lock with our key that a login can take: by a session and by a prepared transaction."""
    with (
        psycopg.connect(person, autocommit=True) as in_target,
        psycopg.connect(_url(target, person, "postgres"), autocommit=True) as in_postgres,
        psycopg.connect(_url(target, person, "postgres"), autocommit=True) as prepares,
    ):
        in_target.execute("select pg_advisory_lock(%s)", [KEY])
        prepares.execute("begin")
        prepares.execute("select pg_advisory_xact_lock_shared(%s)", [KEY])
        prepares.execute("prepare transaction 'holds the lock'")
        in_postgres.execute("select pg_advisory_lock_shared(%s)", [KEY])
        try:
            yield
        finally:
            prepares.execute("rollback prepared 'holds the lock'")


WAIT = 1.5
"""Seconds that one call may wait for the cluster's lock."""


@pytest.fixture
def brief(kept_targets: KeptTargets, target_postgres: PostgresServer) -> Iterator[Target]:
    with kept_targets.lend(target_postgres) as worker:
        yield target_on(worker, lock=WAIT)


@contextmanager
def _cluster_lock(target: Target) -> Iterator[None]:
    """Another worker has it, and hangs."""
    with psycopg.connect(
        target.database.superuser_url, dbname=target.worker.lock_database, autocommit=True
    ) as other:
        other.execute("select pg_advisory_lock(%s)", [KEY])
        yield


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The lock's timeout, in milliseconds, of each attempt to take the cluster's lock in vain."""
    in_vain: list[int] = []
    take = LockWait.take

    def noted(wait: LockWait, opened: Session) -> None:
        limit = wait._milliseconds
        try:
            take(wait, opened)
        except TargetFailure:
            in_vain.append(limit)
            raise

    monkeypatch.setattr(LockWait, "take", noted)
    return in_vain


def _waited_once(waits: list[int]) -> bool:
    """The first in vain has waited, and the others took the lock only if it was free."""
    first, *others = waits
    return first == 1000 * WAIT and set(others) <= {1}


def _codes(outcomes: list[Receipt | TargetFailure]) -> set[str]:
    return {outcome.code if isinstance(outcome, TargetFailure) else "" for outcome in outcomes}


def test_end_waits_once_for_the_clusters_lock_however_many_chunks_there_are(
    brief: Target, waits: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cutting, "_AT_ONCE", 1)
    recipes = [brief.provision(brief.ephemeral()) for _ in range(8)]
    url = brief.with_password(recipes[-1])
    with psycopg.connect(url, autocommit=True) as holder, _cluster_lock(brief):
        assert _codes(brief.revoke(*recipes)) == {"cluster_locked"}
        assert _waited_once(waits)
        with pytest.raises(psycopg.OperationalError):
            holder.execute("select 1")
    assert all(brief.end(recipe).login_removed for recipe in recipes)


def test_removal_waits_once_for_the_clusters_lock_and_keeps_no_person_from_ending(
    brief: Target, waits: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removal, "_AT_ONCE", 1)
    made = [brief.provision(brief.ephemeral()) for _ in range(8)]
    person = brief.provision(brief.personal(brief.person()[0]))
    with ExitStack() as held, monkeypatch.context() as between:
        # Access is cut off by then, and no login is removed.
        between.setattr(revocation, "_check_sessions", lambda _: held.enter_context(_cluster_lock(brief)))
        *outcomes, ended = brief.revoke(*made, person)
    assert _waited_once(waits)
    assert _codes(outcomes) == {"cluster_locked"}
    assert isinstance(ended, Receipt)
    assert all(brief.end(recipe).login_removed for recipe in made)


def test_provisioning_waits_once_for_the_clusters_lock(brief: Target, waits: list[int]) -> None:
    with _cluster_lock(brief), pytest.raises(TargetFailure) as failure:
        brief.provision(brief.ephemeral())
    assert _waited_once(waits)
    assert (failure.value.code, failure.value.touched) == ("cluster_locked", False)


def test_locks_that_any_login_can_take_keep_nothing_from_being_given_or_ended(either_target: Target) -> None:
    _, stranger = either_target.person()
    login, _ = either_target.person()
    with _locks_held_by(either_target, stranger):
        recipe = either_target.provision(either_target.personal(login))
        assert either_target.roles_of(login) == [either_target.database.read_role]
        either_target.end(recipe)
    assert either_target.roles_of(login) == []


def test_locks_of_a_holder_do_not_delay_the_end_of_the_grant(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    with _locks_held_by(target, target.with_password(recipe)):
        assert target.end(target.provision(target.ephemeral())).login_removed
    assert target.end(recipe).login_removed


def test_no_login_besides_the_workers_may_connect(either_target: Target) -> None:
    _, person = either_target.person()
    urls = [person]
    if either_target.database.version > 15:
        urls.append(either_target.with_password(either_target.provision(either_target.ephemeral())))
    for url in urls:
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(_url(either_target, url, either_target.worker.lock_database))


def test_no_database_of_the_customers_is_needed_besides_the_target(either_target: Target) -> None:
    login, _ = either_target.person()
    either_target.dba("revoke connect on database postgres from public")
    either_target.dba("revoke connect on database template1 from public")
    try:
        recipe = either_target.provision(either_target.personal(login))
        assert either_target.end(recipe).roles_removed == (either_target.database.read_role,)
    finally:
        either_target.dba("grant connect on database postgres to public")
        either_target.dba("grant connect on database template1 to public")


def _lock_finding(target: Target) -> tuple[str, bool, str]:
    # As `doctor` does: a process that has no connection yet.
    worker = target.worker
    targets = postgres_targets({"main": worker.url}, worker.installation, lock_database=worker.named_database)
    driver = targets.driver("main")
    (finding,) = [f for f in driver.examine({}) if target.worker.lock_database in f.what]
    return finding.what, finding.ok, finding.fix


def _fix(target: Target, printed: str) -> None:
    with psycopg.connect(target.database.superuser_url, autocommit=True) as dba:
        for statement in printed.removesuffix(";").split("; "):
            dba.execute(sql.SQL(statement))


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("grant connect on database {lock} to public", "PUBLIC may connect to"),
        ("drop database {lock} with (force)", "has no database"),
        ("revoke connect on database {lock} from {login}", "the worker's login may not connect to"),
    ],
)
def test_doctor_names_what_is_wrong_with_the_lock_database_and_the_sql_to_run(
    either_target: Target, change: str, what: str
) -> None:
    worker = either_target.worker
    assert _lock_finding(either_target)[1]
    either_target.dba(change, lock=worker.lock_database, login=worker.login)
    found, ok, fix = _lock_finding(either_target)
    assert (what in found, ok) == (True, False)
    _fix(either_target, fix)
    assert _lock_finding(either_target)[1]


def test_doctor_names_a_login_that_may_connect_by_a_membership(either_target: Target) -> None:
    login, _ = either_target.person()
    lock, read = either_target.worker.lock_database, either_target.database.read_role
    either_target.dba("grant connect on database {lock} to {read}", lock=lock, read=read)
    either_target.dba("grant {read} to {login}", read=read, login=login)
    found, ok, fix = _lock_finding(either_target)
    assert (login in found, ok) == (True, False)
    assert fix.startswith("revoke all on database")


def test_doctor_names_an_owner_who_could_hold_the_lock_and_setup_sql_takes_it_over(
    either_target: Target,
) -> None:
    """A login that may make databases can make this one before the administrator does."""
    login, _ = either_target.person()
    worker, database = either_target.worker, either_target.database
    either_target.dba("alter database {lock} owner to {login}", lock=worker.lock_database, login=login)
    found, ok, fix = _lock_finding(either_target)
    assert (f"{login} owns" in found, ok) == (True, False)
    _fix(either_target, fix)
    assert _lock_finding(either_target)[1]

    either_target.dba("alter database {lock} owner to {login}", lock=worker.lock_database, login=login)
    printed = setup_sql(
        version=database.version, installation=worker.installation, roles=[database.read_role]
    )
    run_psql(database.superuser_url, printed)
    assert _lock_finding(either_target)[1]


def test_end_without_the_lock_database_says_what_to_run(either_target: Target) -> None:
    login, _ = either_target.person()
    recipe = either_target.personal(login)
    either_target.dba("drop database {lock} with (force)", lock=either_target.worker.lock_database)
    failure = either_target.fail(recipe)
    assert isinstance(failure, TargetUnreachable)
    assert failure.code == "no_lock_database"
    assert "Run what `dbaccess targets setup-sql` prints." in str(failure)


def test_version_of_a_cluster_is_known_before_it_is_set_up(either_target: Target) -> None:
    """`setup-sql` asks for it, and what it prints makes the lock database."""
    worker = either_target.worker
    either_target.dba("drop database {lock} with (force)", lock=worker.lock_database)
    asked = Cluster(name="main", url=worker.url, timeouts=Timeouts(), lock_database=worker.lock_database)
    assert asked.version() == either_target.database.version


def test_installations_that_share_a_cluster_and_no_lock_keep_nothing_from_each_other(target: Target) -> None:
    # The policy of one names its private database.
    named = f"locks_{secrets.token_hex(4)}"
    other = target_on(worker_access(target.database, lock_database=named))
    found, ok, _ = _lock_finding(other)
    assert (named in found, ok) == (True, True)
    roles = (target.database.read_role, target.database.write_role)

    def work(own: Target) -> None:
        for _ in range(4):
            assert own.end(own.provision(own.ephemeral(*roles))).login_removed

    several = [target, other] * 3
    with ThreadPoolExecutor(len(several)) as pool:
        for done in [pool.submit(work, own) for own in several]:
            done.result(timeout=100)
    made = other.provision(other.ephemeral(*roles))
    assert other.driver.made_logins() == [(made.login, made.tag)]
    assert target.driver.made_logins() == []
    assert other.end(made).login_removed
