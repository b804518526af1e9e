"""No lock keeps a session alive or delays the end of another grant, on PostgreSQL 18 and 15."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import psycopg
import pytest

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import Recipe
from dbaccess.domain.receipt import Receipt
from tests.contract.postgresql.hostile import LONG, at_once, dba_is_in_the_middle_of, stubborn, until
from tests.contract.postgresql.target import Target, in_an_hour, nothing, target_on
from tests.databases import PostgresServer
from tests.kept_targets import KeptTargets

OWN_ROW = "alter role current_user password 'x'"


@pytest.fixture
def target(kept_targets: KeptTargets, target_postgres: PostgresServer) -> Iterator[Target]:
    with kept_targets.lend(target_postgres) as worker:
        yield target_on(worker, **LONG)


@pytest.fixture
def target_15(kept_targets: KeptTargets, target_postgres_15: PostgresServer) -> Iterator[Target]:
    with kept_targets.lend(target_postgres_15) as worker:
        yield target_on(worker, **LONG)


@contextmanager
def holding(url: str, statement: str) -> Iterator[None]:
    """A session that ran this and leaves its transaction open."""
    session = psycopg.connect(url)
    session.execute(statement)
    try:
        yield
    finally:
        session.close()


def can_log_in(target: Target, login: str) -> bool:
    return bool(target.look("select 1 from pg_roles where rolname = %s and rolcanlogin", login))


def test_holder_who_locks_their_own_row_ends_at_once(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    with psycopg.connect(target.with_password(recipe)) as holder:
        holder.execute(OWN_ROW)
        with at_once():
            receipt = target.end(recipe)
        with pytest.raises(psycopg.OperationalError):
            holder.execute("select 1")
    assert (receipt.sessions_closed, receipt.sessions_left) == (1, 0)


def test_person_who_locks_their_own_row_ends_at_once(either_target: Target) -> None:
    target = either_target
    login, url = target.person()
    recipe = target.provision(target.personal(login))
    with psycopg.connect(url) as holder:
        holder.execute(OWN_ROW)
        assert target.end(recipe).roles_removed == (target.database.read_role,)
        with pytest.raises(psycopg.OperationalError):
            holder.execute("select 1")


def test_holder_who_comes_again_and_locks_their_row_again_ends(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    with stubborn(target.with_password(recipe), OWN_ROW, "select count(*) from shop.orders", clients=8):
        until(lambda: isinstance(target.revoke(recipe)[0], Receipt))
    assert target.look("select 1 from pg_roles where rolname = %s", recipe.login) == []


def test_ten_with_locks_delay_none_of_ten_without(target: Target) -> None:
    hostile = [target.provision(target.ephemeral()) for _ in range(10)]
    honest = [target.provision(target.ephemeral()) for _ in range(10)]
    batch = [recipe for pair in zip(hostile, honest, strict=True) for recipe in pair]
    locked_by_dba = ", ".join(f"'{recipe.login}'" for recipe in hostile[:4])
    with ExitStack() as stack:
        dba = dba_is_in_the_middle_of(
            target, f"select from pg_authid where rolname in ({locked_by_dba}) for update"
        )
        for recipe in hostile[4:8]:
            stack.enter_context(stubborn(target.with_password(recipe), OWN_ROW, clients=1))
        for recipe in hostile[8:]:
            stack.enter_context(holding(target.with_password(recipe), OWN_ROW))
        stack.enter_context(dba)
        with at_once():
            outcomes = target.revoke(*batch)
        assert all(isinstance(outcome, Receipt) for outcome in outcomes[1::2])
        assert {getattr(outcome, "code", None) for outcome in outcomes[:8:2]} == {"locked"}
        assert all(target.sessions_of(recipe.login) == 0 for recipe in (*honest, *hostile[8:]))
    assert all(isinstance(outcome, Receipt) for outcome in target.revoke(*hostile))


@pytest.mark.parametrize("before", ["", "set local track_activities = off; "])
def test_dba_who_holds_the_logins_row_keeps_no_session_alive(target: Target, before: str) -> None:
    recipe, other = target.provision(target.ephemeral()), target.provision(target.ephemeral())
    url = target.with_password(recipe)
    changing = f"{before}alter role {recipe.login} connection limit 5"
    with psycopg.connect(url, autocommit=True) as holder, dba_is_in_the_middle_of(target, changing) as dba:
        with at_once():
            outcomes = target.revoke(recipe, other)
        assert [type(outcome) for outcome in outcomes] == [TargetFailure, Receipt]
        assert f"session {dba.info.backend_pid} of {dba.info.user} in {dba.info.dbname}" in str(outcomes[0])
        with pytest.raises(psycopg.OperationalError):
            holder.execute("select 1")
        with psycopg.connect(url) as again:  # nothing can keep it out yet, and nothing keeps it in
            assert target.cut_off(recipe) == set()
            with pytest.raises(psycopg.OperationalError):
                again.execute("select 1")
    assert target.end(recipe).login_removed


def test_prepared_transaction_that_holds_the_lock_is_named(either_target: Target) -> None:
    target = either_target
    login, _ = target.person()
    recipe = target.provision(target.personal(login))
    giving = f"grant {target.database.read_role} to {login} with admin option"
    with psycopg.connect(target.database.superuser_url, autocommit=True) as dba:
        dba.execute(f"begin; {giving}; prepare transaction 'a DBA''s'")
        try:
            failure = target.fail(recipe)
        finally:
            dba.execute("rollback prepared 'a DBA''s'")
        assert failure.code == "locked"
        assert f"prepared transaction 'a DBA's' of {dba.info.user} in {target.database.name}" in str(failure)
    assert target.end(recipe).roles_removed == (target.database.read_role,)


def test_dba_who_is_giving_the_role_keeps_no_session_of_a_person_alive(either_target: Target) -> None:
    target = either_target
    login, url = target.person()
    other, _ = target.person()
    recipe = target.provision(target.personal(login))
    role = target.database.read_role
    # The lock on a membership differs: the role's own lock since 16, the row of the membership before.
    giving = (
        f"grant {role} to {other}"
        if target.database.version >= 16
        else f"grant {role} to {login} with admin option"
    )
    with psycopg.connect(url, autocommit=True) as holder, dba_is_in_the_middle_of(target, giving):
        with at_once():
            target.fail(recipe)
        with pytest.raises(psycopg.OperationalError):
            holder.execute("select 1")
        with psycopg.connect(url) as again:
            target.cut_off(recipe)
            with pytest.raises(psycopg.OperationalError):
                again.execute("select 1")
    assert target.end(recipe).roles_removed == (role,)
    assert target.roles_of(login) == []


def test_dba_who_grants_to_the_login_keeps_no_access_open(target: Target) -> None:
    recipe, other = target.provision(target.ephemeral()), target.provision(target.ephemeral())
    url = target.with_password(recipe)
    giving = f"grant select on shop.orders to {recipe.login}"
    with psycopg.connect(url, autocommit=True) as holder, dba_is_in_the_middle_of(target, giving):
        outcomes = target.revoke(recipe, other)
        assert isinstance(outcomes[1], Receipt)
        with pytest.raises(psycopg.OperationalError):
            holder.execute("select 1")
        assert not can_log_in(target, recipe.login)
    assert isinstance(outcomes[0], TargetFailure)
    assert outcomes[0].code == "locked"
    assert target.end(recipe).login_removed


def _asks_for_more_time(target: Target, recipe: Recipe) -> None:
    target.driver.extend(recipe, valid_until=in_an_hour(), fence=nothing)


def _asks_for_a_password(target: Target, recipe: Recipe) -> None:
    target.with_password(recipe)


@pytest.mark.parametrize("asks", [_asks_for_more_time, _asks_for_a_password])
def test_holder_who_locks_their_row_and_asks_for_something_delays_no_other_end(
    target: Target, asks: Callable[[Target, Recipe], None]
) -> None:
    holder = target.provision(target.ephemeral())
    others = [target.provision(target.personal(target.person()[0])) for _ in range(4)]
    codes: list[str] = []
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            with pytest.raises(TargetFailure) as failure:
                asks(target, holder)
            codes.append(failure.value.code)

    with holding(target.with_password(holder), OWN_ROW), ThreadPoolExecutor(1) as pool:
        asking = pool.submit(ask)
        try:
            for other in others:
                with at_once():
                    target.end(other)
                until(lambda: codes or asking.done())
        finally:
            over.set()
        asking.result(timeout=60)
    assert set(codes) == {"55P03"}
