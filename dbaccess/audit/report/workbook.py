"""A report as a workbook for a spreadsheet: one sheet for each list, with typed times and numbers."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO, Final

from dbaccess.audit.report.columns import Column, Kind
from dbaccess.audit.report.document import Document
from dbaccess.audit.report.flat import flat, flat_title
from dbaccess.audit.report.spool import Spool
from dbaccess.audit.report.values import moment
from dbaccess.domain.errors import DbaccessError

MOST_ROWS: Final = 1_048_575
"""A sheet of Excel holds as many below its head."""

_LONGEST: Final = 32_000
"""In UTF-16 units of a cell; Excel refuses more than 32,767."""
_NO_XML: Final = re.compile("[\ufffe\uffff]")
"""XML has no way to write these, and Excel opens no file with one."""
_CUT: Final = " … cut here; the JSON has all of it"
_WIDE: Final = {"reason": 50, "reviews": 50, "change": 60, "filter": 50, "sequences": 24, "digest": 20}
# Every text is written as text: nothing that a person typed becomes a formula, a link or a number.
_OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class TooManyRows(DbaccessError):
    """A list has more rows than a sheet holds."""


def write_xlsx(report: Document, out: BinaryIO) -> None:
    """Write the workbook; raises `TooManyRows`."""
    # Imported late, so that other commands start fast.
    from xlsxwriter import Workbook

    for spool in report.lists.values():
        if spool.rows > MOST_ROWS:
            raise TooManyRows(
                f"{spool.section.title} has {spool.rows:,} rows, and a sheet holds {MOST_ROWS:,}. "
                "Make it with --format csv, or of a shorter period."
            )
    with Workbook(out, _OPTIONS) as book:
        formats = {
            "bold": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
            "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        _head(book.add_worksheet("Report"), report, formats)
        for spool in report.lists.values():
            _sheet(book.add_worksheet(_name(spool)), spool, formats)


def _name(spool: Spool) -> str:
    """Return the name of the sheet: Excel allows 31 characters."""
    return spool.section.name.replace("_", " ").capitalize()


def _head(sheet: Any, report: Document, formats: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 100)
    for row, (name, value) in enumerate([*report.head.items(), ("whole", report.whole)]):
        sheet.write_string(row, 0, name, formats["bold"])
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        sheet.write_string(row, 1, _fitting(text))


def _sheet(sheet: Any, spool: Spool, formats: dict[str, Any]) -> None:
    columns = spool.section.columns
    for number, one in enumerate(columns):
        sheet.set_column(number, number, _WIDE.get(one.name, 18))
    for number, one in enumerate(columns):
        sheet.write_string(0, number, flat_title(one), formats["bold"])
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, spool.rows, len(columns) - 1)
    for row, found in enumerate(spool, start=1):
        for number, value in _cells(columns, found):
            if isinstance(value, datetime):
                sheet.write_datetime(row, number, value, formats["time"])
            elif isinstance(value, str):
                sheet.write_string(row, number, value)
            else:
                sheet.write_number(row, number, value)


def _cells(columns: Any, found: dict[str, Any]) -> Iterator[tuple[int, datetime | str | float]]:
    """Yield each cell that is not empty; Excel has no zones, so a time is the one in UTC."""
    for number, one in enumerate(columns):
        value = _cell(one, found[one.name])
        if value is not None:
            yield number, value


def _cell(column: Column, value: Any) -> datetime | str | float | None:
    at = moment(value) if column.kind is Kind.TIME else None
    if at is not None:
        return at.replace(tzinfo=None)
    text = flat(column, value)
    return _fitting(text) if isinstance(text, str) else text


def _fitting(text: str) -> str:
    """Return the text as a cell can hold it."""
    if text.isascii() and len(text) <= _LONGEST:  # most cells, at a tenth of the cost of the rest
        return text
    text = _NO_XML.sub("\ufffd", text)
    units = text.encode("utf-16-le") if len(text) * 2 > _LONGEST else b""
    if len(units) <= 2 * _LONGEST:
        return text
    return units[: 2 * _LONGEST].decode("utf-16-le", "ignore") + _CUT
