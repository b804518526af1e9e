"""Redaction: secrets are removed from a statement before anything stores it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from dbaccess.activity.lexer import Token, TokenKind, tokens

REDACTED: Final = "[redacted]"
_HIDDEN: Final = f"'{REDACTED}'"

_DEEPEST: Final = 4
"""Levels of SQL inside strings that are read; a deeper string that names a secret is hidden whole."""

_SECRET_NAME: Final = re.compile(
    r"(?:^|[_.-])(?:pass|passwd|password|passphrase|passcode|pwd|psw|pin|secret|secrets|token|tokens|apikey|"
    r"api_?key|private_?key|access_?key|secret_?key|encryption_?key|credential|credentials|auth|otp)"
    r"(?:[_.-]|\d*$)"
)
_NAMES_SECRET: Final = re.compile(r"passw|passphrase|secret|pgp_sym|crypt\s*\(|token|api_?key", re.IGNORECASE)

# Positions of secret arguments, counted from 0. What is encrypted is as secret as the key.
_SECRET_ARGUMENTS: Final[Mapping[str, frozenset[int]]] = {
    "pgp_sym_encrypt": frozenset({0, 1}),
    "pgp_sym_encrypt_bytea": frozenset({0, 1}),
    "pgp_sym_decrypt": frozenset({1}),
    "pgp_sym_decrypt_bytea": frozenset({1}),
    "pgp_pub_encrypt": frozenset({0}),
    "pgp_pub_encrypt_bytea": frozenset({0}),
    "pgp_pub_decrypt": frozenset({1, 2}),
    "pgp_pub_decrypt_bytea": frozenset({1, 2}),
    "encrypt": frozenset({0, 1}),
    "encrypt_iv": frozenset({0, 1, 2}),
    "decrypt": frozenset({1}),
    "decrypt_iv": frozenset({1, 2}),
    "hmac": frozenset({1}),
    "crypt": frozenset({0}),
}

# Words and operators between the name of a secret and its value.
_BETWEEN: Final = frozenset(
    {"=", ":=", "=>", "<", ">", "!", "~", "*", "(", ",", "|", "+", "like", "ilike", "in", "any", "not", "is",
     "distinct", "from", "to", "default", "encrypted", "quote_literal", "quote_nullable"}
)  # fmt: skip

_NAME_OF_TABLE: Final = 7

# A text without any of these holds nothing that is hidden.
_HINT: Final = re.compile(
    r"pass|pwd|psw|pin\b|secret|token|key|credential|auth|otp|crypt|hmac|://|PRIVATE|AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|"
    r"xox[a-z]-|xapp-|[rs]k_|sk-|eyJ|AIza|SCRAM|md5|\$2|\s-u|--user",
    re.IGNORECASE,
)

_IN_TEXT: Final = (
    # A URL's password, and a connection string's.
    re.compile(
        r"(?P<keep>\b[a-z][a-z0-9+.-]{0,30}://[^\s:/@'\"]{0,200}:)[^\s@'\"]{1,200}+(?=@)", re.IGNORECASE
    ),
    re.compile(
        r"(?P<keep>\b(?:password|passfile|sslpassword|pwd|passwd|secret|token|api_?key|access_?key)\s*[=:]\s*)"
        r"(?:''(?:[^']|\\')*''|'(?:[^'\\]|\\.)*'|\"[^\"]*\"|[^\s'\"&;,)]+)",
        re.IGNORECASE,
    ),
    re.compile(r"(?P<keep>\s(?:-u|--user)[ =]['\"]?[^\s:'\"]+:)[^\s'\"]+"),
    re.compile(
        r"(?P<keep>-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----).*?"
        r"(?:(?=-----END [A-Z0-9 ]*PRIVATE KEY)|\Z)",
        re.DOTALL,
    ),
    # Tokens that say by their form what they are.
    re.compile(
        r"(?P<keep>)(?:\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}|"
        r"\bglpat-[\w-]{20,}|\bxox[abeoprs]-[\w-]{10,}|\bxapp-[\w-]{10,}|\b[rs]k_(?:live|test)_\w{16,}|"
        r"\bsk-[\w-]{20,}|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|\bAIza[\w-]{30,}|"
        r"\bSCRAM-SHA-256\$\d+:[^\s']+|\bmd5[0-9a-f]{32}\b|\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53})"
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Redacted:
    """`text` without secrets; `parameters` are the numbers of bind values that are secret, too."""

    text: str
    parameters: frozenset[int] = frozenset()


def redact(sql: str) -> Redacted:
    """Return the statement without its secrets; idempotent.

    Secrets are values beside a name such as `password`, the keys of pgcrypto's functions, values of secret
    columns in an INSERT, connection strings, private keys, and tokens of a known form.
    """
    return _redact(sql, 0)


def redact_values(values: Sequence[str | None], secret: frozenset[int]) -> tuple[str | None, ...]:
    """Return bind values with those numbers, and each known form of a secret, hidden. Numbers begin at 1."""
    return tuple(
        None if value is None else REDACTED if number in secret else _in_text(value)
        for number, value in enumerate(values, start=1)
    )


def redact_message(message: str) -> str:
    """Return a server's message without the secrets that it quotes, as far as their form shows them."""
    return _in_text(message)


