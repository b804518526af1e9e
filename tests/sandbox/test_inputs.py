"""Input of people: dispatching text, several choices, numbers; and how a stack of views ends."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.client import Refused, View, wait_for
from tests.sandbox.greeter import Greeter
from tests.sandbox.kit import actions, button, field, form, modal, option, section, typed, words

Opened = Callable[..., View]


@pytest.fixture
def opened(greeter: Greeter) -> Opened:
    """Opens the modal with these blocks, alone."""

    def open_it(*blocks: dict[str, Any], **more: Any) -> View:
        view = greeter.open_form()
        given = modal(*blocks, submit=words("Send"), **more)
        greeter.web.views_update(view_id=view.id, view=given)
        return greeter.ann.wait_view(lambda shown: len(shown.blocks) == len(blocks))

    return open_it


def test_typing_is_sent_when_the_input_says_so(greeter: Greeter, opened: Opened) -> None:
    each = {"trigger_actions_on": ["on_character_entered"]}
    view = opened(
        field(typed("quiet"), "quiet"),
        field(typed("enter"), "enter", dispatch_action=True),
        field(typed("each", dispatch_action_config=each), "each", dispatch_action=True),
    )
    assert not greeter.ann.type(view, "quiet", "a", enter=True).sent
    assert not greeter.ann.type(view, "enter", "a").sent
    since = len(greeter.bodies)
    assert greeter.ann.type(view, "enter", "ab", enter=True).sent
    assert greeter.wait_heard("block_actions", since)["actions"][0]["value"] == "ab"
    assert greeter.ann.type(view, "each", "x").sent


def test_several_choices_come_back_as_a_list(greeter: Greeter, opened: Opened) -> None:
    options = [option("a"), option("b"), option("c")]
    view = opened(
        field({"type": "checkboxes", "action_id": "boxes", "options": options}, "boxes"),
        field({"type": "multi_static_select", "action_id": "many", "options": options}, "many"),
        field({"type": "datepicker", "action_id": "day"}, "day"),
        field({"type": "users_select", "action_id": "who"}, "who"),
    )
    assert set(greeter.ann.submit(view).errors) == {"boxes", "many", "day", "who"}
    greeter.ann.choose(view, "boxes", ["a", "c"])
    greeter.ann.choose(view, "many", ["b"])
    greeter.ann.choose(view, "day", "2026-11-23")
    greeter.ann.choose(view, "who", "U0BOB")
    since = len(greeter.bodies)
    assert greeter.ann.submit(view).errors == {}
    values = greeter.wait_heard("view_submission", since)["view"]["state"]["values"]
    assert [one["value"] for one in values["boxes"]["boxes"]["selected_options"]] == ["a", "c"]
    assert [one["value"] for one in values["many"]["many"]["selected_options"]] == ["b"]
    assert values["day"]["day"] == {"type": "datepicker", "selected_date": "2026-11-23"}
    assert values["who"]["who"] == {"type": "users_select", "selected_user": "U0BOB"}


def test_slack_checks_numbers_mail_and_links_itself(greeter: Greeter, opened: Opened) -> None:
    number = {"type": "number_input", "action_id": "n", "is_decimal_allowed": False, "max_value": "5"}
    view = opened(
        field(number, "n"),
        field({"type": "email_text_input", "action_id": "m"}, "m"),
        field({"type": "url_text_input", "action_id": "u"}, "u"),
    )
    for action_id, wrong in (("n", "6"), ("m", "nobody"), ("u", "nowhere")):
        greeter.ann.type(view, action_id, wrong)
    refused = greeter.ann.submit(view)
    assert not refused.sent
    assert set(refused.errors) == {"n", "m", "u"}
    for action_id, right in (("n", "5"), ("m", "a@example.com"), ("u", "https://example.com")):
        greeter.ann.type(view, action_id, right)
    assert greeter.ann.submit(view).sent


def test_an_accessory_of_a_section_is_sent_at_once(greeter: Greeter, opened: Opened) -> None:
    menu = {"type": "overflow", "action_id": "more", "options": [option("edit"), option("drop")]}
    view = opened(section("row", accessory=menu))
    since = len(greeter.bodies)
    assert greeter.ann.choose(view, "more", "drop").sent
    assert greeter.wait_heard("block_actions", since)["actions"][0]["selected_option"]["value"] == "drop"


def test_an_external_menu_without_a_shortest_query_asks_when_it_opens(
    greeter: Greeter, opened: Opened
) -> None:
    view = opened(field({"type": "external_select", "action_id": "any", "min_query_length": 0}, "any"))
    greeter.next_options = [option("first")]
    greeter.ann.choose(view, "any", "first")
    assert greeter.ann.wait_view().value("any") == "first"
    strict = opened(field({"type": "external_select", "action_id": "three"}, "three"))
    assert greeter.ann.suggest(strict, "three", "fi") == []
    with pytest.raises(Refused, match="option_not_offered"):
        greeter.ann.choose(strict, "three", "first")


def test_one_of_several_buttons_with_one_action_id_is_told_by_value(greeter: Greeter) -> None:
    rows = [section(name, accessory=button("Open", "open", value=name)) for name in ("one", "two")]
    message = greeter.post(*rows)
    with pytest.raises(Refused, match="element_ambiguous"):
        greeter.ann.click(message, "open")
    since = len(greeter.bodies)
    greeter.ann.click(message, "open", value="two")
    assert greeter.wait_heard("block_actions", since)["actions"][0]["value"] == "two"


@pytest.mark.parametrize("by", ["the cross", "clear_on_close"])
def test_ending_the_stack_tells_each_view_that_asked(greeter: Greeter, by: str) -> None:
    view = greeter.open_form()
    greeter.ann.click(view, "deeper")
    greeter.wait_depth(2)
    top = greeter.ann.wait_view()
    clearing = form(clear_on_close=by == "clear_on_close")
    greeter.web.views_update(view_id=top.id, view=clearing)
    since = len(greeter.bodies)
    greeter.ann.close(top, whole_stack=by == "the cross")
    told = wait_for(lambda: (h := greeter.heard("view_closed", since))[1:] and h)
    assert {body["is_cleared"] for body in told} == {True}
    assert {body["view"]["id"] for body in told} == {view.id, top.id}
    assert greeter.ann.views() == []


def test_person_cannot_act_in_the_modal_of_another(greeter: Greeter) -> None:
    view = greeter.open_form()
    with pytest.raises(Refused, match="view_not_found"):
        greeter.sandbox.person("U0BOB").click(view, "deeper")


def test_the_app_edits_its_own_messages_only(greeter: Greeter) -> None:
    written = greeter.ann.write("C0OPEN", "mine & yours")
    assert written.user == "U0ANN"
    refused = greeter.running.error("chat.update", channel="C0OPEN", ts=written.ts, text="ours")
    assert refused["error"] == "cant_update_message"
    assert greeter.post(actions(button())).user == "U0BOT"
