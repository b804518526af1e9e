"""Each connection to the control database has its limits on the server, within the bound of an end."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psycopg
import pytest

from dbaccess.storage import connecting, leases
from dbaccess.storage.connecting import ControlConnection, connect, parameters
from dbaccess.storage.leader import Leader
from dbaccess.storage.leases import SessionLeases
from dbaccess.storage.sqlalchemy_engine import build_engine
from dbaccess.storage.wakeup import Wakeup
from tests.databases import ControlDatabase

BOUND = 5.0
"""Seconds for which a process of ours may hold what an end needs."""

LIMITS = [
    "idle_in_transaction_session_timeout",
    "idle_session_timeout",
    "lock_timeout",
    "statement_timeout",
    "tcp_keepalives_count",
    "tcp_keepalives_idle",
    "tcp_keepalives_interval",
    "tcp_user_timeout",
]
IN_A_TRANSACTION = "idle_in_transaction_session_timeout"
COMMON = {
    IN_A_TRANSACTION: 3000,
    "lock_timeout": 0,
    "statement_timeout": 30_000,
    "tcp_keepalives_count": 2,
    "tcp_keepalives_idle": 5,
    "tcp_keepalives_interval": 2,
    "tcp_user_timeout": 5000,
}


def limits(connection: psycopg.Connection) -> dict[str, int]:
    """As the server has them for this session, in the units of `pg_settings`."""
    query = "select name, setting from pg_settings where name = any(%s)"
    return {name: int(setting) for name, setting in connection.execute(query, [LIMITS])}


@contextmanager
def opened(control: ControlDatabase) -> Iterator[dict[str, psycopg.Connection]]:
    """Each kind of connection that may hold a lock, a lease or a turn, by its name."""
    url = control.worker_url
    with ExitStack() as stack:
        leader, wakeup = stack.enter_context(Leader(url)), stack.enter_context(Wakeup(url))
        held = SessionLeases(url)
        stack.callback(held.close)
        stack.enter_context(held.hold())
        stack.enter_context(held._lock)  # its thread waits meanwhile
        engine = build_engine(url, pool_size=1, application_name="test")
        stack.callback(engine.dispose)
        pooled = stack.enter_context(engine.connect()).connection.driver_connection
        made = {"leader": leader._connection, "wakeup": wakeup._connection, "leases": held._connection}
        yield {name: _present(one) for name, one in {**made, "pool": pooled}.items()}


def _present(connection: object) -> psycopg.Connection:
    assert isinstance(connection, ControlConnection)
    return connection


def test_server_ends_each_silent_connection_that_holds_something(control_database: ControlDatabase) -> None:
    idle = {"leader": 4000, "wakeup": 0, "leases": 3000, "pool": 0}
    with opened(control_database) as connections:
        found = {name: limits(connection) for name, connection in connections.items()}
    assert found == {name: {**COMMON, "idle_session_timeout": limit} for name, limit in idle.items()}
    # Those that hold a lock without a transaction end with their silence, and every transaction does.
    assert all(0 < idle[name] < 1000 * BOUND for name in ("leader", "leases"))
    assert 0 < COMMON[IN_A_TRANSACTION] < 1000 * BOUND


def test_process_gives_a_silent_server_up_within_the_bound() -> None:
    path = parameters("test")
    assert 0 < path["connect_timeout"] < BOUND
    assert 0 < path["tcp_user_timeout"] < 1000 * BOUND
    # The silence, the second connection that stays silent too, and the turn for a late answer.
    assert connecting.LOOK_AFTER + connecting.LOOK_CONNECTS_WITHIN + connecting._TURN < BOUND
    assert connecting._TURN < connecting.LOOK_AFTER


def test_holder_of_leases_shows_its_life_more_often_than_the_server_waits() -> None:
    assert 2 * leases._TOUCH_EVERY < leases._SILENT_FOR < BOUND


def test_second_connection_is_given_up_as_soon(
    control_database: ControlDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect(control_database.worker_url, application_name="test") as connection:
        asked: list[str] = []

        def note(where: str, **_: object) -> None:
            asked.append(where)
            raise psycopg.OperationalError

        monkeypatch.setattr(connecting._Look, "connect", note)
        connection.pgconn.send_query(b"select pg_sleep(0)")
        assert not connection._is_at_work()
        while connection.pgconn.get_result():
            pass  # the answer, so that the connection is free
    assert psycopg.conninfo.conninfo_to_dict(asked[0])["connect_timeout"] == str(
        connecting.LOOK_CONNECTS_WITHIN
    )
