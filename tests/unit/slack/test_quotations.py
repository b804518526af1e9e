"""Typed texts stand in a quotation that they cannot leave, and imitate no mark of ours, in every view."""

from collections.abc import Iterator
from typing import Any

import pytest

from dbaccess.slack.text import inline, plain, quote, without_marks
from tests.unit.slack.every_view import every_view
from tests.unit.slack.limits import texts_of

TYPED = "Zyx wvu"
ESCAPES = "\n".join(
    (
        TYPED,
        f"&gt; {TYPED}",
        f"> {TYPED}",
        f"\u2028{TYPED}",
        f'" {TYPED}',
        f"``` {TYPED}",
        f"\r{TYPED}",
        f"\x0b{TYPED}",
    )
)
MARKS = (
    "\u26a0\ufe0f \u26a0 \u2705 \u2714\ufe0f \u2611 \u2713 \u274c \u274e \u2717 \u26d4 \u2757 !\u20e4 "
    "\U0001f6d1 \U0001f7e2 \U0001f534 \U0001f7e9 \U0001f6a8 \U0001f6ab \U0001f5f8"
)
OTHERS = (
    "\U0001f600 \U0001f1e9\U0001f1ea 1\ufe0f\u20e3 \U0001f44d\U0001f3fd \U0001f34b\u200d\U0001f7e9 "
    "\u221a \u00d7 \u2192 \u2764\ufe0f\u200d\U0001f525"
)


def mrkdwn_lines(payload: dict[str, Any]) -> Iterator[str]:
    for text in texts_of(payload):
        if text["type"] == "mrkdwn":
            yield from text["text"].split("\n")


def test_typed_text_stands_in_a_quotation_in_every_view() -> None:
    outside = {
        (name, line)
        for name, payload in every_view(ESCAPES, names="Somebody")
        for line in mrkdwn_lines(payload)
        if "Zyx" in line and not line.startswith("&gt; ")
    }
    assert outside == set()


def test_typed_text_imitates_no_mark_in_any_view() -> None:
    signs = set(MARKS) - set("! \ufe0f")
    found = {
        name
        for name, payload in every_view(f"Zyx {MARKS}")
        if signs & set("".join(text["text"] for text in texts_of(payload)) + str(payload.get("text", "")))
    }
    assert found == set()


@pytest.mark.parametrize("sign", MARKS.split())
def test_mark_is_shown_as_a_white_square_on_every_way_to_the_screen(sign: str) -> None:
    for show in (without_marks, inline, quote):
        assert sign.strip("!") not in show(f"a {sign} b")
        assert "\u25a1" in show(f"a {sign} b")
    assert plain(sign) == sign


def test_other_emoji_stay() -> None:
    assert without_marks(OTHERS) == OTHERS
