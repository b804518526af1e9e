import pytest

from sandbox.client import Refused, wait_for
from sandbox.world import Limits
from tests.sandbox.greeter import Greeter
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

COMMAND_KEYS = {
    "token", "team_id", "team_domain", "channel_id", "channel_name", "user_id", "user_name", "command",
    "text", "api_app_id", "is_enterprise_install", "response_url", "trigger_id",
}  # fmt: skip
COMMON_KEYS = {"type", "user", "api_app_id", "token", "team", "enterprise", "is_enterprise_install"}
VIEW_KEYS = {
    "id", "team_id", "type", "title", "submit", "close", "blocks", "private_metadata", "callback_id",
    "external_id", "state", "hash", "clear_on_close", "notify_on_close", "submit_disabled", "root_view_id",
    "previous_view_id", "app_id", "app_installed_team_id", "bot_id",
}  # fmt: skip


def test_slash_command_carries_slacks_keys_and_text_as_slack_escapes_it(greeter: Greeter) -> None:
    result = greeter.ann.command("/greet", "say a & <b>", channel="C0HID")
    assert result.error is None
    body = greeter.bodies[-1]
    assert set(body) == COMMAND_KEYS
    assert body["text"] == "say a &amp; &lt;b&gt;"
    assert body["channel_name"] == "privategroup"
    assert body["user_id"] == "U0ANN"
    (told,) = greeter.ann.ephemerals("C0HID")
    assert told.plain() == "a & <b>"
    assert told.ephemeral
    assert not greeter.ann.messages("C0HID")


def test_command_that_is_not_acknowledged_in_time_shows_an_error(greeter: Greeter) -> None:
    assert Limits().acknowledge_within == 3.0
    with greeter.late():
        assert greeter.ann.command("/greet", "late").error == "operation_timeout"


def test_unknown_command_never_reaches_the_app(greeter: Greeter) -> None:
    heard = len(greeter.bodies)
    with pytest.raises(Refused, match="unknown_command"):
        greeter.ann.command("/nothing", "here")
    assert len(greeter.bodies) == heard


def test_click_sends_message_container_and_value(greeter: Greeter) -> None:
    message = greeter.post(
        section("look"), actions(button("Go", "go", value="v1", style="primary"), block_id="a")
    )
    assert [(b.text, b.value, b.style) for b in message.buttons()] == [("Go", "v1", "primary")]
    since = len(greeter.bodies)
    assert greeter.ann.click(message, text="Go").error is None
    body = greeter.wait_heard("block_actions", since)
    expected = {"container", "channel", "state", "message", "actions", "trigger_id", "response_url"}
    assert set(body) == COMMON_KEYS | expected
    assert body["container"] == {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": "C0OPEN",
        "is_ephemeral": False,
    }
    action = body["actions"][0]
    assert (action["action_id"], action["block_id"], action["value"]) == ("go", "a", "v1")
    assert body["message"]["blocks"] == message.blocks


def test_button_that_is_gone_cannot_be_clicked(greeter: Greeter) -> None:
    message = greeter.post(actions(button("Go", "go")))
    greeter.web.chat_update(channel="C0OPEN", ts=message.ts, text="t", blocks=[section("done")])
    with pytest.raises(Refused, match="element_not_found"):
        greeter.ann.click(message, "go")


def test_confirm_dialog_must_be_confirmed(greeter: Greeter) -> None:
    message = greeter.post(actions(button("Go", "go", confirm=confirm())))
    with pytest.raises(Refused, match="confirm_needed"):
        greeter.ann.click(message, "go")
    assert greeter.ann.click(message, "go", confirmed=True).sent


def test_guests_and_strangers_act_only_where_they_are_members(greeter: Greeter) -> None:
    seen = greeter.post(actions(button("Go", "go")))
    hidden = greeter.post(actions(button("Go", "go")), channel="C0SHARED")
    assert greeter.sandbox.person("U0GUEST").click(seen, "go").sent
    assert greeter.sandbox.person("U0FAR").click(hidden, "go").sent
    assert greeter.sandbox.person("U0BOB").click(seen, "go").sent
    for person, message in (("U0GUEST", hidden), ("U0FAR", seen)):
        with pytest.raises(Refused, match="channel_not_found"):
            greeter.sandbox.person(person).click(message, "go")
    with pytest.raises(Refused, match="account_inactive"):
        greeter.sandbox.person("U0GONE").click(seen, "go")


def test_forged_payload_of_any_person_reaches_the_app(greeter: Greeter) -> None:
    since = len(greeter.bodies)
    payload = {
        "type": "block_actions",
        "user": {"id": "U0GONE"},
        "actions": [{"action_id": "x", "type": "button"}],
    }
    ack = greeter.sandbox.forge("interactive", payload | {"team": {"id": "T0ACME"}})
    assert ack.error is None
    assert greeter.wait_heard("block_actions", since)["user"]["id"] == "U0GONE"


