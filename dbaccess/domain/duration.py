"""How people write and read a length of time: one grammar for commands, forms, policy and command line."""

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

from dbaccess.domain.errors import BadDuration

Clock = Callable[[], datetime]
"""Returns the time now in the zone of the person who types."""

_NAMES: Final = {
    1: ("s", "sec", "secs", "second", "seconds"),
    60: ("m", "min", "mins", "minute", "minutes"),
    3600: ("h", "hr", "hrs", "hour", "hours"),
    86400: ("d", "day", "days"),
    604800: ("w", "wk", "wks", "week", "weeks"),
}
_UNITS: Final = {name: seconds for seconds, names in _NAMES.items() for name in names}
_NUMBERS: Final = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "ninety": 90,
}  # fmt: skip
_FRACTIONS: Final = {"½": Fraction(1, 2), "¼": Fraction(1, 4), "¾": Fraction(3, 4)}
_DAY: Final = 86400
_LONGEST: Final = 366 * _DAY
_LONGEST_TEXT: Final = 200
_HOW: Final = "Write 90m or 2h30m."

_UNIT: Final = rf"(?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))})(?![^\W\d_])\.?"
_HALF: Final = re.compile(
    rf"(?P<quarter>(?:a +)?quarter +(?:of +)?an? +hour\b)"
    rf"|half +(?:of +)?(?:an? +)?{_UNIT}(?!-)"
)
_NUMBER: Final = (
    r"(?:(?P<digits>\d{1,6}(?:[.,]\d{1,2})?)(?P<more>[½¼¾])?"
    rf"|(?P<only>[½¼¾])|(?P<word>{'|'.join(_NUMBERS)})(?= ))"
)
_PART: Final = re.compile(rf"{_NUMBER}(?P<half> +and +a +half)? *{_UNIT}")
_AND_A_HALF: Final = re.compile(r" +and +a +half\b(?!-)(?! +(?:day|hour|minute|of))")
_JOINT: Final = re.compile(r" *(?:,|&|\+|\band\b)? *")
_BARE_NUMBER: Final = re.compile(r" *(?:and +|[&+] *)?(?P<number>\d{1,4})(?![\w/-]|[.,:]\w)")
_AGAIN: Final = re.compile(r" *(?:[-+&x\u00d7]|:(?=\d)|(?:and +)?then\b|(?:to|or|and|plus|minus|less)\b)? *")
"""Between two lengths. A comma or colon may begin the reason instead: `2h: 30s timeouts`."""
_NEXT: Final = re.compile(r" *[,;:\u2026](?: *(?:and +)?then\b)? *")
_COUNT: Final = rf"(?!an?\b)(?:{'|'.join(_NUMBERS)})\b"
_COUNTED: Final = re.compile(_COUNT)
_OTHER: Final = re.compile(
    rf" *[x\u00d7] *\d| *,? *(?:or +(?:\d|{_COUNT})|(?:un)?till? +(?:\d|noon\b|midnight\b))"
)
"""`2h x3`, `2h or 3`, `2h until 17:00`: a factor, or another length or end."""
_BEGIN: Final = re.compile(
    r" *,? *(?:from|starting|beginning)(?: +(?:at|from))? +"
    r"(?:\d{1,2}(?:[:.]\d\d| *[ap]\.?m\b)|noon\b|midnight\b|tomorrow\b)"
)
"""`2h from 17:00`: read over, access would begin at once and end before that."""
_MINUTES_IN_WORDS: Final = re.compile(
    r" +(?:(?:and|&|\+) +)?(?P<word>five|ten|fifteen|twenty|thirty|forty)(?![\w-])"
)
_TENTHS_OR_MINUTES: Final = re.compile(r"(?P<hours>\d{1,6})[.,](?P<minutes>[0-5]\d) *h")
"""`1.30h` may be 1.3 hours, or an hour and thirty minutes."""
_SINGULAR: Final = ("second", "minute", "hour", "day", "week")
_SMALLER: Final = {604800: 86400, 86400: 3600, 3600: 60, 60: 1}
_CLOCK: Final = (
    r"(?P<hour>\d{1,2})"
    r"(?:(?:[:.h](?P<minute>\d{2})|(?P<glued>\d{2}))? *(?P<half>[ap]\.?m\b\.?)?|h)(?![\w:/-]|\.\d)"
)
_UNTIL: Final = re.compile(rf"(?:un)?till? +(?:{_CLOCK}|(?P<name>noon|midnight)\b)")
_MAY_BE_A_DAY: Final = re.compile(r"(?:un)?till? +\d{1,2} +\w")
"""`until 5 Dec`, `until 17 checking`: the number need not be an hour."""
_OTHER_CLOCK: Final = re.compile(
    r"\+\d| *(?:utc|gmt|z|wes?t|ces?t|ees?t|msk|bst|ist|[ecmp][sd]t|jst|kst|ae[sd]t|tomorrow|"
    r"(?:on +)?(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?)\b(?!-)"
)
"""Behind a time of day: it is not the next such moment by the clock of the person."""
_NUMBER_ALONE: Final = re.compile(r" *(\d{1,6})(?![\w/-]|[.,:]\w)")
_LEAD: Final = re.compile(r" *(?:(?:for|about|max\.?|up to) +)?")
_AROUND: Final = "\"'`*()\\[\\]\u00ab\u00bb\u2018-\u201f"
"""Marks that people and keyboards put around a length."""
_BETWEEN: Final = ".,;:!?\u2026\u2010-\u2015-"
_TRAILING: Final = " .,;:!?-"
_MARK: Final = rf"(?:\s*[{_AROUND}{_BETWEEN}])"
_MARKS: Final = re.compile(rf"(?!{_MARK}{{9}}){_MARK}+(?=\s|$)|[{_BETWEEN}]")
"""Marks that people put between the length and the reason. More than eight are the reason itself."""
_ENDS: Final = re.compile(rf"[\s{_AROUND}{_BETWEEN}]|$")
_BLANK: Final = re.compile(f"[{_AROUND}]")
_WIDE: Final = re.compile("[\uff01-\uff5e]")
_DASHES: Final = re.compile("[\u2010-\u2015\u2212]")


