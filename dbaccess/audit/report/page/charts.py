"""Charts as inline SVG, drawn without a script and without a library."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from dbaccess.audit.report.figures import LAGS, LONGEST_LAG, NO_LAG, Figures
from dbaccess.audit.report.page.text import escaped

WIDTH: Final = 480
_BARS: Final = 10
"""The most bars of a chart by name; the rest is one bar."""
_ROW: Final = 26
_LABEL: Final = 150
_HEIGHT: Final = 190
_MOST_COLUMNS: Final = 62
Bars = Sequence[tuple[str, int]]


def charts(figures: Figures) -> str:
    """Return the charts of the grants; nothing if there is none."""
    if not figures.grants:
        return ""
    lags = [(name, figures.lags[name]) for _, name in LAGS]
    lags += [(name, figures.lags[name]) for name in (LONGEST_LAG, NO_LAG) if figures.lags[name]]
    drawn = [
        _columns("Grants over time, by their begin", *_over_time(figures.days)),
        _bars("Lag from due to the verified end", lags),
        _bars("Grants by target", _top(figures.targets)),
        _bars("Grants by person", _top(figures.people)),
    ]
    return f'<div class="charts">{"".join(drawn)}</div>'


def _top(found: Counter[str]) -> Bars:
    first = found.most_common(_BARS)
    rest = sum(found.values()) - sum(number for _, number in first)
    return [*first, (f"{len(found) - _BARS} others", rest)] if rest else first


def _over_time(days: Mapping[date, int]) -> tuple[str, Bars]:
    """Return the unit and its bars without a gap: days, or weeks, or months where there are many."""
    for unit, first_of, next_of in _UNITS:
        found: Counter[date] = Counter()
        for day, number in days.items():
            found[first_of(day)] += number
        if not found:
            return unit, []
        at, last, bars = min(found), max(found), []
        while at <= last:
            bars.append((at.isoformat(), found[at]))
            at = next_of(at)
        if len(bars) <= _MOST_COLUMNS:
            break
    return unit, bars


def _month_after(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


_Unit = tuple[str, Callable[[date], date], Callable[[date], date]]
_UNITS: Final[Sequence[_Unit]] = (
    ("day", lambda day: day, lambda day: day + timedelta(days=1)),
    ("week", lambda day: day - timedelta(days=day.weekday()), lambda day: day + timedelta(days=7)),
    ("month", lambda day: day.replace(day=1), _month_after),
)


def _columns(title: str, unit: str, bars: Bars) -> str:
    """Draw one column for each unit of time, with the first and the last date below."""
    most = max((number for _, number in bars), default=0) or 1
    step, bottom, top = (WIDTH - 40) / max(len(bars), 1), _HEIGHT - 24, 20
    parts = [
        f'<line class="axis" x1="36" y1="{bottom}" x2="{WIDTH - 4}" y2="{bottom}"/>',
        f'<text x="30" y="{top + 5}" class="end">{most:,}</text>',
        f'<text x="30" y="{bottom}" class="end">0</text>',
    ]
    for number, (name, value) in enumerate(bars):
        height = (bottom - top) * value / most
        x, width = 36 + number * step, max(min(step - 2, 40), 1)
        place = f'x="{x:.1f}" y="{bottom - height:.1f}" width="{width:.1f}" height="{height:.1f}"'
        parts.append(f"<rect {place}><title>{escaped(name)}: {value:,}</title></rect>")
    if bars:
        parts.append(f'<text x="36" y="{_HEIGHT - 6}">{escaped(bars[0][0])}</text>')
    if len(bars) > 1:
        parts.append(f'<text x="{WIDTH - 4}" y="{_HEIGHT - 6}" class="end">{escaped(bars[-1][0])}</text>')
    return _figure(f"{title} (each {unit})", _HEIGHT, parts, bars)


def _bars(title: str, bars: Bars) -> str:
    """Draw one bar for each name, with its number at the end."""
    most = max((number for _, number in bars), default=0) or 1
    parts = []
    for number, (name, value) in enumerate(bars):
        y, width = number * _ROW + 4, (WIDTH - _LABEL - 60) * value / most
        short = name if len(name) <= 20 else f"{name[:19]}…"  # noqa: PLR2004 it fits the label
        parts += [
            f'<text x="{_LABEL - 8}" y="{y + 14}" class="end">{escaped(short)}',
            f"<title>{escaped(name)}</title></text>",
            f'<rect x="{_LABEL}" y="{y}" width="{width:.1f}" height="{_ROW - 8}"/>',
            f'<text x="{_LABEL + width + 6:.1f}" y="{y + 14}">{value:,}</text>',
        ]
    return _figure(title, len(bars) * _ROW + 4, parts, bars)


def _figure(title: str, height: float, parts: Sequence[str], bars: Bars) -> str:
    said = escaped("; ".join(f"{name}: {number}" for name, number in bars))
    drawing = (
        f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img"><title>{escaped(title)}</title>'
        f"<desc>{said}</desc>{''.join(parts)}</svg>"
    )
    return f"<figure><figcaption>{escaped(title)}</figcaption>{drawing}</figure>"
