"""The app and workspace of a token, and its scopes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from slack_sdk import WebClient

from dbaccess.slack.client import call


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """`url` has no slash at its end. `scopes` are the token's own; None if Slack did not say.

    `user_id` and `bot_id` identify the app itself. `is_org_wide`: it is installed in a whole organization.
    `said_at` is Slack's time of the answer.
    """

    team_id: str
    url: str
    user_id: str
    bot_id: str | None = None
    scopes: frozenset[str] | None = None
    is_org_wide: bool = False
    said_at: datetime | None = None


def who_am_i(client: WebClient) -> Identity:
    """Ask Slack; raises `SlackFailure`."""
    answer = call("auth.test", client.auth_test)
    return Identity(
        team_id=str(answer["team_id"]),
        url=str(answer["url"]).rstrip("/"),
        user_id=str(answer["user_id"]),
        bot_id=answer.get("bot_id"),
        scopes=_scopes(_header(answer.headers, "x-oauth-scopes")),
        is_org_wide=answer.get("is_enterprise_install") is True,
        said_at=_time(_header(answer.headers, "date")),
    )


def _scopes(text: str | None) -> frozenset[str] | None:
    return None if text is None else frozenset(scope.strip() for scope in text.split(",") if scope.strip())


def _time(text: str | None) -> datetime | None:
    """Return the time, aware; None for a text that is no date of HTTP."""
    try:
        said = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return said if said.tzinfo else None


def _header(headers: Mapping[str, Any], name: str) -> str | None:
    value = {key.lower(): value for key, value in headers.items()}.get(name)
    return ",".join(value) if isinstance(value, list) else value
