"""The columns of each list of a report: names for programs, titles for people, and what each one shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

Row = dict[str, Any]
"""Values by column: text, integers, lists. None means that the column does not apply."""

UNKNOWN: Final = "unknown"
"""Written wherever something was not recorded or not examined: never zero, and never empty."""
YES: Final = "yes"
NO: Final = "no"


class Kind(StrEnum):
    """How the values of a column are written."""

    TEXT = "text"
    TIME = "time"
    NUMBER = "number"
    SECONDS = "seconds"
    MILLISECONDS = "milliseconds"
    LIST = "list"
    REVIEWS = "reviews"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """`is_main` columns are in the table of the page; all others are in the details of a row.

    `beside` says that the value is not in the ledger, so it cannot be verified against it.
    """

    name: str
    title: str
    about: str
    kind: Kind = Kind.TEXT
    is_main: bool = False
    beside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One list of a report. `empty` is what it says without a row."""

    name: str
    title: str
    about: str
    empty: str
    columns: Sequence[Column]


def yes_no(value: object) -> str:
    """Return yes, no, or unknown for anything that is no truth value."""
    return UNKNOWN if not isinstance(value, bool) else YES if value else NO


def column(name: str, title: str, about: str, kind: Kind = Kind.TEXT, **more: bool) -> Column:
    return Column(name=name, title=title, about=about, kind=kind, **more)


def section(name: str, title: str, about: str, empty: str, *columns: Column) -> Section:
    """Return the list with these columns, and with those that each list ends with."""
    return Section(name=name, title=title, about=about, empty=empty, columns=(*columns, *_LAST))


def recorded(name: str) -> Column:
    """Return the column for the time of the ledger's entry."""
    return column(name, "Recorded", "When the ledger recorded it.", Kind.TIME, is_main=True)


_LAST: Final = (
    column("sequences", "Ledger entries", "The entries that the row rests on.", Kind.LIST),
    column("digest", "Row digest", "SHA-256 over the row in canonical JSON, without this value."),
)
