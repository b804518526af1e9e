"""The activity of one grant as people are shown it: figures, coverage, and where it does not fit the role."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from dbaccess.domain.activity import Statement, StatementKind
from dbaccess.domain.activity_summary import ActivitySummary, Mismatch, MismatchKind
from dbaccess.domain.coverage import CaptureLevel, Coverage, Gap
from dbaccess.domain.grant import GrantId
from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.domain.target import Access
from dbaccess.domain.temporary_tables import SessionTables
from dbaccess.domain.use import UNKNOWN_USE, Use

NO_PRIVILEGE: Final = "42501"
"""PostgreSQL's code of a statement that the login may not run."""

_REFUSALS: Final = frozenset({NO_PRIVILEGE, "25006"})
"""No privilege, or a transaction that only reads: with any other error the statement failed by itself."""

_OF_THE_SERVER: Final = ("pg_catalog.", "information_schema.", "pg_")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityReport:
    """The known statements of a grant, and how far they are known.

    `access` is the depth of the granted role. `summary` is None before the statements were counted.
    `is_final` says that the logs were read beyond the end. `purged_at` is when the texts were deleted; the
    figures stay. `use` has the sessions that the workers saw, and the minutes of the grant that were used.
    `shared_with` are grants that had the same login at the same time: each statement is counted under one.
    """

    coverage: Coverage
    access: str = ""
    summary: ActivitySummary | None = None
    is_final: bool = False
    gaps: tuple[Gap, ...] = ()
    mismatches: tuple[Mismatch, ...] = ()
    purged_at: datetime | None = None
    use: Use = UNKNOWN_USE
    shared_with: tuple[GrantId, ...] = ()

    @property
    def has_statements(self) -> bool:
        """Return whether there are statements to look at."""
        return self.purged_at is None and self.summary is not None and self.summary.first_at is not None

    @property
    def is_captured(self) -> bool:
        """Return whether some statements were captured, whether or not that was proved."""
        counted = self.summary is not None and self.summary.first_at is not None
        return counted or self.coverage.level is not CaptureLevel.NONE


def mismatches(
    statements: Iterable[Statement], *, access: str, on: ObjectPrivileges | None
) -> tuple[Mismatch, ...]:
    """Return the ways in which the statements, in their order, do not fit the role; the gravest first.

    `on` are the objects that the role covers; None for a role of the cluster, whose reach only its refusals
    show. A table without its schema counts as another one only if the target refused it. A session's own
    temporary tables fit every role.
    """
    found: dict[MismatchKind, Mismatch] = {}
    temporary: dict[str, SessionTables] = defaultdict(SessionTables)
    for statement in statements:
        own = temporary[statement.session_id].take(statement)
        kind = _mismatch(statement, access, on, own=own)
        if kind is not None:
            found[kind] = _one_more(kind, found.get(kind), statement)
    return tuple(found[kind] for kind in _GRAVEST if kind in found)


_GRAVEST: Final = (MismatchKind.CHANGED_SCHEMA, MismatchKind.WROTE, MismatchKind.OTHER_TABLE)
_VERBS: Final = frozenset(
    {"select", "insert", "update", "delete", "merge", "truncate", "copy", "create", "alter", "drop", "grant",
     "revoke", "comment", "lock", "call", "table"}
)  # fmt: skip


def _one_more(kind: MismatchKind, known: Mismatch | None, statement: Statement) -> Mismatch:
    first = known or Mismatch(
        kind=kind,
        times=0,
        refused=0,
        verb=_verb(statement),
        tables=statement.writes or statement.reads,
    )
    is_refused = statement.sqlstate in _REFUSALS
    return replace(
        first,
        times=first.times + 1,
        refused=first.refused + is_refused,
        failed=first.failed + (statement.sqlstate is not None and not is_refused),
    )


def _verb(statement: Statement) -> str:
    """Return a known word of SQL, or the kind: no word that was typed reaches a message by this way."""
    words = statement.text[:_BEGINNING].lstrip("( \n\t").split(maxsplit=1)
    word = words[0].lower() if words else ""
    return word if word in _VERBS else statement.kind.value


_BEGINNING: Final = 200


def _mismatch(
    statement: Statement, access: str, on: ObjectPrivileges | None, *, own: bool
) -> MismatchKind | None:
    if statement.kind is StatementKind.DDL and access != Access.DDL and not own:
        return MismatchKind.CHANGED_SCHEMA
    if statement.kind is StatementKind.WRITE and access == Access.READ and not own:
        return MismatchKind.WROTE
    tables = (*statement.reads, *statement.writes)
    if statement.sqlstate == NO_PRIVILEGE or any(_is_other(table, on) for table in tables):
        return MismatchKind.OTHER_TABLE
    return None


def _is_other(table: str, on: ObjectPrivileges | None) -> bool:
    if on is None or "." not in table or table.startswith(_OF_THE_SERVER):
        return False
    return table not in on.tables and table.partition(".")[0] not in on.schemas
