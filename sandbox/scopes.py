"""Which token and which scope each method, event and feature needs: the one table of it."""

from dataclasses import dataclass

from sandbox.manifest import Manifest
from sandbox.wire import SlackError
from sandbox.world import Channel


@dataclass(frozen=True, slots=True)
class Need:
    """`scopes`: all of them. `by_channel`: the verb that the kind of the channel completes."""

    scopes: frozenset[str] = frozenset()
    by_channel: str = ""
    token: str = "bot"  # noqa: S105 the kind of token, not one


def _scoped(*scopes: str) -> Need:
    return Need(scopes=frozenset(scopes))


METHODS: dict[str, Need] = {
    "apps.connections.open": Need(frozenset({"connections:write"}), token="app"),  # noqa: S106 a kind
    "auth.test": _scoped(),
    "bots.info": _scoped("users:read"),
    "chat.getPermalink": _scoped(),
    "chat.postEphemeral": _scoped("chat:write"),
    "chat.postMessage": _scoped("chat:write"),
    "chat.update": _scoped("chat:write"),
    "conversations.info": Need(by_channel="read"),
    "conversations.list": Need(by_channel="read"),
    "conversations.members": Need(by_channel="read"),
    "conversations.open": _scoped("im:write"),
    "files.completeUploadExternal": _scoped("files:write"),
    "files.getUploadURLExternal": _scoped("files:write"),
    "usergroups.list": _scoped("usergroups:read"),
    "usergroups.users.list": _scoped("usergroups:read"),
    "users.info": _scoped("users:read"),
    "users.list": _scoped("users:read"),
    "views.open": _scoped(),
    "views.publish": _scoped(),
    "views.push": _scoped(),
    "views.update": _scoped(),
}

EVENTS: dict[str, frozenset[str]] = {
    "app_home_opened": frozenset(),
    "member_joined_channel": frozenset({"channels:read", "groups:read"}),
    "member_left_channel": frozenset({"channels:read", "groups:read"}),
    "subteam_created": frozenset({"usergroups:read"}),
    "subteam_members_changed": frozenset({"usergroups:read"}),
    "subteam_updated": frozenset({"usergroups:read"}),
    "team_join": frozenset({"users:read"}),
    "user_change": frozenset({"users:read"}),
}

COMMANDS = "commands"


def channel_scope(channel: Channel, verb: str) -> str:
    kind = "im" if channel.is_im else "groups" if channel.is_private else "channels"
    return f"{kind}:{verb}"


def demand(manifest: Manifest, scopes: frozenset[str]) -> None:
    """Raises missing_scope, naming what was needed and what there is, as Slack does."""
    if not scopes <= manifest.bot_scopes:
        needed, provided = ",".join(sorted(scopes)), ",".join(sorted(manifest.bot_scopes))
        raise SlackError("missing_scope", needed=needed, provided=provided)