def parse_duration(text: str, *, clock: Clock | None = None) -> timedelta:
    """Return the length of time that the whole text means: `2h`, `90 min`, `1 hour and 30 minutes`, `1.5h`.

    `clock` tells the time in the person's zone; with it `until 17:00` is understood too.
    Raises `BadDuration`, whose text says what to write instead; `choices` are what it could mean.
    """
    length, rest = take_duration(text, clock=clock)
    if rest.strip(_TRAILING):
        raise _not_one(text)
    return length


def take_duration(text: str, *, clock: Clock | None = None) -> tuple[timedelta, str]:
    """Return the length of time that the text begins with, as far as it goes, and what follows it.

    Raises `BadDuration` where it begins with none, or where the number behind it may belong to it.
    """
    plain = _plain(text)
    start = _start(plain)
    if until := _UNTIL.match(plain, start):
        return _until(text, until, clock), _after(text, until.end())
    seconds, end, smallest = _parts(plain, start)
    if end == start:
        raise _unread(text, plain, start)
    length = _checked(text[start:end], seconds)
    _refuse_tenths(plain[start:end], length)
    _refuse_marked(text, start, end, length)
    _refuse_number(text, length, end, smallest)
    _refuse_glued(text, length, end)
    return length, _after(text, end)


def is_until(text: str) -> bool:
    """Return whether the text begins with a time of day, as in `until 17:00`."""
    plain = _plain(text)
    return _UNTIL.match(plain, _start(plain)) is not None


def format_duration(length: timedelta) -> str:
    """Return `2 h`, `30 min`, `2 h 30 min`, `1 d`, `20 s`: as people read it."""
    rest = int(length.total_seconds())
    parts = []
    for unit, name in ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        count, rest = divmod(rest, unit)
        if count:
            parts.append(f"{count} {name}")
    return " ".join(parts) or "0 s"


def write_duration(length: timedelta) -> str:
    """Return `2h30m`: as people type it."""
    return format_duration(length).replace(" min", "m").replace(" ", "")


def _start(plain: str) -> int:
    lead = _LEAD.match(plain)
    return lead.end() if lead else 0


def _plain(text: str) -> str:
    """The same length, character by character, so that positions stay true."""
    if len(text) > _LONGEST_TEXT:
        text = text[:_LONGEST_TEXT]
    return "".join(_plain_character(character) for character in text)


def _plain_character(character: str) -> str:
    if character.isspace() or unicodedata.category(character) in {"Zs", "Cf"} or _BLANK.match(character):
        return " "
    if _WIDE.match(character):
        character = unicodedata.normalize("NFKC", character)
    if _DASHES.match(character):
        return "-"
    lower = character.lower()
    return lower if len(lower) == 1 else character


