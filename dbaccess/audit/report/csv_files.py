"""A report as a ZIP file with one CSV file for each list, and the head."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable
from typing import BinaryIO, Final

from dbaccess.audit.report.document import Document
from dbaccess.audit.report.flat import flat, flat_title
from dbaccess.audit.report.spool import Spool

_SIGNS: Final = "=+\\-@\uff1d\uff0b\uff0d\uff20"
_ACTIVE: Final = re.compile(f"(^|[;\t\r\n])(?=[\"' ]*[{_SIGNS}]|^[\t\r\n])")
"""Where a cell may begin that a spreadsheet runs as a formula: its first sign, wide forms included.

A spreadsheet of a country that writes 1,5 divides lines at semicolons, and minds no quotes within a cell.
"""


def write_csv(report: Document, out: BinaryIO) -> None:
    """Write UTF-8 with a byte order mark, which Excel needs to read it as such."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        _write(archive, "head.csv", [["part", "value"], *map(list, _head(report))])
        for name, spool in report.lists.items():
            _write(archive, f"{name}.csv", _table(spool))


def harmless(value: str | float | None) -> str:
    """Return the text of a cell. A sign where a cell may begin is quoted, or a spreadsheet would run it."""
    if isinstance(value, int | float):
        return str(value)
    return _ACTIVE.sub(r"\1'", value or "")


def _write(archive: zipfile.ZipFile, name: str, rows: Iterable[list[str]]) -> None:
    with archive.open(name, "w") as raw, io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)


def _table(spool: Spool) -> Iterable[list[str]]:
    columns = spool.section.columns
    yield [flat_title(one) for one in columns]
    for row in spool:
        yield [harmless(flat(one, row[one.name])) for one in columns]


def _head(report: Document) -> Iterable[tuple[str, str]]:
    """Yield each part of the head; what is nested is JSON."""
    for name, value in report.head.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        yield name, harmless(text)
    yield "whole", report.whole
