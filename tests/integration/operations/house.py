"""A house on real servers: the control database, the target and the sandbox."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from psycopg import sql
from sqlalchemy import Engine, text

from dbaccess.domain.people import CONFIRMED_AFTER
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from sandbox.client import Sandbox
from tests.contract.postgresql.least_privilege import WorkerAccess
from tests.databases import ControlDatabase, TargetDatabase
from tests.operations import house as common
from tests.superuser import superuser_on

LONGEST_WAIT = 10.0
"""Seconds; a test that waits for longer says itself what time it is."""


@dataclass(slots=True, kw_only=True)
class House(common.House):
    """`bot` and `worker` are engines of these two roles."""

    bot: Engine
    worker: Engine
    sandbox: Sandbox
    access: WorkerAccess
    control: ControlDatabase

    @property
    def slack(self) -> Sandbox:
        return self.sandbox

    @property
    def target(self) -> TargetDatabase:
        return self.access.database

    def begin(self) -> SqlUnitOfWork:
        return SqlUnitOfWork(self.bot, None)

    def work(self) -> SqlUnitOfWork:
        return SqlUnitOfWork(self.worker, None)

    def later(self, by: timedelta) -> SqlUnitOfWork:
        class Later(SqlUnitOfWork):
            def __enter__(self) -> Self:
                super().__enter__()
                self.now += by
                return self

        return Later(self.worker, None)

    def wait(self, *, seconds: float) -> None:
        assert seconds < LONGEST_WAIT, "real time passes slowly: this test needs fake_house"
        time.sleep(seconds)

    def some_seconds_later(self) -> None:
        """People missing from a group since a reading are missing for long enough to have left it."""
        with self.worker.begin() as connection:
            earlier = "update directory_members set missing_since = missing_since - :time"
            connection.execute(text(earlier), {"time": CONFIRMED_AFTER})

    def outbox(self) -> list[tuple[str, int]]:
        """The jobs that wait for a queue, as (job, subject)."""
        with self.worker.connect() as connection:
            rows = connection.execute(text("select job, subject from outbox order by id")).all()
        return [(job, subject) for job, subject in rows]

    def notices_are_due(self, *, within: timedelta) -> None:
        with self.worker.begin() as connection:
            sooner = "update notices set next_attempt_at = now() where next_attempt_at < now() + :time"
            connection.execute(text(sooner), {"time": within})

    def end_of(self, login: str) -> datetime | None:
        found: datetime | None = self.look("select rolvaliduntil from pg_roles where rolname = %s", login)[0][
            0
        ]
        return found

    def as_superuser(self, statement: str, *values: Any) -> None:
        """Change the control database past its rights, for a state that no test could reach otherwise."""
        with superuser_on(self.control.superuser_url) as connection:
            connection.execute(sql.SQL(statement), values)

    def look(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """The view of the target's DBA."""
        with superuser_on(self.target.superuser_url) as connection:
            return connection.execute(sql.SQL(query), values).fetchall()

    def dba(self, statement: str, **names: str) -> None:
        """A statement of the target's DBA; `{name}` is an identifier."""
        quoted = {key: sql.Identifier(name) for key, name in names.items()}
        with superuser_on(self.target.superuser_url) as connection:
            connection.execute(sql.SQL(statement).format(**quoted))

    def roles_of(self, login: str) -> set[str]:
        rows = self.look(
            """select g.rolname::text from pg_auth_members m join pg_roles g on g.oid = m.roleid
                 join pg_roles u on u.oid = m.member where u.rolname = %s""",
            login,
        )
        return {role for (role,) in rows}


@contextmanager
def down(server: Any) -> Iterator[None]:
    """The target's server does not run meanwhile."""
    server.stop()
    try:
        yield
    finally:
        server.start()
