"""The acts and views of people, apart from the app's events."""

import pytest

from sandbox.client import Message, Refused, Sandbox, buttons, plain
from tests.sandbox.greeter import Greeter
from tests.sandbox.kit import actions, button, field, modal, option, section, typed, words
from tests.sandbox.running import Running


def test_people_write_only_where_they_are_members(alone: Running) -> None:
    bob = alone.sandbox.person("U0BOB")
    with pytest.raises(Refused, match="not_in_channel"):
        bob.write("C0OPEN", "hello")
    with pytest.raises(Refused, match="not_in_channel"):
        bob.command("/greet", "hello", channel="C0OPEN")
    with pytest.raises(Refused, match="is_archived"):
        alone.sandbox.person("U0ANN").command("/greet", "hello", channel="C0OLD")


def test_the_app_cannot_edit_what_people_wrote(alone: Running) -> None:
    written = alone.sandbox.person("U0ANN").write("C0OPEN", "a <b>")
    assert (written.user, written.text, written.plain()) == ("U0ANN", "a &lt;b&gt;", "a <b>")
    refused = alone.error("chat.update", channel="C0OPEN", ts=written.ts, text="mine")
    assert refused["error"] == "cant_update_message"


def test_an_edit_may_be_a_tenth_as_long_as_a_message(alone: Running) -> None:
    ts = alone.client().chat_postMessage(channel="C0OPEN", text="x" * 40_000)["ts"]
    refused = alone.error("chat.update", channel="C0OPEN", ts=ts, text="x" * 4_001)
    assert refused["error"] == "msg_too_long"


def test_a_private_channel_is_seen_by_its_members_alone(alone: Running) -> None:
    alone.client().chat_postMessage(channel="C0HID", text="secret")
    assert alone.sandbox.person("U0ANN").messages("C0HID")[-1].text == "secret"
    for stranger in ("U0BOB", "U0GUEST", "U0FAR"):
        with pytest.raises(Refused, match="channel_not_found"):
            alone.sandbox.person(stranger).messages("C0HID")


def test_direct_messages_are_seen_by_one_person(alone: Running) -> None:
    alone.client().chat_postMessage(channel="U0ANN", text="just you")
    assert alone.sandbox.person("U0BOB").direct_messages() == []
    with pytest.raises(Refused, match="channel_not_found"):
        alone.sandbox.person("U0BOB").messages("D0ANN")


@pytest.mark.parametrize("user", ["U0GUEST", "U0FAR", "U0GONE", "U0BOT"])
def test_groups_take_no_guests_strangers_bots_or_deactivated_people(alone: Running, user: str) -> None:
    with pytest.raises(Refused, match="invalid_users"):
        alone.sandbox.set_group("S0TEAM", ["U0ANN", user])


def test_person_who_becomes_a_guest_leaves_the_groups(slack: Running) -> None:
    slack.sandbox.make_guest("U0ANN")
    assert slack.client().usergroups_users_list(usergroup="S0TEAM")["users"] == []
    assert slack.client().users_info(user="U0ANN")["user"]["is_restricted"] is True


def test_an_archived_channel_takes_no_messages(slack: Running) -> None:
    ts = slack.client().chat_postMessage(channel="C0OPEN", text="t")["ts"]
    slack.sandbox.archive("C0OPEN")
    assert slack.error("chat.postMessage", channel="C0OPEN", text="t")["error"] == "is_archived"
    assert slack.error("chat.update", channel="C0OPEN", ts=ts, text="u")["error"] == "is_archived"


def test_plain_reads_links_dates_and_entities_as_people_do(alone: Running) -> None:
    text = "<https://acme.slack.com/team/U0ANN|Ann Berg> until <!date^1^{time}|05:15 UTC>, a &amp; b <@U0ANN>"
    blocks = [section(text), actions(button("Go", "go"), button("Stop", "stop"))]
    ts = alone.client().chat_postMessage(channel="C0OPEN", text="fallback", blocks=blocks)["ts"]
    shown = _message(alone.sandbox, ts)
    assert plain(shown).splitlines() == ["Ann Berg until 05:15 UTC, a & b <@U0ANN>", "Go", "Stop"]
    assert [(one.text, one.action_id) for one in buttons(shown)] == [("Go", "go"), ("Stop", "stop")]


def test_plain_reads_a_modal_from_title_to_close(greeter: Greeter) -> None:
    radio = {"type": "radio_buttons", "options": [option("this", description=words("rather"))]}
    shown = modal(
        field(radio, "radio"),
        field(typed(), "why", hint=words("Be short")),
        title=words("Form"),
        submit=words("Send"),
        close=words("Back"),
    )
    greeter.ann.command("/greet", "nothing")
    greeter.web.views_open(trigger_id=greeter.bodies[-1]["trigger_id"], view=shown)
    assert plain(greeter.ann.wait_view()).splitlines() == [
        "Form",
        "l",
        "this",
        "rather",
        "l",
        "Be short",
        "Send",
        "Back",
    ]


def _message(sandbox: Sandbox, ts: str) -> Message:
    return next(m for m in sandbox.person("U0ANN").messages("C0OPEN") if m.ts == ts)
