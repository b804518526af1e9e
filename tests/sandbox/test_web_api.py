"""The Web API refuses what Slack refuses, under the name that Slack gives it."""

import json
from types import SimpleNamespace
from typing import Any
from urllib.request import Request, urlopen

import pytest
from slack_sdk.errors import SlackApiError

from sandbox.client import Sandbox
from sandbox.waiting import PATIENCE
from tests.sandbox.kit import section
from tests.sandbox.running import APP_TOKEN, BOT_TOKEN, SCOPES, Running, manifest, running


def raw(sandbox: Sandbox, method: str, body: bytes, **headers: str) -> Any:
    """An answer as it comes over the wire."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = Request(sandbox.api_url + method, body, named)  # noqa: S310 the sandbox's own address
    with urlopen(request, timeout=PATIENCE) as response:  # noqa: S310 as above
        return json.load(response)


def test_a_call_needs_a_known_token_of_the_right_kind(alone: Running) -> None:
    form = "application/x-www-form-urlencoded"
    assert raw(alone.sandbox, "auth.test", b"", Content_Type=form)["error"] == "not_authed"
    assert raw(alone.sandbox, "auth.test", b"token=xoxb-no", Content_Type=form)["error"] == "invalid_auth"
    with_app_token = raw(alone.sandbox, "users.list", b"", Authorization=f"Bearer {APP_TOKEN}")
    assert with_app_token["error"] == "not_allowed_token_type"
    assert alone.error("apps.connections.open")["error"] == "not_allowed_token_type"


def test_form_and_json_mean_the_same(alone: Running) -> None:
    blocks = json.dumps([section("from a form")])
    body = f"token={BOT_TOKEN}&channel=C0OPEN&text=t&blocks={blocks}".encode()
    answer = raw(alone.sandbox, "chat.postMessage", body, Content_Type="application/x-www-form-urlencoded")
    assert answer["message"]["blocks"][0]["text"]["text"] == "from a form"


def test_unknown_method_is_refused(alone: Running) -> None:
    assert alone.error("chat.dance") == {"ok": False, "error": "unknown_method", "req_method": "chat.dance"}


def test_every_answer_tells_the_scopes_of_the_token(alone: Running) -> None:
    headers = {name.lower(): value for name, value in alone.client().auth_test().headers.items()}
    assert headers["x-oauth-scopes"] == ",".join(sorted(SCOPES))


def test_missing_scope_tells_what_is_needed_and_provided() -> None:
    scopes = [scope for scope in SCOPES if scope not in ("chat:write", "groups:read")]
    with running(manifest(scopes=scopes)) as slack:
        refused = slack.error("chat.postMessage", channel="C0OPEN", text="t")
        assert (refused["error"], refused["needed"]) == ("missing_scope", "chat:write")
        assert refused["provided"] == ",".join(sorted(scopes))
        assert slack.error("conversations.info", channel="C0HID")["needed"] == "groups:read"
        assert slack.client().conversations_info(channel="C0OPEN")["channel"]["is_member"] is True


@pytest.mark.parametrize(
    ("error", "arguments"),
    [
        ("channel_not_found", {"channel": "C0NOWHERE", "text": "t"}),
        ("channel_not_found", {"channel": "#open", "text": "t"}),
        ("channel_not_found", {"channel": "C0SECRET", "text": "t"}),
        ("not_in_channel", {"channel": "C0ALONE", "text": "t"}),
        ("is_archived", {"channel": "C0OLD", "text": "t"}),
        ("no_text", {"channel": "C0OPEN"}),
        ("no_text", {"channel": "C0OPEN", "text": "  "}),
        ("msg_too_long", {"channel": "C0OPEN", "text": "x" * 40_001}),
        ("invalid_blocks_format", {"channel": "C0OPEN", "blocks": "no json"}),
        ("invalid_metadata_format", {"channel": "C0OPEN", "text": "t", "metadata": {"a": 1}}),
        ("thread_not_found", {"channel": "C0OPEN", "text": "t", "thread_ts": "1.000001"}),
        ("invalid_arguments", {"text": "t"}),
        ("invalid_arguments", {"channel": "C0OPEN", "text": 5}),
    ],
)
def test_a_message_that_cannot_be_posted(alone: Running, error: str, arguments: dict[str, Any]) -> None:
    assert alone.error("chat.postMessage", **arguments)["error"] == error


def test_metadata_has_a_largest_size(alone: Running) -> None:
    metadata = {"event_type": "e", "event_payload": {"a": "x" * 17_000}}
    refused = alone.error("chat.postMessage", channel="C0OPEN", text="t", metadata=metadata)
    assert refused["error"] == "metadata_too_large"


def test_invalid_blocks_say_where(alone: Running) -> None:
    refused = alone.error("chat.postMessage", channel="C0OPEN", text="t", blocks=[section("x" * 3001)])
    assert refused["error"] == "invalid_blocks"
    (told,) = refused["response_metadata"]["messages"]
    assert told == "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"


def test_update_keeps_what_is_not_given_and_remembers_what_was(alone: Running) -> None:
    web, ann = alone.client(), alone.sandbox.person("U0ANN")
    metadata = {"event_type": "e", "event_payload": {"id": "1"}}
    ts = web.chat_postMessage(channel="C0OPEN", text="one", blocks=[section("a")], metadata=metadata)["ts"]
    web.chat_update(channel="C0OPEN", ts=ts, text="two")
    message = next(m for m in ann.messages("C0OPEN") if m.ts == ts)
    assert (message.text, message.plain(), message.metadata, message.edited) == ("two", "a", metadata, True)
    assert [before["text"] for before in message.history] == ["one"]
    web.chat_update(channel="C0OPEN", ts=ts, text="three", blocks=[])
    assert next(m for m in ann.messages("C0OPEN") if m.ts == ts).plain() == "three"
    assert (
        alone.error("chat.update", channel="C0OPEN", ts="1.000001", text="t")["error"] == "message_not_found"
    )


def test_a_person_id_means_direct_messages_with_the_app(alone: Running) -> None:
    web = alone.client()
    posted = web.chat_postMessage(channel="U0ANN", text="just you")
    assert posted["channel"] == web.conversations_open(users="U0ANN")["channel"]["id"] == "D0ANN"
    assert alone.sandbox.person("U0ANN").direct_messages()[-1].text == "just you"
    assert alone.error("conversations.open", users="U0GONE")["error"] == "user_disabled"
    assert alone.error("conversations.open", users="U0NOBODY")["error"] == "user_not_found"


def test_threads_are_told_apart(alone: Running) -> None:
    web, ann = alone.client(), alone.sandbox.person("U0ANN")
    top = web.chat_postMessage(channel="C0OPEN", text="top")["ts"]
    web.chat_postMessage(channel="C0OPEN", text="reply", thread_ts=top)
    assert [m.text for m in ann.thread("C0OPEN", top)] == ["reply"]
    link = web.chat_getPermalink(channel="C0OPEN", message_ts=top)["permalink"]
    assert link == f"https://acme.slack.com/archives/C0OPEN/p{str(top).replace('.', '')}"


def test_ephemeral_message_needs_app_and_person_in_the_channel(alone: Running) -> None:
    refused = alone.error("chat.postEphemeral", channel="C0OPEN", text="t", user="U0BOB")
    assert refused["error"] == "user_not_in_channel"
    for channel, error in (("C0ALONE", "not_in_channel"), ("C0SECRET", "channel_not_found")):
        assert alone.error("chat.postEphemeral", channel=channel, text="t", user="U0ANN")["error"] == error
    assert alone.client().chat_postEphemeral(channel="C0OPEN", text="t", user="U0ANN")["message_ts"]


def test_people_and_groups_are_listed_as_slack_lists_them(alone: Running) -> None:
    web = alone.client()
    ids, cursor = [], ""
    while True:
        page = web.users_list(limit=2, cursor=cursor)
        ids += [user["id"] for user in page["members"]]
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert ids == ["U0ANN", "U0BOB", "U0GUEST", "U0FAR", "U0GONE", "U0BOT"]
    assert alone.error("users.list", cursor="nonsense")["error"] == "invalid_cursor"
    assert web.users_info(user="U0GUEST")["user"]["is_restricted"] is True
    assert "tz" not in web.users_info(user="U0GONE")["user"]
    assert alone.error("users.info", user="U0NOBODY")["error"] == "user_not_found"
    (group,) = web.usergroups_list(include_users=True)["usergroups"]
    assert (group["id"], group["users"]) == ("S0TEAM", ["U0ANN"])
    assert alone.error("usergroups.users.list", usergroup="S0NONE")["error"] == "no_such_subteam"
    assert web.conversations_members(channel="C0HID")["members"] == ["U0ANN", "U0BOT"]
    shared = web.conversations_info(channel="C0SHARED")["channel"]
    assert (shared["is_ext_shared"], shared["shared_team_ids"]) == (True, ["T0ACME", "T0OTHER"])


def test_pages_are_no_larger_than_slacks(alone: Running) -> None:
    assert alone.error("users.list", limit=1001)["error"] == "invalid_limit"
    assert alone.error("conversations.members", channel="C0HID", limit=1000)["error"] == "invalid_limit"
    assert alone.client().conversations_members(channel="C0HID", limit=999)["members"]


def test_rate_limits_are_slacks_when_switched_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.faults.time", SimpleNamespace(monotonic=lambda: 1000.0))  # time stands still
    with running() as slack:
        slack.sandbox.limits(rates=True)
        for _ in range(3):
            slack.client().chat_postMessage(channel="C0OPEN", text="t")
        refused = slack.error("chat.postMessage", channel="C0OPEN", text="t")
        assert refused["error"] == "ratelimited"
        slack.client().chat_postMessage(channel="C0HID", text="another channel")
        for _ in range(20):
            slack.client().usergroups_list()
        with pytest.raises(SlackApiError) as busy:
            slack.client().usergroups_list()
        assert busy.value.response.data == {"ok": False, "error": "ratelimited"}
        assert int(busy.value.response.headers["Retry-After"]) == 60
        slack.sandbox.limits(rates=False)
        slack.client().usergroups_list()
