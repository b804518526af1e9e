"""The answers to an auditor's question."""

from dataclasses import dataclass

from dbaccess.domain.activity import Statement, StatementKey
from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.reach import KnownReach
from dbaccess.domain.request import Request, Review

AuditKey = GrantId | StatementKey
"""The place of an answer: its grant, or its statement where words were asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditAnswer:
    """A grant that fits the question, with the request that made it and the reviews of that request.

    `request` is None if this program cannot read its terms. `reach` is what is on record of its login's
    reach. With a table in the question, `reach.found` are the tables meant, and `reach.unknown_why` says why
    it is unknown whether others are reached. `statement` ran under the grant and has the words that were
    asked for; None if none were.
    """

    grant: Grant
    request: Request | None
    reviews: tuple[Review, ...]
    reach: KnownReach
    statement: Statement | None = None

    @property
    def key(self) -> AuditKey:
        return self.statement.key if self.statement is not None else self.grant.id


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """A page of answers, the newest first. `after` is what the next page is asked with; None at the end.

    `knows_table` is False if the question names a table that no recorded reach has: it may be misspelt.
    """

    answers: tuple[AuditAnswer, ...]
    after: AuditKey | None
    knows_table: bool = True
