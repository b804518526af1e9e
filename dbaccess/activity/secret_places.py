"""The places of secrets among the tokens of a statement. Where they cannot be told, all literals are."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice, pairwise
from typing import Final

from dbaccess.activity.escapes import decoded
from dbaccess.activity.expressions import Expressions
from dbaccess.activity.lexer import Token, TokenKind
from dbaccess.activity.secret_names import (
    is_name_text,
    is_plain_name,
    is_secret_name,
    mentions_secret,
)
from dbaccess.activity.secret_text import LETS_IN, NAMES_SECRET, hide_in_text, may_hide
from dbaccess.activity.unnamed_values import unnamed_into, unnamed_values

# Positions of secret arguments, counted from 0. A text that is encrypted or hashed is as secret as the key.
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
    "digest": frozenset({0}),
    "sign": frozenset({1}),
    "verify": frozenset({1}),
    **{name: frozenset({0}) for name in ("md5", "sha224", "sha256", "sha384", "sha512")},
}
_KEYED: Final = re.compile(r"pgp_sym_|pgp_pub_decrypt|(?:en|de)crypt(?:_iv)?$|hmac$")
# Functions with a key among their arguments, and those that check or make an account.
_ALL_ARGUMENTS: Final = re.compile(rf"crypto_|dblink_connect|{LETS_IN}$")
# Tables of accounts often have a column with a secret, which an INSERT without columns does not name.
_ACCOUNTS: Final = re.compile(r"user|account|login|member|people|person|customer|session")
_STRINGS: Final = frozenset({TokenKind.STRING, TokenKind.ESCAPED, TokenKind.DOLLAR})
_ROLES: Final = frozenset({"role", "user", "group"})
_CONNECTING: Final = frozenset({"mapping", "subscription", "server"})
_BODIES: Final = frozenset({"function", "procedure", "do"})
_SETS: Final = frozenset({"union", "intersect", "except"})

_FARTHEST: Final = 200
"""Tokens of the arguments of a function that are looked at."""

_NOTHING: Final = frozenset({"null", "default"})


def secret_places(split: Sequence[Token]) -> set[int]:
    """Return the places of the tokens to hide: literals, parameters, and words that stand for a value."""
    places: set[int] = set()
    for code in _statements(split):
        meant = [split[place] for place in code]
        places.update(code[index] for index in _hidden(meant))
    return places


def is_value(token: Token) -> bool:
    return token.is_literal or token.kind is TokenKind.PARAMETER


def names_secret(token: Token) -> bool:
    """Return whether an identifier names a secret."""
    return is_secret_name(token.spelled)


def _is_name_alone(token: Token) -> bool:
    """Return whether a literal is the name of a secret: a key of JSON, a setting, a row's own name for it."""
    return token.kind in _STRINGS and is_name_text(decoded(token.text))


def tells_of_secret(token: Token) -> bool:
    """Return whether a string says that another literal is, or may be, a secret."""
    return _is_name_alone(token) or _ends_in_secret(token) or _names_placeholder(token)


def body_places(split: Sequence[Token]) -> set[int]:
    """Return the places of literals that are code: bodies of functions and of `DO`, and rows to insert."""
    places = {
        place for place, token in enumerate(split) if token.kind in _STRINGS and _INSERT.match(token.text)
    }
    for code in _statements(split):
        meant = [split[place] for place in code]
        if {token.name for token in meant[:6]} & _BODIES:
            places.update(code[index] for index in _bodies(meant))
    return places


# Text that is run: by `dblink`, or by `EXECUTE` in a function.
_INSERT: Final = re.compile(r"(?:[eEnN]?'|\$[^$]*\$)[\s(]*(?:insert|merge|with|explain)\s", re.IGNORECASE)


def _statements(split: Sequence[Token]) -> Iterator[list[int]]:
    code: list[int] = []
    for place, token in enumerate(split):
        if token.is_code and token.text != ";":
            code.append(place)
        elif token.text == ";":
            yield code
            code = []
    yield code


