"""Block Kit limits, those that slack_sdk's own models let pass included."""

from typing import Any

import pytest
from slack_sdk.models.blocks import Block as SdkBlock

from sandbox.blocks import check_message_blocks, check_options, check_view
from sandbox.blocks.checks import escaped_length
from tests.sandbox.kit import (
    actions,
    button,
    confirm,
    field,
    form,
    modal,
    option,
    section,
    select,
    typed,
    words,
)


def radio(count: int, **more: Any) -> dict[str, Any]:
    options = [option(f"v{n}") for n in range(count)]
    return {"type": "radio_buttons", "action_id": "r", "options": options, **more}


def context(*texts: str) -> dict[str, Any]:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text} for text in texts]}


def number(**more: Any) -> dict[str, Any]:
    return field({"type": "number_input", "is_decimal_allowed": False, "action_id": "n", **more}, "i")


def picker(kind: str, **more: Any) -> dict[str, Any]:
    return field({"type": kind, "action_id": "p", **more}, "i")


def chosen(*values: str, **more: Any) -> dict[str, Any]:
    initial = [option(value) for value in values]
    return field(
        {**select("s", "a", "b"), "type": "multi_static_select", "initial_options": initial, **more}, "i"
    )


HEADER_MARKUP = {"type": "header", "text": {"type": "mrkdwn", "text": "h"}}
WELL_FORMED = [
    section("x" * 3000),
    {"type": "header", "text": words("x" * 150)},
    {"type": "divider"},
    context(*["c"] * 10),
    actions(*[button("x" * 75, f"b{n}", value="v" * 2000) for n in range(25)]),
    section(accessory=select("s", *[f"o{n}" for n in range(100)])),
    section(accessory=button(confirm=confirm(), style="danger", accessibility_label="x" * 75)),
    {"type": "image", "image_url": "https://example.com/i.png", "alt_text": "a"},
    number(min_value="-1", max_value="10", initial_value="10"),
    number(min_value="0.5", max_value="0.5", is_decimal_allowed=True),
    picker("datepicker", initial_date="2028-02-29"),
    picker("timepicker", initial_time="23:59", timezone="Europe/Berlin"),
    picker("datetimepicker", initial_date_time=1628633820),
    chosen("a", "b", max_selected_items=2),
    field(typed(min_length=4, max_length=4, initial_value="four"), "i"),
]
BAD_BLOCKS = {
    "section text": section("x" * 3001),
    "section text after escaping": section("&" * 601),
    "section without text": {"type": "section"},
    "empty text": section(""),
    "header": {"type": "header", "text": words("x" * 151)},
    "header in mrkdwn": HEADER_MARKUP,
    "unknown block": {"type": "fireworks"},
    "unknown key": section(colour="red"),
    "unknown key in a text": {"type": "section", "text": {**words("s"), "bold": True}},
    "unknown element": actions({"type": "lever", "action_id": "l"}),
    "block_id": section(block_id="x" * 256),
    "no elements": actions(),
    "26 elements": actions(*[button("b", f"b{n}") for n in range(26)]),
    "same action_id": actions(button("a", "same"), button("b", "same")),
    "11 context elements": context(*["c"] * 11),
    "button in context": {"type": "context", "elements": [button()]},
    "button text": actions(button("x" * 76)),
    "button value": actions(button(value="v" * 2001)),
    "button style": actions(button(style="loud")),
    "button text in mrkdwn": actions({**button(), "text": {"type": "mrkdwn", "text": "b"}}),
    "action_id": actions(button("b", "x" * 256)),
    "accessibility_label": actions(button(accessibility_label="x" * 76)),
    "confirm title": actions(button(confirm={**confirm(), "title": words("x" * 101)})),
    "confirm text": actions(button(confirm={**confirm(), "text": words("x" * 301)})),
    "confirm button": actions(button(confirm={**confirm(), "confirm": words("x" * 31)})),
    "half a confirm": actions(button(confirm={"title": words("t")})),
    "no options": actions(select("s")),
    "101 options": actions(select("s", *[f"o{n}" for n in range(101)])),
    "option text": actions({**select("s"), "options": [{"text": words("x" * 76), "value": "v"}]}),
    "option value": actions(select("s", "v" * 151)),
    "option description": actions({**select("s"), "options": [option("v", description=words("x" * 76))]}),
    "same option value": actions(select("s", "v", "v")),
    "initial option not offered": actions(select("s", "a", initial_option=option("b"))),
    "placeholder": actions(select("s", "a", placeholder=words("x" * 151))),
    "11 radio buttons": actions(radio(11)),
    "initial radio not offered": actions(radio(2, initial_option=option("v9"))),
    "min_query_length": actions({"type": "external_select", "action_id": "e", "min_query_length": -1}),
    "text input in actions": actions(typed()),
    "button in an input": field(button(), "i"),
    "input label": {**field(typed(), "i"), "label": words("x" * 2001)},
    "input max_length": field(typed(max_length=3001), "i"),
    "input min over max": field(typed(min_length=5, max_length=4), "i"),
    "input initially over max": field(typed(max_length=4, initial_value="fives"), "i"),
    "number min over max": number(min_value="10", max_value="9"),
    "number min over max, by text in order": number(min_value="-1", max_value="-10"),
    "number initially under min": number(min_value="1", initial_value="0"),
    "number initially over max": number(max_value="1", initial_value="2"),
    "number with decimals": number(initial_value="1.5"),
    "number min with decimals": number(min_value="1.5"),
    "number without digits": number(initial_value="one"),
    "30 February": picker("datepicker", initial_date="2026-02-30"),
    "29 February of a common year": picker("datepicker", initial_date="2026-02-29"),
    "13th month": picker("datepicker", initial_date="2026-13-01"),
    "day 0": picker("datepicker", initial_date="2026-01-00"),
    "year 0": picker("datepicker", initial_date="0000-01-01"),
    "date without dashes": picker("datepicker", initial_date="20260101"),
    "date in other digits": picker("datepicker", initial_date="٢٠٢٦-01-01"),
    "25 o'clock": picker("timepicker", initial_time="25:00"),
    "24 o'clock": picker("timepicker", initial_time="24:00"),
    "60 minutes": picker("timepicker", initial_time="12:60"),
    "unknown timezone": picker("timepicker", timezone="Europe/Atlantis"),
    "moment in milliseconds": picker("datetimepicker", initial_date_time=1628633820000),
    "moment with nine digits": picker("datetimepicker", initial_date_time=999_999_999),
    "moment in a string": picker("datetimepicker", initial_date_time="1628633820"),
    "initial option twice": chosen("a", "a"),
    "more initial options than may be chosen": chosen("a", "b", max_selected_items=1),
    "one initial option not offered": chosen("a", "z"),
    "no initial options": chosen(),
    "same value in two groups": field(
        {
            "type": "static_select",
            "action_id": "s",
            "option_groups": [{"label": words(label), "options": [option("v")]} for label in "ab"],
        },
        "i",
    ),
    "empty group": field(
        {"type": "static_select", "action_id": "s", "option_groups": [{"label": words("l"), "options": []}]},
        "i",
    ),
    "options and groups": field(select("s", "a", option_groups=[]), "i"),
    "neither options nor groups": field({"type": "static_select", "action_id": "s"}, "i"),
    "users chosen twice": field(
        {"type": "multi_users_select", "action_id": "u", "initial_users": ["U1", "U1"]}, "i"
    ),
    "no alt_text": {"type": "image", "image_url": "https://example.com/i.png"},
    "not an object": "section",
}
BAD_VIEWS = {
    "no title": {"type": "modal", "blocks": []},
    "title": modal(title=words("x" * 25)),
    "submit": modal(submit=words("x" * 25)),
    "close": modal(close=words("x" * 25)),
    "title in mrkdwn": modal(title={"type": "mrkdwn", "text": "t"}),
    "101 blocks": modal(*[section()] * 101),
    "no blocks": modal(),
    "private_metadata": modal(section(), private_metadata="x" * 3001),
    "callback_id": modal(section(), callback_id="x" * 256),
    "external_id": modal(section(), external_id="x" * 256),
    "input without submit": modal(field(typed(), "i")),
    "same block_id": modal(section(block_id="b"), section(block_id="b")),
    "unknown key": modal(section(), width="wide"),
    "unknown type": {"type": "drawer", "blocks": [section()]},
    "markdown block": modal({"type": "markdown", "text": "m"}),
    "two focused": modal(
        field(typed("a", focus_on_load=True), "a"),
        field(typed("b", focus_on_load=True), "b"),
        submit=words("s"),
    ),
    "Home with a submit": {"type": "home", "blocks": [section()], "submit": words("s")},
    "not an object": [],
}


