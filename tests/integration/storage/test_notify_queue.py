"""Any login of the server can fill the queue of notifications; no commit fails of that."""

from pathlib import Path

import psycopg
import pytest

from dbaccess.ports import Job
from dbaccess.storage.unit_of_work import SqlUnitOfWork, build_engine
from demo.servers.account import Account
from demo.servers.postgres import Postgres
from demo.servers.postgres_binaries import embedded_postgres
from tests.databases import ControlDatabase, control_database_on, make_control_template

FEW_PAGES = {"max_notify_queue_pages": "64"}


def test_full_queue_of_notifications_fails_no_commit(server_account_: Account, server_scratch: Path) -> None:
    binaries = embedded_postgres(server_account_, server_scratch)
    server = Postgres(binaries, server_scratch / "few", account=server_account_, settings=FEW_PAGES)
    with server, control_database_on(server, make_control_template(server)) as database:
        _commits_though_the_queue_is_full(database)


def _commits_though_the_queue_is_full(database: ControlDatabase) -> None:
    engine = build_engine(database.worker_url, pool_size=1, application_name="test")
    with psycopg.connect(database.bot_url) as listener:
        listener.execute("listen anything")
        listener.commit()
        listener.execute("select")  # its transaction keeps what comes from now on in the queue
        _fill(database.bot_url)
        with SqlUnitOfWork(engine, None) as uow:
            uow.enqueue(Job.REVOKE, 1)
            uow.commit()
        with engine.connect() as connection:
            assert connection.exec_driver_sql("select count(*) from outbox").scalar_one() == 1
    engine.dispose()


def _fill(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as hostile, pytest.raises(psycopg.Error, match="queue"):
        _notify_often(hostile)


def _notify_often(hostile: psycopg.Connection) -> None:
    for number in range(1000):
        hostile.execute("select pg_notify('anything', %s || repeat('x', 7900))", [str(number)])
