"""The figures of a grant's activity, and what of it does not fit the role."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self

from dbaccess.domain.activity import StatementKind
from dbaccess.domain.grant import GrantId


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivitySummary:
    """The statements of a grant in figures.

    `statements` counts all but those of kind SESSION and the nested ones. `reads`, `writes` and `ddl` name
    tables; `ddl` names those that DDL changed. `rows` is None where no line says it.
    """

    statements: int = 0
    by_kind: Mapping[StatementKind, int] = field(default_factory=dict)
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    ddl: tuple[str, ...] = ()
    errors: int = 0
    not_parsed: int = 0
    rows: int | None = None
    sessions: int = 0
    clients: tuple[str, ...] = ()
    first_at: datetime | None = None
    last_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        data = {name: getattr(self, name) for name in self.__slots__}
        times = {"first_at": self.first_at, "last_at": self.last_at}
        return data | {name: at.astimezone(UTC).isoformat() if at else None for name, at in times.items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        fields = dict(data)
        fields["by_kind"] = {StatementKind(kind): count for kind, count in fields["by_kind"].items()}
        for name in ("reads", "writes", "ddl", "clients"):
            fields[name] = tuple(fields[name])
        for name in ("first_at", "last_at"):
            fields[name] = datetime.fromisoformat(fields[name]) if fields[name] else None
        return cls(**fields)


class MismatchKind(StrEnum):
    """The ways in which activity does not fit the role."""

    WROTE = "wrote"
    """Asked to read, and wrote or tried to."""
    CHANGED_SCHEMA = "changed_schema"
    """Asked to read or write, and changed objects or tried to."""
    OTHER_TABLE = "other_table"
    """Touched a table that the role does not cover."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """Statements that do not fit the role: how many, and how many the target refused, or failed otherwise.

    One that was refused or failed has changed nothing. `verb` and `tables` are those of the first: a known
    word of SQL, or the kind of the statement.
    """

    kind: MismatchKind
    times: int
    refused: int
    verb: str
    tables: tuple[str, ...] = ()
    failed: int = 0

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "kind": MismatchKind(data["kind"]), "tables": tuple(data["tables"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSummary:
    """The summary of a grant as it was recorded. `digest` is SHA-256 in hex over its statements.

    `is_final` says that the logs were read beyond the grant's end. `purged_at` is when the text was deleted.
    `mismatches` are the ways in which the statements do not fit the role, the gravest first.
    """

    grant_id: GrantId
    summary: ActivitySummary
    digest: str
    is_final: bool
    made_at: datetime
    purged_at: datetime | None = None
    mismatches: tuple[Mismatch, ...] = ()
