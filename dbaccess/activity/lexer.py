"""SQL as PostgreSQL's lexer splits it: enough to tell literals from code, whatever the statement."""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Final, NamedTuple


class TokenKind(StrEnum):
    SPACE = "space"
    COMMENT = "comment"
    STRING = "string"
    ESCAPED = "escaped"
    """A string with backslash escapes (`E'…'`) or with Unicode escapes (`U&'…'`)."""
    DOLLAR = "dollar"
    """A dollar-quoted string, delimiters included."""
    QUOTED = "quoted"
    """An identifier in double quotes."""
    PARAMETER = "parameter"
    NUMBER = "number"
    WORD = "word"
    SYMBOL = "symbol"


class Token(NamedTuple):
    kind: TokenKind
    text: str

    @property
    def is_code(self) -> bool:
        return self.kind not in {TokenKind.SPACE, TokenKind.COMMENT}

    @property
    def is_literal(self) -> bool:
        return self.kind in LITERALS

    @property
    def name(self) -> str:
        """The identifier in lower case without its quotes; empty for anything else."""
        if self.kind is TokenKind.WORD:
            return self.text.lower()
        return self.text[1:-1].lower() if self.kind is TokenKind.QUOTED else ""


LITERALS: Final = frozenset({TokenKind.STRING, TokenKind.ESCAPED, TokenKind.DOLLAR, TokenKind.NUMBER})

# Possessive quantifiers keep the time linear. An unterminated literal reaches to the end of the text.
_TOKEN: Final = re.compile(
    r"""
      (?P<space>\s++)
    | (?P<comment>--[^\r\n]*+)
    | (?P<block>/\*)
    | (?P<escaped>[eE]'(?:[^'\\]++|''|\\.)*+(?:'|\\?\Z) | [uU]&'(?:[^']++|'')*+(?:'|\Z))
    | (?P<string>[bBxXnN]?'(?:[^']++|'')*+(?:'|\Z))
    | (?P<dollar>\$(?:[^\W\d]\w*+)?\$)
    | (?P<quoted>(?:[uU]&)?"(?:[^"]++|"")*+(?:"|\Z))
    | (?P<parameter>\$\d++)
    | (?P<number>(?:\d[\d_]*+(?:\.[\d_]*+)?|\.\d[\d_]*+)(?:[eE][+-]?\d++)?|0[xXoObB][\da-fA-F_]++)
    | (?P<word>[^\W\d][\w$]*+)
    | (?P<symbol>:=|=>|::|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE: Final = re.compile(r"/\*|\*/")


def tokens(sql: str) -> Iterator[Token]:
    """Yield tokens whose texts, joined, are `sql`. Every text can be split; none raises."""
    place = 0
    while found := _TOKEN.match(sql, place):
        kind, end = found.lastgroup or "symbol", found.end()
        if kind == "block":
            kind, end = "comment", _end_of_comment(sql, end)
        elif kind == "dollar":
            end = _end_of_dollar(sql, found.group(), end)
        yield Token(TokenKind(kind), sql[place:end])
        place = end


def _end_of_comment(sql: str, place: int) -> int:
    depth = 1
    for edge in _COMMENT_EDGE.finditer(sql, place):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    return len(sql)


def _end_of_dollar(sql: str, delimiter: str, place: int) -> int:
    end = sql.find(delimiter, place)
    return len(sql) if end < 0 else end + len(delimiter)
