"""Connections to a cluster's lock database that outlive their session.

An end needs no new connection then: it is sooner, and it comes though every connection slot is in use.
"""

import os
import time
import weakref
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import psycopg
from psycopg.pq import TransactionStatus

from dbaccess.domain.errors import TargetUnreachable
from dbaccess.targets.postgresql.connection import PatientConnection

KEPT: Final = 3
"""In each process: for ends, for the watch that cuts off what is late, and for a sweep beside them."""

IDLE_SECONDS: Final = 600.0
"""The server closes one that is idle for so long. The leading process looks at each cluster every minute."""

OLDEST_SECONDS: Final = 600.0
"""After so long a new connection takes its place, where there can be one."""

_KNOWN: Final = frozenset({TransactionStatus.IDLE, TransactionStatus.INTRANS, TransactionStatus.INERROR})


class Kept:
    """Safe with several threads: a connection is here or with one of them, and a deque's ends are atomic."""

    def __init__(self) -> None:
        self._process = 0
        self._idle = self._of_this_process()

    def take(self, connect: Callable[[], PatientConnection]) -> PatientConnection:
        """Return a session in its first state on a live connection; raise what `connect` raises.

        One that turns out dead here was sent nothing of ours, so another may take its place.
        """
        self._idle = self._of_this_process()
        with suppress(IndexError):  # none is left
            while True:
                connection = self._idle.pop()
                try:
                    connection.renew()
                except psycopg.Error:
                    connection.close()
                else:
                    return self._younger(connection, connect)
        return connect()

    def _younger(
        self, connection: PatientConnection, connect: Callable[[], PatientConnection]
    ) -> PatientConnection:
        """The name in the URL may lead to another server since: a replica that was promoted, say."""
        if time.monotonic() < connection.began + OLDEST_SECONDS:
            return connection
        try:
            another = connect()
        except TargetUnreachable:  # every connection is in use: the old one is what we have
            return connection
        connection.close()
        return another

    def give_back(self, connection: PatientConnection) -> None:
        """Keep it where its state is known once it is rolled back; close it otherwise."""
        if connection.info.transaction_status not in _KNOWN:
            connection.close()
            return
        try:
            connection.rollback()
        except psycopg.Error:
            connection.close()
            return
        self._idle.append(connection)
        with suppress(IndexError):  # another thread took one meanwhile
            while len(self._idle) > KEPT:
                self._idle.popleft().close()

    def _of_this_process(self) -> "deque[PatientConnection]":
        """A forked process shares its parent's sockets: what it sent would reach the parent's session."""
        if self._process == os.getpid():
            return self._idle
        idle: deque[PatientConnection] = deque()
        self._process = os.getpid()
        # The finalizer keeps the parent's connections too, so that nothing here closes them.
        weakref.finalize(self, _close, idle, self._process)
        return idle


def _close(idle: "deque[PatientConnection]", process: int) -> None:
    if process == os.getpid():
        for connection in idle:
            connection.close()
