"""The idempotency key of a Slack payload, which stops a replay."""

import hashlib
from typing import Any


def of_command(body: dict[str, Any]) -> str:
    return _key("command", body["trigger_id"])


def of_action(body: dict[str, Any]) -> str:
    action = body["actions"][0]
    return _key("action", action["action_ts"], body["user"]["id"], action["action_id"], action.get("value"))


def of_submission(body: dict[str, Any]) -> str:
    return _key("view", body["view"]["id"], body["view"]["hash"])


def _key(*parts: object) -> str:
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()
