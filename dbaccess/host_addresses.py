"""Connections by the addresses of a server's name, which outlive a silence of the resolver."""

import socket
import threading
import time
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from typing import Any, Final, TypeVar
from weakref import WeakSet

import psycopg
from psycopg.conninfo import conninfo_to_dict

AnyConnection = TypeVar("AnyConnection", bound="psycopg.Connection[Any]")

ANSWERS_WITHIN: Final = 1.0
"""Seconds that a look-up may take where an earlier answer can take its place."""

FRESH, LEFT_ALONE = 1.0, 5.0
"""Seconds without another look-up after an answer, and after a silence."""

# The parts of the workers inherit these from their supervisor.
_known: Final[dict[str, list[str]]] = {}
"""The last answers, by name."""
_again_at: Final[dict[str, float]] = {}
_worked: Final[dict[str, tuple[str, str]]] = {}
"""The host and address that took the last connection, by the hosts of the URL."""

_by_name: "Final[WeakSet[psycopg.Connection[Any]]]" = WeakSet()


def connect_by_address(
    connect: Callable[..., AnyConnection], conninfo: str = "", **parameters: Any
) -> AnyConnection:
    """Return the connection of psycopg's `connect`, which gets the address of each host.

    A look-up of a silent resolver takes 10 s or more, and no timeout of a connection bounds it. So the last
    answer counts meanwhile: an end must not wait for a resolver while its servers are there. For the same
    reason the address that took the last connection comes first: another one may be dead.
    """
    hosts, at = _at_addresses(conninfo_to_dict(conninfo) | parameters)
    connection = connect(conninfo, **(parameters | at))
    if at:
        _worked[hosts] = connection.info.host, connection.info.hostaddr
        _by_name.add(connection)
    return connection


def has_moved(connection: "psycopg.Connection[Any]") -> bool:
    """Return whether the name by which this connection was made leads to other addresses now."""
    if connection not in _by_name or not _is_name(connection.info.host):
        return False
    try:
        return connection.info.hostaddr not in _addresses(connection.info.host)
    except OSError:
        return False


def _at_addresses(parameters: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """Return the hosts as given, and libpq's parameters for all their addresses; none for one address."""
    given = str(parameters.get("host") or "")
    hosts = given.split(",")
    if parameters.get("hostaddr") or (len(hosts) == 1 and not _is_name(given)):
        return given, {}
    ports = str(parameters.get("port") or "5432").split(",")
    if len(ports) == 1:
        ports *= len(hosts)
    found: list[tuple[str, str, str]] = []
    failure = ""
    for host, port in zip(hosts, ports, strict=False):
        try:
            found += [(host, address, port) for address in _addresses(host)]
        except OSError as error:
            failure = f"failed to resolve host {host!r}: {error}"
    if not found:
        raise psycopg.OperationalError(failure)
    found.sort(key=lambda place: place[:2] != _worked.get(given))
    columns = (",".join(column) for column in zip(*found, strict=True))
    return given, dict(zip(("host", "hostaddr", "port"), columns, strict=True))


def _is_name(host: str) -> bool:
    if not host or host.startswith(("/", "@")):
        return False  # a socket of this machine
    try:
        ip_address(host)
    except ValueError:
        return True
    return False


def _addresses(host: str) -> list[str]:
    """Return the addresses; raises `OSError` if the resolver says that there are none."""
    if not _is_name(host):
        return ["" if host.startswith(("/", "@")) else host]
    known = _known.get(host)
    if known and time.monotonic() < _again_at.get(host, 0.0):
        return known
    answer = _ask(host, ANSWERS_WITHIN if known else None)
    if isinstance(answer, list):
        _again_at[host] = time.monotonic() + FRESH
        return answer
    fails = answer is None or (isinstance(answer, socket.gaierror) and answer.errno == socket.EAI_AGAIN)
    if known and fails:
        _again_at[host] = time.monotonic() + LEFT_ALONE
        return known
    raise answer or TimeoutError


def _ask(host: str, within: float | None) -> list[str] | OSError | None:
    """Return the resolver's answer, or None if none came in time; the next look-up uses a late one."""
    answers: SimpleQueue[list[str] | OSError] = SimpleQueue()

    def ask() -> None:
        try:
            entries = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
        except OSError as error:
            answers.put(error)
        except UnicodeError:
            answers.put(socket.gaierror(socket.EAI_NONAME, "no host name"))
        else:
            _known[host] = list(dict.fromkeys(str(entry[4][0]) for entry in entries))
            answers.put(_known[host])

    # A daemon: a process that exits does not wait for the resolver.
    threading.Thread(target=ask, name="resolver", daemon=True).start()
    try:
        return answers.get(timeout=within)
    except Empty:
        return None
