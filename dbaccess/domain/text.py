"""Cleaning and matching of typed text."""

import re
import unicodedata
from typing import Final

_LINE_ENDS: Final = re.compile("\r\n?|[\u0085\u2028\u2029]")
_CONTROLS: Final = "\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
_DIRECTIONS: Final = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_INVISIBLE: Final = (
    "\u00ad\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0080-\U000e00ff\U000e01f0-\U000e0fff"
)
"""Nothing that is written needs these; joiners (U+200C, U+200D) shape words and emoji, and stay."""

_TAGS: Final = "\U000e0000-\U000e007f"
_HIDDEN: Final = re.compile(
    # Tag characters spell the flags of regions behind a black flag. Elsewhere they are hidden writing.
    f"(?P<flag>\U0001f3f4[\U000e0020-\U000e007e]{{1,6}}\U000e007f)|[{_CONTROLS}{_DIRECTIONS}{_INVISIBLE}{_TAGS}]"
)
_FILLERS: Final = "\u034f\u115f\u1160\u17b4\u17b5\u200c\u200d\u2800\u3164\uffa0"
_BLANK: Final = re.compile(rf"[\s{_FILLERS}{_TAGS}\u180b-\u180d\ufe00-\ufe0f\U000e0100-\U000e01ef]+")


def clean(text: str) -> str:
    """Return the text without control and direction characters, and without what only hides something.

    A text in which nothing can be seen is empty.
    """
    kept = seen(text).strip()
    return kept if kept.isascii() or visible_length(kept) else ""


def seen(text: str) -> str:
    """Return the same with the blanks around it, for a part of a longer text."""
    if text.isascii() and text.isprintable():
        return text  # most texts: nothing to look for
    kept = _HIDDEN.sub(lambda found: found["flag"] or "", _LINE_ENDS.sub("\n", text))
    return unicodedata.normalize("NFC", kept)


def visible_length(text: str) -> int:
    """Return how many characters can be seen; blanks and fillers between them count as one."""
    return len(_BLANK.sub(" ", text).strip())


def match_whole(pattern: str, text: str) -> bool:
    """Return whether the pattern of the configuration fits the whole text."""
    return re.fullmatch(pattern, text) is not None
