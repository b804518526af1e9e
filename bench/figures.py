"""Measured figures, and their written form."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One row: times in seconds. `beside` is what ran next to it in the same run; `aim` is the design's."""

    name: str
    seconds: Sequence[float]
    beside: str = ""
    beside_seconds: Sequence[float] = ()
    aim: str = ""

    def row(self) -> str:
        cells = [self.name, str(len(self.seconds)), *_pair(self.seconds)]
        if self.beside_seconds:
            cells += [self.beside, *_pair(self.beside_seconds), *self._ratios()]
        else:
            cells += [self.beside or "-", "-", "-", "-", "-"]
        return f"| {' | '.join([*cells, self.aim or '-'])} |"

    def _ratios(self) -> list[str]:
        return [
            f"{of(self.seconds) / of(self.beside_seconds):.2f}"
            for of in (statistics.median, lambda seconds: percentile(seconds, 99))
        ]


TEN_MS = 0.01
HEAD = """\
| what | rounds | p50 ms | p99 ms | beside | p50 ms | p99 ms | ratio p50 | ratio p99 | aim |
|---|---|---|---|---|---|---|---|---|---|"""


def percentile(seconds: Sequence[float], percent: float) -> float:
    """The smallest value that at least so many percent do not exceed."""
    ordered = sorted(seconds)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def _pair(seconds: Sequence[float]) -> list[str]:
    return [_milliseconds(value) for value in (statistics.median(seconds), percentile(seconds, 99))]


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.{1 if seconds >= TEN_MS else 2}f}"
