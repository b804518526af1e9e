"""From clients of a real server to the control database: each statement is stored once."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from dbaccess.activity.jsonlog import JsonLog
from dbaccess.activity.reader import LogReader
from dbaccess.activity.records import Parsed
from dbaccess.activity.statements import Sessions
from dbaccess.domain.capture import CaptureSource
from dbaccess.domain.coverage import CaptureLevel, Coverage, GapCause, GrantCoverage
from dbaccess.domain.grant import Grant
from dbaccess.ports import ActivitySource, LogFile, UnitOfWorkFactory
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from sandbox.waiting import wait_for
from tests.contract.postgresql.logging_server import LoggingServer
from tests.databases import ControlDatabase
from tests.engine import build_engine
from tests.integration.storage.facts import active

CHUNK = 64 * 1024
CLIENTS, EACH = 2, 150
PADDING = "lorem ipsum " * 350


@dataclass(slots=True)
class Watched:
    """`ActivitySource` that notes the files that were read, and the most bytes that one read returned."""

    source: ActivitySource
    names: set[str] = field(default_factory=set)
    most: int = 0

    def files(self) -> Sequence[LogFile]:
        return self.source.files()

    def read(self, name: str, offset: int, length: int) -> bytes:
        data = self.source.read(name, offset, length)
        self.names.add(name)
        self.most = max(self.most, len(data))
        return data


@dataclass(slots=True)
class Rows:
    """The most records that a reader has had in hand at once."""

    most: int = 0

    def new_format(self) -> JsonLog:
        rows = self

        class Counted(JsonLog):
            def parse(self, data: bytes) -> Parsed:
                parsed = super().parse(data)
                rows.most = max(rows.most, len(parsed.records))
                return parsed

        return Counted()


@contextmanager
def stored_for(database: ControlDatabase, login: str) -> Iterator[tuple[UnitOfWorkFactory, Grant]]:
    """The control database, with an active grant of this login and captured statements."""
    bot, worker = (
        build_engine(url, pool_size=2, application_name="test-activity")
        for url in (database.bot_url, database.worker_url)
    )
    grant = active(bot, worker, expires_at=datetime.now(UTC) + timedelta(hours=1), login=login)
    with SqlUnitOfWork(worker, None) as uow:
        full = Coverage(level=CaptureLevel.FULL, checked_at=uow.now)
        uow.activity.cover(GrantCoverage(grant_id=grant.id, coverage=full))
        uow.commit()
    try:
        yield lambda: SqlUnitOfWork(worker, None), grant
    finally:
        bot.dispose()
        worker.dispose()


@contextmanager
def setting(server: LoggingServer, name: str, value: str) -> Iterator[None]:
    """Have the server read another value of a setting meanwhile."""
    server.target.dba(f"alter system set {name} = '{value}'")
    server.target.look("select pg_reload_conf()")
    try:
        yield
    finally:
        server.target.dba(f"alter system reset {name}")
        server.target.look("select pg_reload_conf()")


def run(url: str, client: int) -> list[str]:
    """Run the statements of one client in a session of its own, and return their texts."""
    texts = [f"select {client * EACH + number} /* {PADDING} */" for number in range(EACH)]
    with psycopg.connect(url, autocommit=True) as connection, connection.pipeline():
        for text in texts:
            connection.execute(text)
    return texts


def run_at_once(url: str, numbers: Sequence[int]) -> list[str]:
    with ThreadPoolExecutor(len(numbers)) as clients:
        return [text for texts in clients.map(lambda number: run(url, number), numbers) for text in texts]


def is_rotated(server: LoggingServer, *, before: set[str]) -> bool:
    """Ask for a new file, which has a name of its own from the next second on."""
    server.target.look("select pg_rotate_logfile()")
    return any(file.name not in before for file in server.sources[CaptureSource.JSONLOG].files())


def ran(begin: UnitOfWorkFactory, grant: Grant) -> list[str]:
    with begin() as uow:
        return [one.text for one in uow.activity.each(grant.id) if one.text.endswith(f"{PADDING} */")]


def behind(begin: UnitOfWorkFactory) -> int:
    with begin() as uow:
        (position,) = uow.log_positions.all()
    return position.behind


def to_the_end(reader: LogReader) -> Callable[[], bool]:
    def read() -> bool:
        while reader.read():
            pass
        return True

    return read


def test_all_that_clients_ran_is_stored_once_from_a_rotating_log_far_behind(
    logging_18: LoggingServer, control_database: ControlDatabase
) -> None:
    log = logging_18
    login, url = log.login()
    source, rows = Watched(log.sources[CaptureSource.JSONLOG]), Rows()
    with stored_for(control_database, login) as (begin, grant), setting(log, "log_rotation_size", "1MB"):
        reader = LogReader(
            cluster="main",
            begin=begin,
            source=source,
            new_format=rows.new_format,
            build=Sessions,
            chunk=CHUNK,
        )
        with psycopg.connect(url) as connection:
            # A file that ends right behind a reload is taken for one that was switched off.
            connection.execute("select pg_sleep(0.3)")
        to_the_end(reader)()
        source.names.clear()
        rows.most, files = 0, {file.name for file in source.files()}
        texts = run_at_once(url, range(CLIENTS))
        wait_for(lambda: is_rotated(log, before=files))
        texts += run_at_once(url, range(CLIENTS, 2 * CLIENTS))
        wait_for(lambda: sum(file.size for file in source.files()) > len(texts) * len(PADDING))
        reader.read()
        assert behind(begin) > 8 * CHUNK
        wait_for(lambda: to_the_end(reader)() and len(ran(begin, grant)) >= len(texts))
        assert sorted(ran(begin, grant)) == sorted(texts)
        assert behind(begin) == 0
        with begin() as uow:
            assert uow.activity.gaps_of(grant) == []
    # In hand were the lines of one part of a file, however much was behind.
    assert source.most <= CHUNK
    assert rows.most < len(texts) / 4
    assert len(source.names) > 1


@pytest.mark.parametrize(("name", "value"), [("log_destination", "stderr"), ("log_min_messages", "panic")])
def test_log_that_the_server_left_off_between_two_reloads_is_a_gap(
    logging_18: LoggingServer, control_database: ControlDatabase, name: str, value: str
) -> None:
    log = logging_18
    login, url = log.login()

    def run(text: str, *, once: str) -> None:
        # A session that begins now has the settings that a later one has, too.
        wait_for(lambda: log.target.look(f"show {name}") == [(once,)])
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(text)

    with stored_for(control_database, login) as (begin, grant):
        source = log.sources[CaptureSource.JSONLOG]
        reader = LogReader(cluster="main", begin=begin, source=source, new_format=JsonLog, build=Sessions)
        ((before,),) = log.target.look(f"show {name}")
        run("select 'seen'", once=before)
        wait_for(lambda: to_the_end(reader)() and "select 'seen'" in texts_of(begin, grant))
        with setting(log, name, value):
            run("select 'unseen'", once=value)
            begun = second(log)
            wait_for(lambda: second(log) != begun)  # the next file's name has its second
        run("select 'seen again'", once=before)
        wait_for(lambda: to_the_end(reader)() and "select 'seen again'" in texts_of(begin, grant))
        assert "select 'unseen'" not in texts_of(begin, grant)
        with begin() as uow:
            (gap,) = uow.activity.gaps_of(grant)
            ran = {one.text: one.at for one in uow.activity.each(grant.id)}
    assert gap.cause is GapCause.LOG_CHANGED
    assert gap.until is not None
    assert ran["select 'seen'"] <= gap.began_at < gap.until <= ran["select 'seen again'"]


def second(server: LoggingServer) -> object:
    return server.target.look("select date_trunc('second', now())")


def texts_of(begin: UnitOfWorkFactory, grant: Grant) -> set[str]:
    with begin() as uow:
        return {one.text for one in uow.activity.each(grant.id)}
