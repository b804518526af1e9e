"""The times of lines that say nothing of their session's start: only their zone's abbreviation."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dbaccess.domain.errors import SourceFailure

_UTC: Final = frozenset({"UTC", "GMT", "Z"})
_NUMERIC: Final = re.compile(r"([+-])(\d\d):?(\d\d)?")


class ZoneTimes:
    """Turns local times into UTC. `zone` is the server's `log_timezone`; None: the lines are in UTC."""

    def __init__(self, zone: str | None = None) -> None:
        self._zone = _zone(zone) if zone is not None else None

    def at(self, stamp: str, abbreviation: str) -> datetime:
        """Return the time; raises `UnknownZone` where the abbreviation alone does not say it."""
        local = datetime.fromisoformat(stamp)
        if abbreviation in _UTC:
            return local.replace(tzinfo=UTC)
        if found := _NUMERIC.fullmatch(abbreviation):
            ahead = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
            return local.replace(tzinfo=timezone(ahead if found[1] == "+" else -ahead)).astimezone(UTC)
        if self._zone is not None:
            # An hour that comes twice in autumn is told by its abbreviation.
            for fold in (0, 1):
                aware = local.replace(tzinfo=self._zone, fold=fold)
                if aware.tzname() == abbreviation:
                    return aware.astimezone(UTC)
        raise UnknownZone(
            f'The lines are in the time zone "{abbreviation}", which can mean several. '
            "Give the server's log_timezone: --time-zone Europe/Berlin"
        )


class UnknownZone(SourceFailure):
    """A time that cannot be turned into UTC. To guess it could give a statement to another grant."""


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SourceFailure(f'"{name}" is no time zone. Write it like Europe/Berlin.') from None
