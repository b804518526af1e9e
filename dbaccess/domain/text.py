"""Text that people typed."""

import re
import unicodedata

_KEPT_CONTROLS = {"\n", "\t"}
_LINE_ENDS = re.compile("\r\n?|[\u0085\u2028\u2029]")
_BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(text: str) -> str:
    """The text without control, bidirectional and other invisible characters that could disguise it."""
    if text.isascii() and text.isprintable():
        return text.strip()  # most texts: nothing to look for
    kept = (c for c in _LINE_ENDS.sub("\n", text) if c in _KEPT_CONTROLS or not _is_hidden(c))
    return unicodedata.normalize("NFC", "".join(kept)).strip()


def _is_hidden(character: str) -> bool:
    return character in _BIDI or unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"} - (
        {"Cf"} if character == "\u200d" else set()
    )


def match_whole(pattern: str, text: str) -> bool:
    """Whether the pattern of the configuration fits the whole text."""
    return re.fullmatch(pattern, text) is not None
