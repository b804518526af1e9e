"""A report in a real browser: on a screen, on a phone, on paper, and without its script."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dbaccess.audit.report.document import Maker, document
from dbaccess.audit.report.page.page import write_html
from tests.browser.chromium import PICTURES
from tests.unit.audit.invented import SCOPE, Invented

GRANTS = 60
Opens = Callable[..., Page]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("report") / "report.html"
    maker = Maker(actor="cli:ada@audit", tool="dbaccess 0.0")
    with document(Invented(GRANTS), SCOPE, maker) as made, path.open("w+b") as file:
        write_html(made, file)
    return path.as_uri()


@pytest.fixture
def opens(browser: Browser, address: str) -> Iterator[Opens]:
    """Opens the report. A complaint of the browser, or a request for anything else, fails the test."""
    faults: list[str] = []
    pages: list[Page] = []

    def open_(width: int, *, script: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=script, locale="en-GB"
        )
        page = context.new_page()
        page.on("console", lambda said: faults.append(said.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda made: faults.append(made.url) if made.url != address else None)
        page.goto(address)
        pages.append(page)
        return page

    yield open_
    for page in pages:
        page.context.close()
    assert faults == []


def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"report-{name}.png", full_page=True)


def first_cells(page: Page) -> list[str]:
    return page.locator("#grants tbody:not([hidden]) tr:first-child td:first-child .open").all_inner_texts()


@pytest.mark.parametrize("width", [1440, 390])
def test_report_fits_the_width_and_shows_each_row(opens: Opens, width: int) -> None:
    page = opens(width)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    expect(page.locator("#grants tbody")).to_have_count(GRANTS)
    expect(page.locator(".charts svg")).to_have_count(4)
    picture(page, str(width))


def test_rows_are_sorted_filtered_and_opened(opens: Opens) -> None:
    page = opens(1440)
    lag = page.locator("#grants th", has_text="Lag")
    lag.get_by_role("button").click()
    cells = page.locator("#grants tbody tr:first-child td[data-v]:nth-child(9)")
    values = [float(cell.get_attribute("data-v") or "nan") for cell in cells.all()]
    assert len(values) == GRANTS
    assert values == sorted(values)
    lag.get_by_role("button").click()
    assert lag.get_attribute("aria-sort") == "descending"
    page.locator("#grants input").fill("berg backfill")
    shown = first_cells(page)
    assert 0 < len(shown) < GRANTS
    assert f"{len(shown)} of {GRANTS} rows" in page.locator("#grants [role=status]").inner_text()
    row = page.locator("#grants tbody:not([hidden])").first
    more = row.locator("tr.more")
    expect(more).to_be_hidden()
    row.get_by_role("button", name="G-").click()
    expect(more.get_by_text("Row digest")).to_be_visible()
    row.get_by_role("button", name="G-").click()
    expect(more).to_be_hidden()


def test_report_reads_without_its_script(opens: Opens) -> None:
    page = opens(1440, script=False)
    row = page.locator("#grants tbody").first
    expect(row.get_by_text("G-1001")).to_be_visible()
    row.locator("summary").click()
    expect(row.get_by_text("Row digest")).to_be_visible()


def test_printed_report_has_its_table_and_no_controls(opens: Opens, tmp_path: Path) -> None:
    page = opens(1440)
    page.emulate_media(media="print")
    expect(page.locator("#grants input")).to_be_hidden()
    expect(page.locator("#grants thead")).to_be_visible()
    picture(page, "print")
    printed = page.pdf(prefer_css_page_size=True)
    sizes = set(re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed))
    assert {(round(float(width)), round(float(height))) for width, height in sizes} == {(842, 595)}
