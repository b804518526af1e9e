"""A connection that is notified of every commit which leaves work."""

from types import TracebackType
from typing import Final, Self

import psycopg
from sqlalchemy.orm import Session

from dbaccess.domain.errors import DbaccessError
from dbaccess.storage.connecting import ControlConnection, connect
from dbaccess.storage.url import Url

CHANNEL: Final = "dbaccess_work"
"""Notified by every commit that leaves work."""

_MARK: Final = "wakes"


def wake_at_commit(session: Session) -> None:
    """Mark the session's transaction as one that leaves something to do."""
    session.info[_MARK] = True


def wakes(session: Session) -> bool:
    """Return whether the transaction was marked."""
    return _MARK in session.info


class LostConnection(DbaccessError):
    """The connection is lost, and with it its notifications and locks."""


class Wakeup:
    """Listens while it is entered. The URL must be direct, because a pooler passes no notifications on."""

    application_name = "dbaccess-wakeup"
    idle_session_timeout = "0"

    def __init__(self, url: Url) -> None:
        self._url = url
        self._connection: ControlConnection | None = None

    def __enter__(self) -> Self:
        connection = connect(
            self._url,
            application_name=self.application_name,
            idle_session_timeout=self.idle_session_timeout,
        )
        try:
            connection.execute(f"listen {CHANNEL}")
            self._begin(connection)
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
        """Wait for a commit that left work (True) or for so long; raises `LostConnection`."""
        assert self._connection is not None  # noqa: S101 entered
        try:
            woken = False
            for _ in self._connection.notifies(timeout=seconds, stop_after=1):
                woken = True
            self._connection.execute("select")
        except psycopg.Error as error:
            raise LostConnection("The connection to the control database is lost.") from error
        return woken

    def _begin(self, connection: ControlConnection) -> None:
        """A plain listener needs nothing more."""
