"""All of dbaccess but its processes: real databases, the real driver, a real sandbox, and who works there."""

import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Self, TypeVar

import psycopg
from psycopg import sql
from sqlalchemy import Engine, text

from dbaccess.domain.approved_scope import ApprovedScope, offer_fingerprint
from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.ledger import faults
from dbaccess.domain.people import CONFIRMED_AFTER, SlackId
from dbaccess.domain.policy import Ask, Policy
from dbaccess.domain.request import Request, RequestId, Verdict
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.delivery.messages import update_messages
from dbaccess.operations.directory.refresh import refresh_directory
from dbaccess.operations.grants.end import surrender
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.identity import Workspace
from dbaccess.operations.requests.current_scope import current_scope
from dbaccess.operations.requests.review import review
from dbaccess.operations.requests.submit import submit
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from sandbox.client import Sandbox
from tests.contract.postgresql.least_privilege import WorkerAccess
from tests.databases import ControlDatabase, TargetDatabase

MAYA, SECOND_MAYA, TOM = SlackId("U0MAYA"), SlackId("W0MAYA"), SlackId("U0TOM")
PRIYA, SAM = SlackId("U0PRIYA"), SlackId("U0SAM")
OPS = "C0OPS"
T = TypeVar("T")
_keys = itertools.count(1)


def new_key() -> str:
    """What names one payload of Slack's."""
    return f"payload-{next(_keys)}"


