"""Messages to a syslog daemon in the format of RFC 5424."""

import os
import socket
from collections.abc import Sequence
from datetime import UTC, datetime
from logging.handlers import SysLogHandler

from dbaccess.domain.errors import WitnessFailure
from dbaccess.sinks.syslog import reach, send

_AUTHPRIV_NOTICE = SysLogHandler.LOG_AUTHPRIV * 8 + SysLogHandler.LOG_NOTICE


class Rfc5424:
    """The address is a socket's path, or `tcp://host:port`; every method raises `WitnessFailure`."""

    def __init__(self, address: str) -> None:
        self._address = address
        is_remote = address.startswith("tcp:")
        self.place = f"syslog:{address if is_remote else f'{socket.gethostname()}:{address}'}"

    def send(self, kind: str, messages: Sequence[str]) -> None:
        """Send the messages, each of one line; over TCP in one connection."""
        stamp = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        host = socket.gethostname()[:255]
        head = f"<{_AUTHPRIV_NOTICE}>1 {stamp} {host} dbaccess {os.getpid()} {kind} -"
        packets = [f"{head} {message}\n".encode() for message in messages]
        if self._address.startswith("tcp:"):
            packets = [b"".join(packets)]
        try:
            for packet in packets:
                send(self._address, packet)
        except OSError as error:
            raise WitnessFailure(f"Syslog did not take it: {type(error).__name__}.") from None

    def reach(self) -> None:
        try:
            reach(self._address)
        except OSError as error:
            raise WitnessFailure(f"Syslog cannot be reached: {type(error).__name__}.") from None
