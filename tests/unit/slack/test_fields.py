"""An input of a form: drawn, read back, and told what is wrong with it."""

from typing import Any

import pytest

from dbaccess.domain.errors import BadReason
from dbaccess.slack.blocks import modal, option
from dbaccess.slack.fields import ERROR_LONGEST, OPTIONS_MOST, RADIO_MOST, Field, errors_at
from tests.unit.slack.limits import faults_of_view

WHY = Field("test.why")
WHAT = Field("test.what")


def sent(*blocks: dict[str, Any], **values: Any) -> dict[str, Any]:
    """The view with these blocks, as it comes back with a value for each block's id."""
    view = modal(title="Test", callback_id="test", blocks=list(blocks), submit="Send")
    assert faults_of_view(view) == []
    found = {
        block["block_id"]: {block["element"]["action_id"]: values.get(block["element"]["action_id"], {})}
        for block in blocks
    }
    return {**view, "state": {"values": found}}


def options(count: int) -> list[dict[str, Any]]:
    return [option(f"Choice {number}", f"{number}") for number in range(count)]


def test_text_is_read_back_clean_and_within_its_length() -> None:
    view = sent(WHY.text("Why", longest=5), **{WHY: {"value": " \u202eabcdefgh"}})
    assert WHY.typed(view, longest=5) == "abcde"
    assert WHY.require(view, longest=5) == "abcde"


def test_text_that_is_required_and_missing_is_refused() -> None:
    view = sent(WHY.text("Why", longest=5), **{WHY: {"value": " \u202e "}})
    with pytest.raises(BadReason, match="Say why in the note"):
        WHY.require(view, longest=5, refusal="Say why in the note.")


def test_choice_is_read_back_whatever_its_key() -> None:
    block = WHAT.select("What", options(3), placeholder="Choose", key="orders/prod")
    view = sent(block, **{WHAT: {"selected_option": {"value": "2"}}})
    assert (WHAT.value(view), WHAT.key(view)) == ("2", "orders/prod")


def test_choice_made_for_another_key_is_gone() -> None:
    view = sent(WHAT.radio("What", options(2), key="new"))
    view["state"]["values"] = {"test.what/old": {WHAT: {"selected_option": {"value": "1"}}}}
    assert WHAT.value(view) == ""


def test_more_choices_than_radio_buttons_may_have_are_a_menu_that_is_read_back_alike() -> None:
    few, many = (WHAT.radio("What", options(count), chosen="9") for count in (RADIO_MOST, RADIO_MOST + 1))
    assert (few["element"]["type"], many["element"]["type"]) == ("radio_buttons", "static_select")
    for block in (few, many):
        assert block["element"]["initial_option"] == option("Choice 9", "9")
        assert WHAT.value(sent(block, **{WHAT: {"selected_option": {"value": "3"}}})) == "3"


def test_menu_offers_no_more_than_slack_shows_and_picks_only_what_it_offers() -> None:
    element = WHAT.select("What", options(OPTIONS_MOST + 1), placeholder="Choose", chosen=f"{OPTIONS_MOST}")[
        "element"
    ]
    assert len(element["options"]) == OPTIONS_MOST
    assert "initial_option" not in element


def test_refusal_stands_at_the_first_field_that_the_form_has() -> None:
    view = sent(WHY.text("Why", longest=5), WHAT.radio("What", options(2), key="k"))
    error = BadReason("x" * 1000)
    assert errors_at(error, view, Field("test.absent"), WHAT, WHY) == {"test.what/k": "x" * ERROR_LONGEST}
    assert list(errors_at(error, view, Field("test.absent"))) == ["test.absent"]


def test_field_whose_id_begins_as_another_is_not_taken_for_it() -> None:
    view = sent(Field("test.whatever").text("Other", longest=5), **{"test.whatever": {"value": "x"}})
    assert WHAT.value(view) == ""
