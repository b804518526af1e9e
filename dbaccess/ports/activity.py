"""The logs of a cluster, from which activity is read."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from dbaccess.domain.capture import CaptureSource

FINGERPRINTED: Final = 256
"""Bytes at the beginning of a file that tell it from an older one of its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFile:
    """A log file. `fingerprint` is a hash of its first bytes, and tells it from an older file of that name.

    It is empty while the file is too short to have one. `modified_at` is by the server's clock.
    """

    name: str
    size: int
    modified_at: datetime
    fingerprint: str = ""


def fingerprint_of(head: bytes) -> str:
    """Return the fingerprint of a file's first bytes; empty while there are too few."""
    return hashlib.sha256(head[:FINGERPRINTED]).hexdigest() if len(head) >= FINGERPRINTED else ""


class ActivitySource(Protocol):
    """The log files of one cluster. Every method may raise `SourceFailure`, and none changes anything."""

    def files(self) -> Sequence[LogFile]:
        """Return the log files of the format that is read, in the order in which the server wrote them."""

    def read(self, name: str, offset: int, length: int) -> bytes:
        """Return at most `length` bytes from there; fewer at the end of the file.

        Raises `LogFileGone` for a file that no longer exists.
        """


class Logs(Protocol):
    """The logs that the servers of the clusters write themselves."""

    def log_files(self, cluster: str, source: CaptureSource) -> ActivitySource:
        """Return the log of that format; raises `NotFound` for a cluster without a URL."""
