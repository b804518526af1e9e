"""The temporary tables of sessions, as far as their statements show them: they fit every role.

In doubt a name means a lasting table: one that the role may not change can have the name of a temporary one.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from dbaccess.domain.activity import Statement, StatementKind

_COMMENTS: Final = re.compile(r"(?:\s++|--[^\n]*+|/\*.*?\*/)*+", re.DOTALL)
_MAKES: Final = re.compile(
    r"create\s+(?:(?:global|local)\s+)?temp(?:orary)?\s+(?:table|sequence|view|recursive)\b", re.IGNORECASE
)
_UNTIL_COMMIT: Final = re.compile(r"\bon\s+commit\s+drop\b", re.IGNORECASE)
_BEGINS: Final = re.compile(r"(?:begin|start\s+transaction)\b", re.IGNORECASE)
_COMMITS: Final = re.compile(r"(?:commit|end)\b", re.IGNORECASE)
_ENDS: Final = re.compile(r"(?:rollback|abort)(?:\s+(?:work|transaction))?\s*;?\s*\Z", re.IGNORECASE)
_KEEPS: Final = re.compile(
    r"(?:set|reset|show|savepoint|release|fetch|move|close|deallocate|listen|unlisten|notify|lock|explain|declare)\b",
    re.IGNORECASE,
)
_BREAKS: Final = re.compile(
    r"\b(?:begin|start|commit|end|rollback|abort|savepoint|discard|drop|execute)\b", re.IGNORECASE
)
_IN_TEMPORARY_SCHEMA: Final = re.compile(r"pg_temp(?:_\d+)?\.")


@dataclass(slots=True)
class SessionTables:
    """The temporary tables of one session; its statements are taken in their order.

    `begun` are those of the open transaction; None outside of one. `passing` go at its end. `is_clear` is
    False once it is not known what a name means: another schema may come first, or a table may be gone.
    """

    kept: set[str] = field(default_factory=set)
    begun: set[str] | None = None
    passing: set[str] = field(default_factory=set)
    is_clear: bool = True

    def take(self, statement: Statement) -> bool:
        """Note what the statement makes and drops; return whether all that it changes is temporary."""
        text = _COMMENTS.sub("", statement.text, count=1)
        if ";" in text.rstrip("; \t\r\n"):
            # The log does not say which of several statements in one text changed what.
            self.is_clear = self.is_clear and not _BREAKS.search(text) and not _sets_path(text)
            return False
        self.is_clear = self.is_clear and not _sets_path(text)
        makes = _MAKES.match(text) is not None
        own = bool(statement.writes) and all(self._is_own(table, makes=makes) for table in statement.writes)
        if statement.sqlstate is not None:
            self._undo()
        elif makes:
            self._make(set(statement.writes), is_passing=_UNTIL_COMMIT.search(text) is not None)
        elif statement.kind is StatementKind.DDL:
            self._drop(set(statement.writes))
        elif statement.kind is StatementKind.SESSION:
            self._follow(text)
        return own

    def _is_own(self, table: str, *, makes: bool) -> bool:
        if _IN_TEMPORARY_SCHEMA.match(table):
            return True
        known = self.kept | self.passing | (self.begun or set())
        return "." not in table and (makes or (self.is_clear and table in known))

    def _make(self, tables: set[str], *, is_passing: bool) -> None:
        if self.begun is None:
            self.kept |= set() if is_passing else tables
        elif is_passing:
            self.passing |= tables
        else:
            self.begun |= tables

    def _drop(self, tables: set[str]) -> None:
        self.kept -= tables
        self.passing -= tables
        self.begun = None if self.begun is None else self.begun - tables

    def _follow(self, text: str) -> None:
        if _BEGINS.match(text):
            self.begun = self.begun or set()
        elif _COMMITS.match(text):
            self.kept |= self.begun or set()
            self.begun, self.passing = None, set()
        elif _ENDS.match(text):
            self.begun, self.passing = None, set()
        elif not _KEEPS.match(text):  # to a savepoint, with another transaction, or all at once
            self.kept.clear()
            self._undo()

    def _undo(self) -> None:
        """Forget what the open transaction has made: a failure undoes it, too."""
        self.begun, self.passing = None if self.begun is None else set(), set()


def _sets_path(text: str) -> bool:
    return "search_path" in text.lower()
