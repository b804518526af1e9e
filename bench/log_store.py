"""How fast a server's log becomes stored statements, beside COPY of the same rows on the same server."""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg

from bench.figures import Figure
from bench.log_lines import LINES, chunk
from dbaccess.activity.jsonlog import JsonLog
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


def measure(control: ControlDatabase, rounds: int) -> list[Figure]:
    """Each round takes a chunk of the log from its bytes to a commit, then copies the same rows."""
    bot, worker = (
        build_engine(url, pool_size=1, application_name="bench-activity")
        for url in (control.bot_url, control.worker_url)
    )
    ours: list[float] = []
    beside: list[float] = []
    with psycopg.connect(control.superuser_url, autocommit=True) as owner:
        owner.execute("create table copied (like activity_statements including all)")
        grant = active(bot, worker, expires_at=datetime.now(UTC) + timedelta(hours=1), login="maya")
        with SqlUnitOfWork(worker, None) as uow:
            full = Coverage(level=CaptureLevel.FULL, checked_at=uow.now)
            uow.activity.cover(GrantCoverage(grant_id=grant.id, coverage=full))
            uow.commit()
        for number in range(1, rounds + 1):
            data = written(CaptureSource.JSONLOG.value, *chunk(number))
            ours.append(_seconds(lambda data=data: _store(worker, data)))  # type: ignore[misc]
            rows = _rows(owner, f"{number:x}.%")
            beside.append(_seconds(lambda rows=rows: _copy(owner, rows)))  # type: ignore[misc]
        _check(owner, grant.id, rounds)
        owner.execute("drop table copied")
    bot.dispose()
    worker.dispose()
    a_second = LINES / statistics.median(ours)
    return [
        Figure(
            name=f"{LINES:,} lines of jsonlog stored ({a_second:,.0f} lines a second)",
            seconds=ours,
            beside="COPY of the same rows",
            beside_seconds=beside,
        )
    ]


def _store(worker: object, data: bytes) -> None:
    with SqlUnitOfWork(worker, None) as uow:  # type: ignore[arg-type]  # an engine
        store_records(uow, "main", JsonLog().parse(data).records, Sessions())
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
