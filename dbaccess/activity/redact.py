"""Redaction: secrets are removed from a statement before anything stores it."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from dbaccess.activity.escapes import decoded
from dbaccess.activity.lexer import LITERALS, Token, TokenKind, ambiguous_at, resolved, tokens
from dbaccess.activity.secret_names import is_name_text, is_plain_name
from dbaccess.activity.secret_places import (
    body_places,
    is_value,
    names_secret,
    secret_places,
    tells_of_secret,
)
from dbaccess.activity.secret_text import (
    NAMES_SECRET,
    REDACTED,
    hide_in_text,
    hide_in_value,
    may_be_secret,
    may_hide,
)

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
    """`text` without secrets; `parameters` are the numbers of bind values that are secret, too.

    `is_cut` says that the text ends where it cannot be told what is a literal and what is code.
    """

    text: str
    parameters: frozenset[int] = frozenset()
    is_cut: bool = False


def redact(sql: str) -> Redacted:
    """Return the statement without its secrets; idempotent.

    Secrets are values of an expression in which a name such as `password` stands, the keys of pgcrypto's
    functions, what commands for roles, user mappings, servers and subscriptions hold, the arguments of a
    COPY's program, connection strings, private keys, tokens of a known form, and in a literal all that
    follows a secret's name. Where they cannot be told from the rest, all literals of the statement are
    hidden. Where it cannot be told what is a literal, the rest of the statement is, too.
    """
    return _redact_either_way(sql) if "\\'" in sql else _redact(sql, 0)


def redact_values(values: Sequence[str | None], secret: frozenset[int]) -> tuple[str | None, ...]:
    """Return bind values with those numbers, and each known form of a secret, hidden. Numbers begin at 1.

    Beside a value that is the name of a secret, any other may be that secret.
    """
    if not secret and not may_be_secret("\n".join(filter(None, values))):
        return tuple(values)
    is_named = any(is_name_text(value) for value in values if value is not None)
    return tuple(
        None if value is None else _value(value, is_secret=is_named or number in secret)
        for number, value in enumerate(values, start=1)
    )


def _value(value: str, *, is_secret: bool) -> str:
    if is_plain_name(value):
        return value
    return REDACTED if is_secret else hide_in_value(value)


def redact_message(message: str, *, is_secret: bool = False) -> str:
    """Return a server's message without the secrets that it quotes.

    With `is_secret` it is about a statement that holds one, and everything that it quotes is hidden.
    """
    message = hide_in_text(message)
    return _QUOTED.sub(f'"{REDACTED}"', message) if is_secret else message


def hide_literals(sql: str) -> Redacted:
    """Return the statement without any literal: of one that runs another, which holds a secret."""
    split = list(tokens(sql))
    return _put_together(split, {place for place, token in enumerate(split) if is_value(token)}, 0)


def keeps_code(split: Sequence[Token]) -> bool:
    """Return whether nothing of a statement without comments is secret but for what its strings hold."""
    if secret_places(split) or body_places(split) or _programs(split):
        return False
    return all(hide_in_text(token.text) == token.text for token in split if token.kind is TokenKind.QUOTED)


def keeps_string(literal: str) -> bool:
    """Return whether a string holds no secret, and does not tell either that one stands beside it."""
    token = Token(TokenKind.STRING, literal)
    return not tells_of_secret(token) and _literal(token) == literal


def _redact_either_way(sql: str) -> Redacted:
    """Return the statement without its secrets, however its session reads a backslash before a quote.

    If either reading finds a secret, the text ends where the two part, and no literal before is kept.
    """
    split = list(tokens(sql))
    parting = ambiguous_at(sql, split)
    standard = _redact(sql, 0)
    if parting is None:
        return standard
    escaping = list(tokens(sql, backslashes=True))
    if standard.text == sql == _redact_tokens(sql, escaping, 0).text:
        return standard
    parameters = frozenset(
        _number(token) for token in (*split, *escaping) if token.kind is TokenKind.PARAMETER
    )
    hidden = secret_places(resolved(sql, split)) | {n for n, token in enumerate(split) if _is_shown(token)}
    begin = _put_together(split[:parting], hidden, 0).text
    return Redacted(text=f"{begin} {_HIDDEN}", parameters=parameters, is_cut=True)


def _is_shown(token: Token) -> bool:
    return token.kind in LITERALS or token.kind is TokenKind.COMMENT


def _redact(sql: str, depth: int) -> Redacted:
    return _redact_tokens(sql, list(tokens(sql)), depth) if may_hide(sql) else Redacted(text=sql)


def _redact_tokens(sql: str, split: Sequence[Token], depth: int) -> Redacted:
    if len(sql) > _LONGEST_READ and (NAMES_SECRET.search(sql) or _SPELLED.search(sql)):
        kinds = LITERALS | {TokenKind.PARAMETER, TokenKind.COMMENT}
        return _put_together(split, {n for n, token in enumerate(split) if token.kind in kinds}, depth)
    meant = resolved(sql, split)
    hidden = secret_places(meant) | _spelled_otherwise(split, meant)
    if depth and NAMES_SECRET.search(sql):
        # In a body the name of a secret and the literal that it gets may be far apart.
        hidden |= {place for place, token in enumerate(split) if token.is_literal}
    if hidden or any(map(names_secret, meant)):
        hidden |= {place for place, token in enumerate(split) if token.kind is TokenKind.COMMENT}
    return _put_together(split, hidden, depth)


_SPELLED: Final = re.compile(r"u&[\"']", re.IGNORECASE)


def _spelled_otherwise(split: Sequence[Token], meant: Sequence[Token]) -> set[int]:
    """Return the literals that show a secret only once their escapes are read as they may be meant."""
    return {
        place
        for place, (token, read) in enumerate(zip(split, meant, strict=True))
        if token is not read and read.is_literal and hide_in_value(decoded(read.text)) != decoded(read.text)
    }


def _number(token: Token) -> int:
    """Return the number of a bind value; no server has one with so many digits as a text can have."""
    return int(token.text[1:_LONGEST_NUMBER])


_LONGEST_NUMBER: Final = 10


def _put_together(split: Sequence[Token], hidden: Collection[int], depth: int) -> Redacted:
    parameters: set[int] = set()
    was_replaced = False
    parts: list[str] = []
    program, bodies = _programs(split), body_places(split)
    for place, token in enumerate(split):
        if place in hidden and token.kind is TokenKind.PARAMETER:
            parameters.add(_number(token))
            text = token.text
        elif place in program:
            text = _program(token)
        elif place in hidden:
            text = _comment(token) if token.kind is TokenKind.COMMENT else _HIDDEN
        else:
            inner = _inside_body(token, depth) if place in bodies else Redacted(text=_plain(token))
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
        if split[before].name in {"program", "connection"} and split[place].is_literal
    )


def _program(token: Token) -> str:
    """Return the command's first word: any other may be a secret, whatever the program is."""
    text = decoded(token.text)
    name, _, rest = text.strip().partition(" ")
    if not rest:
        return token.text if name.isalnum() else _HIDDEN
    plain = name.replace("/", "").replace("-", "").replace("_", "").replace(".", "")
    return f"'{name} {REDACTED}'" if plain.isalnum() else _HIDDEN


