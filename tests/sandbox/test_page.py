"""The files and streams of the page, and their protection from other pages."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from sandbox.waiting import PATIENCE
from tests.sandbox.kit import actions, button
from tests.sandbox.running import BOT_TOKEN, Running

JSON = {"Content-Type": "application/json"}


def address(slack: Running) -> str:
    return slack.sandbox.address


def post(slack: Running, path: str, headers: dict[str, str], content: str = "{}") -> httpx.Response:
    return httpx.post(address(slack) + path, headers=headers, content=content, trust_env=False)


def get(slack: Running, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
    return httpx.get(address(slack) + path, headers=headers, trust_env=False)


@contextmanager
def live(slack: Running, user: str) -> Iterator[Iterator[dict[str, Any]]]:
    """The events for a window of this person, one after another."""
    url = f"{address(slack)}/sandbox/people/{user}/live"
    with httpx.stream("GET", url, timeout=PATIENCE, trust_env=False) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        yield (json.loads(line[6:]) for line in response.iter_lines() if line.startswith("data: "))


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "[::"])
def test_answers_to_no_name_but_local_ones(alone: Running, host: str) -> None:
    assert get(alone, "/sandbox/status", {"Host": host}).status_code == 421
    assert get(alone, "/", {"Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost", "localhost:1234", "[::1]:80", "127.0.0.1"])
def test_answers_to_each_local_name(alone: Running, host: str) -> None:
    assert get(alone, "/sandbox/status", {"Host": host}).status_code == 200


@pytest.mark.parametrize("path", ["/sandbox/people/U0ANN/command", "/sandbox/forge", "/api/chat.postMessage"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_takes_nothing_from_a_page_of_another_origin(
    alone: Running, path: str, headers: dict[str, str]
) -> None:
    refused = post(alone, path, JSON | headers)
    assert refused.status_code == 403
    assert refused.json()["code"] == "wrong_origin"


def test_a_picture_on_another_page_calls_no_method_even_with_the_token(alone: Running) -> None:
    path = f"/api/chat.postMessage?token={BOT_TOKEN}&channel=C0OPEN&text=hello"
    assert get(alone, path, {"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert alone.sandbox.person("U0ANN").messages("C0OPEN") == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "text/plain;json"])
def test_people_act_by_json_only(alone: Running, kind: str) -> None:
    assert post(alone, "/sandbox/people/U0ANN/command", {"Content-Type": kind}).status_code == 415


def test_own_page_may_act(alone: Running) -> None:
    headers = JSON | {"Origin": address(alone), "Sec-Fetch-Site": "same-origin"}
    written = post(
        alone, "/sandbox/people/U0ANN/write", headers, json.dumps({"channel": "C0ALONE", "text": "a < b"})
    )
    assert written.json()["answer"]["text"] == "a &lt; b"


def test_page_takes_no_code_or_style_from_anywhere_else(alone: Running) -> None:
    served = get(alone, "/?as=U0ANN")
    policy = dict(part.split(" ", 1) for part in served.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "http://127.0.0.1:* http://localhost:*"
    assert policy["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in served.headers["content-security-policy"]
    assert "http" not in served.text.replace("http-equiv", "")


@pytest.mark.parametrize("name", ["..%2ffiles.py", "main.py", "nothing.js", "%2e%2e/live.py", "index.html"])
def test_serves_nothing_but_its_own_files(alone: Running, name: str) -> None:
    assert get(alone, f"/page/{name}").status_code == 404


@pytest.mark.parametrize("asked", ["/", "/?as=U0NOBODY", "/?as=U0BOT"])
def test_page_always_acts_as_a_person(alone: Running, asked: str) -> None:
    answer = get(alone, asked)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/?as=U0ANN"


def test_page_keeps_its_frame_when_it_chooses_a_person(alone: Running) -> None:
    location = get(alone, "/?parent=http://127.0.0.1:1").headers["location"]
    assert location.endswith("&as=U0ANN")
    assert "parent=" in location


def test_window_is_told_everything_first_and_then_what_changes(slack: Running) -> None:
    with live(slack, "U0ANN") as told:
        first = next(told)["set"]
        assert {one["id"] for one in first["channels"]} >= {"C0OPEN", "D0ANN"}
        assert first["workspace"]["commands"][0]["command"] == "/greet"
        ts = slack.client().chat_postMessage(channel="C0OPEN", text="x", blocks=[actions(button("Go"))])["ts"]
        second = next(told)
        key = f"message/C0OPEN/{ts}"
        assert second["set"][key]["blocks"][0]["elements"][0]["text"]["text"] == "Go"
        assert "workspace" not in second["set"]
        slack.client().chat_update(channel="C0OPEN", ts=ts, text="y", blocks=[])
        third = next(told)
        assert list(third["set"]) == [key]
        assert third["set"][key]["edited"]


def test_window_of_another_person_is_told_nothing_that_only_one_sees(slack: Running) -> None:
    slack.client().chat_postEphemeral(channel="C0OPEN", user="U0ANN", text="for ann")
    slack.client().chat_postMessage(channel="U0ANN", text="to ann")
    with live(slack, "U0ANN") as ann, live(slack, "U0GUEST") as guest:
        assert sum(name.startswith("message/") for name in next(ann)["set"]) == 2
        assert not [name for name in next(guest)["set"] if name.startswith("message/")]


def test_window_is_told_what_calls_for_others(slack: Running) -> None:
    posted = slack.client().chat_postMessage(channel="C0OPEN", text="<!subteam^S0TEAM> look")
    with live(slack, "U0GUEST") as told:
        people = {one["id"]: one for one in next(told)["set"]["people"]}
    assert people["U0ANN"]["attention"] == {"C0OPEN": posted["ts"]}
    assert people["U0GUEST"]["attention"] == {}


def test_window_of_a_deactivated_person_shows_no_channel_and_no_message(slack: Running) -> None:
    slack.client().chat_postMessage(channel="C0OPEN", text="hello")
    slack.sandbox.deactivate("U0GUEST")
    with live(slack, "U0GUEST") as told:
        shown = next(told)["set"]
    assert shown["channels"] == []
    assert not [name for name in shown if name.startswith("message/")]


@pytest.mark.parametrize("user", ["U0NOBODY", "U0BOT"])
def test_neither_an_unknown_user_nor_the_app_has_a_window(alone: Running, user: str) -> None:
    answer = get(alone, f"/sandbox/people/{user}/live")
    assert answer.status_code == 409
    assert answer.json()["code"] == "user_not_found"
