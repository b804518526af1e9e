"""The shape of a statement: its text without literals, comments and needless blanks."""

import re
from typing import Final

from dbaccess.activity.lexer import Token, TokenKind, tokens

_VALUE: Final = r"(?:'\?'|0|null|true|false|\$\d+)"
_ROW: Final = rf"\({_VALUE}(?:, ?{_VALUE})*\)"
_LIST: Final = re.compile(
    rf"\b(?P<word>in|values) ?(?P<first>\({_VALUE})[^()]*\)(?:, ?{_ROW})*", re.IGNORECASE
)


def shape(sql: str) -> str:
    """Return SQL that reads `'?'` for each string and `0` for each number, and can still be parsed.

    `IN` lists and rows of `VALUES` are cut to their first value: statements of one kind have one shape.
    """
    parts: list[str] = []
    for token in tokens(sql):
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
    return "'?'" if token.is_literal else token.text