def _hidden(meant: Sequence[Token]) -> set[int]:
    if not meant:
        return set()
    words = {token.name for token in meant[:6]}
    is_body = bool(words & _BODIES)
    if _is_setting(meant):
        return _after_sign(meant)
    found = {
        *_regions(meant),
        *_arguments(meant),
        *_joined(meant),
        *_bare(meant),
        *_identified(meant),
        *unnamed_values(meant),
    }
    if _is_command(meant, words):
        found |= {index for index, token in enumerate(meant) if is_value(token)} - set(_until(meant))
    elif _hides_all(meant):
        found |= {index for index, token in enumerate(meant) if is_value(token) and not _is_kept(token)}
    # A function's body is read for itself.
    return found - _bodies(meant) if is_body else found


def _is_setting(meant: Sequence[Token]) -> bool:
    """Return whether a setting gets a secret value: `SET x.password = …`, also of a role or a database."""
    names = [token.name for token in meant]
    if names[0] not in {"set", "alter"} or "set" not in names or "mapping" in names[:3]:
        return False
    return any(is_secret_name(name) for name in names[names.index("set") :]) and (
        names[0] == "set" or names[1] in {*_ROLES, "database", "system", "function", "procedure"}
    )


def _after_sign(meant: Sequence[Token]) -> set[int]:
    """Return what follows the sign; without one, as in `SET PASSWORD 'x'`, what follows the name."""
    signs = (n for n, token in enumerate(meant) if token.text in {"=", ":="} or token.name == "to")
    begin = next(signs, None)
    if begin is None:
        begin = max(n for n, token in enumerate(meant) if names_secret(token))
    return {n for n in range(begin + 1, len(meant)) if meant[n].text != "," and meant[n].name not in _NOTHING}


def _is_kept(token: Token) -> bool:
    """Return whether a literal is the plain name of a secret, which tells what the other literals are."""
    return token.kind in _STRINGS and is_plain_name(decoded(token.text))


def _is_command(meant: Sequence[Token], words: set[str]) -> bool:
    """Return whether it is a command for roles or connections, of which each literal may be a secret."""
    names = [token.name for token in meant]
    if names[0] not in {"create", "alter", "import"}:
        return False
    return bool(words & _CONNECTING) or (names[1:2] != [] and names[1] in _ROLES and "set" not in names[2:5])


def _hides_all(meant: Sequence[Token]) -> bool:
    """Return whether any literal of the statement may be a secret."""
    names = [token.name for token in meant]
    if any(map(_is_name_alone, meant)) or _has_unknown_key(meant):
        return True
    if _inserts_account(meant):
        return True
    if not any(map(names_secret, meant)):
        return False
    if "insert" in names[:1] and _insert_columns(meant):
        return _values_at(meant) is None
    return "values" in names or not _SETS.isdisjoint(names) or _updates(meant) or _names_columns(meant)


def _inserts_account(meant: Sequence[Token]) -> bool:
    """Return whether a row is written, without names of columns, into a table that may have a secret."""
    if any(map(_is_account, unnamed_into(meant))):
        return True
    names = [token.name for token in meant]
    if ("insert", "values") not in pairwise(names) or not {"merge", "using"} <= set(names):
        return False
    return _is_account(meant[names.index("merge") : names.index("using")])


def _is_account(table: Sequence[Token]) -> bool:
    return any(_ACCOUNTS.search(token.name) for token in table)


def _updates(meant: Sequence[Token]) -> bool:
    """Return whether a table is updated that is named for its secrets: any of its columns may have one."""
    names = [token.name for token in meant]
    if names[0] != "update" or "set" not in names:
        return False
    end = names.index("set")
    return any(names_secret(meant[n]) and meant[n + 1].text != "." for n in range(1, end))


