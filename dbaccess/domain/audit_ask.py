"""An auditor's question as it was typed, with its moments fixed, so that each page answers the same."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from dbaccess.domain.errors import NotFound
from dbaccess.domain.reach import TableUse

MOMENTS: Final = frozenset({"at", "since", "until"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditAsk:
    """None admits everything. `words` are those of statements; `grant` is a grant's number."""

    person: str | None = None
    reviewer: str | None = None
    target: str | None = None
    role: str | None = None
    table: str | None = None
    can: TableUse | None = None
    at: datetime | None = None
    since: datetime | None = None
    until: datetime | None = None
    ticket: str | None = None
    grant: int | None = None
    words: str | None = None

    def as_draft(self) -> dict[str, str]:
        """Return its parts as texts, without those that admit everything."""
        parts = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            name: part.isoformat() if isinstance(part, datetime) else str(part)
            for name, part in parts.items()
            if part is not None
        }

    @classmethod
    def of_draft(cls, draft: Mapping[str, str]) -> "AuditAsk":
        """Return the question of a draft; raises `NotFound` for a draft of another kind."""
        try:
            return cls(**{name: _read(name, text) for name, text in draft.items()})
        except (TypeError, ValueError):
            raise NotFound("This question has expired; ask again with /dbaccess audit.") from None


def _read(name: str, text: str) -> Any:
    if name in MOMENTS:
        return datetime.fromisoformat(text)
    if name == "can":
        return TableUse(text)
    return int(text) if name == "grant" else text
