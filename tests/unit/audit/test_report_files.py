"""The files of a report: what a spreadsheet reads in them is data, and never a formula."""

import csv
import io
import json
import zipfile

import pytest

from dbaccess.audit.report.csv_files import harmless, write_csv
from dbaccess.audit.report.document import document
from dbaccess.audit.report.json_file import write_json
from dbaccess.audit.report.sections import SECTIONS
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


def test_json_is_the_same_for_the_same_records() -> None:
    found = []
    for _ in range(2):
        out = io.BytesIO()
        with document(Invented(30), SCOPE, MAKER) as made:
            write_json(made, out)
        found.append(out.getvalue())
    assert found[0] == found[1]
    assert len(json.loads(found[0])["lists"]["grants"]) == 30
