"""Typed words in one spelling, whatever a keyboard made of them."""

import re
import unicodedata
from typing import Final

DASHES: Final = "\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d"
"""Signs that keyboards put in the place of `-`, for a class of a regular expression."""
MARKS: Final = "!,.:;?\u060c\u061b\u061f\u0964\u2026\u3001\u3002\uff01\uff0c\uff0e\uff1a\uff1b\uff1f"
"""Signs that end a word or a sentence, also in other scripts."""
QUOTES: Final = "\"'`\u00b4\u00ab\u00bb\u2018-\u201f\u2039\u203a\u300c-\u300f"

_DASH: Final = re.compile(f"[{DASHES}]")
_WIDE: Final = re.compile("[\uff01-\uff5e]")
_BLANK: Final = re.compile("[\u115f\u1160\u2800\u3164\uffa0]")
_TOKEN: Final = re.compile(r"<[^<>|]*\|([^<>|]+)>")
"""A link or a mention as Slack writes it in text: `<http://orders|orders>`, `<#C0ORDERS|orders>`."""
_HIDDEN: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff]")
_AROUND: Final = re.compile(r"^[\W_]+|[\W_]+$")


def plain(text: str) -> str:
    """Return the text in small letters, with plain blanks and dashes, and without full-width forms.

    It is as long as before, character by character, so that positions stay true.
    """
    return "".join(map(_plain_sign, text))


def bare_name(text: str) -> str:
    """Return a typed name in one spelling, without marks around it: `"Orders-Prod",` is `orders-prod`.

    Of a link or mention the words are the name.
    """
    shown = _TOKEN.sub(r"\1", text)
    one = _DASH.sub("-", unicodedata.normalize("NFKC", _HIDDEN.sub("", shown)).casefold())
    return _AROUND.sub("", one) or one


def _plain_sign(sign: str) -> str:
    if sign.isascii():
        return " " if sign.isspace() else sign.lower()
    if _DASH.match(sign):
        return "-"
    if sign.isspace() or _BLANK.match(sign) or unicodedata.category(sign) in {"Zs", "Cf"}:
        return " "
    lower = unicodedata.normalize("NFKC", sign).lower() if _WIDE.match(sign) else sign.lower()
    return lower if len(lower) == 1 else sign
