"""A compromised or stopped bot locks what it can: grants still end, and a worker leads."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from functools import partial

import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy import Connection, text

from dbaccess.domain.grant import Grant
from dbaccess.domain.notice import NoticeKind
from dbaccess.operations.grants.claim import claim
from dbaccess.operations.lockdowns.enforce import enforce_lockdowns
from dbaccess.storage.connecting import LEAVE_TIME
from dbaccess.storage.end_blockers import clear_way
from dbaccess.storage.leader import LEADER, SPEAKER, Leader
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from sandbox.waiting import PATIENCE
from tests.acceptance.stack import wait
from tests.databases import ControlDatabase
from tests.entering_connection import LEDGER_LOCK
from tests.integration.operations.house import House
from tests.integration.operations.test_reconciler import wiring_of
from tests.operations.house import TOM
from tests.operations.lockdowns import declare, with_operators
from workers.ends import Ends

ON_TIME = timedelta(seconds=5)
SLACK = timedelta(seconds=25)
"""The time that a busy machine may add; without the way cleared, an end took minutes."""

CONNECTIONS = 20
"""A pool of the tests holds ten, and as many more at need."""

HOSTILE = {
    "a row": "select from grants where id = {one} for update",
    "a shared row": "select from grants where id = {two} for key share",
    "a new row": "insert into credential_views (grant_id, slack_id, view_id, state, requested_at) "
    "values ({two}, 'U0MAYA', 'V1', 'requested', now())",
    "a request": "select from requests where id = {asked} for update",
    "a stream": "select from message_streams where request_id = {asked} for update",
    "the ledger": f"select pg_advisory_xact_lock({LEDGER_LOCK})",
    "a session at work": "select pg_sleep(60) from grants where id = {three} for update",
}
"""No two of them lock the same."""


@pytest.fixture
def ends(house: House, control_database: ControlDatabase) -> Iterator[Ends]:
    made = Ends(wiring_of(house), SecretStr(control_database.worker_url), timedelta(hours=1))
    yield made
    assert made.tasks.finish(60)
    made.close()


def test_no_lock_of_the_bots_keeps_a_grant_from_ending(
    house: House, ends: Ends, control_database: ControlDatabase
) -> None:
    one, two = house.active(seconds=4), house.active(seconds=4, role="write")
    three = house.active(TOM, seconds=4)
    names = {"one": one.id, "two": two.id, "three": three.id, "asked": one.request_id}
    with ExitStack() as stack:
        for statement in HOSTILE.values():
            _hold(stack, control_database.bot_url, statement.format(**names))
        _until_ended(house, ends, one, two, three)


def test_a_row_that_is_locked_again_and_again_keeps_no_grant_from_ending(
    house: House, ends: Ends, control_database: ControlDatabase
) -> None:
    """Sessions of the bot take turns, and each that is terminated is followed by another."""
    grant = house.active(seconds=3)
    over = threading.Event()
    hammers = [
        threading.Thread(target=_hammer, args=(control_database.bot_url, grant.id, over)) for _ in range(4)
    ]
    for hammer in hammers:
        hammer.start()
    try:
        _until_ended(house, ends, grant)
    finally:
        over.set()
        for hammer in hammers:
            hammer.join()


def test_no_lock_of_the_bots_keeps_a_grant_out_of_a_lockdown(
    house: House, ends: Ends, control_database: ControlDatabase
) -> None:
    grant = with_operators(house).active()
    with ExitStack() as stack:
        _hold(stack, control_database.bot_url, f"select from grants where id = {grant.id} for update")
        declare(house)
        ends.tasks.start("lockdown", partial(enforce_lockdowns, house.context))
        _until_ended(house, ends, grant)
    assert house.grant(grant.id).end_cause == "locked_down"


def test_a_writer_of_the_ledger_that_stops_before_its_commit_is_ended(house: House, ends: Ends) -> None:
    grant = house.active(seconds=1)
    with SqlUnitOfWork(house.worker, None) as uow:
        uow._session.execute(text("select append_entries('')"))
        _until_ended(house, ends, grant)


def test_a_worker_that_stops_with_a_grant_locked_is_ended(house: House, ends: Ends) -> None:
    grant = house.active(seconds=1)
    with house.work() as uow:
        uow.grants.lock(grant.id)
        _until_ended(house, ends, grant)


@pytest.mark.parametrize(
    "row",
    [
        "messages where request_id = {asked}",
        "notices where key = 'here'",
        "outbox where subject = {grant} and job = 'provision'",
    ],
)
def test_worker_that_asks_slack_is_not_ended_for_one_that_waits_for_the_same_row(
    house: House, control_database: ControlDatabase, row: str
) -> None:
    """Two copies of the messages part, say: what one has posted would be posted again by the other."""
    grant = house.active()
    with house.work() as uow:
        uow.notices.plan(NoticeKind.OBSERVING, key="here", channel="C0OPS", data={})
        uow.commit()
    lock = f"select from {row.format(asked=grant.request_id, grant=grant.id)} for update"
    with _asking_slack(house) as asking, ThreadPoolExecutor(1) as other:
        asking.execute(text(lock))
        waiting = other.submit(_lock, house, lock)
        _stands_in_the_way(house, control_database)
        clear_way(house.worker)
        asking.execute(text("select"))  # raises where this session was ended
        asking.rollback()
        waiting.result()


def test_worker_that_asks_slack_is_ended_where_an_end_waits_for_a_grant_that_it_locked(
    house: House, ends: Ends
) -> None:
    grant = house.active(seconds=1)
    with _asking_slack(house) as asking:
        asking.execute(text(f"select from messages where request_id = {grant.request_id} for update"))
        asking.execute(text(f"select from grants where id = {grant.id} for update"))
        _until_ended(house, ends, grant)


def test_worker_that_asks_slack_is_ended_where_what_it_locked_keeps_an_end_waiting_through_another(
    house: House, ends: Ends
) -> None:
    grant = house.active(seconds=2)
    message = f"select from messages where request_id = {grant.request_id} for update"
    with (
        _asking_slack(house) as asking,
        _asking_slack(house) as between,
        ThreadPoolExecutor(1) as other,
    ):
        asking.execute(text(message))
        between.execute(text(f"select from grants where id = {grant.id} for update"))
        waiting = other.submit(_and_end, between, message)
        _until_ended(house, ends, grant)
        waiting.result()


def test_bot_that_keeps_every_connection_of_a_worker_waiting_delays_no_end(
    house: House, ends: Ends, control_database: ControlDatabase
) -> None:
    """Work that waits for a lock of the bot's has all connections that this process may open."""
    held, due = house.active(role="write"), house.active(seconds=1)

    def wait_for_row() -> None:
        with house.work() as uow:
            uow.grants.lock(held.id)

    with ExitStack() as stack:
        _hold(stack, control_database.bot_url, f"select from grants where id = {held.id} for update")
        with ThreadPoolExecutor(CONNECTIONS) as waiting:
            locked = [waiting.submit(wait_for_row) for _ in range(CONNECTIONS)]
            wait(lambda: house.worker.pool.checkedout() == CONNECTIONS, 30)  # type: ignore[attr-defined]
            while not all(one.done() for one in locked):
                time.sleep(min(ends.round(), 0.1))
            for one in locked:
                one.result()
        _until_ended(house, ends, due)


