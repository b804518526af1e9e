"""Rows as CSV; no cell is a formula that a spreadsheet would run."""

import csv
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dbaccess.audit.report.csv_files import harmless


def write_rows(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Write the columns of each row to the output, as the rows come; a list is one cell."""
    out = csv.writer(sys.stdout)
    out.writerow(columns)
    for row in rows:
        out.writerow([harmless(_text(row.get(column))) for column in columns])


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    return "" if value is None else str(value)