def _parts(plain: str, start: int) -> tuple[Fraction, int, int]:
    """The seconds, where they end, and the smallest unit; each unit once, the largest first."""
    position = start + len(plain[start:]) - len(plain[start:].lstrip())
    first = _part(plain, position)
    if first is None:
        return Fraction(0), start, _LONGEST
    count, smallest, end = first
    if half := _AND_A_HALF.match(plain, end):
        count, end = count + Fraction(1, 2), half.end()
    seconds = count * smallest
    while further := _further(plain, end, smallest):
        count, smallest, end = further
        seconds += count * smallest
    return seconds, end, smallest


def _further(plain: str, end: int, last: int) -> tuple[Fraction, int, int] | None:
    """The next part, unless it may begin the reason: digits, and less than one of the last unit.

    `2h 404s on checkout` and `2h 20 second timeouts` are two hours, and a reason.
    """
    joint = _JOINT.match(plain, end)
    position = joint.end() if joint else end
    found = _part(plain, position)
    is_joined = joint is not None and "and" in joint[0]
    if found is None or not (plain[position].isdigit() or is_joined):
        return None
    count, unit, after = found
    alone = position == end or not plain[after:].strip(_TRAILING)
    fits = unit < last and count * unit < last and (unit == _SMALLER.get(last) or alone or unit > 1)
    # `2h 5 minute outage`: an adjective, where a length would say minutes.
    adjective = plain[:after].endswith(_SINGULAR) and count != 1 and plain[after : after + 1] == " "
    return found if fits and not adjective else None


def _part(plain: str, position: int) -> tuple[Fraction, int, int] | None:
    """The number, its unit in seconds, and where it ends."""
    if half := _HALF.match(plain, position):
        if half["quarter"]:
            return Fraction(1, 4), 3600, half.end()
        return Fraction(1, 2), _UNITS[half["unit"]], half.end()
    if part := _PART.match(plain, position):
        number = Fraction(Decimal((part["digits"] or "0").replace(",", "."))) + _NUMBERS.get(part["word"], 0)
        number += _FRACTIONS.get(part["more"] or part["only"], 0) + Fraction(1 if part["half"] else 0, 2)
        return number, _UNITS[part["unit"]], part.end()
    return None


def _after(text: str, end: int) -> str:
    """The following text, without the mark that parts the two."""
    mark = _MARKS.match(text, end)
    return text[mark.end() if mark else end :].strip()


def _refuse_number(text: str, read: timedelta, end: int, smallest: int) -> None:
    """`1h30`, `1h 30 rows`, `2h 3h`, `2h-3h`: the number may belong to the length, or begin the reason."""
    plain = _plain(text)
    if begin := _BEGIN.match(plain, end):
        said = f'"{plain[: begin.end()].strip()}" names a start time. Access starts when it is approved.'
        raise BadDuration(said, choices=(write_duration(read),), rest=_after(text, end))
    if _holds_another(plain, end, smallest):
        said = f'"{plain[: end + 20].strip()}" holds two lengths of time. {_HOW}'
        raise BadDuration(said, choices=(write_duration(read),), rest=_after(text, end))
    bare, smaller = _BARE_NUMBER.match(plain, end), _SMALLER.get(smallest)
    words = _MINUTES_IN_WORDS.match(plain, end) if bare is None else None
    found = bare or words
    if found is None or smaller is None:
        return
    count = int(bare["number"]) if bare else _NUMBERS[found["word"]]
    raise _either(plain[: found.end()], read, read + timedelta(seconds=count * smaller))


def _holds_another(plain: str, end: int, smallest: int) -> bool:
    """Return whether a second length, or a factor, follows the one that was read."""
    if _OTHER.match(plain, end):
        return True
    if (again := _AGAIN.match(plain, end)) and _part(plain, again.end()):
        return True
    following = _NEXT.match(plain, end)
    if following is None or (another := _part(plain, following.end())) is None:
        return False
    # `2h, 404s on checkout` is a length and a reason; `1h, 1h` holds two.
    is_counted = _COUNTED.match(plain, following.end()) is not None
    return another[1] >= smallest or is_counted or "then" in following[0]


