"""The page of a report needs nothing but itself, and shows typed text as text."""

import hashlib
import io
import re
from base64 import b64encode
from datetime import timedelta

import pytest

from dbaccess.audit.report.columns import UNKNOWN, Column, Kind
from dbaccess.audit.report.document import Maker, document
from dbaccess.audit.report.figures import Figures
from dbaccess.audit.report.page.charts import charts
from dbaccess.audit.report.page.groups import GROUPS, details
from dbaccess.audit.report.page.page import write_html
from dbaccess.audit.report.page.text import duration, escaped, worded
from dbaccess.audit.report.sections import SECTIONS
from tests.unit.audit.invented import BEGIN, SCOPE, Invented

MAKER = Maker(actor="cli:ada@audit", tool="dbaccess 0.0")


def page(grants: int) -> str:
    out = io.BytesIO()
    with document(Invented(grants), SCOPE, MAKER) as made:
        write_html(made, out)
    return out.getvalue().decode()


@pytest.fixture(scope="module")
def html() -> str:
    return page(60)


def test_typed_text_is_no_markup_and_hides_nothing(html: str) -> None:
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quotes&quot; ⟨U+202E⟩back" in html
    assert "Ada &lt;b&gt;Lovelace&lt;/b&gt;" in html
    assert "\u202e" not in html


def test_policy_of_the_page_allows_its_own_style_and_script_alone(html: str) -> None:
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    (script,) = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    assert policy.startswith("default-src 'none'; ")
    for directive, text in (("style-src", style), ("script-src", script)):
        digest = b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_page_names_no_place_outside_of_itself(html: str) -> None:
    without_text = re.sub(r"=HYPERLINK\(&quot;http://example.com", "", html)
    assert re.findall(r"(?:https?:)?//[a-z]", without_text) == []
    assert re.findall(r"\b(?:src|style|on[a-z]+)=", without_text) == []


def test_every_column_of_a_list_is_in_its_table_or_its_details() -> None:
    grouped = [name for names in GROUPS.values() for name in names]
    assert len(grouped) == len(set(grouped))
    for section in SECTIONS:
        hidden = [one.name for _, several in details(section) for one in several]
        main = [one.name for one in section.columns if one.is_main]
        assert sorted([*main, *hidden]) == sorted(one.name for one in section.columns)
    assert set(grouped) <= {one.name for section in SECTIONS for one in section.columns}


def test_page_of_an_empty_period_says_so_for_each_list() -> None:
    found = page(0)
    for section in SECTIONS:
        assert escaped(section.empty) in found
    assert "<table" not in found
    assert "The ledger is empty. The events of this period are unknown." in found


def test_values_read_as_people_write_them() -> None:
    cases: list[tuple[Kind, object, str]] = [
        (Kind.TEXT, None, ""),
        (Kind.TEXT, UNKNOWN, UNKNOWN),
        (Kind.TIME, UNKNOWN, UNKNOWN),
        (Kind.TIME, "2026-03-01T08:12:03.000001+00:00", "2026-03-01 08:12:03"),
        (Kind.MILLISECONDS, 1234567, "1,234.6 s"),
        (Kind.SECONDS, 5400, "1 h 30 min"),
        (Kind.NUMBER, 0, "0"),
        (Kind.LIST, [], "none"),
        (Kind.LIST, ["<a>", "b"], "&lt;a&gt;, b"),
    ]
    for kind, value, expected in cases:
        assert worded(Column(name="x", title="X", about="", kind=kind), value) == expected
    assert [duration(one) for one in (0, 59, 3600)] == ["0 s", "59 s", "1 h"]


def test_chart_over_time_has_few_columns_however_long_the_period_is() -> None:
    for days in (1, 60, 400, 4000):
        figures = Figures(grants=days)
        for day in range(days):
            figures.days[(BEGIN + timedelta(days=day)).date()] += 1
        drawn = charts(figures).partition("</figure>")[0]
        assert 1 <= drawn.count("<rect") <= 140
