"""One page of a grant's statements, for a person who may see them."""

from dataclasses import dataclass

from dbaccess.domain.activity import Statement, StatementFilter, StatementKey, StatementKind
from dbaccess.domain.activity_report import ActivityReport
from dbaccess.domain.grant import Grant, GrantId


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The statements that a person asks for: of one grant, of that kind and table, after that statement."""

    grant_id: GrantId
    kind: StatementKind | None = None
    table: str | None = None
    after: StatementKey | None = None

    @property
    def only(self) -> StatementFilter:
        return StatementFilter(kind=self.kind, table=self.table)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementPage:
    """The answer to a look. `has_more` tells of statements after the last one here."""

    look: Look
    grant: Grant
    holder_name: str
    report: ActivityReport
    statements: tuple[Statement, ...]
    has_more: bool
