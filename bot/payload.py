"""What a payload of Slack's says: who clicked or sent, and the value of what was clicked."""

from typing import Any

from dbaccess.domain.people import SlackId


def who(body: dict[str, Any]) -> SlackId:
    return SlackId(body["user"]["id"])


def value(body: dict[str, Any]) -> str:
    """Empty where the button has none."""
    return str(body["actions"][0].get("value") or "")
