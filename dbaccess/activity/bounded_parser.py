"""sqlglot's parser with a bound: some short texts would take it longer than anyone lives."""

from typing import Final

from sqlglot import exp
from sqlglot.dialects.postgres import Postgres
from sqlglot.parsers.postgres import PostgresParser

_STEPS_EACH: Final = 100
"""Steps for each token. Queries take three, seven nested arrays 44, and each further one twice as many."""


class TooManySteps(Exception):
    """The text takes more steps than any query; no failure that the parser could pass over."""


class _Bounded(PostgresParser):
    left = 0

    def _advance(self, times: int = 1) -> None:
        self.left -= 1
        if self.left < 0:
            raise TooManySteps
        super()._advance(times)


def parse(sql: str) -> list[exp.Expr | None]:
    """Return the tree of each statement; raises `TooManySteps`, or what the parser raises."""
    dialect = Postgres()
    found = dialect.tokenize(sql)
    parser = _Bounded(dialect=dialect)
    parser.left = _STEPS_EACH * (len(found) + 10)
    return parser.parse(found, sql)
