"""The first calls to Slack at a start: the tokens are in force, and of one workspace and one app."""

import re
from typing import Any, Final

from slack_sdk import WebClient

from dbaccess.domain.errors import CannotStart, OtherWorkspace, SlackFailure
from dbaccess.slack.client import call
from dbaccess.slack.workspace_identity import Identity, who_am_i

_BOT, _APP = "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"
_REFUSED: Final = {
    "invalid_auth": "Slack does not know it",
    "not_authed": "it is empty",
    "token_revoked": "it was revoked",
    "token_expired": "it has expired",
    "account_inactive": "the app or its user was removed from the workspace",
    "not_allowed_token_type": "it is of the wrong kind",
    "missing_scope": "it lacks a scope",
    "no_permission": "it lacks a right",
    "org_login_required": "the workspace is being moved to an organization",
    "ekm_access_denied": "an administrator suspended it",
    "team_access_not_granted": "the app is not installed in this workspace",
}
"""Slack's words for a token that it refuses; no retry changes them."""

_AGAIN: Final = {
    _BOT: "Copy it from OAuth & Permissions; after a change of the app, install it again.",
    _APP: "Make one with connections:write in Basic Information, App-Level Tokens.",
}
_APP_ID: Final = re.compile(r"xapp-\d+-(A[A-Z0-9]+)-")


def check_bot_token(client: WebClient, *, team_id: str | None) -> Identity:
    """Return who the bot is; raises `CannotStart` for a token that cannot be used here.

    `team_id` is the workspace of the control database, if it has one: its people are of that one.
    Raises `SlackFailure` if Slack does not answer.
    """
    try:
        who = who_am_i(client)
    except SlackFailure as failure:
        raise _explained(_BOT, failure) from None
    if who.is_org_wide:
        raise CannotStart(
            f"{_BOT}: the app is installed in a whole organization, which dbaccess does not support. "
            "Set org_deploy_enabled to false, and install it in one workspace."
        )
    if team_id is not None and who.team_id != team_id:
        raise OtherWorkspace(
            f"{_BOT} is of the workspace {who.team_id} ({who.url}), and this control database is of "
            f"{team_id}. Use the token of that workspace, or a new control database."
        )
    return who


def check_app_token(app: WebClient, bot: WebClient, who: Identity) -> None:
    """Raise `CannotStart` unless the app-level token opens Socket Mode for the same app as the bot token.

    Raises `SlackFailure` if Slack does not answer.
    """
    try:
        call("apps.connections.open", lambda: app.api_call("apps.connections.open"))
    except SlackFailure as failure:
        if failure.code == "socket_mode_not_enabled":
            raise CannotStart(
                f"{_APP}: Socket Mode is off. Set socket_mode_enabled to true in the manifest."
            ) from None
        raise _explained(_APP, failure) from None
    mine, its = _app_of(bot, who), _APP_ID.match(app.token or "")
    if mine and its and its.group(1) != mine:
        raise CannotStart(
            f"{_APP} is of the app {its.group(1)}, and {_BOT} of {mine}: take both from one app."
        )


def _app_of(bot: WebClient, who: Identity) -> str | None:
    """Return the app of the bot token; None if Slack does not say, because that is no fault of a token."""
    if who.bot_id is None:
        return None
    try:
        answer: Any = call("bots.info", lambda: bot.bots_info(bot=str(who.bot_id)))
    except SlackFailure:
        return None
    return str((answer.get("bot") or {}).get("app_id") or "") or None


def _explained(variable: str, failure: SlackFailure) -> CannotStart | SlackFailure:
    why = _REFUSED.get(failure.code)
    if why is None:
        return failure
    return CannotStart(f"{variable}: Slack refuses the token ({failure.code}): {why}. {_AGAIN[variable]}")
