"""Connections to a cluster's lock database that outlive their session.

With one, an end needs no new connection: it is faster, and succeeds while every connection slot is in use.
"""

import os
import time
import weakref
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import psycopg
from psycopg.errors import LockNotAvailable
from psycopg.pq import TransactionStatus

from dbaccess.domain.errors import TargetUnreachable
from dbaccess.host_addresses import has_moved
from dbaccess.targets.postgresql.connection import PatientConnection
from dbaccess.targets.postgresql.lock_table import FULL, Hoarders, end_numbered, hold_entries, make_room
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.transaction import SessionKey

KEPT: Final = 3
"""In each process: for ends, for the watch that cuts off late grants, and for a sweep."""

IDLE_SECONDS: Final = 600.0
"""The server closes a connection that is idle for so long. The leader uses each cluster every minute."""

OLDEST_SECONDS: Final = 600.0
"""After so long a new connection takes its place, if one can be made."""

TRIES_AGAIN_SECONDS: Final = 60.0
"""Seconds until the next try, because a path that swallows new connections costs an end a timeout at each."""

Taken = tuple[PatientConnection, list[SessionKey]]

Connect = Callable[[bool], PatientConnection]
"""Opens a connection, which holds entries of the lock table or does not."""

_ROOM_SECONDS: Final = 1.0
"""How long one session tries to find room in a full lock table."""

_GOES_SECONDS: Final = 0.1
"""How long a terminated session may take to free its locks, before more is tried."""

_KNOWN: Final = frozenset({TransactionStatus.IDLE, TransactionStatus.INTRANS, TransactionStatus.INERROR})


class Kept:
    """The kept connections; safe with several threads.

    A connection is here or with one thread, and a deque's ends are atomic.
    """

    def __init__(self) -> None:
        self._process = 0
        self._idle = self._of_this_process()

    def take(self, connect: Connect, hoarders: Hoarders, *, holds: bool) -> Taken:
        """Return a session in its first state on a live connection.

        With `holds` the connection holds entries of the lock table, as far as there is room. A connection
        that turns out dead here was sent no statement, so another may take its place. If the lock table is
        full, or a catalog locked, sessions of `hoarders` end, and are returned. Raises what `connect` raises,
        `FULL`, and `LockNotAvailable`.
        """
        self._idle = self._of_this_process()
        with suppress(IndexError):  # none is left
            while True:
                connection = self._idle.pop()
                if has_moved(connection):
                    # After a fail-over an end on the server before it would be none, and its receipt false.
                    connection.close()
                    continue
                try:
                    ended = _renew(connection, hoarders, holds=holds)
                except (FULL, LockNotAvailable):
                    self._idle.append(connection)  # there may be no other one for as long as this lasts
                    raise
                except psycopg.Error:
                    connection.close()
                else:
                    return self._younger(connection, connect), ended
        return connect(holds), []

    def _younger(self, connection: PatientConnection, connect: Connect) -> PatientConnection:
        """Return a new connection for an old one, because its address may lead to another server since.

        It may have moved to a promoted replica, for example. The old one stays where the new one holds fewer
        entries of the lock table: an end may need them.
        """
        if time.monotonic() < connection.began + OLDEST_SECONDS:
            return connection
        try:
            another = connect(connection.lock_entries > 0)
        except TargetUnreachable:  # every connection is in use, so the old one serves on
            connection.began = time.monotonic() - OLDEST_SECONDS + TRIES_AGAIN_SECONDS
            return connection
        if another.lock_entries < connection.lock_entries:
            another.close()
            connection.began = time.monotonic()  # the next try is as far away as this one was
            return connection
        connection.close()
        return another

    def give_back(self, connection: PatientConnection) -> None:
        """Keep the connection if a rollback resets its state; close it otherwise."""
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
        """Return this process's connections: after a fork, sockets are shared and would mix two sessions."""
        if self._process == os.getpid():
            return self._idle
        idle: deque[PatientConnection] = deque()
        self._process = os.getpid()
        # The finalizer keeps the parent's connections referenced, so that nothing here closes them.
        weakref.finalize(self, _close, idle, self._process)
        return idle


def _close(idle: "deque[PatientConnection]", process: int) -> None:
    if process == os.getpid():
        for connection in idle:
            connection.close()


def _renew(connection: PatientConnection, hoarders: Hoarders, *, holds: bool) -> list[SessionKey]:
    """A session that was ended frees its locks when it goes, and another one may take them at once."""
    ended: list[SessionKey] = []
    began = tried = time.monotonic()
    tries = 0
    while True:
        try:
            connection.renew(statement("need_lock_entries"))
        except FULL:
            now = time.monotonic()
            if now > began + _ROOM_SECONDS:
                raise
            # The sessions of ended grants come first. Others are terminated where these do not go in time.
            if not tries or now > tried + _GOES_SECONDS:
                ended += make_room(connection, hoarders, others=tries > 0)
                tries, tried = tries + 1, time.monotonic()
        except LockNotAvailable:
            gone = end_numbered(connection, hoarders.ended)
            ended += gone
            if not gone and time.monotonic() > began + _ROOM_SECONDS:
                raise
        else:
            break
    if holds and not ended:
        hold_entries(connection)
    return ended
