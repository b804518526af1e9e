"""The weekly hours of a rule."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""The days as the file writes them; Monday is 0."""

_TO = "\N{EN DASH}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """The time from `start` up to `end` on each of `days` (Monday is 0), in the zone `tz`.

    If `end` is not after `start`, the span reaches into the next day.
    """

    tz: str
    days: frozenset[int]
    start: time
    end: time

    def include(self, now: datetime) -> bool:
        """Return whether the local time is within the hours; `start` is included, `end` is not."""
        local = now.astimezone(ZoneInfo(self.tz))
        clock, today = local.time(), local.weekday()
        if self.start < self.end:
            return today in self.days and self.start <= clock < self.end
        yesterday = (local.date() - timedelta(days=1)).weekday()
        return (today in self.days and clock >= self.start) or (yesterday in self.days and clock < self.end)

    def __str__(self) -> str:
        """Return days, times and place, as people read them, with en dashes between numbers."""
        place = self.tz.rpartition("/")[2].replace("_", " ")
        end = "24:00" if self.end == time.min else f"{self.end:%H:%M}"
        return f"{self._days()} {self.start:%H:%M}{_TO}{end} {place}"

    def _days(self) -> str:
        if len(self.days) == len(DAYS):
            return "daily"
        runs: list[list[int]] = []
        for day in sorted(self.days):
            if runs and day == runs[-1][-1] + 1:
                runs[-1].append(day)
            else:
                runs.append([day])
        return ", ".join(_run(run) for run in runs)


def _run(run: list[int]) -> str:
    names = [DAYS[day].capitalize() for day in run]
    return names[0] if len(names) == 1 else f"{names[0]}{_TO}{names[-1]}"
