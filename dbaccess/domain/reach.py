"""The tables that the login of a grant reaches, as its server showed them once."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from dbaccess.domain.canonical import canonical_bytes

MOST_TABLES: Final = 20_000
"""The most tables that one reading records. A login with more has a reach that is not known in full."""

NOT_READ: Final = "not_read"
"""The reason where no reading has succeeded or failed, such as for a grant of an older version."""

CUT_SHORT: Final = "cut_short"
"""The reason where the login reaches more tables than are recorded."""


class TableUse(StrEnum):
    """The privileges of a login on a table."""

    READ = "read"
    WRITE = "write"
    OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachedTable:
    """A table, view, materialized view or foreign table, named as the server names it.

    `writes` includes changing or deleting some of its rows or columns.
    """

    schema: str
    name: str
    reads: bool = False
    writes: bool = False
    owns: bool = False

    @property
    def label(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def uses(self) -> tuple[TableUse, ...]:
        allowed = ((TableUse.READ, self.reads), (TableUse.WRITE, self.writes), (TableUse.OWN, self.owns))
        return tuple(use for use, may in allowed if may)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """One reading: the tables sorted by name, and how many more there are that were not recorded."""

    tables: tuple[ReachedTable, ...]
    unrecorded: int = 0

    @property
    def digest(self) -> str:
        """Return SHA-256 in hex over all of it, in any order: two grants with one digest reach the same."""
        listed: list[list[Any]] = sorted([t.schema, t.name, *t.uses] for t in self.tables)
        return hashlib.sha256(canonical_bytes([listed, self.unrecorded])).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownReach:
    """The recorded reach of one grant.

    `tables` is how many were recorded, and `digest` that of the reading, as the ledger has it for a grant of
    this version; None if no reading succeeded, and then `why` is the reason as a code.
    `found` are those that a question named, or some of them.
    """

    tables: int | None = None
    digest: str | None = None
    unrecorded: int = 0
    read_at: datetime | None = None
    why: str = NOT_READ
    found: tuple[ReachedTable, ...] = ()

    @property
    def unknown_why(self) -> str | None:
        """Return why it is unknown whether tables that were not found are reached; None if they are not."""
        if self.tables is None:
            return self.why or NOT_READ
        return CUT_SHORT if self.unrecorded else None


UNREAD: Final = KnownReach()
"""Nothing is on record."""


def names_meant(table: str) -> Iterator[tuple[str | None, str]]:
    """Yield each schema and name that the text may stand for; without a schema, that table in every one.

    A name may have a dot itself, so `a.b.c` is `b.c` in `a`, `c` in `a.b`, or `a.b.c` in any schema.
    """
    yield None, table
    for place, character in enumerate(table):
        if character == "." and 0 < place < len(table) - 1:
            yield table[:place], table[place + 1 :]
