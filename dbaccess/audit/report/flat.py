"""Values as one cell: of a table on a page, of a CSV file, or of a spreadsheet."""

from typing import Any

from dbaccess.audit.report.columns import Column, Kind
from dbaccess.audit.report.review_rows import review_in_words


def flat(column: Column, value: Any) -> str | int | float | None:
    """Return text or a number; None does not apply. Durations are in minutes, and lags in seconds."""
    if value is None or isinstance(value, bool):
        return None if value is None else str(value)
    if column.kind is Kind.REVIEWS:
        return "\n".join(map(review_in_words, value))
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, int):
        return _scaled(column.kind, value)
    return str(value)


def flat_title(column: Column) -> str:
    """Return the title with the unit of its numbers."""
    units = {Kind.SECONDS: " (min)", Kind.MILLISECONDS: " (s)", Kind.TIME: " (UTC)"}
    return column.title + units.get(column.kind, "")


def _scaled(kind: Kind, value: int) -> int | float:
    if kind is Kind.SECONDS:
        return round(value / 60, 3)
    return value / 1000 if kind is Kind.MILLISECONDS else value