@pytest.mark.parametrize("name", BAD_BLOCKS)
def test_a_bad_block_is_refused_with_its_place(name: str) -> None:
    found = check_message_blocks([BAD_BLOCKS[name]])
    assert found
    assert all("[json-pointer:/blocks/0" in message for message in found)


@pytest.mark.parametrize("name", BAD_VIEWS)
def test_a_bad_view_is_refused(name: str) -> None:
    assert check_view(BAD_VIEWS[name])


def test_block_within_the_limits_passes() -> None:
    assert [fault for block in WELL_FORMED for fault in check_message_blocks([block])] == []
    assert check_view(form()) == []
    assert check_view({"type": "home", "blocks": [section()] * 100}) == []
    assert check_message_blocks([]) == []


@pytest.mark.parametrize("block", WELL_FORMED)
def test_accepted_block_passes_slacks_own_models(block: dict[str, Any]) -> None:
    parsed = SdkBlock.parse(block)
    assert parsed is not None
    parsed.validate_json()


def test_a_message_has_fifty_blocks_with_ids_of_their_own() -> None:
    assert check_message_blocks([section()] * 50) == []
    assert check_message_blocks([section()] * 51)
    assert check_message_blocks([section(block_id="b"), section(block_id="b")])


def test_suggested_options_are_checked_too() -> None:
    assert check_options({"options": []}) == []
    assert check_options({"options": [option("a")]}) == []
    assert check_options({"option_groups": [{"label": words("l"), "options": [option("a")]}]}) == []
    assert check_options({})
    assert check_options({"options": [option("v" * 151)]})
    assert check_options({"options": [option(f"o{n}") for n in range(101)]})


def test_length_is_counted_as_slack_escapes() -> None:
    assert escaped_length("a&b", mrkdwn=True) == 7
    assert escaped_length("a&amp;b", mrkdwn=True) == 7
    assert escaped_length("<https://x|y>", mrkdwn=True) == 13
    assert escaped_length("<b>", mrkdwn=False) == 9


@pytest.mark.parametrize(
    "junk",
    [
        "blocks",
        [None],
        [{"type": 5}],
        [{"type": "actions", "elements": 5}],
        [actions({"type": "static_select", "action_id": "s", "options": 5})],
        [actions({"type": "static_select", "action_id": "s", "option_groups": 5})],
        [actions({"type": "static_select", "action_id": "s", "option_groups": [{"options": 5}]})],
        [{"type": "input", "label": words("l"), "element": "e"}],
    ],
)
def test_wrong_shape_is_reported_and_raises_nothing_else(junk: Any) -> None:
    assert check_message_blocks(junk)
    assert check_view(modal() | {"blocks": junk})
