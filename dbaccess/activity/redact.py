"""Redaction: secrets are removed from a statement before anything stores it."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from dbaccess.activity.lexer import LITERALS, Token, TokenKind, tokens
from dbaccess.activity.secret_places import is_secret_name, is_value, secret_places
from dbaccess.activity.secret_text import HINT, NAMES_SECRET, REDACTED, decoded, hide_in_text

_HIDDEN: Final = f"'{REDACTED}'"
# As the server quotes in its languages.
_QUOTED: Final = re.compile(r"\"[^\"]*(?:\"|\Z)|»[^«]*(?:«|\Z)|«[^»]*(?:»|\Z)|“[^”]*(?:”|\Z)|'[^']*(?:'|\Z)")
_COMMENT: Final = f"/* {REDACTED} */"

_LONGEST_READ: Final = 50_000
"""Characters of a text in which a secret's place is looked for; of a longer one all literals are hidden."""

_DEEPEST: Final = 4
"""Levels of SQL inside strings that are read; a deeper string that names a secret is hidden whole."""

# A hidden literal after these could be read as a part of what stands before it.
_APART: Final = frozenset(" \t\r\n(,=<>:|[+-*/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Redacted:
    """`text` without secrets; `parameters` are the numbers of bind values that are secret, too."""

    text: str
    parameters: frozenset[int] = frozenset()


def redact(sql: str) -> Redacted:
    """Return the statement without its secrets; idempotent.

    Secrets are values beside a name such as `password`, the keys of pgcrypto's functions, what commands for
    roles, user mappings, servers and subscriptions hold, the arguments of a COPY's program, connection
    strings, private keys, and tokens of a known form. Where they cannot be told from the rest, all literals
    of the statement are hidden.
    """
    return _redact(sql, 0)


def redact_values(values: Sequence[str | None], secret: frozenset[int]) -> tuple[str | None, ...]:
    """Return bind values with those numbers, and each known form of a secret, hidden. Numbers begin at 1."""
    return tuple(
        None if value is None else REDACTED if number in secret else hide_in_text(value)
        for number, value in enumerate(values, start=1)
    )


def redact_message(message: str, sql: str = "") -> str:
    """Return a server's message without the secrets that it quotes.

    Of a statement that holds a secret, everything that the message quotes is hidden.
    """
    message = hide_in_text(message)
    return _QUOTED.sub(f'"{REDACTED}"', message) if sql and redact(sql).text != sql else message


def hide_literals(sql: str) -> Redacted:
    """Return the statement without any literal: of one that runs another, which holds a secret."""
    split = list(tokens(sql))
    return _put_together(split, {place for place, token in enumerate(split) if is_value(token)}, 0)


def _redact(sql: str, depth: int) -> Redacted:
    if not HINT.search(sql):
        return Redacted(text=sql)
    split = list(tokens(sql))
    if len(sql) > _LONGEST_READ and NAMES_SECRET.search(sql):
        kinds = LITERALS | {TokenKind.PARAMETER, TokenKind.COMMENT}
        return _put_together(split, {n for n, token in enumerate(split) if token.kind in kinds}, depth)
    hidden = secret_places(split)
    if depth and NAMES_SECRET.search(sql):
        # In a body the name of a secret and the literal that it gets may be far apart.
        hidden |= {place for place, token in enumerate(split) if token.is_literal}
    if hidden or any(is_secret_name(token.name) for token in split):
        hidden |= {place for place, token in enumerate(split) if token.kind is TokenKind.COMMENT}
    return _put_together(split, hidden, depth)


def _put_together(split: Sequence[Token], hidden: Collection[int], depth: int) -> Redacted:
    parameters: set[int] = set()
    was_replaced = False
    parts: list[str] = []
    program = _programs(split)
    for place, token in enumerate(split):
        if place in hidden and token.kind is TokenKind.PARAMETER:
            parameters.add(int(token.text[1:]))
            text = token.text
        elif place in program:
            text = _program(token)
        elif place in hidden:
            text = _comment(token) if token.kind is TokenKind.COMMENT else _HIDDEN
        else:
            inner = _inside(token, depth)
            parameters |= inner.parameters
            text = inner.text
        is_replaced = text != token.text and text.startswith("'")
        if (is_replaced and parts and parts[-1][-1] not in _APART) or (
            was_replaced and (text[:1] == "'" or text[:1].isalnum())
        ):
            parts.append(" ")
        parts.append(text)
        was_replaced = is_replaced
    return Redacted(text="".join(parts), parameters=frozenset(parameters))


def _programs(split: Sequence[Token]) -> frozenset[int]:
    """Return the places of the commands that COPY runs."""
    code = [place for place, token in enumerate(split) if token.is_code]
    return frozenset(
        place
        for before, place in pairwise(code)
        if split[before].name == "program" and split[place].is_literal
    )


def _program(token: Token) -> str:
    """Return the command's first word: any other may be a secret, whatever the program is."""
    text = decoded(token.text)
    name, _, rest = text.strip().partition(" ")
    if not rest:
        return token.text if name.isalnum() else _HIDDEN
    plain = name.replace("/", "").replace("-", "").replace("_", "").replace(".", "")
    return f"'{name} {REDACTED}'" if plain.isalnum() else _HIDDEN


def _inside(token: Token, depth: int) -> Redacted:
    """Return a token without secrets in its own text, SQL in strings and function bodies included."""
    if token.kind is TokenKind.DOLLAR:
        return _inside_dollar(token.text, depth)
    if token.kind is TokenKind.STRING and NAMES_SECRET.search(token.text):
        return _inside_string(token.text, depth)
    if token.kind is TokenKind.ESCAPED and NAMES_SECRET.search(token.text):
        return Redacted(text=_HIDDEN)  # escapes could hide the end of the secret
    if token.kind is TokenKind.COMMENT and NAMES_SECRET.search(token.text):
        return Redacted(text=_comment(token))
    if token.kind in {TokenKind.WORD, TokenKind.SYMBOL, TokenKind.SPACE, TokenKind.NUMBER}:
        return Redacted(text=token.text)
    return Redacted(text=hide_in_text(token.text))


def _comment(token: Token) -> str:
    return _COMMENT if token.text.startswith("/*") else f"-- {REDACTED}"


def _inside_dollar(text: str, depth: int) -> Redacted:
    delimiter = text[: text.index("$", 1) + 1]
    ends = text.endswith(delimiter) and len(text) >= 2 * len(delimiter)
    body = text[len(delimiter) : -len(delimiter) if ends else None]
    if depth >= _DEEPEST:
        return Redacted(text=_HIDDEN if NAMES_SECRET.search(body) else text)
    inner = _redact(hide_in_text(body), depth + 1)
    return Redacted(text=f"{delimiter}{inner.text}{delimiter if ends else ''}")


def _inside_string(text: str, depth: int) -> Redacted:
    quote = text.index("'")
    prefix, body = text[:quote], text[quote + 1 :]
    ends = body.endswith("'") and len(body) - len(body.rstrip("'")) & 1
    body = body[:-1] if ends else body
    if depth >= _DEEPEST or len(body) > _LONGEST_READ:
        return Redacted(text=_HIDDEN)
    inner = _redact(hide_in_text(body.replace("''", "'")), depth + 1)
    return Redacted(text=f"{prefix}'{inner.text.replace(chr(39), chr(39) * 2)}{chr(39) if ends else ''}")
