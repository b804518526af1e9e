"""How fast a server's log becomes stored statements, beside COPY of the same rows and the parser alone."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine

from bench.figures import Figure
from bench.log_lines import ALONE, LINES, chunk
from dbaccess.activity.formats import FORMATS
from dbaccess.activity.parts import CHUNK
from dbaccess.activity.reader import LogReader
from dbaccess.activity.statements import Sessions
from dbaccess.domain.capture import CaptureSource
from dbaccess.domain.coverage import CaptureLevel, Coverage, GrantCoverage, LogPosition
from dbaccess.domain.grant import GrantId
from dbaccess.ports import LogFile, fingerprint_of
from dbaccess.storage.unit_of_work import SqlUnitOfWork, build_engine
from tests.databases import ControlDatabase
from tests.integration.storage.facts import active
from tests.unit.activity.logged import written

_OUT = "copy (select * from activity_statements where session_id like %s) to stdout"
_IN = "copy copied from stdin"
NAME = "bench-activity"


@dataclass(frozen=True, slots=True)
class Written:
    """`ActivitySource` of one file in memory."""

    data: bytes

    def files(self) -> Sequence[LogFile]:
        return [
            LogFile(
                name="server.log",
                size=len(self.data),
                modified_at=datetime.now(UTC),
                fingerprint=fingerprint_of(self.data),
            )
        ]

    def read(self, name: str, offset: int, length: int) -> bytes:  # noqa: ARG002 of the port
        return self.data[offset : offset + length]


def measure(control: ControlDatabase, rounds: int) -> list[Figure]:
    """A reader takes a log of so many chunks from its bytes to commits; then the same rows are copied."""
    bot, worker = (
        build_engine(url, pool_size=2, application_name=NAME) for url in (control.bot_url, control.worker_url)
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
    chunks = [written(source.value, *chunk(number)) for number in numbers]
    ours, busy = _read(owner, worker, source, b"".join(chunks))
    copies = [_seconds(partial(_copy, owner, _rows(owner, f"{number:x}.%"))) for number in numbers]
    alone = [_seconds(partial(ALONE[source], data.decode())) for data in chunks]
    name = f"{LINES:,} lines of {source} stored ({_a_second(ours)} lines a second)"
    parser: dict[str, Any] = {"beside": "the parser alone", "beside_seconds": alone}
    return [
        Figure(name=name, seconds=ours, aim="30,000 lines a second, ratio 4", **parser),
        Figure(name=name, seconds=ours, beside="COPY of the same rows", beside_seconds=copies),
        Figure(name="the same, processor time of both sides", seconds=[busy / len(chunks)], **parser),
    ]


def _read(
    owner: psycopg.Connection, worker: Engine, source: CaptureSource, data: bytes
) -> tuple[list[float], float]:
    """Return the seconds from one commit to the next, for so many lines, and the processor time of all."""
    begin = partial(SqlUnitOfWork, worker, None)
    with begin() as uow:
        before = uow.log_positions.lock("main")
        first = LogPosition(cluster="main", file="server.log", fingerprint=fingerprint_of(data), offset=0)
        uow.log_positions.save(first if before is None else replace(first, state=before.state))
        uow.commit()
    reader = LogReader("main", begin, Written(data), FORMATS[source], Sessions)
    parts: list[float] = []
    busy = _busy(owner)
    has_more = True
    while has_more:
        began = time.perf_counter()
        has_more = reader.read()
        parts.append(time.perf_counter() - began)
    lines = CHUNK * data.count(b"\n") / len(data)
    # The last part is shorter, and nothing is read while it is stored.
    return [seconds * LINES / lines for seconds in parts[:-1]], _busy(owner) - busy


def _busy(owner: psycopg.Connection) -> float:
    """Return the processor time of this process and its servers: other work does not make it longer."""
    pids = owner.execute("select pid from pg_stat_activity where application_name = %s", [NAME]).fetchall()
    paths = [Path(f"/proc/{pid}/schedstat") for (pid,) in pids]
    return time.process_time() + sum(int(path.read_text("ascii").split()[0]) for path in paths) / 1e9


def _a_second(seconds: list[float]) -> str:
    return f"{LINES / statistics.median(seconds):,.0f}"


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
