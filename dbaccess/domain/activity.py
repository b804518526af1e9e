"""The activity of a grant: what kinds of statements there are, and what is known of one."""

from dataclasses import dataclass
from enum import StrEnum


class StatementKind(StrEnum):
    """What a statement can change, the strongest last."""

    SESSION = "session"
    """A transaction's begin or end, a setting, a cursor's move: no data of a table."""
    READ = "read"
    WRITE = "write"
    DDL = "ddl"
    """A change of objects, privileges or roles."""
    OPAQUE = "opaque"
    """Code whose effect its text does not show, such as `DO` and `CALL`, or text that cannot be parsed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """What the text of a statement shows. Tables are named as the statement names them, in lower case.

    `is_parsed` is False for text that no parser understood: then `reads` and `writes` are unknown, not empty.
    """

    kind: StatementKind
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    is_parsed: bool = True


NOT_PARSED = Analysis(kind=StatementKind.OPAQUE, is_parsed=False)
