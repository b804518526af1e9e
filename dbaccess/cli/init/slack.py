"""Slack's part of `dbaccess init`: tokens that work, and channels and groups that exist."""

import re
from collections.abc import Iterable
from typing import Final

from pydantic import SecretStr

from dbaccess.cli.init.ask import Asker
from dbaccess.cli.init.place import InitRefused
from dbaccess.cli.slack_names import slack_names
from dbaccess.domain.errors import SlackFailure
from dbaccess.domain.slack_names import CHANNEL, Named, NameUnresolved, find_named, is_slack_name
from dbaccess.slack.names import SlackNames
from dbaccess.slack.workspace_identity import Identity

TokenOwner = tuple[SlackNames, Identity]


def ask_tokens(asker: Asker, api_url: str) -> TokenOwner:
    """Check the two tokens with Slack at once, and write them for bot and workers."""

    def bot_token(token: SecretStr) -> TokenOwner:
        return _bot_token(token, api_url)

    def app_token(token: SecretStr) -> None:
        _app_token(token, api_url)

    name, text = "SLACK_BOT_TOKEN", "Bot token of the Slack app (xoxb-…, not shown)"
    token, owner = asker.secret(name, text, file="bot/slack-bot-token", check=bot_token)
    asker.copied(token.get_secret_value(), file="workers/slack-bot-token")
    asker.secret(
        "SLACK_APP_TOKEN",
        "App-level token with connections:write (xapp-…, not shown)",
        file="bot/slack-app-token",
        check=app_token,
    )
    return owner


_MARKS: Final = " \t\n,;.:'\"\u201c\u201d\u2018\u2019"
_PASTED: Final = re.compile(
    r"(?:https://\S+/(?:archives|team)/|<[#@]|<!subteam\^)(?P<id>[A-Z][A-Z0-9]+)(?:\|[^>]*)?>?/?"
)


class Directory:
    """The channels and user groups that Slack shows the app, read once."""

    def __init__(self, names: SlackNames) -> None:
        self._channels = names.channels()
        self._groups = names.user_groups()

    def channel(self, text: str) -> str:
        """Return the channel's name or id, as the policy has it; raise `NameUnresolved`."""
        text = _meant(text)
        if text[:1] in {"C", "G"} and any(thing.id == text for thing in self._channels):
            return text
        name = (text if text.startswith(CHANNEL) else f"{CHANNEL}{text}").lower()
        if not self._find(name, self._channels).is_member:
            raise NameUnresolved(f"The bot is not in {name}. Type there: /invite @dbaccess")
        return name

    def members(self, text: str) -> str:
        """Return user groups, channels and ids of people, with commas between; raise `NameUnresolved`."""
        parts = [meant for part in re.split(r"[\s,;]+", text) if (meant := _meant(part))]
        if not parts:
            raise NameUnresolved("Name at least one: @group, #channel, or a person's id (U…).")
        return ", ".join(self._source(part) for part in parts)

    def _source(self, typed: str) -> str:
        text = typed
        if text[:1] in {"U", "W", "C", "G"} and text.isalnum() and text.isupper():
            return text
        by_id = {group.id: group for group in self._groups if not group.is_gone}
        text = text if text in by_id else text.lower()
        if not is_slack_name(text) and text not in by_id:
            raise NameUnresolved(f"{typed} is no @group, no #channel, and no id.")
        found = by_id[text] if text in by_id else self._find(text, [*self._channels, *self._groups])
        if found.is_empty:
            raise NameUnresolved(
                f"{found.name} has no members. Add people to it in Slack, or name another group."
            )
        return text if text in by_id else found.name

    @staticmethod
    def _find(name: str, listed: Iterable[Named]) -> Named:
        return find_named(name, listed)


def _meant(text: str) -> str:
    """Return the name or id of what was typed or pasted: with marks, as a link, or as Slack's own mention."""
    bare = text.strip(_MARKS)
    pasted = _PASTED.fullmatch(bare)
    return pasted["id"] if pasted else bare


def _bot_token(token: SecretStr, api_url: str) -> TokenOwner:
    from dbaccess.slack.scopes import SCOPES

    if not token.get_secret_value().startswith("xoxb-"):
        raise InitRefused("A bot token begins with xoxb-. It is under Install App.")
    try:
        names, who = slack_names(token, api_url)
    except SlackFailure as failure:
        raise InitRefused(f"Slack refuses the bot token: {failure.code}.") from None
    if who.scopes is not None and (missing := SCOPES - who.scopes):
        raise InitRefused(
            f"The bot token lacks {', '.join(sorted(missing))}. Paste manifest.yml and reinstall the app."
        )
    return names, who


def _app_token(token: SecretStr, api_url: str) -> None:
    from dbaccess.slack.client import build_client, call

    plain = token.get_secret_value()
    if not plain.startswith("xapp-"):
        raise InitRefused("An app-level token begins with xapp-. It is under Basic Information.")
    client = build_client(None, api_url)
    try:
        call("apps.connections.open", lambda: client.apps_connections_open(app_token=plain))
    except SlackFailure as failure:
        raise InitRefused(f"Slack refuses the app-level token: {failure.code}.") from None
