"""The shape of a statement: its text without literals, comments and needless blanks."""

import re
from collections.abc import Sequence
from typing import Final

from dbaccess.activity.lexer import Token, TokenKind, ambiguous_at, resolved, tokens

_VALUE: Final = r"(?:'\?'|0|null|true|false|\$\d+)"
_ROW: Final = rf"\({_VALUE}(?:, ?{_VALUE})*\)"
_LIST: Final = re.compile(
    rf"\b(?P<word>in|values) ?(?P<first>\({_VALUE})[^()]*\)(?:, ?{_ROW})*", re.IGNORECASE
)


def shape(sql: str) -> str:
    """Return SQL that reads `'?'` for each string and `0` for each number, and can still be parsed.

    `IN` lists and rows of `VALUES` are cut to their first value: statements of one kind have one shape. The
    shape ends where only the session knows what is a literal and what is code.
    """
    split = list(tokens(sql))
    parting = ambiguous_at(sql, split)
    return shape_of(sql, split if parting is None else split[: parting + 1])


def shape_of(sql: str, split: Sequence[Token]) -> str:
    """Return the shape of a statement that is split as its session reads it."""
    parts: list[str] = []
    for token in resolved(sql, split):
        text = _shaped(token)
        if text != " " or (parts and parts[-1] != " "):
            parts.append(text)
    joined = "".join(parts).strip().rstrip(";").rstrip()
    return _LIST.sub(r"\g<word> \g<first>)", joined)


def _shaped(token: Token) -> str:
    if not token.is_code:
        return " "
    if token.kind is TokenKind.NUMBER:
        return "0"
    if token.kind is TokenKind.QUOTED:
        return '"' + token.spelled.replace('"', '""') + '"'
    return "'?'" if token.is_literal else token.text
