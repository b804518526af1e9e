"""Planned faults are like those of Slack."""

import http.client
import threading
import time

import pytest
from slack_sdk.errors import SlackApiError

from sandbox import triggers
from sandbox.client import wait_for
from sandbox.waiting import PATIENCE
from tests.sandbox.greeter import Greeter
from tests.sandbox.kit import actions, button, section
from tests.sandbox.running import Running


def test_429_says_when_to_come_back_and_passes(alone: Running) -> None:
    alone.sandbox.fault("chat.postMessage", "429", times=2, retry_after=7)
    for _ in range(2):
        with pytest.raises(SlackApiError) as refused:
            alone.client().chat_postMessage(channel="C0OPEN", text="t")
        assert refused.value.response.status_code == 429
        assert refused.value.response.headers["Retry-After"] == "7"
    assert alone.client().chat_postMessage(channel="C0OPEN", text="t")["ok"]


def test_a_lost_answer_was_processed(alone: Running) -> None:
    alone.sandbox.fault("chat.postMessage", "lost_answer")
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        alone.client().chat_postMessage(channel="C0HID", text="said, never answered")
    assert alone.sandbox.person("U0ANN").messages("C0HID")[-1].text == "said, never answered"


def test_500_and_slow_are_for_the_named_method_only(alone: Running) -> None:
    alone.sandbox.fault("users.info", "500")
    alone.sandbox.fault("auth.test", "slow", seconds=0.5)
    assert alone.client().usergroups_list()["ok"]
    with pytest.raises(SlackApiError) as broken:
        alone.client().users_info(user="U0ANN")
    assert broken.value.response.status_code == 500
    before = time.monotonic()
    alone.client().auth_test()
    assert time.monotonic() - before >= 0.5


def test_forgotten_is_what_was_said_and_planned_and_not_the_workspace(greeter: Greeter) -> None:
    greeter.post(section("t"))
    greeter.sandbox.fault("auth.test", "500")
    assert greeter.ann.messages("C0OPEN")
    greeter.sandbox.forget()
    assert not greeter.ann.messages("C0OPEN")
    assert not greeter.ann.views()
    assert not greeter.sandbox.traffic()
    assert greeter.web.auth_test()["ok"]
    assert greeter.ann.command("/greet", "hello", channel="C0OPEN").error is None


def test_silence_gives_no_answer_until_it_is_lifted(alone: Running) -> None:
    answered = threading.Event()

    def ask() -> None:
        alone.client().auth_test()
        answered.set()

    alone.sandbox.silence(on=True)
    thread = threading.Thread(target=ask)
    thread.start()
    assert not answered.wait(0.5)
    alone.sandbox.silence(on=False)
    assert answered.wait(PATIENCE)
    thread.join()


def test_an_app_that_was_disconnected_comes_back(greeter: Greeter) -> None:
    for warned in (True, False):
        assert greeter.sandbox.disconnect_sockets(warned=warned) == 1
        greeter.sandbox.wait_connected()
        assert greeter.ann.command("/greet", "say back").text == "back"


def test_response_url_works_five_times_for_message_and_ephemeral(greeter: Greeter) -> None:
    message = greeter.post(actions(button("Go", "go")))
    since = len(greeter.bodies)
    greeter.ann.click(message, "go")
    url = greeter.wait_heard("block_actions", since)["response_url"]
    assert greeter.respond(url, text="only you") == 200
    assert greeter.ann.ephemerals("C0OPEN")[-1].text == "only you"
    assert greeter.respond(url, text="all", response_type="in_channel") == 200
    assert greeter.ann.messages("C0OPEN")[-1].text == "all"
    assert greeter.respond(url, replace_original=True, text="new", blocks=[section("new")]) == 200
    changed = next(m for m in greeter.ann.messages("C0OPEN") if m.ts == message.ts)
    assert (changed.plain(), changed.buttons()) == ("new", [])
    assert greeter.respond(url, text="x", blocks=[section("")]) == 400
    assert greeter.respond(url, delete_original=True) == 200
    assert message.ts not in [m.ts for m in greeter.ann.messages("C0OPEN")]
    assert greeter.respond(url, text="six") == 404


def test_response_url_ends_after_thirty_minutes(greeter: Greeter, monkeypatch: pytest.MonkeyPatch) -> None:
    assert triggers.RESPONSE_SECONDS == 30 * 60
    message = greeter.post(actions(button("Go", "go")))
    since = len(greeter.bodies)
    greeter.ann.click(message, "go")
    url = greeter.wait_heard("block_actions", since)["response_url"]
    monkeypatch.setattr(triggers, "RESPONSE_SECONDS", 0.0)
    assert greeter.respond(url, text="late") == 404


def test_traffic_tells_both_ways_apart(greeter: Greeter) -> None:
    since = len(greeter.sandbox.traffic())
    greeter.ann.command("/greet", "respond word")
    wait_for(lambda: greeter.sandbox.traffic(kind="response_url", since=since))
    to_app = greeter.sandbox.traffic(direction="to_app", since=since)
    from_app = greeter.sandbox.traffic(direction="from_app", since=since)
    assert [(r.kind, r.method) for r in to_app] == [("envelope", "slash_commands")]
    assert sorted(r.kind for r in from_app) == ["ack", "response_url"]
    assert to_app[0].body["payload"]["text"] == "respond word"
