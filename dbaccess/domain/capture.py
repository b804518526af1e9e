"""The configuration of capture: where a cluster's statements are read, and what of them is kept."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

OVER_SQL: Final = "sql"
"""The value of `Capture.over` for a log that the workers read through their connection."""


class CaptureSource(StrEnum):
    """The format of the server's log."""

    JSONLOG = "jsonlog"
    CSVLOG = "csvlog"

    @property
    def suffix(self) -> str:
        """Return the end of the names of the files that the server writes in this format."""
        return ".json" if self is CaptureSource.JSONLOG else ".csv"


class CaptureMode(StrEnum):
    """What of a statement is stored."""

    FULL = "full"
    """Text and bind values, without secrets."""
    SHAPE = "shape"
    """Text without literals, and no bind values: for targets with personal data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """The log of one cluster: `over` is `OVER_SQL`, or an absolute directory on the workers' hosts."""

    source: CaptureSource
    over: str

    @property
    def directory(self) -> str | None:
        """Return the directory that holds the log; None for a log that is read over SQL."""
        return None if self.over == OVER_SQL else self.over
