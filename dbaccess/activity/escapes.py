"""The escapes of SQL literals and quoted identifiers, read as the server reads them."""

import re
from typing import Final


def decoded(quoted: str) -> str:
    """Return the text that a literal or an identifier of any kind holds, its escapes read."""
    if quoted.startswith("$"):
        delimiter = quoted[: quoted.index("$", 1) + 1]
        return quoted[len(delimiter) :].removesuffix(delimiter)
    mark = '"' if quoted.lower().startswith(('"', 'u&"')) else "'"
    prefix, _, body = quoted.partition(mark)
    body = body.removesuffix(mark).replace(mark * 2, mark)
    if prefix.lower() == "e":
        return _ESCAPE.sub(_of_escape, body)
    return _UNICODE.sub(_of_unicode, body) if prefix.lower() == "u&" else body


_ESCAPE: Final = re.compile(
    r"\\(?:x(?P<hex>[0-9a-fA-F]{1,2})|u(?P<short>[0-9a-fA-F]{4})|U(?P<long>[0-9a-fA-F]{8})|"
    r"(?P<octal>[0-7]{1,3})|(?P<plain>.))",
    re.DOTALL,
)
_UNICODE: Final = re.compile(r"\\(?:\+(?P<long>[0-9a-fA-F]{6})|(?P<short>[0-9a-fA-F]{4})|\\)")
_PLAIN: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_LAST: Final = 0x10FFFF


def _of_escape(found: re.Match[str]) -> str:
    if (plain := found["plain"]) is not None:
        return _PLAIN.get(plain, plain)
    octal = found["octal"]
    number = int(octal, 8) if octal else int(found["hex"] or found["short"] or found["long"], 16)
    return chr(min(number, _LAST))


def _of_unicode(found: re.Match[str]) -> str:
    digits = found["long"] or found["short"]
    return chr(min(int(digits, 16), _LAST)) if digits else "\\"