def _plain(token: Token) -> str:
    """Return a token that is no code without secrets in its own text."""
    if token.kind in {TokenKind.STRING, TokenKind.DOLLAR, TokenKind.ESCAPED}:
        return _literal(token)
    if token.kind is TokenKind.COMMENT and NAMES_SECRET.search(token.text):
        return _comment(token)
    if token.kind in {TokenKind.WORD, TokenKind.SYMBOL, TokenKind.SPACE, TokenKind.NUMBER}:
        return token.text
    return hide_in_text(token.text)


def _literal(token: Token) -> str:
    """Return a literal without what is secret in it; as it was typed if nothing is."""
    text = decoded(token.text)
    kept = hide_in_value(text)
    if kept == text:
        return token.text
    if token.kind is TokenKind.DOLLAR:
        delimiter = token.text[: token.text.index("$", 1) + 1]
        return f"{delimiter}{kept}{delimiter}"
    if token.kind is TokenKind.ESCAPED:
        return _HIDDEN  # its escapes could hide the end of the secret
    quote = token.text.index("'")
    return f"{token.text[:quote]}'{kept.replace(chr(39), chr(39) * 2)}'"


def _inside_body(token: Token, depth: int) -> Redacted:
    """Return a function's body without secrets; all literals of one that names a secret are hidden."""
    if token.kind is TokenKind.DOLLAR:
        return _inside_dollar(token.text, depth)
    if not _may_name_or_write(token.text):
        return Redacted(text=_plain(token))
    return _inside_string(token.text, depth) if token.kind is TokenKind.STRING else Redacted(text=_HIDDEN)


def _may_name_or_write(code: str) -> bool:
    """Return whether code names a secret, or may write a row of which a value is one that nothing names."""
    return NAMES_SECRET.search(code) is not None or "insert" in code.lower()


def _comment(token: Token) -> str:
    return _COMMENT if token.text.startswith("/*") else f"-- {REDACTED}"


def _inside_dollar(text: str, depth: int) -> Redacted:
    delimiter = text[: text.index("$", 1) + 1]
    ends = text.endswith(delimiter) and len(text) >= 2 * len(delimiter)
    body = text[len(delimiter) : -len(delimiter) if ends else None]
    if depth >= _DEEPEST:
        return Redacted(text=_HIDDEN if _may_name_or_write(body) else text)
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