def _names_columns(meant: Sequence[Token]) -> bool:
    """Return whether columns are named apart from their values: `(…) as x (a, password)`, or by CREATE."""
    names = [token.name for token in meant]
    if names[0] == "create" and "as" in names and not {"table", "view"}.isdisjoint(names[:6]):
        return True
    for index in range(2, len(meant)):
        is_list = meant[index].text == "(" and (meant[index - 2].text == ")" or meant[index - 2].name == "as")
        if is_list and any(map(names_secret, chain(*_split_arguments(meant, index + 1)))):
            return True
    return False


def _until(meant: Sequence[Token]) -> Iterator[int]:
    """Yield the time in VALID UNTIL, which is no secret."""
    yield from (n for n in range(2, len(meant)) if [t.name for t in meant[n - 2 : n]] == ["valid", "until"])


def _bare(meant: Sequence[Token]) -> Iterator[int]:
    """Yield a word in place of a password's literal, as people type it who forget the quotes."""
    if meant[0].name not in {"create", "alter"} or not {t.name for t in meant[1:3]} & _ROLES:
        return
    for index in range(2, len(meant)):
        before, token = meant[index - 1], meant[index]
        if "$" in token.text and is_secret_name(token.name):
            yield index  # without a blank, the dollar quotes are a part of the word
        is_word = token.kind in {TokenKind.WORD, TokenKind.QUOTED}
        if is_word and is_secret_name(before.name) and token.name not in {*_NOTHING, "login", "valid", "is"}:
            yield index


def _identified(meant: Sequence[Token]) -> Iterator[int]:
    """Yield the literal of `identified by '…'`, as people type it who know another database."""
    for index in range(2, len(meant)):
        before = [token.name for token in meant[index - 2 : index]]
        if is_value(meant[index]) and before in (["identified", "by"], ["identified", "as"]):
            yield index


def _bodies(meant: Sequence[Token]) -> set[int]:
    kinds = {TokenKind.DOLLAR, TokenKind.STRING, TokenKind.ESCAPED}
    if meant[0].name == "do":  # its language may stand on either side
        return {n for n, token in enumerate(meant) if token.kind in kinds}
    return {n for n in range(1, len(meant)) if meant[n - 1].name == "as" and meant[n].kind in kinds}


def _regions(meant: Sequence[Token]) -> Iterator[int]:
    """Yield the values in the expressions in which a secret's name stands, or a text that names one."""
    columns, bodies = _insert_columns(meant), _bodies(meant)
    expressions = Expressions(meant)
    for index, token in enumerate(meant):
        if index in columns or index in bodies:
            continue
        if names_secret(token) or _ends_in_secret(token) or _names_placeholder(token):
            yield from (n for n in expressions.around(index) if is_value(meant[n]) and n != index)
    if columns:
        yield from _inserted(meant, columns)


def _ends_in_secret(token: Token) -> bool:
    """Return whether SQL that is put together goes on with the secret: `'… password ' || 'x'`."""
    if token.kind not in {TokenKind.STRING, TokenKind.ESCAPED}:
        return False
    last = token.text.rstrip("' (:=E%LIs").rpartition(" ")[2].lower().strip("'\"")
    return is_secret_name(last)


def _names_placeholder(token: Token) -> bool:
    """Return whether a text names a secret, with its value possibly in another argument: `'password %L'`."""
    return token.kind in _STRINGS and mentions_secret(decoded(token.text))


def _column_list(meant: Sequence[Token]) -> int | None:
    """Return where the columns of an INSERT begin; None if it names none."""
    begin = next((n for n, token in enumerate(meant[:9]) if token.text == "("), None)
    if begin is None or any(token.name in {"values", "select", "with"} for token in meant[:begin]):
        return None
    return None if meant[begin + 1 : begin + 2] and meant[begin + 1].name in {"select", "values"} else begin


def _insert_columns(meant: Sequence[Token]) -> dict[int, int]:
    """Return the secret columns of an INSERT that names its columns: their places, with their numbers."""
    if meant[0].name != "insert":
        return {}
    begin = _column_list(meant)
    if begin is None:
        return {}
    found: dict[int, int] = {}
    number = 0
    for index in range(begin + 1, len(meant)):
        if meant[index].text == ")":
            break
        number += meant[index].text == ","
        if names_secret(meant[index]):
            found[index] = number
    return found


