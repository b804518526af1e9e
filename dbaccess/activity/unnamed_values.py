"""The values of rows that are written without the names of their columns: any text may be a secret."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from dbaccess.activity.escapes import decoded
from dbaccess.activity.lexer import Token, TokenKind

_ROWS: Final = frozenset({"values", "select", "default", "table", "with"})
"""The words with which the rows of an INSERT begin."""

_LONGEST_INTO: Final = 12
"""Tokens of an INSERT up to its rows, if it names no columns."""

_TEXTS: Final = frozenset({TokenKind.STRING, TokenKind.ESCAPED, TokenKind.DOLLAR})
_BEGINS: Final = frozenset({"values", "select"})
_ENDS: Final = frozenset(
    {"from", "where", "group", "having", "window", "order", "limit", "offset", "fetch", "union", "intersect",
     "except", "on", "returning", "when"}
)  # fmt: skip
# Numbers, dates and times are kept, and what stands for true and false: without quotes they would be, too.
_PLAIN: Final = re.compile(r"[\d\s:.,+/TZ-]{0,40}|t|f|true|false|y|n|yes|no", re.IGNORECASE)


def unnamed_values(meant: Sequence[Token]) -> Iterator[int]:
    """Yield the texts and parameters among the values of each INSERT that names no columns."""
    for _, rows in _unnamed(meant):
        yield from _values(meant, rows)
    for index, (before, token) in enumerate(pairwise(meant)):
        if (_word(before), _word(token)) == ("insert", "values"):  # of a MERGE
            yield from _values(meant, index + 1)


def unnamed_into(meant: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Yield the table, and its alias, of each INSERT that names no columns."""
    yield from (meant[table:rows] for table, rows in _unnamed(meant))


def _unnamed(meant: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield the places of the table and of the rows."""
    for table, (before, token) in enumerate(pairwise(meant), start=2):
        if (_word(before), _word(token)) == ("insert", "into"):
            longest = min(len(meant), table + _LONGEST_INTO)
            rows = next((n for n in range(table, longest) if _word(meant[n]) in _ROWS), None)
            if rows is not None and not _names_columns(meant[table:rows]):
                yield table, rows


def _word(token: Token) -> str:
    """Return the keyword; a name in quotes is none."""
    return token.text.lower() if token.kind is TokenKind.WORD else ""


def _names_columns(into: Sequence[Token]) -> bool:
    """Return whether a list stands before the rows; `insert into t (select …)` has none."""
    return any(token.text == ")" for token in into)


def _values(meant: Sequence[Token], begin: int) -> Iterator[int]:
    """Yield the places in rows and in lists of SELECT, those of its WITH and its subqueries included."""
    listed = [False]
    for index in range(begin, len(meant)):
        token = meant[index]
        if token.text == "(":
            listed.append(listed[-1])
        elif token.text == ")":
            listed.pop()
            if not listed:
                return
        elif _word(token) in _BEGINS:
            listed[-1] = True
        elif _word(token) in _ENDS:
            listed[-1] = False
        elif listed[-1] and _may_be_secret(token):
            yield index


def _may_be_secret(token: Token) -> bool:
    if token.kind is TokenKind.PARAMETER:
        return True
    return token.kind in _TEXTS and _PLAIN.fullmatch(decoded(token.text)) is None
