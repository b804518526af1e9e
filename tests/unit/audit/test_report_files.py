"""The files of a report: what a spreadsheet reads in them is data, and never a formula."""

import csv
import io
import json
import re
import zipfile
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from xlsxwriter import Workbook

from dbaccess.audit.report import csv_files, workbook
from dbaccess.audit.report.columns import Kind, Section
from dbaccess.audit.report.csv_files import harmless, write_csv
from dbaccess.audit.report.document import Document, document
from dbaccess.audit.report.json_file import write_json
from dbaccess.audit.report.page import tables
from dbaccess.audit.report.sections import SECTIONS
from dbaccess.audit.report.spool import Spool
from dbaccess.audit.report.workbook import write_xlsx
from tests.unit.audit.invented import SCOPE, Invented
from tests.unit.audit.test_report_page import MAKER


@pytest.mark.parametrize("begin", ["=1+1", "+1", "-1", "@SUM(A1)", "  =1", "＝1", "\tx"])  # noqa: RUF001 a wide sign is meant
def test_cell_that_a_spreadsheet_could_run_is_quoted(begin: str) -> None:
    assert harmless(begin) == f"'{begin}"


def test_cell_that_begins_within_another_is_quoted() -> None:
    """Where 1,5 is a number, a line is divided at semicolons and at its ends, whatever is quoted."""
    for typed, written in (
        ("x;=1+1;y", "x;'=1+1;y"),
        ('x; "=1+1"', 'x;\' "=1+1"'),
        ("x\n@SUM(A1)\ny", "x\n'@SUM(A1)\ny"),
        ("x\t-1", "x\t'-1"),
        ('"=1"', '\'"=1"'),
        ("=1;+2", "'=1;'+2"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
        ("\n=1", "'\n'=1"),
    ):
        assert harmless(typed) == written


def test_other_cells_are_as_they_were() -> None:
    assert [harmless(one) for one in ("a=1", "", None, 3, 0.5, -4)] == ["a=1", "", "", "3", "0.5", "-4"]
    for text in ("a; b", "x - y", "select 1; select 2", "+".join("ab"), "it's", "2026-03-01"):
        assert harmless(text) == text


def test_csv_has_a_file_for_each_list_that_excel_reads_as_utf_8() -> None:
    out = io.BytesIO()
    with document(Invented(120), SCOPE, MAKER) as made:
        write_csv(made, out)
        rows = {name: spool.rows for name, spool in made.lists.items()}
    with zipfile.ZipFile(out) as archive:
        assert set(archive.namelist()) == {f"{name}.csv" for name in ("head", *rows)}
        for section in SECTIONS:
            data = archive.read(f"{section.name}.csv")
            assert data.startswith(b"\xef\xbb\xbf")
            found = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
            assert len(found) == rows[section.name] + 1
            assert {len(row) for row in found} == {len(section.columns)}
            assert [cell for row in found for cell in row if cell.startswith(("=", "+", "@"))] == []
        assert "李 娜" in archive.read("grants.csv").decode("utf-8-sig")
        assert made.whole in archive.read("head.csv").decode("utf-8-sig")


def sheets(report: Document) -> dict[str, str]:
    """The XML of each sheet."""
    out = io.BytesIO()
    write_xlsx(report, out)
    with zipfile.ZipFile(out) as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        return {name.rpartition("/")[2]: archive.read(name).decode() for name in names}


def test_workbook_has_a_sheet_for_each_list_and_typed_text_is_text() -> None:
    with document(Invented(120), SCOPE, MAKER) as made:
        found = sheets(made)
    assert len(found) == len(SECTIONS) + 1
    grants = found["sheet2.xml"]
    assert "<f>" not in "".join(found.values())
    assert "<hyperlink" not in "".join(found.values())
    assert '<is><t>=HYPERLINK("http://example.com","look")</t></is>' in grants
    # Times are numbers with a format, days since 1900: 46,082 is 1 March 2026.
    assert re.search(r'<c r="\w+" s="\d"><v>460[89]\d\.\d+</v></c>', grants)


def test_workbook_cuts_what_a_cell_cannot_hold_and_refuses_more_rows_than_a_sheet_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    column = next(one for one in SECTIONS[0].columns if one.name == "reason")
    cell = workbook._cell(column, "x" * 40_000)
    assert isinstance(cell, str)
    assert (len(cell) < 32_767, cell.endswith("the JSON has all of it")) == (True, True)
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    with document(Invented(4), SCOPE, MAKER) as made, pytest.raises(workbook.TooManyRows, match="4 rows"):
        write_xlsx(made, io.BytesIO())


HOSTILE = (
    "=1+1;=2\n=3\t@x <img src=x onerror=alert(1)> \" ' </script> \u202e\ufffe\U0001f600 _x0041_ "
    + "y" * 40_000
)


def hostile_row(section: Section) -> dict[str, Any]:
    """Each column that holds text has the worst of it."""
    names = ("request", "reviewer", "slack_id", "name", "membership_read_at", "verdict", "shown_hash", "self")
    review = dict.fromkeys((*names, "note", "voided_at", "at"), HOSTILE) | {"groups": [HOSTILE]}
    worst: dict[Kind, Any] = {Kind.LIST: [HOSTILE, HOSTILE], Kind.REVIEWS: [review, review], Kind.NUMBER: 1}
    worst |= {Kind.SECONDS: 61, Kind.MILLISECONDS: 61, Kind.TIME: HOSTILE, Kind.TEXT: HOSTILE}
    return {one.name: worst[one.kind] for one in section.columns}


@pytest.mark.parametrize("section", SECTIONS, ids=lambda one: one.name)
def test_no_column_is_run_by_a_spreadsheet_or_a_browser(section: Section) -> None:
    with Spool(section) as spool:
        spool.fill([hostile_row(section)])
        cells = list(csv_files._table(spool))[1]
        page = "".join(tables.table(spool))
        out = io.BytesIO()
        with Workbook(out, workbook._OPTIONS) as book:
            workbook._sheet(book.add_worksheet(), spool, {"bold": None, "time": None})
    for cell in cells:
        places = re.split(r"[;\t\r\n]", cell)
        assert [
            one for one in places if one.lstrip("\"' ")[:1] in "=+-@" and one[:1] != "'" and one.strip()
        ] == []
    tags: set[str] = set()
    attributes: set[str] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.add(tag)
            attributes.update(name for name, _ in attrs)

    Reader().feed(page)
    assert not tags & {"img", "script", "a", "iframe", "svg", "style"}
    assert attributes <= {"id", "class", "colspan", "data-name", "data-v", "scope", "title"}
    with zipfile.ZipFile(out) as archive:
        sheet = ET.fromstring(archive.read("xl/worksheets/sheet1.xml"))  # noqa: S314 made above
    said = {part.tag.rpartition("}")[2] for part in sheet.iter()}
    assert not said & {"f", "hyperlink", "hyperlinks"}
    texts = [part.text or "" for part in sheet.iter() if part.tag.endswith("}t")]
    assert max(len(one.encode("utf-16-le")) // 2 for one in texts) <= 32_767


def test_json_is_the_same_for_the_same_records() -> None:
    found = []
    for _ in range(2):
        out = io.BytesIO()
        with document(Invented(30), SCOPE, MAKER) as made:
            write_json(made, out)
        found.append(out.getvalue())
    assert found[0] == found[1]
    assert len(json.loads(found[0])["lists"]["grants"]) == 30
