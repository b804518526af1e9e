"""Clicks on what the bot showed, without a process: a click, and what the bot posts to its response URL."""

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import SecretStr
from slack_bolt import BoltRequest
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from bot.app import build_app
from bot.deps import Deps
from dbaccess.slack.client import build_client
from dbaccess.slack.workspace_identity import Identity
from sandbox.client import Message
from tests.operations.channel_messages import CHANNEL
from tests.operations.house import House

Json = dict[str, Any]


def click(
    house: House, monkeypatch: pytest.MonkeyPatch, who: str, message: Message, action_id: str
) -> list[Json]:
    """Click the button of this message, and return the answers."""
    (button,) = [one for one in message.buttons() if one.action_id == action_id]
    container = {"type": "message", "channel_id": message.channel, "message_ts": message.ts}
    return answers(house, monkeypatch, who, action_id, button.value or "", container)


def click_in_answer(
    house: House, monkeypatch: pytest.MonkeyPatch, who: str, answer: Json, action_id: str
) -> list[Json]:
    """Click the button of an answer that only this person sees, and return the answers."""
    elements = [one for block in answer["blocks"] for one in block.get("elements", ())]
    (value,) = [one["value"] for one in elements if one.get("action_id") == action_id]
    container = {"type": "message", "channel_id": CHANNEL, "message_ts": "1.0", "is_ephemeral": True}
    return answers(house, monkeypatch, who, action_id, value, container)


def answers(
    house: House, monkeypatch: pytest.MonkeyPatch, who: str, action_id: str, value: str, container: Json
) -> list[Json]:
    posted: list[Json] = []

    def send(_: WebhookClient, body: Json, *__: object, **___: object) -> SimpleNamespace:
        posted.append(body)
        return SimpleNamespace(status_code=200)

    monkeypatch.setattr(WebhookClient, "send_dict", send)
    monkeypatch.setattr(WebClient, "api_call", lambda *_, **__: {"ok": True, "view": {"id": "V0SHOWN"}})
    payload = {
        "type": "block_actions",
        "user": {"id": who},
        "team": {"id": "T0ACME"},
        "trigger_id": "1.2.x",
        "container": container,
        "response_url": "http://127.0.0.1:1/answer",
        "actions": [{"action_id": action_id, "block_id": "b", "value": value, "action_ts": "1.5"}],
    }
    with ThreadPoolExecutor(1) as listeners:
        deps = Deps(begin=house.begin, policy=house.policy, workspace=house.workspace)
        identity = Identity(team_id="T0ACME", url="https://acme.slack.com", user_id="U0BOT", bot_id="B0BOT")
        client = build_client(SecretStr("xoxb-test"), "http://127.0.0.1:1/api/")
        app = build_app(deps, client, identity, listeners=listeners)
        assert app.dispatch(BoltRequest(body=payload, mode="socket_mode")).status == 200
    return posted