def _redact(sql: str, depth: int) -> Redacted:
    if not _HINT.search(sql):
        return Redacted(text=sql)
    split = list(tokens(sql))
    hidden = _secret_places(split)
    parameters = {int(split[place].text[1:]) for place in hidden if split[place].kind is TokenKind.PARAMETER}
    parts: list[str] = []
    for place, token in enumerate(split):
        if place in hidden:
            parts.append(token.text if token.kind is TokenKind.PARAMETER else _HIDDEN)
        else:
            inner = _inside(token, depth)
            parameters |= inner.parameters
            parts.append(inner.text)
    return Redacted(text="".join(parts), parameters=frozenset(parameters))


def _secret_places(split: Sequence[Token]) -> set[int]:
    """Return the places of secret values, by one pass over the code."""
    code = [place for place, token in enumerate(split) if token.is_code]
    meant = [split[place] for place in code]
    secret = {*_named(meant), *_in_parentheses(meant)}
    return {code[index] for index in secret if _is_value(meant[index])}


def _is_value(token: Token) -> bool:
    return token.is_literal or token.kind is TokenKind.PARAMETER


def _is_secret(name: str) -> bool:
    return bool(name) and _SECRET_NAME.search(name) is not None


def _named(meant: Sequence[Token]) -> Iterator[int]:
    """Yield the places of values that follow the name of a secret, or precede it and an operator."""
    done = 0
    for index, token in enumerate(meant):
        if not _is_secret(token.name) and not _ends_in_secret(token):
            continue
        following = max(index + 1, done)
        while following < len(meant) and (
            _is_value(meant[following]) or meant[following].text.lower() in _BETWEEN
        ):
            yield following
            following += 1
        done = following
        if index and meant[index - 1].text in {"=", ">"}:
            yield from range(max(0, index - 3), index - 1)


def _ends_in_secret(token: Token) -> bool:
    """Return whether SQL that is put together goes on with the secret: `'… password ' || 'x'`."""
    return token.kind is TokenKind.STRING and _is_secret(
        token.text.rstrip("' (:=E").rpartition(" ")[2].lower()
    )


@dataclass(slots=True)
class _Parenthesis:
    """An open parenthesis: which of its arguments are secret, and which is being read."""

    secret: frozenset[int] = frozenset()
    is_hidden: bool = False
    is_columns: bool = False
    is_setting: bool = False
    """The first argument names the later ones: `set_config` and `format`."""
    number: int = 0
    named: set[int] = field(default_factory=set)


def _in_parentheses(meant: Sequence[Token]) -> Iterator[int]:
    """Yield the places in secret arguments of functions, and in secret columns of an INSERT's rows."""
    opened: list[_Parenthesis] = []
    inserted = _Inserted()
    for index, token in enumerate(meant):
        if token.text == "(":
            outside = opened[-1] if opened else None
            opened.append(_opening(meant, index, inserted))
            opened[-1].is_hidden = outside is not None and _hides(outside)
        elif token.text == ")" and opened:
            closed = opened.pop()
            if closed.is_columns:
                inserted.columns = frozenset(closed.named)
        elif opened:
            inner = opened[-1]
            if token.text == ",":
                inner.number += 1
            elif (inner.is_columns and _is_secret(token.name)) or (inner.is_setting and _is_setting(token)):
                inner.named.add(inner.number)
            if _hides(inner):
                yield index
        inserted.read(token, at_top=not opened)


