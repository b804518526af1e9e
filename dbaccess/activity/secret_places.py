"""The places of secrets among the tokens of a statement. Where they cannot be told, all literals are."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, islice
from typing import Final

from dbaccess.activity.lexer import Token, TokenKind
from dbaccess.activity.secret_text import HINT, NAMES_SECRET, decoded, hide_in_text

_SECRET_NAME: Final = re.compile(
    r"passw|passphrase|passcode|secret|credential|authorization|"
    r"(?:api|private|access|account|shared|encryption)[_-]?key|"
    r"(?:^|[_.-])(?:pass|pwd|psw|pw|pin|token|tokens|auth|otp|jwt|sslkey|passfile)(?:[_.-]|\d*$)|(?:pwd|token)$"
)
_NAME_ALONE: Final = re.compile(r"[\s{\"]*(?P<name>[\w.-]{1,60})[\s}\"]*")

# Positions of secret arguments, counted from 0. What is encrypted or hashed is as secret as the key.
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
_ALL_ARGUMENTS: Final = re.compile(r"crypto_")

_COMPARISONS: Final = frozenset({"=", "<", ">", "~", "like", "ilike"})
_BOUNDARIES: Final = frozenset(
    {"and", "or", "from", "where", "group", "order", "having", "limit", "offset", "union", "returning", "on",
     "join", "using", "when", "valid", "uescape"}
)  # fmt: skip
_ROLES: Final = frozenset({"role", "user", "group"})
_CONNECTING: Final = frozenset({"mapping", "subscription", "server"})
_BODIES: Final = frozenset({"function", "procedure", "do"})
_FARTHEST: Final = 200
"""Tokens of an expression that are looked at from its end, or of the arguments of a function."""

_NOTHING: Final = frozenset({"null", "default"})


def is_secret_name(name: str) -> bool:
    return bool(name) and _SECRET_NAME.search(name) is not None


def secret_places(split: Sequence[Token]) -> set[int]:
    """Return the places whose tokens are hidden: literals, parameters, and words that stand for a value."""
    places: set[int] = set()
    for code in _statements(split):
        meant = [split[place] for place in code]
        places.update(code[index] for index in _hidden(meant))
    return places


def is_value(token: Token) -> bool:
    return token.is_literal or token.kind is TokenKind.PARAMETER


def is_name_alone(token: Token) -> bool:
    """Return whether a literal is the name of a secret: a key of JSON, a setting, a row's own name for it."""
    if token.kind not in {TokenKind.STRING, TokenKind.ESCAPED, TokenKind.DOLLAR}:
        return False
    found = _NAME_ALONE.fullmatch(decoded(token.text))
    return found is not None and is_secret_name(found["name"].lower())


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
    if _hides_all(meant, words):
        found = {index for index, token in enumerate(meant) if is_value(token)} | set(_bare(meant))
        found -= set(_until(meant)) | {index for index in found if is_name_alone(meant[index])}
    else:
        found = {*_regions(meant), *_arguments(meant), *_joined(meant), *_bare(meant)}
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
    begin = next((n for n, token in enumerate(meant) if token.text == "=" or token.name == "to"), len(meant))
    return {n for n in range(begin + 1, len(meant)) if meant[n].text != "," and meant[n].name not in _NOTHING}


def _hides_all(meant: Sequence[Token], words: set[str]) -> bool:
    names = [token.name for token in meant]
    changes = names[0] in {"create", "alter", "import"}
    if changes and (words & _CONNECTING or (names[1:2] and names[1] in _ROLES and "set" not in names[2:5])):
        return True
    if any(is_name_alone(token) for token in meant) or _has_unknown_key(meant):
        return True
    if not any(map(is_secret_name, names)):
        return False
    if "insert" in names[:1] and _insert_columns(meant):
        return "values" not in names
    return "values" in names


def _until(meant: Sequence[Token]) -> Iterator[int]:
    """Yield the time in VALID UNTIL, which is no secret."""
    yield from (n for n in range(2, len(meant)) if [t.name for t in meant[n - 2 : n]] == ["valid", "until"])


def _bare(meant: Sequence[Token]) -> Iterator[int]:
    """Yield a word in place of a password's literal, as somebody types it who forgets the quotes."""
    if meant[0].name not in {"create", "alter"} or not {t.name for t in meant[1:3]} & _ROLES:
        return
    for index in range(2, len(meant)):
        before, token = meant[index - 1], meant[index]
        if "$" in token.text and is_secret_name(token.name):
            yield index  # without a blank, the dollar quotes are a part of the word
        is_word = token.kind in {TokenKind.WORD, TokenKind.QUOTED}
        if is_word and is_secret_name(before.name) and token.name not in {*_NOTHING, "login", "valid", "is"}:
            yield index


