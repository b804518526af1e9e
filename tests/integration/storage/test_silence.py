"""No connection to the control database waits for an answer that does not come."""

import time
from collections.abc import Callable, Iterator

import psycopg
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from dbaccess.storage import connecting
from dbaccess.storage.connecting import SilentServer, connect
from dbaccess.storage.examine import examine
from dbaccess.storage.leader import Leader
from dbaccess.storage.sqlalchemy_engine import build_engine
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from dbaccess.storage.wakeup import LostConnection
from sandbox.waiting import PATIENCE
from tests.databases import ControlDatabase
from tests.integration.storage.facts import event
from tests.relay import Relay, relay

SOON = PATIENCE  # without a limit of ours the system would wait for a quarter of an hour


@pytest.fixture
def path(control_database: ControlDatabase) -> Iterator[Relay]:
    with relay(control_database.worker_url) as made:
        yield made


@pytest.fixture
def far(path: Relay, control_database: ControlDatabase) -> Iterator[Engine]:
    engine = build_engine(path.url(control_database.worker_url), pool_size=3, application_name="test-far")
    yield engine
    engine.dispose()


def within(seconds: float, work: Callable[[], object]) -> None:
    begun = time.monotonic()
    work()
    assert time.monotonic() - begun < seconds


def test_a_pool_whose_connections_fell_silent_works_again_in_seconds(far: Engine, path: Relay) -> None:
    with far.connect():
        pass
    path.silence_flows()
    within(SOON, lambda: _write(far))


def test_a_transaction_over_a_silent_connection_fails_in_seconds(far: Engine, path: Relay) -> None:
    def fails() -> None:
        with pytest.raises(OperationalError) as failure:
            uow.commit()
        assert isinstance(failure.value.orig, SilentServer)

    with SqlUnitOfWork(far, None) as uow:
        uow.record(event(n=1))
        path.silence_flows()
        within(SOON, fails)
    within(SOON, lambda: _write(far))


def test_a_server_that_is_silent_altogether_is_given_up_in_seconds(far: Engine, path: Relay) -> None:
    with far.connect() as connection:
        path.silence()

        def fails() -> None:
            with pytest.raises(OperationalError):
                connection.execute(text("select 1"))

        within(SOON, fails)


def test_a_slow_statement_is_not_taken_for_silence(far: Engine) -> None:
    with far.connect() as connection:
        assert connection.execute(text("select 7 from pg_sleep(3.5)")).scalar_one() == 7


def test_a_slow_statement_is_not_taken_for_silence_where_the_server_tracks_no_activity(
    far: Engine, control_database: ControlDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "LOOK_AFTER", 0.2)
    with psycopg.connect(control_database.superuser_url, autocommit=True) as admin:
        admin.execute(f"alter database {control_database.name} set track_activities = off")
    with far.connect() as connection:
        assert connection.execute(text("select 7 from pg_sleep(2)")).scalar_one() == 7


def test_a_leader_whose_connection_fell_silent_knows_it(
    path: Relay, control_database: ControlDatabase
) -> None:
    with Leader(path.url(control_database.worker_url)) as leader:
        assert leader.wait(0.01) is False
        path.silence_flows()

        def loses() -> None:
            with pytest.raises(LostConnection):
                leader.wait(0.01)

        within(SOON, loses)


def test_doctor_says_that_the_server_is_silent(path: Relay, control_database: ControlDatabase) -> None:
    path.silence()

    def refuses() -> None:
        with pytest.raises(psycopg.Error):
            examine(path.url(control_database.worker_url))

    within(SOON, refuses)


def test_waiting_for_a_notification_is_no_silence(path: Relay, control_database: ControlDatabase) -> None:
    with connect(path.url(control_database.worker_url), application_name="test") as listening:
        listening.execute("listen something")
        assert list(listening.notifies(timeout=2.5, stop_after=1)) == []
        assert listening.execute("select 7").fetchone() == (7,)


def _write(engine: Engine) -> None:
    with SqlUnitOfWork(engine, None) as uow:
        uow.record(event(n=2))
        uow.commit()
