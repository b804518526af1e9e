"""A superuser's eyes on the target during a storm: what access is left, and since when none."""

import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import psycopg

from bench.crowd import Crowd
from tests.contract.postgresql.least_privilege import WorkerAccess

PAUSE = 0.05

# A login that may not log in holds nothing; neither does one that is in none of the roles. A membership is
# looked at by oid, so that no other name hides it.
_MAKE_CROWD = "create temp table crowd as select unnest(%s::oid[]) as login"
_ACCESS = """
select (select count(*)
          from crowd join pg_auth_members m on m.member = login join pg_authid u on u.oid = login
         where m.roleid = any(%s::oid[]) and u.rolcanlogin),
       (select count(*) from crowd join pg_stat_activity on usesysid = login)"""
_ENDED = "select count(*) from grants where state = 'ended' and id between %s and %s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Times of the clock: the first access that went, the last one, and the last receipt."""

    first: float
    gone: float
    ended: float


@dataclass(slots=True)
class Watch:
    """Opens sessions of so many logins, and looks twenty times a second until the last grant has ended."""

    access: WorkerAccess
    crowd: Crowd
    control_url: str
    sessions: int
    state: str = "not looked yet"
    _times: dict[str, float] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _over: threading.Event = field(default_factory=threading.Event)
    _open: ExitStack = field(default_factory=ExitStack)
    _error: BaseException | None = None
    _thread: threading.Thread | None = None

    @property
    def over(self) -> bool:
        if self._error is not None:
            raise AssertionError("the watch has ended") from self._error
        return self._over.is_set()

    def wait(self, seconds: float) -> None:
        self._over.wait(seconds)

    def sight(self) -> Sight:
        return Sight(first=self._times["first"], gone=self._times["gone"], ended=self._times["ended"])

    def __enter__(self) -> Self:
        for login in self.crowd.logins[: self.sessions]:
            url = self.access.login_url(login.name, self.crowd.password)
            session = psycopg.connect(url, autocommit=True)
            self._open.callback(_close, session)
            session.execute("select count(*) from shop.orders")
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(30)
        self._open.close()

    def _run(self) -> None:
        try:
            with (
                psycopg.connect(self.access.database.superuser_url, autocommit=True) as target,
                psycopg.connect(self.control_url, autocommit=True) as control,
            ):
                target.execute(_MAKE_CROWD, [[login.oid for login in self.crowd.logins]])
                target.execute("analyze crowd")
                while not self._stop.is_set() and not self._over.is_set():
                    self._look(target, control)
                    time.sleep(PAUSE)
        except BaseException as error:  # noqa: BLE001 raised where the storm waits
            self._error = error
            self._over.set()

    def _look(self, target: psycopg.Connection[Any], control: psycopg.Connection[Any]) -> None:
        size = len(self.crowd.grants)
        roles = list(self.crowd.logins[0].role_oids.values())
        held, sessions = target.execute(_ACCESS, [roles]).fetchall()[0]
        ids = [grant.id for grant in self.crowd.grants]
        ended = control.execute(_ENDED, [min(ids), max(ids)]).fetchall()[0][0]
        self.state = f"{held} hold the role, {sessions} sessions, {ended} of {size} ended"
        if held < size or sessions < self.sessions:
            self._times.setdefault("first", time.time())  # a look may begin before the end and see past it
        if not held and not sessions:
            self._times.setdefault("gone", time.time())
        if ended == size:
            self._times.setdefault("ended", time.time())
            self._over.set()


def _close(session: psycopg.Connection[Any]) -> None:
    with suppress(psycopg.Error):
        session.close()