def _bodies(meant: Sequence[Token]) -> set[int]:
    kinds = {TokenKind.DOLLAR, TokenKind.STRING, TokenKind.ESCAPED}
    return {n for n in range(1, len(meant)) if meant[n - 1].name in {"as", "do"} and meant[n].kind in kinds}


def _regions(meant: Sequence[Token]) -> Iterator[int]:
    """Yield the values that a secret's name leads to, and those that it is compared with or names."""
    columns, depths, done = _insert_columns(meant), _depths(meant), 0
    for index, token in enumerate(meant):
        is_name = is_secret_name(token.name) and index not in columns
        if is_name and index + 1 < len(meant) and meant[index + 1].text == ".":
            continue
        if not is_name and not _ends_in_secret(token):
            continue
        # A region inside of another ends no later.
        if index >= done:
            region = [*_region(meant, index + 1, depths[index])]
            done = region[-1] if region else done
            yield from (n for n in region if is_value(meant[n]))
        before = meant[index - 1] if index else None
        if (
            is_name
            and before is not None
            and (before.name in {"as", *_COMPARISONS} or before.text in _COMPARISONS)
        ):
            yield from (n for n in _before(meant, index - 1) if is_value(meant[n]))
    if columns:
        yield from _inserted(meant, columns)


def _region(meant: Sequence[Token], begin: int, depth: int) -> Iterator[int]:
    """Yield the places up to where the expression ends: a word or a comma outside of parentheses."""
    base, cases, awaits_and = depth, 0, False
    for index in range(begin, len(meant)):
        text, name = meant[index].text, meant[index].name
        if text in {"(", "["}:
            depth += 1
        elif text in {")", "]"}:
            depth -= 1
            base = min(base, depth)
        cases += (name == "case") - (name == "end" and cases > 0)
        if depth <= base and not cases:
            is_awaited = name == "and" and awaits_and
            is_distinct = name == "from" and meant[index - 1].name == "distinct"
            if (text == "," and depth == 0) or (name in _BOUNDARIES and not (is_awaited or is_distinct)):
                return
            awaits_and = name == "between" or (awaits_and and not is_awaited)
        yield index


def _before(meant: Sequence[Token], end: int) -> Iterator[int]:
    depth = 0
    for index in range(end - 1, max(-1, end - _FARTHEST), -1):
        text, name = meant[index].text, meant[index].name
        depth += (text == ")") - (text == "(")
        if depth < 0 or (depth == 0 and (text == "," or name in _BOUNDARIES or name in {"select", "set"})):
            return
        yield index


def _depths(meant: Sequence[Token]) -> list[int]:
    """Return after each token how many parentheses are open."""
    steps = ((token.text in {"(", "["}) - (token.text in {")", "]"}) for token in meant)
    return list(accumulate(steps, lambda depth, step: max(0, depth + step)))


def _ends_in_secret(token: Token) -> bool:
    """Return whether SQL that is put together goes on with the secret: `'… password ' || 'x'`."""
    if token.kind is not TokenKind.STRING:
        return False
    last = token.text.rstrip("' (:=E%LIs").rpartition(" ")[2].lower().strip("'\"")
    return _NAME_ALONE.fullmatch(last) is not None and is_secret_name(last)


def _insert_columns(meant: Sequence[Token]) -> dict[int, int]:
    """Return the secret columns of an INSERT that names its columns: their places, with their numbers."""
    if meant[0].name != "insert":
        return {}
    begin = next((n for n, token in enumerate(meant[:9]) if token.text == "("), None)
    if begin is None or any(t.name in {"values", "select", "with"} for t in meant[:begin]):
        return {}
    found: dict[int, int] = {}
    number = 0
    for index in range(begin + 1, len(meant)):
        if meant[index].text == ")":
            break
        number += meant[index].text == ","
        if is_secret_name(meant[index].name):
            found[index] = number
    return found


def _inserted(meant: Sequence[Token], columns: Mapping[int, int]) -> Iterator[int]:
    """Yield the values of the columns in each row, and all of what follows the rows."""
    begin = next((n for n, token in enumerate(meant) if token.name == "values"), len(meant))
    depth = number = 0
    for index in range(begin + 1, len(meant)):
        text = meant[index].text
        if text == "(":
            depth += 1
            number = 0 if depth == 1 else number
        elif text == ")":
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
    if len(run) > 1 and HINT.search(whole):
        apart = "".join(map(hide_in_text, texts))
        if hide_in_text(whole) != apart and hide_in_text(whole) != whole:
            yield from run
