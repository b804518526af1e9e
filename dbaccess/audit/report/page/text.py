"""Text of a page: nothing in it is markup, and nothing hides or turns what stands beside it."""

import unicodedata
from typing import Any

from dbaccess.audit.report.columns import UNKNOWN, Column, Kind
from dbaccess.audit.report.review_rows import review_in_words

_MARKUP = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;", ord("'"): "&#39;"}
_HIDDEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}


def escaped(value: object) -> str:
    """Return the text as HTML; a character that is not visible is written as its number, such as ⟨U+202E⟩."""
    text = str(value).translate(_MARKUP)
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(one) for one in text)


def worded(column: Column, value: Any) -> str:
    """Return the value for people, escaped; empty if it does not apply."""
    if value is None:
        return ""
    if column.kind is Kind.REVIEWS:
        return "<br>".join(escaped(review_in_words(one)) for one in value) or "none"
    if isinstance(value, list):
        return escaped(", ".join(map(str, value))) or "none"
    if column.kind is Kind.TIME and value != UNKNOWN:
        return moment(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return _number(column.kind, value)
    return escaped(value)


def moment(value: str) -> str:
    """Return a time of the ledger to the second, in UTC."""
    return escaped(value[:19].replace("T", " "))


def _number(kind: Kind, value: int) -> str:
    if kind is Kind.MILLISECONDS:
        return f"{value / 1000:,.1f} s"
    return duration(value) if kind is Kind.SECONDS else f"{value:,}"


def duration(seconds: int) -> str:
    """`1 h 30 min`."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = [(hours, "h"), (minutes, "min"), (left, "s")]
    return " ".join(f"{number:,} {unit}" for number, unit in parts if number) or "0 s"


def _visible(character: str) -> str:
    if character == "\n":
        return "<br>"
    hides = unicodedata.category(character) in _HIDDEN
    return f"⟨U+{ord(character):04X}⟩" if hides else character
