"""One leader among all hosts, for as long as its connection lives."""

import time
from types import TracebackType
from typing import Final, Self

import psycopg

from dbaccess.domain.errors import DbaccessError
from dbaccess.storage.connecting import ControlConnection, connect
from dbaccess.storage.unit_of_work import CHANNEL
from dbaccess.storage.url import Url

_LOCK: Final = 0x6C6561646572
"""`leader` in ASCII."""

_ASK_EVERY = 0.5

_LEADER: Final = {"idle_session_timeout": "4s"}
"""A leader that is stopped or cut off says nothing: the server then takes the lead from it."""


class LostLead(DbaccessError):
    """The connection that held the lead is gone; somebody else may lead now."""


class Leader:
    """Entering waits until nobody else leads. The URL is a direct one: a pooler would share the lock."""

    def __init__(self, url: Url) -> None:
        self._url = url
        self._connection: ControlConnection | None = None

    def __enter__(self) -> Self:
        connection = connect(self._url, application_name="dbaccess-leader", **_LEADER)
        try:
            connection.execute(f"listen {CHANNEL}")
            while connection.execute("select pg_try_advisory_lock(%s)", [_LOCK]).fetchone() != (True,):
                time.sleep(_ASK_EVERY)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            self._connection.close()

    def wait(self, seconds: float) -> bool:
        """Until a commit left something to do (True) or the time is over; raises `LostLead`."""
        assert self._connection is not None  # noqa: S101 entered
        try:
            woken = False
            for _ in self._connection.notifies(timeout=seconds, stop_after=1):
                woken = True
            self._connection.execute("select")
        except psycopg.Error as error:
            raise LostLead("The connection to the control database is lost.") from error
        return woken
