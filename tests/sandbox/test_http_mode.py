"""HTTP on the wire: signed requests as Slack sends them, and what an answer means to the person."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from sandbox.client import Person, Sandbox, wait_for
from sandbox.manifest import ManifestError, read_manifest
from sandbox.waiting import PATIENCE
from tests.sandbox.listening import Listening, Taken, listening
from tests.sandbox.processes import MANIFEST, WORLD, command, running
from tests.sandbox.running import manifest

SECRET = "greeter-signing-secret"


@pytest.fixture
def app() -> Iterator[Listening]:
    with listening() as found:
        yield found


@pytest.fixture
def slack(app: Listening, tmp_path: Path) -> Iterator[Sandbox]:
    with running(tmp_path, options=["--request-url", app.url]) as address:
        sandbox = Sandbox(address)
        sandbox.wait_verified()
        yield sandbox


@pytest.fixture
def maya(slack: Sandbox) -> Person:
    return slack.person("U0MAYA")


def last(app: Listening) -> Taken:
    return app.taken[-1]


def test_the_address_is_asked_for_a_challenge_first(app: Listening, tmp_path: Path) -> None:
    app.challenge = False
    with running(tmp_path, options=["--request-url", app.url]) as address:
        sandbox = Sandbox(address)
        wait_for(lambda: len(app.taken) > 1)
        assert sandbox.person("U0MAYA").command("/tester", "hi").error == "dispatch_failed"
        assert all(taken.json()["type"] == "url_verification" for taken in app.taken)
        assert all(taken.is_signed_with(SECRET) for taken in app.taken)
        app.challenge = True
        sandbox.wait_verified()
        assert sandbox.person("U0MAYA").command("/tester", "hi").error is None


def test_a_command_is_a_signed_form(app: Listening, maya: Person) -> None:
    assert maya.command("/tester", "a & b payload").error is None
    form = last(app).form()
    assert last(app).path == "/slack/events"
    assert last(app).is_signed_with(SECRET)
    assert (form["command"], form["text"], form["user_id"]) == ("/tester", "a &amp; b payload", "U0MAYA")


def test_an_answer_to_a_command_is_text_or_json(app: Listening, maya: Person) -> None:
    app.answer(200, "plain words")
    app.answer(200, json.dumps({"text": "from JSON"}), "application/json;charset=utf-8")
    assert maya.command("/tester", "").text == "plain words"
    assert maya.command("/tester", "").text == "from JSON"


@pytest.mark.parametrize(
    ("status", "text", "content_type"),
    [
        (500, "", "text/plain"),
        (401, "", "text/plain"),
        (204, "", "text/plain"),
        (200, "{", "application/json"),
    ],
)
def test_anything_but_an_intact_200_is_no_acknowledgement(
    app: Listening, maya: Person, status: int, text: str, content_type: str
) -> None:
    app.answer(status, text, content_type)
    assert maya.command("/tester", "hi").error == "dispatch_failed"


def test_a_redirect_is_not_followed(app: Listening, maya: Person) -> None:
    app.answer(302, Location=app.url)
    before = len(app.taken)
    assert maya.command("/tester", "hi").error == "dispatch_failed"
    assert len(app.taken) == before + 1


def test_an_answer_that_does_not_come_in_time_is_told(app: Listening, slack: Sandbox, maya: Person) -> None:
    slack.limits(acknowledge_within=0.3)
    app.answering.clear()
    assert maya.command("/tester", "hi").error == "operation_timeout"
    app.answering.set()


def test_an_event_is_json_and_comes_again_with_its_reason(app: Listening, slack: Sandbox) -> None:
    app.answer(500)
    slack.set_user("U0PRIYA", tz="Asia/Tokyo")
    first, second = wait_for(lambda: _events(app) if len(_events(app)) == 2 else None)
    assert first.json() == second.json()
    assert first.json()["event"]["type"] == "user_change"
    assert "x-slack-retry-num" not in first.headers
    assert (second.headers["x-slack-retry-num"], second.headers["x-slack-retry-reason"]) == (
        "1",
        "http_error",
    )
    assert second.is_signed_with(SECRET)


def test_several_addresses_take_turns_and_stand_in_for_each_other(app: Listening, tmp_path: Path) -> None:
    with ExitStack() as later:
        other = later.enter_context(listening())
        options = ["--request-url", app.url, "--request-url", other.url]
        sandbox = Sandbox(later.enter_context(running(tmp_path, options=options)))
        sandbox.wait_verified(2)
        maya = sandbox.person("U0MAYA")
        for _ in range(4):
            assert maya.command("/tester", "hi").error is None
        assert (len(_commands(app)), len(_commands(other))) == (2, 2)
        other.stop()
        for _ in range(4):
            assert maya.command("/tester", "hi").error is None
        assert (len(_commands(app)), len(_commands(other))) == (6, 2)


def test_socket_mode_is_refused_where_requests_go_to_an_address(slack: Sandbox) -> None:
    slack.wait_verified()
    assert slack.sockets() == 0


def test_the_manifest_names_the_address_too() -> None:
    raw = manifest()
    raw["settings"] |= {"socket_mode_enabled": False}
    raw["settings"]["interactivity"]["request_url"] = "https://one.example/slack/events"
    raw["settings"]["event_subscriptions"]["request_url"] = "https://one.example/slack/events"
    assert read_manifest(raw).request_urls == ("https://one.example/slack/events",)
    raw["features"]["slash_commands"][0]["url"] = "https://two.example/"
    with pytest.raises(ManifestError, match="one address"):
        read_manifest(raw)


def test_a_world_without_a_signing_secret_cannot_send_over_http(tmp_path: Path) -> None:
    world = tmp_path / "world.toml"
    lines = WORLD.read_text().splitlines()
    world.write_text("\n".join(line for line in lines if not line.startswith("signing_secret")))
    line = command("--manifest", str(MANIFEST), "--world", str(world), "--request-url", "http://127.0.0.1:9/")
    ended = subprocess.run(line, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert ended.returncode == 2
    assert "signing_secret" in ended.stderr


def _events(app: Listening) -> list[Taken]:
    return [taken for taken in app.taken if b'"event_callback"' in taken.body]


def _commands(app: Listening) -> list[Taken]:
    return [taken for taken in app.taken if taken.body.startswith(b"token=")]
