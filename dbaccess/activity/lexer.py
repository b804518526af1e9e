"""SQL as PostgreSQL's lexer splits it: enough to tell literals from code, whatever the statement."""

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from dbaccess.activity.escapes import decoded


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
    def spelled(self) -> str:
        """The identifier as it is typed, without quotes and escapes; empty for anything else."""
        if self.kind is TokenKind.WORD:
            return self.text
        return decoded(self.text) if self.kind is TokenKind.QUOTED else ""

    @property
    def name(self) -> str:
        """The identifier in lower case; empty for anything else."""
        return self.spelled.lower()


LITERALS: Final = frozenset({TokenKind.STRING, TokenKind.ESCAPED, TokenKind.DOLLAR, TokenKind.NUMBER})

# The server takes every character beyond ASCII for a letter, a blank that is one too.
LETTERS: Final = r"A-Za-z_\x80-\U0010ffff"

_PLAIN: Final = r"(?P<string>[bBxXnN]?'(?:[^']++|'')*+(?:'|\Z))"
# With `standard_conforming_strings` off, a backslash escapes in a plain string, too.
_OLD: Final = r"(?P<old>[nN]?'(?:[^'\\]++|''|\\.)*+(?:'|\\?\Z)) | (?P<string>[bBxX]'(?:[^']++|'')*+(?:'|\Z))"


def _pattern(plain: str) -> re.Pattern[str]:
    # Possessive quantifiers keep the time linear. An unterminated literal reaches to the end of the text.
    return re.compile(
        rf"""
          (?P<space>[ \t\n\r\f\v]++)
        | (?P<comment>--[^\r\n]*+)
        | (?P<block>/\*)
        | (?P<escaped>[eE]'(?:[^'\\]++|''|\\.)*+(?:'|\\?\Z) | [uU]&'(?:[^']++|'')*+(?:'|\Z))
        | {plain}
        | (?P<dollar>\$(?:[{LETTERS}][{LETTERS}0-9]*+)?\$)
        | (?P<quoted>(?:[uU]&)?"(?:[^"]++|"")*+(?:"|\Z))
        | (?P<parameter>\$[0-9]++)
        | (?P<number>0[xXoObB][0-9a-fA-F_]++
            | (?:[0-9][0-9_]*+(?:\.[0-9_]*+)?|\.[0-9][0-9_]*+)(?:[eE][+-]?[0-9]++)?)
        | (?P<word>[{LETTERS}][{LETTERS}0-9$]*+)
        | (?P<symbol>:=|=>|::|.)
        """,
        re.VERBOSE | re.DOTALL,
    )


_TOKEN: Final = _pattern(_PLAIN)
_OLD_TOKEN: Final = _pattern(_OLD)
_COMMENT_EDGE: Final = re.compile(r"/\*|\*/")


def tokens(sql: str, *, backslashes: bool = False) -> Iterator[Token]:
    """Yield tokens; their texts, joined, are `sql`. Every text can be split; none raises.

    `backslashes` reads plain strings as a session does that has set `standard_conforming_strings` off.
    """
    pattern = _OLD_TOKEN if backslashes else _TOKEN
    place = 0
    while found := pattern.match(sql, place):
        kind, end = found.lastgroup or "symbol", found.end()
        if kind == "block":
            kind, end = "comment", _end_of_comment(sql, end)
        elif kind == "dollar":
            end = _end_of_dollar(sql, found.group(), end)
        elif kind == "old":
            kind = "escaped" if "\\" in found.group() else "string"
        yield Token(TokenKind(kind), sql[place:end])
        place = end


def ambiguous_at(sql: str, split: Sequence[Token]) -> int | None:
    """Return the first token that `standard_conforming_strings` lets end elsewhere; None if there is none.

    A session may change that setting, and the log does not show it.
    """
    if "\\'" not in sql:
        return None
    return next((n for n, token in enumerate(split) if _is_plain(token) and "\\'" in token.text), None)


def resolved(sql: str, split: Sequence[Token]) -> Sequence[Token]:
    r"""Return the tokens as they are meant, place for place: `U&"p!0061ss" UESCAPE '!'` is `U&"p\0061ss"`.

    A plain string with a backslash is read as one that escapes: only the session knows.
    """
    if "\\" not in sql and "uescape" not in sql.lower():
        return split
    meant = [
        Token(TokenKind.ESCAPED, f"E{token.text.lstrip('nN')}")
        if _is_plain(token) and "\\" in token.text
        else token
        for token in split
    ]
    for place, token in enumerate(split):
        if token.text.lower() == "uescape":
            _resolve(meant, place)
    return meant


def _resolve(meant: list[Token], place: int) -> None:
    """Give the text before UESCAPE the usual escape character, and drop the words that say another."""
    before = next((n for n in range(place - 1, -1, -1) if meant[n].is_code), None)
    after = next((n for n in range(place + 1, len(meant)) if meant[n].is_code), None)
    if before is None or after is None or len(escape := meant[after].text.strip("'")) != 1:
        return
    kind, text = meant[before]
    if text[:2].lower() == "u&":
        body = text[3:].replace("\\", "\\\\").replace(escape, "\\")
        meant[before] = Token(kind, text[:3] + body)
    meant[place] = meant[after] = _NOTHING


_NOTHING: Final = Token(TokenKind.SPACE, "")


def _is_plain(token: Token) -> bool:
    return token.kind is TokenKind.STRING and token.text[:1] not in "bBxX"


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
