"""The files of a report: what a spreadsheet reads in them is data, and never a formula."""

import csv
import io
import json
import re
import zipfile

import pytest

from dbaccess.audit.report import workbook
from dbaccess.audit.report.csv_files import harmless, write_csv
from dbaccess.audit.report.document import Document, document
from dbaccess.audit.report.json_file import write_json
from dbaccess.audit.report.sections import SECTIONS
from dbaccess.audit.report.workbook import write_xlsx
from tests.unit.audit.invented import SCOPE, Invented
from tests.unit.audit.test_report_page import MAKER


@pytest.mark.parametrize("begin", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1"])  # noqa: RUF001 a wide sign is meant
def test_cell_that_a_spreadsheet_could_run_is_quoted(begin: str) -> None:
    assert harmless(begin) == f"'{begin}"


def test_other_cells_are_as_they_were() -> None:
    assert [harmless(one) for one in ("a=1", "", None, 3, 0.5, -4)] == ["a=1", "", "", "3", "0.5", "-4"]


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


def test_json_is_the_same_for_the_same_records() -> None:
    found = []
    for _ in range(2):
        out = io.BytesIO()
        with document(Invented(30), SCOPE, MAKER) as made:
            write_json(made, out)
        found.append(out.getvalue())
    assert found[0] == found[1]
    assert len(json.loads(found[0])["lists"]["grants"]) == 30