def test_replay_delivers_the_same_payload_in_another_envelope(greeter: Greeter) -> None:
    message = greeter.post(actions(button("Go", "go")))
    since = len(greeter.bodies)
    greeter.ann.click(message, "go")
    assert greeter.sandbox.replay().error is None
    first, second = wait_for(lambda: (h := greeter.heard("block_actions", since))[1:] and h)
    assert first == second
    one, two = greeter.sandbox.traffic(kind="envelope")[-2:]
    assert one.body["envelope_id"] != two.body["envelope_id"]
    assert one.body["payload"] == two.body["payload"]


def test_ephemeral_message_is_seen_by_one_and_comes_back_without_its_content(greeter: Greeter) -> None:
    greeter.ann.command("/greet", "respond hush", channel="C0OPEN")
    told = wait_for(lambda: greeter.ann.ephemerals("C0OPEN"))[-1]
    assert not greeter.sandbox.person("U0GUEST").ephemerals("C0OPEN")
    since = len(greeter.bodies)
    greeter.ann.click(told, "go")
    body = greeter.wait_heard("block_actions", since)
    assert body["container"]["is_ephemeral"] is True
    assert "message" not in body


def test_form_opens_and_required_inputs_are_checked_before_the_app_hears(greeter: Greeter) -> None:
    view = greeter.open_form()
    since = len(greeter.bodies)
    refused = greeter.ann.submit(view)
    assert not refused.sent
    assert set(refused.errors) == {"why", "pick"}
    greeter.ann.type(view, "why", "ab")
    greeter.ann.choose(view, "pick", "one")
    assert set(greeter.ann.submit(view).errors) == {"why"}
    with pytest.raises(Refused, match="too_long"):
        greeter.ann.type(view, "why", "x" * 21)
    assert not greeter.heard("view_submission", since)


def test_submission_carries_the_state_of_each_input_and_closes_the_view(greeter: Greeter) -> None:
    view = greeter.open_form()
    greeter.ann.type(view, "why", "because")
    greeter.ann.choose(view, "pick", "two")
    greeter.ann.choose(view, "radio", "r1")
    since = len(greeter.bodies)
    assert greeter.ann.submit(view).sent
    body = greeter.wait_heard("view_submission", since)
    assert set(body) == COMMON_KEYS | {"trigger_id", "view"}
    assert set(body["view"]) == VIEW_KEYS
    values = body["view"]["state"]["values"]
    assert values["why"]["why"] == {"type": "plain_text_input", "value": "because"}
    assert values["pick"]["pick"]["selected_option"]["value"] == "two"
    assert values["radio"]["radio"]["selected_option"]["value"] == "r1"
    assert values["ext"]["ext"] == {"type": "external_select", "selected_option": None}
    assert body["view"]["blocks"] == view.blocks
    assert greeter.ann.view() is None


def test_answers_to_a_submission_show_errors_update_push_and_clear(greeter: Greeter) -> None:
    def submitted(answer: object) -> dict[str, str]:
        greeter.next_answer = answer
        view = greeter.ann.wait_view()
        greeter.ann.type(view, "why", "because")
        greeter.ann.choose(view, "pick", "one")
        result = greeter.ann.submit(view)
        assert result.error is None, result
        return result.errors

    greeter.open_form()
    try:
        assert submitted({"response_action": "errors", "errors": {"why": "No."}}) == {"why": "No."}
        assert submitted({"response_action": "update", "view": form(title=words("Second"))}) == {}
        assert greeter.ann.wait_view().title == "Second"
        assert submitted({"response_action": "push", "view": form(title=words("Third"))}) == {}
        assert [view.title for view in greeter.ann.views()] == ["Second", "Third"]
        assert submitted({"response_action": "clear"}) == {}
        assert greeter.ann.view() is None
    finally:
        greeter.next_answer = None


def test_errors_for_a_block_that_is_no_input_are_trouble(greeter: Greeter) -> None:
    view = greeter.open_form()
    greeter.ann.type(view, "why", "because")
    greeter.ann.choose(view, "pick", "one")
    greeter.next_answer = {"response_action": "errors", "errors": {"acts": "No."}}
    try:
        assert greeter.ann.submit(view).error == "invalid_response_action_errors"
    finally:
        greeter.next_answer = None
    assert greeter.ann.view() is not None


def test_only_a_dispatching_input_tells_the_app_of_a_choice(greeter: Greeter) -> None:
    view = greeter.open_form()
    since = len(greeter.bodies)
    assert not greeter.ann.choose(view, "radio", "r2").sent
    assert greeter.ann.choose(view, "pick", "one").sent
    body = greeter.wait_heard("block_actions", since)
    assert body["container"] == {"type": "view", "view_id": view.id}
    assert body["actions"][0]["selected_option"]["value"] == "one"
    assert body["view"]["state"]["values"]["radio"]["radio"]["selected_option"]["value"] == "r2"
    assert "response_url" not in body


