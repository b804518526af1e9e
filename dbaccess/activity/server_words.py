"""The words of the server's messages in each language that it speaks: `lc_messages` translates its log.

`server_words.json` is made from the server's own catalogues, by `tests/samples/server_words.py`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Final, NamedTuple

_LANGUAGES: Final[Mapping[str, Mapping[str, str]]] = json.loads(
    resources.files("dbaccess.activity").joinpath("server_words.json").read_text("utf-8")
)

_ERROR_WORDS: Final = ("error", "fatal", "panic")
_OTHER_LEVELS: Final = ("log", "warning", "notice", "info", "debug")
_PARTS: Final = ("detail", "hint", "query", "context", "statement", "location")

ERRORS: Final = frozenset(words[name] for words in _LANGUAGES.values() for name in _ERROR_WORDS)
"""The words for the severity of a failure, in any language."""

SEVERITIES: Final = ERRORS | {words[name] for words in _LANGUAGES.values() for name in _OTHER_LEVELS}

PARTS: Final[Mapping[str, str]] = {
    words[f"{part}_part"].partition(":")[0].strip(): part for words in _LANGUAGES.values() for part in _PARTS
}
"""The parts of a record in the format `stderr`, by the words that begin them."""

PREPARED: Final = tuple({words["prepare"].partition("%s")[0] for words in _LANGUAGES.values()})
"""The words at the beginning of the detail of an EXECUTE, before the PREPARE that it runs."""


class Said(NamedTuple):
    """The meaning of a message in another language than English; `rest` follows its words.

    `form` is `statement`, `fetch`, `execute`, `part`, `fastpath` or `duration`.
    """

    form: str
    milliseconds: str | None
    rest: str


def said(message: str) -> Said | None:
    """Return what the server says of a statement; None for any other message."""
    found = _ANY.match(message)
    if found is None or found.lastgroup is None:
        return None
    form, pattern = _FORMS[int(found.lastgroup.removeprefix("form"))]
    matched = pattern.match(message)
    if matched is None:
        return None
    milliseconds = matched.groupdict().get("ms")
    if form == "fastpath":
        return Said(form, milliseconds, message[matched.end("before") :])
    return Said(form, milliseconds, message[matched.end() :])


_MILLISECONDS: Final = r"(?P<ms>\d+\.\d+)"


def _forms(words: Mapping[str, str]) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Yield the forms of a language, a longer one before one that it begins with."""
    yield "statement", _pattern(words["timed_statement"], is_timed=True)
    for name in ("fetch", "execute"):
        yield name, _pattern(words["timed_named"], is_timed=True, word=words[name])
    yield "part", _pattern(words["timed_parse"], is_timed=True)
    yield "part", _pattern(words["timed_bind"], is_timed=True)
    yield "fastpath", _fastpath(words["timed_fastpath"], is_timed=True)
    yield "duration", re.compile(_pattern(words["duration"], is_timed=True).pattern + r"\Z")
    yield "statement", _pattern(words["statement"])
    for name in ("fetch", "execute"):
        yield name, _pattern(words["named"], word=words[name])
    yield "fastpath", _fastpath(words["fastpath"])


def _pattern(template: str, *, is_timed: bool = False, word: str = "") -> re.Pattern[str]:
    """Return the pattern of what stands before the statement, or before its name."""
    parts = template.split("%s")
    pattern = re.escape(parts.pop(0))
    if is_timed:
        pattern += _MILLISECONDS + re.escape(parts.pop(0))
    if word:
        pattern += re.escape(word + parts.pop(0))
    return re.compile(pattern)


def _fastpath(template: str, *, is_timed: bool = False) -> re.Pattern[str]:
    """Return the pattern of a call, with what stands before it; its rest is no SQL."""
    if not is_timed:
        return re.compile("(?P<before>)" + re.escape(template.partition("%s")[0]))
    begin, _, rest = template.partition("%s")
    unit, words = re.match(r"(\s*[^\s,]+,?\s+)(.*)", rest.partition("%s")[0], re.DOTALL).groups()  # type: ignore[union-attr]  # every catalogue has a unit there
    return re.compile(f"(?P<before>{re.escape(begin)}{_MILLISECONDS}{re.escape(unit)}){re.escape(words)}")


_FORMS: Final = [form for words in _LANGUAGES.values() for form in _forms(words)]
_ANY: Final = re.compile(
    "|".join(
        f"(?P<form{number}>{re.sub(r'[(][?]P<(?:ms|before)>', '(?:', pattern.pattern)})"
        for number, (_, pattern) in enumerate(_FORMS)
    )
)
