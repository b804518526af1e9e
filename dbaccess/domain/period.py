"""How people write a moment of the past and a period: one grammar for commands and the command line."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from dbaccess.domain.duration import parse_duration
from dbaccess.domain.errors import BadDuration, BadTime

HOW: Final = "2026-03-01, 2026-03-01T08:00Z, or 7d for 7 days ago"
_YEARS: Final = (1970, 2999)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def read_moment(text: str, now: datetime) -> datetime:
    """Return the moment in UTC; a date is its first one. Raises `BadTime`, also for a year far away.

    So the day before it and the day after it are times, too.
    """
    moment = _moment(text, now)
    if not _YEARS[0] <= moment.year <= _YEARS[1]:
        raise BadTime(f'"{text[:40]}" is too far away. Write a year from {_YEARS[0]} to {_YEARS[1]}.')
    return moment


def _moment(text: str, now: datetime) -> datetime:
    written = text.strip()
    try:
        if written.casefold() == "now":
            return now
        if is_day(written):
            return datetime.combine(date.fromisoformat(written), time(tzinfo=UTC))
        if re.match(r"\d{4}-", written):
            moment = datetime.fromisoformat(written)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        return now - parse_duration(written)
    except (ValueError, OverflowError, BadDuration) as error:
        raise BadTime(f'"{text[:40]}" is no time. Write {HOW}.') from error


def read_period(
    since: str | None, until: str | None, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """Return begin and end; a date as the end includes its whole day. Raises `BadTime`."""
    begin = read_moment(since, now) if since is not None else None
    end = read_moment(until, now) if until is not None else None
    if end is not None and until is not None and is_day(until):
        end += timedelta(days=1)
    if begin is not None and end is not None and begin >= end:
        raise BadTime("The period ends before it begins: the first time is not before the second.")
    return begin, end


def check_begun(begin: datetime | None, now: datetime) -> None:
    """Raise `BadTime` for the begin of a report in the future: its rows would be the grants of now."""
    if begin is not None and begin > now:
        raise BadTime("The period begins in the future, of which nothing is recorded.")


def is_day(text: str) -> bool:
    """Return whether the text is written as a date."""
    return _DAY.fullmatch(text.strip()) is not None
