"""One person's window, in parts that are sent again only when they change."""

import json
from typing import Any

from sandbox.blocks.state import values
from sandbox.messages import Message
from sandbox.page.attention import attention
from sandbox.store import Store
from sandbox.wire import Json
from sandbox.world import Channel, User, World

NEWEST = 300
"""Messages shown of a channel."""

Parts = dict[str, str]


def screen(store: Store, user: User, *, connected: bool) -> Parts:
    """By name, as JSON: workspace, people, groups, channels, views, home, and one part for each message."""
    shown: Json = {
        "workspace": _workspace(store, user),
        "connected": connected,
        "people": _people(store),
        "groups": [{"id": group.id, "handle": group.handle} for group in store.world.user_groups],
        "channels": [],
        "views": [],
        "home": None,
    }
    if not user.deleted:
        channels = _channels(store.world, user)
        home = store.views.homes.get(user.id)
        shown["channels"] = [_channel(channel) for channel in channels]
        shown["views"] = [view.payload(store.world) for view in store.views.stacks.get(user.id, [])]
        shown["home"] = home.payload(store.world) if home else None
        for message in _messages(store, user, channels):
            shown[f"message/{message.channel}/{message.ts}"] = _message(message)
    return {name: json.dumps(part, separators=(",", ":")) for name, part in shown.items()}


def news(before: Parts, now: Parts) -> str | None:
    """Return the update for a window that shows `before`; None if nothing changed."""
    changed = [f"{json.dumps(name)}:{part}" for name, part in now.items() if before.get(name) != part]
    gone = [name for name in before if name not in now]
    if not changed and not gone:
        return None
    return f'{{"set":{{{",".join(changed)}}},"gone":{json.dumps(gone)}}}'


def _workspace(store: Store, user: User) -> Json:
    world, manifest = store.world, store.manifest
    described = manifest.raw.get("display_information", {}).get("description", "")
    return {
        "team": {"id": world.team.id, "name": world.team.name or world.team.domain},
        "me": user.id,
        "app": {
            "name": manifest.bot_name,
            "user": world.app.bot_user,
            "description": described,
            "home_tab": manifest.home_tab,
            "messages_tab": manifest.messages_tab,
            "channel": world.im(user.id).id,
        },
        "commands": _commands(store),
    }


def _commands(store: Store) -> list[Json]:
    listed = store.manifest.raw.get("features", {}).get("slash_commands") or []
    keys = ("command", "description", "usage_hint")
    return [{key: str(command.get(key, "")) for key in keys} for command in listed]


def _people(store: Store) -> list[Json]:
    return [_person(store, user) for user in store.world.users]


def _person(store: Store, user: User) -> Json:
    world = store.world
    return {
        "id": user.id,
        "name": user.real_name or user.name,
        "handle": user.name,
        "tz": user.tz,
        "groups": [group.handle for group in world.user_groups if user.id in group.users],
        "app": user.id == world.app.bot_user,
        "bot": user.is_bot,
        "guest": user.is_guest,
        "external": world.is_foreign(user),
        "deactivated": user.deleted,
        "attention": {} if user.is_bot or user.deleted else attention(store, user),
    }


def _channels(world: World, user: User) -> list[Channel]:
    """Those that this person is in; the direct message with the app is the last one."""
    own = world.im(user.id)
    joined = [channel for channel in world.channels if user.id in channel.members and not channel.is_im]
    return [*joined, own]


def _channel(channel: Channel) -> Json:
    return {
        "id": channel.id,
        "name": channel.name,
        "im": channel.is_im,
        "private": channel.is_private,
        "archived": channel.is_archived,
        "shared": channel.is_ext_shared,
        "members": channel.members,
    }


def _messages(store: Store, user: User, channels: list[Channel]) -> list[Message]:
    found: list[Message] = []
    for channel in channels:
        told = store.messages.ephemerals(channel.id, user.id)
        found += store.messages.visible(channel.id)[-NEWEST:] + told[-NEWEST:]
    return found


def _message(message: Message) -> dict[str, Any]:
    row = message.row() | {"state": values(message.entered)["values"]}
    del row["history"], row["metadata"]
    return row
