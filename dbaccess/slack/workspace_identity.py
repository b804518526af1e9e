"""The app and workspace of a token, and its scopes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk import WebClient

from dbaccess.slack.client import call


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """`url` has no slash at its end. `scopes` are the token's own; None if Slack did not say.

    `user_id` and `bot_id` identify the app itself.
    """

    team_id: str
    url: str
    user_id: str
    bot_id: str | None = None
    scopes: frozenset[str] | None = None


def who_am_i(client: WebClient) -> Identity:
    """Ask Slack; raises `SlackFailure`."""
    answer = call("auth.test", client.auth_test)
    return Identity(
        team_id=str(answer["team_id"]),
        url=str(answer["url"]).rstrip("/"),
        user_id=str(answer["user_id"]),
        bot_id=answer.get("bot_id"),
        scopes=_scopes(answer.headers),
    )


def _scopes(headers: Mapping[str, Any]) -> frozenset[str] | None:
    named = {name.lower(): value for name, value in headers.items()}
    value = named.get("x-oauth-scopes")
    if value is None:
        return None
    text = ",".join(value) if isinstance(value, list) else str(value)
    return frozenset(scope.strip() for scope in text.split(",") if scope.strip())
