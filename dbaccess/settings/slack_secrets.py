"""Checks that each of Slack's secrets is in its own variable; what they raise shows no part of one."""

from typing import Final

BOT, APP = "xoxb-", "xapp-"

_OWN: Final = {
    BOT: "a bot token, which belongs in SLACK_BOT_TOKEN",
    APP: "an app-level token, which belongs in SLACK_APP_TOKEN",
    "xoxp-": "a user's token, which dbaccess does not use",
    "xoxe": "a token that rotates: set token_rotation_enabled to false in the manifest, and install again",
    "xoxa-": "a workspace token, which dbaccess does not use",
    "xox": "a token that dbaccess does not use",
}
"""By how a token begins; a longer beginning comes before a shorter one."""


def check_bot_token(text: str) -> None:
    """Raise `ValueError` unless the text begins as a bot token does."""
    _check(text, BOT, "Take the Bot User OAuth Token from OAuth & Permissions.")


def check_app_token(text: str) -> None:
    """Raise `ValueError` unless the text begins as an app-level token does."""
    _check(text, APP, "Make one with connections:write in Basic Information, App-Level Tokens.")


def check_signing_secret(text: str) -> None:
    """Raise `ValueError` for a token; a signing secret has no mark of its own."""
    found = _kind(text)
    if found:
        raise ValueError(f"holds {found}. Take the signing secret from Basic Information, App Credentials.")


def _check(text: str, begins: str, where: str) -> None:
    if text.startswith(begins):
        return
    found = _kind(text)
    raise ValueError(f"holds {found}. {where}" if found else f"does not begin with {begins}. {where}")


def _kind(text: str) -> str | None:
    return next((said for begins, said in _OWN.items() if text.startswith(begins)), None)