def test_suggestions_come_from_the_app_once_the_query_is_long_enough(greeter: Greeter) -> None:
    view = greeter.open_form()
    greeter.next_options = [option("orange"), option("orchid")]
    since = len(greeter.bodies)
    assert greeter.ann.suggest(view, "ext", "o") == []
    assert not greeter.heard("block_suggestion", since)
    assert [o["value"] for o in greeter.ann.suggest(view, "ext", "or")] == ["orange", "orchid"]
    assert greeter.heard("block_suggestion", since)[0]["value"] == "or"
    with pytest.raises(Refused, match="option_not_offered"):
        greeter.ann.choose(view, "ext", "apple")
    greeter.ann.choose(view, "ext", "orchid")
    assert greeter.ann.wait_view().value("ext") == "orchid"
    greeter.next_options = [option("x" * 76)]
    with pytest.raises(Refused, match="invalid_options"):
        greeter.ann.suggest(view, "ext", "xx")


def test_update_keeps_what_was_typed_only_under_the_same_ids(greeter: Greeter) -> None:
    view = greeter.open_form()
    greeter.ann.type(view, "why", "kept")
    greeter.ann.choose(view, "pick", "two")
    changed = modal(
        field(typed("why", initial_value="not shown"), "why"),
        field(select("pick", "one", "two"), "pick-2"),
        submit=words("Send"),
    )
    after = greeter.web.views_update(view_id=view.id, hash=view.hash, view=changed)["view"]
    assert after["hash"] != view.hash
    shown = greeter.ann.wait_view()
    assert shown.value("why") == "kept"
    assert shown.value("pick") is None
    assert "pick" not in shown.state


def test_three_views_are_the_most(greeter: Greeter) -> None:
    greeter.open_form()
    for depth in (2, 3):
        greeter.ann.click(greeter.ann.wait_view(), "deeper")
        greeter.wait_depth(depth)
    greeter.ann.click(greeter.ann.wait_view(), "deeper")
    answer = wait_for(
        lambda: [
            r
            for r in greeter.sandbox.traffic(kind="api_answer", method="views.push")
            if r.body.get("error") == "push_limit_reached"
        ]
    )
    assert answer
    bottom, middle, top = greeter.ann.views()
    assert (top.raw["root_view_id"], top.raw["previous_view_id"]) == (bottom.id, middle.id)
    with pytest.raises(Refused, match="view_covered"):
        greeter.ann.click(bottom, "deeper")


def test_closing_is_told_only_where_the_view_asked_for_it(greeter: Greeter) -> None:
    view = greeter.open_form()
    greeter.ann.click(view, "deeper")
    wait_for(lambda: len(greeter.ann.views()) == 2)
    since = len(greeter.bodies)
    assert not greeter.ann.close(greeter.ann.wait_view()).sent
    assert greeter.ann.close(view).sent
    body = greeter.wait_heard("view_closed", since)
    assert set(body) == COMMON_KEYS | {"view", "is_cleared"}
    assert body["is_cleared"] is False
    assert len(greeter.heard("view_closed", since)) == 1


def test_home_is_published_and_its_buttons_work(greeter: Greeter) -> None:
    since = len(greeter.bodies)
    assert greeter.ann.open_home()
    event = greeter.wait_heard("app_home_opened", since)["event"]
    assert (event["user"], event["tab"], event["channel"]) == ("U0ANN", "home", "D0ANN")
    blocks = [section("hi"), actions(button("Refresh", "refresh"))]
    greeter.web.views_publish(user_id="U0ANN", view={"type": "home", "blocks": blocks})
    home = greeter.ann.home()
    assert home is not None
    assert home.plain() == "hi\nRefresh"
    since = len(greeter.bodies)
    greeter.ann.click(home, "refresh")
    assert greeter.wait_heard("block_actions", since)["view"]["type"] == "home"


def test_world_changes_are_told_as_events(greeter: Greeter) -> None:
    since = len(greeter.bodies)
    greeter.sandbox.set_group("S0TEAM", ["U0BOB"])
    event = greeter.wait_heard("subteam_members_changed", since)["event"]
    assert (event["added_users"], event["removed_users"]) == (["U0BOB"], ["U0ANN"])
    greeter.sandbox.join("C0OPEN", "U0BOB")
    assert greeter.wait_heard("member_joined_channel", since)["event"]["channel"] == "C0OPEN"
    greeter.sandbox.leave("C0OPEN", "U0BOB")
    assert greeter.wait_heard("member_left_channel", since)["event"]["user"] == "U0BOB"
    greeter.sandbox.set_user("U0BOB", tz="Asia/Tokyo")
    assert greeter.wait_heard("user_change", since)["event"]["user"]["tz_offset"] == 9 * 3600
    greeter.sandbox.deactivate("U0BOB")
    assert greeter.web.usergroups_users_list(usergroup="S0TEAM")["users"] == []
    with pytest.raises(Refused, match="account_inactive"):
        greeter.sandbox.person("U0BOB").command("/greet", "say hi")
