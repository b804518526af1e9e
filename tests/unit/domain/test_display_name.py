"""A display name cannot imitate our messages, and the certain name stands beside it."""

import pytest

from dbaccess.domain.display_name import LONGEST, shown_name


@pytest.mark.parametrize(
    ("display", "shown"),
    [
        ("Maya Lindqvist", "Maya Lindqvist (maya)"),
        ("Lindqvist, Maya", "Lindqvist Maya (maya)"),
        ("Maya O\u2019Neill-Smith Jr.", "Maya O\u2019Neill-Smith Jr (maya)"),
        ("\u0645\u0627\u06cc\u0627", "\u0645\u0627\u06cc\u0627 (maya)"),
        ("\u041c\u0430\u0439\u044f", "\u041c\u0430\u0439\u044f (maya)"),
        ("Maya \U0001f334 (on call)", "Maya on call (maya)"),
        (":warning: *Maya*", "warning Maya (maya)"),
        ("\u26a0\ufe0f Maya", "Maya (maya)"),
        ("J R R Tolkien", "J R R Tolkien (maya)"),
        ("WILLIAM B", "WILLIAM B (maya)"),
        ("Agent 47", "Agent 47 (maya)"),
        ("\u0410\u043d\u0434\u0440\u0435\u0439", "\u0410\u043d\u0434\u0440\u0435\u0439 (maya)"),
        ("\u039d\u03af\u03ba\u03bf\u03c2", "\u039d\u03af\u03ba\u03bf\u03c2 (maya)"),
        ("Maya\nPriya", "Maya Priya (maya)"),
        ("Maya (priya)", "Maya priya (maya)"),
        ("<https://evil.example|Maya>", "https evil.example Maya (maya)"),
        ("\u200bMa\u200dya\u2060", "Maya (maya)"),
    ],
)
def test_only_letters_and_the_marks_of_names_stay(display: str, shown: str) -> None:
    assert shown_name(display, "maya") == shown


@pytest.mark.parametrize(
    "display",
    [
        "",
        "   ",
        "\u3164\u3164",
        "\u115f\u1160",
        "\u2800",
        "\uffa0",
        "\u200b\u200d\u2060",
        "...",
        "\U0001f6a8",
        "Approved by Priya Nair",
        "approved",
        "\u00c1pproved by Priya",
        "\U0001d400pproved by Priya",
        "\uff21pproved by Priya",
        "A\u200bpproved by Priya",
        "\u0410pproved by Priya",
        "\u1d00\u1d18\u1d18\u0280\u1d0f\u1d20\u1d07\u1d05 by Priya",
        "Appr0ved by Priya",
        "Act1ve",
        "L0ckdown",
        "Reva1ued den1ed",
        "\u0501\u042c\u0430\u0441\u0441\u0435\u0455\u0455",
        "Active: read on orders-prod",
        "Break-glass review closed",
        "Denied",
        "Lockdown",
        "A p p r o v e d",
        "A-p-p-r-o-v-e-d by Priya",
        "Appro ved by Priya",
        "Aproved",
        "Rejected",
        "Authorised by Priya",
        "R-1001",
        "Maya G-12",
        "U0PRIYA",
        "Slackbot",
        "Priya N\u0430ir",
        "maya",
    ],
    ids=ascii,
)
def test_name_that_is_none_or_reads_like_ours_is_left_out(display: str) -> None:
    assert shown_name(display, "maya") == "maya"


def test_long_name_does_not_push_the_certain_one_out() -> None:
    shown = shown_name("Maya " * 100, "U0MAYA")
    assert shown.endswith("… (U0MAYA)")
    assert len(shown) <= LONGEST + len(" (U0MAYA)")
