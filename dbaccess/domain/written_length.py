"""The parts of a length of time in a plain text: numbers with units, the largest first."""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

DAY: Final = 86400
LONGEST: Final = 366 * DAY
SMALLER: Final = {604800: 86400, 86400: 3600, 3600: 60, 60: 1}
NUMBERS: Final = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "ninety": 90,
}  # fmt: skip
TRAILING: Final = " .,;:!?-"

_NAMES: Final = {
    1: ("s", "sec", "secs", "second", "seconds"),
    60: ("m", "min", "mins", "minute", "minutes"),
    3600: ("h", "hr", "hrs", "hour", "hours"),
    86400: ("d", "day", "days"),
    604800: ("w", "wk", "wks", "week", "weeks"),
}
_UNITS: Final = {name: seconds for seconds, names in _NAMES.items() for name in names}
_FRACTIONS: Final = {
    "½": Fraction(1, 2), "¼": Fraction(1, 4), "¾": Fraction(3, 4), "⅓": Fraction(1, 3), "⅔": Fraction(2, 3),
}  # fmt: skip
_SIGNS: Final = "".join(_FRACTIONS)
_SINGULAR: Final = ("second", "minute", "hour", "day", "week")

_UNIT: Final = rf"(?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))})(?![^\W\d_])\.?"
_HALF: Final = re.compile(
    r"(?P<quarter>(?:(?P<three>three|3)[ -]+|an?[ -]+)?quarters?[ -]+(?:of[ -]+)?(?:an?[ -]+)?hour\b)"
    rf"|(?:an? +)?half[ -]+(?:of[ -]+)?(?:an?[ -]+)?{_UNIT}(?!-)"
)
_NUMBER: Final = (
    r"(?:(?:(?P<whole>\d{1,3}) +)?(?P<above>\d)[/\u2044](?P<below>[2-8])"
    rf"|(?P<digits>\d{{1,6}}(?:[.,]\d{{1,2}})?)(?: ?(?P<more>[{_SIGNS}]))?"
    rf"|(?P<only>[{_SIGNS}])|(?P<word>{'|'.join(NUMBERS)})(?= ))"
)
_PART: Final = re.compile(rf"{_NUMBER}(?P<half> +and +a +half)? *{_UNIT}")
_AND_A_HALF: Final = re.compile(r" +and +a +half\b(?!-)(?! +(?:day|hour|minute|of))")
_WITHOUT_NUMBER: Final = re.compile(r"hour(?= +and +a +half\b)")
"""`hour and a half`; a unit alone may be a word of the reason."""
_JOINT: Final = re.compile(r" *(?:,|&|\+|\band\b)? *")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A number with its unit; `unit` is in seconds, `end` a position."""

    count: Fraction
    unit: int
    end: int

    @property
    def seconds(self) -> Fraction:
        return self.count * self.unit


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenLength:
    """`last` is its last part, and `before` the seconds of all others; zero if it has one part."""

    before: Fraction
    last: Part

    @property
    def seconds(self) -> Fraction:
        return self.before + self.last.seconds

    @property
    def end(self) -> int:
        return self.last.end


def length_at(plain: str, start: int) -> WrittenLength | None:
    """Return the length that stands there, as far as it goes: each unit once, the largest first."""
    last = part_at(plain, start + len(plain[start:]) - len(plain[start:].lstrip()))
    if last is None:
        return None
    if half := _AND_A_HALF.match(plain, last.end):
        last = Part(count=last.count + Fraction(1, 2), unit=last.unit, end=half.end())
    before = Fraction(0)
    while further := _further(plain, last):
        before, last = before + last.seconds, further
    return WrittenLength(before=before, last=last)


def part_at(plain: str, position: int) -> Part | None:
    """Return the number and its unit that stand there."""
    if half := _HALF.match(plain, position):
        if half["quarter"]:
            return Part(count=Fraction(3 if half["three"] else 1, 4), unit=3600, end=half.end())
        return Part(count=Fraction(1, 2), unit=_UNITS[half["unit"]], end=half.end())
    if part := _PART.match(plain, position):
        return Part(count=_number(part), unit=_UNITS[part["unit"]], end=part.end())
    if hour := _WITHOUT_NUMBER.match(plain, position):
        return Part(count=Fraction(1), unit=3600, end=hour.end())
    return None


def _number(part: re.Match[str]) -> Fraction:
    number = Fraction(Decimal((part["digits"] or part["whole"] or "0").replace(",", ".")))
    number += _FRACTIONS.get(part["more"] or part["only"], 0) + NUMBERS.get(part["word"], 0)
    if part["above"]:
        number += Fraction(int(part["above"]), int(part["below"]))
    return number + Fraction(1 if part["half"] else 0, 2)


def _further(plain: str, last: Part) -> Part | None:
    """The next part, unless it may begin the reason: digits, and less than one of the last unit.

    `2h 404s on checkout` and `2h 20 second timeouts` are two hours, and a reason.
    """
    joint = _JOINT.match(plain, last.end)
    position = joint.end() if joint else last.end
    found = part_at(plain, position)
    is_joined = joint is not None and "and" in joint[0]
    if found is None or not (plain[position].isdigit() or is_joined):
        return None
    alone = position == last.end or not plain[found.end :].strip(TRAILING)
    is_next = found.unit == SMALLER.get(last.unit) or alone or found.unit > 1
    fits = found.unit < last.unit and found.seconds < last.unit and is_next
    # `2h 5 minute outage`: an adjective, where a length would say minutes.
    adjective = plain[: found.end].endswith(_SINGULAR) and found.count != 1
    return found if fits and not (adjective and plain[found.end : found.end + 1] == " ") else None
