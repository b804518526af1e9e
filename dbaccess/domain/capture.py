"""The configuration of capture: where a cluster's statements are read, and what of them is kept."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

OVER_SQL: Final = "sql"
"""The value of `Capture.over` for a log that the workers read through their connection."""


IMPORTED: Final = "import"
"""The value of `source` in the policy for a log that an operator imports."""


LANGUAGES: Final = frozenset(
    {"c", "posix", "en", "de", "es", "fr", "it", "ja", "ka", "ko", "ru", "sv", "uk", "zh_cn"}
)
"""The languages in which a server's messages can be read."""


def is_known_language(lc_messages: str) -> bool:
    """Return whether the server's messages can be read with this setting of its."""
    language = re.split(r"[.@]", lc_messages)[0].lower()
    return language in LANGUAGES or language.partition("_")[0] in LANGUAGES


class CaptureSource(StrEnum):
    """The format of a log that the workers read."""

    JSONLOG = "jsonlog"
    CSVLOG = "csvlog"

    @property
    def suffix(self) -> str:
        """Return the end of the names of the files that the server writes in this format."""
        return ".json" if self is CaptureSource.JSONLOG else ".csv"


class CaptureMode(StrEnum):
    """The part of a statement that is stored."""

    FULL = "full"
    """Text and bind values, without secrets."""
    SHAPE = "shape"
    """Text without literals, and no bind values: for targets with personal data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """The log of one cluster: `over` is `OVER_SQL`, or an absolute directory on the workers' hosts.

    Without a source the workers read nothing: an operator imports files that were exported.
    """

    source: CaptureSource | None
    over: str = ""

    @property
    def is_imported(self) -> bool:
        return self.source is None

    @property
    def is_over_sql(self) -> bool:
        return self.source is not None and self.over == OVER_SQL

    @property
    def directory(self) -> str | None:
        """Return the directory that holds the log; None for a log that is read over SQL, or imported."""
        return None if self.is_imported or self.is_over_sql else self.over
