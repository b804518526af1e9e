"""The figures of a report's summary and charts, counted while its rows pass."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from dbaccess.audit.report.columns import UNKNOWN, YES, Row

LAGS: Final = ((500, "< 0.5 s"), (1_000, "< 1 s"), (5_000, "< 5 s"), (30_000, "< 30 s"), (300_000, "< 5 min"))
LONGEST_LAG: Final = "5 min or more"
NO_LAG: Final = "unknown"


@dataclass(slots=True)
class Figures:
    """Numbers of grants: by state, by the day of their begin, by target, by person and by lag."""

    grants: int = 0
    states: Counter[str] = field(default_factory=Counter)
    days: Counter[date] = field(default_factory=Counter)
    targets: Counter[str] = field(default_factory=Counter)
    people: Counter[str] = field(default_factory=Counter)
    lags: Counter[str] = field(default_factory=Counter)
    late: int = 0
    verified: int = 0
    unverified: int = 0
    own_reviews: int = 0
    break_glass: int = 0
    mismatches: int = 0
    not_captured: int = 0

    def counting(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield the same rows, each counted."""
        for row in rows:
            self._count(row)
            yield row

    def _count(self, row: Row) -> None:
        self.grants += 1
        self.states[row["state"]] += 1
        self.targets[str(row["target"])] += 1
        self.people[str(row["person"])] += 1
        began = row["active_at"] or row["requested_at"]
        if began != UNKNOWN:
            self.days[date.fromisoformat(began[:10])] += 1
        if row["lag_ms"] is not None:
            self.lags[_bucket(row["lag_ms"])] += 1
        self.late += row["late"] == YES
        self.verified += row["verified"] == YES
        self.unverified += row["verified"] == "no"
        self.own_reviews += row["self_review"] != "no"
        self.break_glass += row["break_glass"] == YES
        self.mismatches += row["mismatch"] not in {None, "no", UNKNOWN}
        self.not_captured += row["capture"] in {"none", UNKNOWN}


def _bucket(lag: int | str) -> str:
    if not isinstance(lag, int):
        return NO_LAG
    return next((name for limit, name in LAGS if lag < limit), LONGEST_LAG)
