"""A syslog daemon: the local one's socket, or one over TCP. UDP could not tell whether a daemon listens.

`logging.handlers.SysLogHandler` does not fit. Access begins only after a sink took the text, and the handler
cannot tell. It has no timeout before Python 3.14, it reports success over TCP before the daemon has read
anything, and it hands errors to `logging`, which drops them. Its numbers are used.
"""

import socket
from datetime import UTC, datetime
from logging.handlers import SysLogHandler
from urllib.parse import urlsplit

from dbaccess.domain.break_glass import Place
from dbaccess.domain.errors import SinkFailure
from dbaccess.domain.text import clean

TIMEOUT = 5.0
"""Seconds for each step."""

_AUTH_WARNING = SysLogHandler.LOG_AUTH * 8 + SysLogHandler.LOG_WARNING
_LONGEST = 900
"""In bytes: RFC 3164 promises 1,024 for the whole packet."""


class SyslogSink:
    """A `ports.Sink`; the address is a socket's path, or `tcp://host:port`."""

    place = Place.SYSLOG

    def __init__(self, address: str) -> None:
        self._address = address

    def take(self, text: str) -> None:
        line = " ".join(clean(text).split()).encode()[:_LONGEST].decode(errors="ignore")
        stamp = datetime.now(UTC).strftime("%b %d %H:%M:%S")
        packet = f"<{_AUTH_WARNING}>{stamp} dbaccess: {line}\n".encode()
        try:
            send(self._address, packet)
        except OSError as error:
            raise SinkFailure(f"Syslog did not take it: {type(error).__name__}.") from None


def send(address: str, packet: bytes) -> None:
    """Deliver one packet, which ends with a line break, to a socket's path or `tcp://host:port`.

    Raises `OSError` if no daemon took it.
    """
    parts = urlsplit(address)
    if parts.scheme == "tcp":
        with socket.create_connection((parts.hostname or "", parts.port or 0), TIMEOUT) as opened:
            opened.sendall(packet)
            opened.shutdown(socket.SHUT_WR)
            # A daemon that has read it to its end closes. A reset is an error, and so is a word: what speaks
            # is no syslog daemon, and may have thrown the packet away.
            if opened.recv(1):
                raise ConnectionError
        return
    with _local(address) as opened:
        opened.send(packet)


def reach(address: str) -> None:
    """Connect and send nothing; raises `OSError` if no daemon listens."""
    parts = urlsplit(address)
    if parts.scheme == "tcp":
        socket.create_connection((parts.hostname or "", parts.port or 0), TIMEOUT).close()
    else:
        _local(address).close()


def _local(path: str) -> socket.socket:
    opened = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        opened.settimeout(TIMEOUT)
        opened.connect(path)
    except OSError:
        opened.close()
        raise
    return opened
