"""A syslog daemon, in the format of RFC 5424."""

import os
import socket
from datetime import UTC, datetime, timedelta
from logging.handlers import SysLogHandler

from dbaccess.domain.errors import WitnessFailure
from dbaccess.domain.witness import WitnessKind
from dbaccess.sinks.syslog import reach, send

_AUTHPRIV_NOTICE = SysLogHandler.LOG_AUTHPRIV * 8 + SysLogHandler.LOG_NOTICE


class SyslogWitness:
    """A `ports.Witness`; the address is a socket's path, or `tcp://host:port`. It cannot be read back."""

    kind = WitnessKind.SYSLOG
    every: timedelta | None = None

    def __init__(self, address: str) -> None:
        self._address = address
        self.place = (
            f"syslog:{address if address.startswith('tcp:') else f'{socket.gethostname()}:{address}'}"
        )

    def store(self, seq: int, line: str) -> None:
        stamp = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        head = f"<{_AUTHPRIV_NOTICE}>1 {stamp} {socket.gethostname()[:255]} dbaccess {os.getpid()} checkpoint"
        try:
            send(self._address, f"{head} - seq={seq} {line}\n".encode())
        except OSError as error:
            raise WitnessFailure(f"Syslog did not take it: {type(error).__name__}.") from None

    def lines(self) -> None:
        return None

    def check(self) -> str:
        try:
            reach(self._address)
        except OSError as error:
            raise WitnessFailure(f"Syslog cannot be reached: {type(error).__name__}.") from None
        return f"{self._address} takes checkpoints, and cannot be read back"
