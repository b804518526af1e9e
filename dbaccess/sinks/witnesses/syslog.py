"""A syslog daemon, in the format of RFC 5424."""

from datetime import timedelta

from dbaccess.domain.witness import WitnessKind
from dbaccess.sinks.rfc5424 import Rfc5424


class SyslogWitness:
    """A `ports.Witness`; the address is a socket's path, or `tcp://host:port`. It cannot be read back."""

    kind = WitnessKind.SYSLOG
    every: timedelta | None = None

    def __init__(self, address: str) -> None:
        self._address, self._syslog = address, Rfc5424(address)
        self.place = self._syslog.place

    def store(self, seq: int, line: str) -> None:
        self._syslog.send("checkpoint", [f"seq={seq} {line}"])

    def lines(self) -> None:
        return None

    def held(self) -> None:
        return None

    def check(self) -> str:
        self._syslog.reach()
        return f"{self._address} takes checkpoints, and cannot be read back"
