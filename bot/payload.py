"""What a payload of Slack's says: who clicked, typed or sent, and the value of what was clicked."""

from typing import Any

from dbaccess.domain.people import SlackId


def account_of(body: dict[str, Any]) -> SlackId:
    return SlackId(body["user"]["id"])


def value(body: dict[str, Any]) -> str:
    """Empty where the button has none."""
    return str(body["actions"][0].get("value") or "")


def sender(body: dict[str, Any]) -> SlackId | None:
    """Whoever waits for an answer; None where nobody does, since something only happened."""
    event = body.get("event") or {}
    opened = event.get("user") if event.get("type") == "app_home_opened" else None
    found = (body.get("user") or {}).get("id") or body.get("user_id") or opened
    return SlackId(found) if found else None
