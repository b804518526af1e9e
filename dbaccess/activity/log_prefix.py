"""The server's `log_line_prefix`, turned into a pattern that reads what it wrote."""

import re
from dataclasses import dataclass
from typing import Final

from dbaccess.activity.server_words import PARTS, SEVERITIES
from dbaccess.domain.errors import SourceFailure

RDS: Final = "%t:%r:%u@%d:[%p]:"
"""The prefix of Amazon RDS and Aurora, which cannot be changed there."""

RECOMMENDED: Final = "%m [%p] %c %l %u@%d %r %i %e "
"""Has the session and the line's number, so that each line has an identity of its own."""

DEBIAN: Final = "%m [%p] %q%u@%d "

KNOWN: Final = (RECOMMENDED, RDS, DEBIAN)

_SHORTEST_NAME: Final = r".*?"

# The text that each escape writes. People choose the names, and none reaches over a line.
_ESCAPES: Final = {
    "a": _SHORTEST_NAME,
    "u": r"(?P<user>[^\n]{0,63}?)",
    "d": r"(?P<database>[^\n]{0,63}?)",
    "r": r"(?P<client>[^\s()]*)(?:\((?P<port>\d+)\))?",
    "h": r"(?P<client>[^\s()]*)",
    "L": r"\S*?",
    "b": r"(?P<backend>[a-z ]*?)",
    "p": r"(?P<pid>\d+)",
    "P": r"\d*",
    "t": r"(?P<stamp>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?P<zone>[A-Za-z]{1,8}|[+-]\d\d(?::?\d\d)?)",
    "m": r"(?P<stamp>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}) (?P<zone>[A-Za-z]{1,8}|[+-]\d\d(?::?\d\d)?)",
    "n": r"(?P<epoch>\d{1,12}\.\d{3})",
    "i": r"(?P<tag>[A-Za-z ]*?)",
    "e": r"(?P<sqlstate>[0-9A-Z]{5})",
    "c": r"(?P<session>[0-9a-f]{1,16}\.[0-9a-f]{1,8})",
    "l": r"(?P<number>\d{1,18})",
    "s": r"(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [A-Za-z0-9+:-]{1,16})?",
    "v": r"[\d/]*",
    "x": r"\d*",
    "Q": r"-?\d*",
}
_TIMES: Final = frozenset("tmn")
_ESCAPE: Final = re.compile(r"%(?:(?P<pad>-?\d+)?(?P<letter>[a-zA-Z])|(?P<percent>%))")
_WORDS: Final = "|".join(map(re.escape, sorted({*SEVERITIES, *PARTS}, key=len, reverse=True)))
_SEVERITY: Final = rf"(?P<word>{_WORDS})\s?: {{0,3}}(?P<text>[^\n]*)"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePattern:
    """The pattern of a line. `longest` takes as much for an application's name as it can."""

    shortest: re.Pattern[str]
    longest: re.Pattern[str]

    def match(self, line: str) -> re.Match[str] | None:
        """Return the parts of a line; None for any other line, and for one that can be read in two ways.

        A client chooses its application's name, which may look like the rest of a line.
        """
        found = self.shortest.match(line)
        if found is None or self.longest is self.shortest:
            return found
        other = self.longest.match(line)
        return found if other is not None and other.groups() == found.groups() else None


def prefix_pattern(prefix: str) -> LinePattern:
    """Return the pattern of a line with this prefix; raises `SourceFailure` for one that tells too little.

    A line must say when, which login, and which session or process.
    """
    seen: set[str] = set()
    pattern = _pattern(prefix, seen)
    if not (seen & _TIMES and "u" in seen and seen & {"p", "c"}):
        raise SourceFailure(
            f'log_line_prefix "{prefix}" does not say which login wrote a line, when, and in which session: '
            "it needs %m, %u, and %c or %p."
        )
    shortest = re.compile(pattern + _SEVERITY)
    if _SHORTEST_NAME not in pattern:
        return LinePattern(shortest=shortest, longest=shortest)
    longest = pattern.replace(_SHORTEST_NAME, _SHORTEST_NAME.removesuffix("?"))
    return LinePattern(shortest=shortest, longest=re.compile(longest + _SEVERITY))


def _pattern(prefix: str, seen: set[str]) -> str:
    parts: list[str] = []
    place, opened = 0, 0
    for escape in _ESCAPE.finditer(prefix):
        parts.append(re.escape(prefix[place : escape.start()]))
        place = escape.end()
        letter = escape["letter"]
        if escape["percent"]:
            parts.append("%")
        elif letter == "q":  # a background process writes no more than this
            parts.append("(?:")
            opened += 1
        elif letter in _ESCAPES and letter not in seen:
            seen.add(letter)
            space = " *" if escape["pad"] else ""
            parts.append(f"{space}{_ESCAPES[letter]}{space}")
        else:
            raise SourceFailure(f'log_line_prefix "{prefix}": %{letter} is not known, or stands twice.')
    return "".join(parts) + re.escape(prefix[place:]) + ")?" * opened