def _refuse_marked(text: str, start: int, end: int, read: timedelta) -> None:
    """`2h (30m timeouts)`: what a mark parts from the length may begin the reason."""
    if mark := _BLANK.search(text, start, end):
        seconds, *_ = _parts(_plain(text[: mark.start()]), start)
        if seconds >= 1:
            raise _either(text[start:end], timedelta(seconds=int(seconds)), read)


def _refuse_other_clock(text: str, until: re.Match[str]) -> None:
    """`until 17:00 UTC`, `until 17:00 tomorrow`: read over, the end would be another one."""
    if other := _OTHER_CLOCK.match(until.string, until.end()):
        said = text[until.start() : other.end()]
        raise BadDuration(
            f'"{said}" names a day or a time zone. Write until 17:00 in your own time, or 2h30m.'
        )


def _refuse_tenths(written: str, read: timedelta) -> None:
    if found := _TENTHS_OR_MINUTES.search(written):
        other = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"]))
        if other != read:
            raise _either(written, read, other)


def _either(written: str, read: timedelta, other: timedelta) -> BadDuration:
    said = f'"{written.strip()}" may be {format_duration(read)} or {format_duration(other)}.'
    meant = [write_duration(one) for one in (read, other) if one <= timedelta(seconds=_LONGEST)]
    return BadDuration(said, choices=tuple(dict.fromkeys(meant)))


def _refuse_glued(text: str, read: timedelta, end: int) -> None:
    """`2h/day`, `2h30x`: the sign behind the unit may change the meaning of the length."""
    if not _ENDS.match(text, end):
        word = (text[:end] + text[end:].split(maxsplit=1)[0]).strip()
        said = f'"{word[:40]}" is not a length of time. {_HOW}'
        raise BadDuration(said, choices=(write_duration(read),))


def _unread(text: str, plain: str, start: int) -> BadDuration:
    number = _NUMBER_ALONE.match(plain, start)
    if number is None or int(number[1]) == 0:
        return _not_one(text.split(maxsplit=1)[0] if text.strip() else "")
    units = (("m", 60), ("h", 3600))
    choices = tuple(f"{int(number[1])}{unit}" for unit, size in units if int(number[1]) * size <= _DAY)
    said = f'"{number[1]}" has no unit. {_HOW}'
    return BadDuration(said, choices=choices, rest=_after(text, number.end()))


def _not_one(text: str) -> BadDuration:
    return BadDuration(f'"{text.strip()[:40]}" is not a length of time. {_HOW}')


def _checked(text: str, seconds: Fraction) -> timedelta:
    if seconds == 0:
        raise BadDuration(f"0 is not a length of time. {_HOW}")
    if seconds.denominator != 1:
        raise BadDuration(f'"{text.strip()[:40]}" is no whole number of seconds. {_HOW}')
    if seconds > _LONGEST:
        raise BadDuration(f'"{text.strip()[:40]}" is over a year. {_HOW}')
    return timedelta(seconds=int(seconds))


def _until(text: str, found: re.Match[str], clock: Clock | None) -> timedelta:
    """To the next such moment within twelve hours, in whole minutes."""
    if clock is None:
        raise _not_one(text)
    _refuse_other_clock(text, found)
    bare = found["hour"] and not (found["minute"] or found["glued"] or found["half"])
    if bare and _MAY_BE_A_DAY.match(_plain(text), found.start()):
        raise BadDuration(f'"{found[0].strip()}" may be a day. Write until 17:00, or 2h30m.')
    here = clock()
    try:
        hour, minute = _clock(found)
        end = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
    except ValueError:
        raise BadDuration(f'"{found[0]}" is no time of day. Write until 17:00.') from None
    if end <= here:
        end += timedelta(days=1)
    # By the clock of the world: a change of summer time may lie between.
    length = timedelta(seconds=int(end.timestamp() - here.timestamp()))
    if length > timedelta(hours=12):
        raise BadDuration(f"{end:%H:%M} is over today, or more than 12 h away. {_HOW}")
    return max(timedelta(minutes=1), length - timedelta(seconds=length.seconds % 60))


def _clock(found: re.Match[str]) -> tuple[int, int]:
    """Hour and minute, which `replace` refuses where the day has no such time."""
    if found["name"]:
        return (12 if found["name"] == "noon" else 0), 0
    hour, minute, half = (
        int(found["hour"]),
        int(found["minute"] or found["glued"] or 0),
        (found["half"] or "")[:1],
    )
    if half:
        hour = hour % 12 + (12 if half == "p" else 0) if hour in range(1, 13) else -1
    return hour, minute