@pytest.mark.parametrize("lock", [LEADER, SPEAKER])
def test_the_bot_cannot_lead(ends: Ends, control_database: ControlDatabase, lock: int) -> None:
    with psycopg.connect(control_database.bot_url, autocommit=True) as hostile:
        hostile.execute("select pg_advisory_lock(%s)", [lock])
        ends.round()
        with Leader(control_database.worker_url, lock):
            pass
        with pytest.raises(psycopg.OperationalError):
            hostile.execute("select")


def test_only_the_two_roles_sessions_are_ended(house: House, control_database: ControlDatabase) -> None:
    """An administrator's session is no business of the worker's."""
    grant = house.active()
    with (
        psycopg.connect(control_database.superuser_url) as admin,
        psycopg.connect(control_database.bot_url, autocommit=True) as bot,
    ):
        admin.execute("select from grants where id = %s for update", [grant.id])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            bot.execute("select end_blockers()")
        with house.context.leases.hold() as lease:
            assert claim(house.context, "main", lease, begun=False, limit=1) == []
        admin.execute("select")


def _hold(stack: ExitStack, url: str, statement: str) -> None:
    """As the bot, with every time-out of its session off; what takes long is not waited for."""
    connection = psycopg.connect(url)
    stack.callback(connection.close)
    connection.execute("set idle_in_transaction_session_timeout = 0")
    connection.execute("set statement_timeout = 0")
    connection.commit()
    connection.execute("select")  # begins a transaction
    connection.pgconn.send_query(statement.encode())
    if "sleep" not in statement:
        connection.pgconn.get_result()


@contextmanager
def _asking_slack(house: House) -> Iterator[Connection]:
    """A transaction of a worker that may do nothing for long; the server may end it."""
    connection = house.worker.connect()
    connection.execute(LEAVE_TIME)
    try:
        yield connection
    finally:
        connection.invalidate()
        connection.close()


def _and_end(connection: Connection, statement: str) -> None:
    connection.execute(text(statement))
    connection.rollback()


def _lock(house: House, statement: str) -> None:
    with house.worker.begin() as connection:
        connection.execute(text(statement))


def _stands_in_the_way(house: House, control_database: ControlDatabase) -> None:
    """Wait until a worker has waited for so long that `end_blockers` looks at who keeps it waiting."""
    waits = """select exists (
        select from pg_locks w cross join unnest(pg_blocking_pids(w.pid)) b (pid)
          join pg_stat_activity a on a.pid = b.pid
         where not w.granted and w.waitstart < clock_timestamp() - interval '1 s'
           and a.state = 'idle in transaction' and a.state_change < clock_timestamp() - interval '3 s'
           and a.datname = current_database())"""
    with psycopg.connect(control_database.superuser_url, autocommit=True) as admin:
        wait(lambda: admin.execute(waits).fetchone() == (True,), 60)


def _hammer(url: str, grant_id: int, over: threading.Event) -> None:
    while not over.is_set():
        with suppress(psycopg.Error), psycopg.connect(url) as connection:
            while not over.is_set():
                connection.execute("select pg_sleep(0.3) from grants where id = %s for update", [grant_id])
                connection.rollback()


def _until_ended(house: House, ends: Ends, *grants: Grant) -> None:
    until = time.monotonic() + PATIENCE
    while any(house.grant(grant.id).state != "ended" for grant in grants):
        assert time.monotonic() < until, house.kinds()[-5:]
        time.sleep(min(ends.round(), 0.1))
    for grant in [house.grant(held.id) for held in grants]:
        assert grant.ended_at is not None
        assert grant.due_at is not None
        assert grant.ended_at - grant.due_at < ON_TIME + SLACK
