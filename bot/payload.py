"""Parts of a Slack payload: the acting person, and the value of the clicked element."""

from typing import Any

from dbaccess.domain.people import SlackId


def account_of(body: dict[str, Any]) -> SlackId:
    return SlackId(body["user"]["id"])


def value(body: dict[str, Any]) -> str:
    """Return the value; empty if the button has none."""
    return str(body["actions"][0].get("value") or "")


def sender(body: dict[str, Any]) -> SlackId | None:
    """Return the person who waits for an answer; None for an event."""
    event = body.get("event") or {}
    opened = event.get("user") if event.get("type") == "app_home_opened" else None
    found = (body.get("user") or {}).get("id") or body.get("user_id") or opened
    return SlackId(found) if found else None