def _hides(inner: _Parenthesis) -> bool:
    after_setting = inner.is_setting and bool(inner.named) and inner.number > 0
    return inner.is_hidden or after_setting or inner.number in inner.secret


def _is_setting(token: Token) -> bool:
    text = token.text.strip("'").lower()
    return token.kind is TokenKind.STRING and (_is_secret(text) or _NAMES_SECRET.search(text) is not None)


@dataclass(slots=True)
class _Inserted:
    """How far an INSERT was read: its secret columns, and whether rows follow."""

    columns: frozenset[int] = frozenset()
    since_into: int | None = None
    in_rows: bool = False

    def read(self, token: Token, *, at_top: bool) -> None:
        if token.name == "into":
            self.since_into, self.columns, self.in_rows = 0, frozenset(), False
        elif self.since_into is not None:
            self.since_into += 1
        if token.name == "values":
            self.in_rows = True
        elif at_top and token.text not in {",", ")"}:
            self.in_rows = False


def _opening(meant: Sequence[Token], index: int, inserted: _Inserted) -> _Parenthesis:
    before = meant[index - 1] if index else None
    if before is not None and before.name in _SECRET_ARGUMENTS:
        return _Parenthesis(secret=_SECRET_ARGUMENTS[before.name])
    if before is not None and before.name in {"set_config", "format"}:
        return _Parenthesis(is_setting=True)
    if inserted.in_rows:
        return _Parenthesis(secret=inserted.columns)
    # The table's name, perhaps qualified and with an alias, stands between INTO and its columns.
    if inserted.since_into is not None and inserted.since_into <= _NAME_OF_TABLE:
        inserted.since_into = None
        return _Parenthesis(is_columns=True)
    return _Parenthesis()


def _inside(token: Token, depth: int) -> Redacted:
    """Return a token without secrets in its own text, SQL in strings and function bodies included."""
    if token.kind is TokenKind.DOLLAR:
        return _inside_dollar(token.text, depth)
    if token.kind is TokenKind.STRING and _NAMES_SECRET.search(token.text):
        return _inside_string(token.text, depth)
    if token.kind is TokenKind.ESCAPED and _NAMES_SECRET.search(token.text):
        return Redacted(text=_HIDDEN)  # escapes could hide the end of the secret
    if token.kind in {TokenKind.WORD, TokenKind.SYMBOL, TokenKind.SPACE, TokenKind.NUMBER}:
        return Redacted(text=token.text)
    return Redacted(text=_in_text(token.text))


def _inside_dollar(text: str, depth: int) -> Redacted:
    delimiter = text[: text.index("$", 1) + 1]
    ends = text.endswith(delimiter) and len(text) >= 2 * len(delimiter)
    body = text[len(delimiter) : -len(delimiter) if ends else None]
    if depth >= _DEEPEST:
        return Redacted(text=_HIDDEN if _NAMES_SECRET.search(body) else text)
    inner = _redact(body, depth + 1)
    return Redacted(text=f"{delimiter}{inner.text}{delimiter if ends else ''}")


def _inside_string(text: str, depth: int) -> Redacted:
    quote = text.index("'")
    prefix, body = text[:quote], text[quote + 1 :]
    ends = body.endswith("'") and len(body) - len(body.rstrip("'")) & 1
    body = body[:-1] if ends else body
    if depth >= _DEEPEST:
        return Redacted(text=_HIDDEN)
    inner = _redact(_in_text(body.replace("''", "'")), depth + 1)
    return Redacted(text=f"{prefix}'{inner.text.replace(chr(39), chr(39) * 2)}{chr(39) if ends else ''}")


def _in_text(text: str) -> str:
    if not _HINT.search(text):
        return text
    for form in _IN_TEXT:
        text = form.sub(rf"\g<keep>{REDACTED}", text)
    return text