@dataclass(slots=True, kw_only=True)
class House:
    """`bot` and `worker` are engines of these two roles; `policy` is what the bot has."""

    bot: Engine
    worker: Engine
    policy: Policy
    workspace: Workspace
    context: WorkerContext
    sandbox: Sandbox
    access: WorkerAccess
    control: ControlDatabase

    @property
    def target(self) -> TargetDatabase:
        return self.access.database

    def begin(self) -> SqlUnitOfWork:
        """As the bot does."""
        return SqlUnitOfWork(self.bot, None)

    def work(self) -> SqlUnitOfWork:
        """As the worker does."""
        return SqlUnitOfWork(self.worker, None)

    def submit(
        self,
        who: SlackId = MAYA,
        role: str = "read",
        seconds: int = 3600,
        key: str | None = None,
        **asked: Any,
    ) -> Request:
        asked = {"target": "orders-prod", "reason": "looking into #4512"} | asked
        return submit(
            self.begin,
            policy=self.policy,
            workspace=self.workspace,
            slack_id=who,
            ask=Ask(role=role, duration=timedelta(seconds=seconds), **asked),
            idempotency_key=key or new_key(),
        )

    def review(
        self,
        request: Request,
        who: SlackId = PRIYA,
        verdict: Verdict = Verdict.APPROVED,
        *,
        policy: Policy | None = None,
        key: str | None = None,
        fingerprint: str | None = None,
        less: ApprovedScope | None = None,
        note: str | None = None,
    ) -> Request:
        """A click on what the message shows at this moment, unless `fingerprint` is of something else."""
        approves = verdict is Verdict.APPROVED
        note = note if note is not None else "" if approves else "Not now"
        return review(
            self.begin,
            policy=policy or self.policy,
            workspace=self.workspace,
            slack_id=who,
            request_id=request.id,
            fingerprint=fingerprint or (self.shown(request) if approves else request.fingerprint),
            verdict=verdict,
            note=note,
            idempotency_key=key or new_key(),
            less=less,
        )

    def shown(self, request: Request) -> str:
        """What the Approve button carries now."""
        with self.begin() as uow:
            return offer_fingerprint(request.terms, current_scope(uow, request))

    def approved(self, who: SlackId = MAYA, role: str = "read", seconds: int = 3600) -> Grant:
        """Asked and approved; nothing on the target yet."""
        request = self.submit(who, role, seconds)
        self.review(request)
        grant = self.grant_of(request.id)
        assert grant is not None
        return grant

    def active(self, who: SlackId = MAYA, role: str = "read", seconds: int = 3600) -> Grant:
        grant = self.approved(who, role, seconds)
        provision(self.context, grant.id)
        grant = self.grant(grant.id)
        assert grant.state == "active", grant
        return grant

    def surrender(self, grant: Grant, who: SlackId = MAYA) -> None:
        surrender(self.begin, policy=self.policy, slack_id=who, grant_id=grant.id, idempotency_key=new_key())

    def notify(self, request_id: RequestId) -> None:
        update_messages(self.context, request_id)

    def request(self, request_id: RequestId) -> Request:
        with self.begin() as uow:
            return uow.requests.get(request_id)

    def grant(self, grant_id: GrantId) -> Grant:
        with self.begin() as uow:
            return uow.grants.get(grant_id)

    def grant_of(self, request_id: RequestId) -> Grant | None:
        with self.begin() as uow:
            return uow.grants.of_request(request_id)

    def planned(self, request_id: RequestId) -> set[str]:
        with self.begin() as uow:
            return {message.kind.value for message in uow.messages.of(request_id)}

    def next_try_now(self, grant_id: GrantId) -> None:
        """The wait before the next attempt is over."""
        with self.work() as uow:
            grant = uow.grants.lock(grant_id)
            uow.grants.save(replace(grant, next_attempt_at=uow.now))
            uow.commit()

    def some_seconds_later(self) -> None:
        """Who is missing from a group since a reading has been so for long enough to have left it."""
        with self.worker.begin() as connection:
            earlier = "update directory_members set missing_since = missing_since - :time"
            connection.execute(text(earlier), {"time": CONFIRMED_AFTER})

    def read_twice(self) -> None:
        """Slack was asked who is in which group, and some seconds later again."""
        refresh_directory(self.context)
        self.some_seconds_later()
        refresh_directory(self.context)

    def lease_is_over(self, grant_id: GrantId) -> None:
        """Whoever worked on the grant has taken too long, or was killed."""
        with self.work() as uow:
            grant = uow.grants.lock(grant_id)
            uow.grants.save(replace(grant, lease_until=uow.now, next_attempt_at=uow.now))
            uow.commit()

    def ledger(self, *kinds: str) -> list[dict[str, Any]]:
        """Its events, or those of some kinds."""
        with self.work() as uow:
            events = [entry.fields for entry in uow.ledger.entries()]
        return [event for event in events if not kinds or event["kind"] in kinds]

    def kinds(self) -> list[str]:
        return [event["kind"] for event in self.ledger()]

    def outbox(self) -> list[tuple[str, int]]:
        """The jobs that wait for a queue, as (job, subject)."""
        with self.worker.connect() as connection:
            rows = connection.execute(text("select job, subject from outbox order by id")).all()
        return [(job, subject) for job, subject in rows]

    def check_ledger(self) -> None:
        with self.work() as uow:
            entries = list(uow.ledger.entries())
        assert list(faults(entries)) == []

    def as_superuser(self, statement: str, *values: Any) -> None:
        """Change the control database past its rights, for a state that no test could reach otherwise."""
        with psycopg.connect(self.control.superuser_url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement), values)

    def look(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the target's DBA sees."""
        with psycopg.connect(self.target.superuser_url, autocommit=True) as connection:
            return connection.execute(sql.SQL(query), values).fetchall()

    def dba(self, statement: str, **names: str) -> None:
        """What the target's DBA does; `{name}` is an identifier."""
        quoted = {key: sql.Identifier(name) for key, name in names.items()}
        with psycopg.connect(self.target.superuser_url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(**quoted))

    def made_logins(self) -> list[str]:
        return [login for login, _ in self.context.targets.driver("main").made_logins()]

    def roles_of(self, login: str) -> set[str]:
        rows = self.look(
            """select g.rolname::text from pg_auth_members m join pg_roles g on g.oid = m.roleid
                 join pg_roles u on u.oid = m.member where u.rolname = %s""",
            login,
        )
        return {role for (role,) in rows}


def at_once(*calls: Callable[[], T]) -> list[T | Exception]:
    """What each gave or raised; all begin at the same instant, each in a thread of its own."""
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], T]) -> T | Exception:
        start.wait(10)
        try:
            return call()
        except Exception as error:  # noqa: BLE001 the test looks at whatever it was
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@contextmanager
def down(server: Any) -> Iterator[None]:
    """The target's server does not run meanwhile."""
    server.stop()
    try:
        yield
    finally:
        server.start()


def later(house: House, **by: float) -> Callable[[], SqlUnitOfWork]:
    """The worker's unit of work, at a moment that has not come yet."""

    class Later(SqlUnitOfWork):
        def __enter__(self) -> Self:
            super().__enter__()
            self.now += timedelta(**by)
            return self

    return lambda: Later(house.worker, None)