def _values_at(meant: Sequence[Token]) -> int | None:
    """Return the place of VALUES after the columns of an INSERT, one of which may have that name, too."""
    closed = next((n for n, token in enumerate(meant) if token.text == ")"), len(meant))
    return next((n for n in range(closed, len(meant)) if meant[n].name == "values"), None)


def _inserted(meant: Sequence[Token], columns: Mapping[int, int]) -> Iterator[int]:
    """Yield the values of the columns in each row, and all of what follows the rows."""
    begin = _values_at(meant)
    depth = number = 0
    for index in range(len(meant) if begin is None else begin + 1, len(meant)):
        text = meant[index].text
        if text in {"(", "["}:
            depth += 1
            number = 0 if depth == 1 else number
        elif text in {")", "]"}:
            depth -= 1
        elif text == "," and depth == 1:
            number += 1
        elif is_value(meant[index]) and number in columns.values():
            yield index


def _arguments(meant: Sequence[Token]) -> Iterator[int]:
    """Yield the values in secret arguments of functions, whatever stands around them there."""
    opened: list[tuple[frozenset[int] | None, list[int]]] = []
    for index, token in enumerate(meant):
        if token.text == "(":
            name = meant[index - 1].name if index else ""
            secret = _SECRET_ARGUMENTS.get(name, frozenset())
            opened.append((None if _ALL_ARGUMENTS.match(name) else secret, [0]))
        elif token.text == ")" and opened:
            opened.pop()
        elif token.text == "," and opened:
            opened[-1][1][0] += 1
        elif is_value(token) and any(secret is None or at[0] in secret for secret, at in opened):
            yield index


def _has_unknown_key(meant: Sequence[Token]) -> bool:
    """Return whether a key is neither a literal nor a parameter: any literal of the statement may be it."""
    for index, token in enumerate(meant[:-1]):
        if meant[index + 1].text == "(" and _KEYED.match(token.name):
            arguments = _split_arguments(meant, index + 2)
            keys = [arguments[n] for n in _SECRET_ARGUMENTS.get(token.name, ()) if 0 < n < len(arguments)]
            if any(_is_computed(key) for key in keys):
                return True
    return False


def _is_computed(key: Sequence[Token]) -> bool:
    return not any(map(is_value, key)) or any(token.text == "(" for token in key)


def _split_arguments(meant: Sequence[Token], begin: int) -> list[list[Token]]:
    arguments: list[list[Token]] = [[]]
    depth = 0
    for token in islice(meant, begin, begin + _FARTHEST):
        depth += (token.text == "(") - (token.text == ")")
        if depth < 0:
            break
        if token.text == "," and depth == 0:
            arguments.append([])
        else:
            arguments[-1].append(token)
    return arguments


def _joined(meant: Sequence[Token]) -> Iterator[int]:
    """Yield literals that hold a secret only when they are put together, or when their escapes are read."""
    run: list[int] = []
    for index, token in enumerate([*meant, Token(TokenKind.SYMBOL, ";")]):
        if token.is_literal and token.kind is not TokenKind.NUMBER:
            run.append(index)
        elif token.text != "|" or not run:
            yield from _of_run(meant, run)
            run = []


def _of_run(meant: Sequence[Token], run: Sequence[int]) -> Iterator[int]:
    texts = [decoded(meant[index].text) for index in run]
    for index, text in zip(run, texts, strict=True):
        is_escaped = meant[index].kind is TokenKind.ESCAPED and text not in meant[index].text
        if is_escaped and (NAMES_SECRET.search(text) or hide_in_text(text) != text):
            yield index
    whole = "".join(texts)
    if len(run) > 1 and may_hide(whole):
        apart = "".join(map(hide_in_text, texts))
        if hide_in_text(whole) != apart and hide_in_text(whole) != whole:
            yield from run
