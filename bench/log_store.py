"""How fast a server's log becomes stored statements, beside COPY of the same rows and the parser alone."""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from sqlalchemy import Engine

from bench.figures import Figure
from bench.log_lines import ALONE, LINES, chunk
from dbaccess.activity.formats import FORMATS
from dbaccess.activity.statements import Sessions
from dbaccess.activity.store import store_records
from dbaccess.domain.capture import CaptureSource
from dbaccess.domain.coverage import CaptureLevel, Coverage, GrantCoverage
from dbaccess.domain.grant import GrantId
from dbaccess.storage.unit_of_work import SqlUnitOfWork, build_engine
from tests.databases import ControlDatabase
from tests.integration.storage.facts import active
from tests.unit.activity.logged import written

_OUT = "copy (select * from activity_statements where session_id like %s) to stdout"
_IN = "copy copied from stdin"
_PID = "select pg_backend_pid()"


def measure(control: ControlDatabase, rounds: int) -> list[Figure]:
    """Each round takes a chunk of the log from its bytes to a commit, then copies the same rows."""
    bot, worker = (
        build_engine(url, pool_size=1, application_name="bench-activity")
        for url in (control.bot_url, control.worker_url)
    )
    with psycopg.connect(control.superuser_url, autocommit=True) as owner:
        owner.execute("create table copied (like activity_statements including all)")
        grant = active(bot, worker, expires_at=datetime.now(UTC) + timedelta(hours=1), login="maya")
        with SqlUnitOfWork(worker, None) as uow:
            full = Coverage(level=CaptureLevel.FULL, checked_at=uow.now)
            uow.activity.cover(GrantCoverage(grant_id=grant.id, coverage=full))
            uow.commit()
        figures = [
            figure
            for begin, source in enumerate(CaptureSource)
            for figure in _figures(owner, worker, source, range(begin * rounds + 1, (begin + 1) * rounds + 1))
        ]
        _check(owner, grant.id, rounds * len(CaptureSource))
        owner.execute("drop table copied")
    bot.dispose()
    worker.dispose()
    return figures


def _figures(
    owner: psycopg.Connection, worker: Engine, source: CaptureSource, numbers: range
) -> list[Figure]:
    ours, copies, busy, alone = [], [], [], []
    with worker.connect() as connection:
        servers = Processor(connection.exec_driver_sql(_PID).scalar_one())
    for number in numbers:
        data = written(source.value, *chunk(number))
        text = data.decode()
        began = servers.seconds() + time.process_time()
        ours.append(_seconds(lambda data=data: _store(worker, source, data)))  # type: ignore[misc]
        busy.append(servers.seconds() + time.process_time() - began)
        rows = _rows(owner, f"{number:x}.%")
        copies.append(_seconds(lambda rows=rows: _copy(owner, rows)))  # type: ignore[misc]
        began = time.process_time()
        ALONE[source](text)
        alone.append(time.process_time() - began)
    return [
        Figure(
            name=f"{LINES:,} lines of {source} stored ({_a_second(ours)} lines a second)",
            seconds=ours,
            beside="COPY of the same rows",
            beside_seconds=copies,
            aim="30,000 lines a second",
        ),
        Figure(
            name=f"the same, processor time of both sides ({_a_second(busy)} lines a second)",
            seconds=busy,
            beside="the parser alone",
            beside_seconds=alone,
            aim="ratio 4",
        ),
    ]


class Processor:
    """The processor time of one server process on this machine: it does not grow with other work."""

    def __init__(self, pid: int) -> None:
        self._path = Path(f"/proc/{pid}/schedstat")

    def seconds(self) -> float:
        return int(self._path.read_text(encoding="ascii").split()[0]) / 1e9


def _a_second(seconds: list[float]) -> str:
    return f"{LINES / statistics.median(seconds):,.0f}"


def _store(worker: Engine, source: CaptureSource, data: bytes) -> None:
    with SqlUnitOfWork(worker, None) as uow:
        store_records(uow, "main", FORMATS[source]().parse(data).records, Sessions())
        uow.commit()


def _rows(owner: psycopg.Connection, sessions: str) -> bytes:
    with owner.cursor().copy(_OUT, [sessions]) as rows:
        return b"".join(bytes(part) for part in rows)


def _copy(owner: psycopg.Connection, rows: bytes) -> None:
    with owner.cursor().copy(_IN) as into:
        into.write(rows)


def _check(owner: psycopg.Connection, grant_id: GrantId, rounds: int) -> None:
    found = owner.execute(
        """select (select count(*) from activity_statements where grant_id = %s),
                  (select count(*) from copied)""",
        [grant_id],
    ).fetchone()
    if found != (rounds * LINES // 2, rounds * LINES // 2):
        raise AssertionError(f"the lines were not stored as they were written: {found}")


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
