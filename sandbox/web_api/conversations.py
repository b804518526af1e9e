"""conversations.*: channels and direct messages, as far as the app may know them."""

from sandbox.scopes import demand
from sandbox.store import Store
from sandbox.web_api.call import Call
from sandbox.wire import Json, SlackError
from sandbox.world import Channel

_KINDS = {
    "public_channel": "channels:read",
    "private_channel": "groups:read",
    "im": "im:read",
    "mpim": "mpim:read",
}

MOST_MEMBERS = 999


def info(call: Call) -> Json:
    channel = call.channel()
    call.demand_for(channel, "read")
    row = _row(call.store, channel)
    if call.flag("include_num_members"):
        row["num_members"] = len(channel.members)
    return {"channel": row}


def members(call: Call) -> Json:
    channel = call.channel()
    call.demand_for(channel, "read")
    rows, metadata = call.page(channel.members, MOST_MEMBERS)
    return {"members": rows, "response_metadata": metadata}


def list_(call: Call) -> Json:
    """Public channels, and by `types` others; private ones only where the app is a member."""
    kinds = [kind.strip() for kind in (call.optional("types") or "public_channel").split(",")]
    if not set(kinds) <= set(_KINDS):
        raise SlackError("invalid_types")
    demand(call.store.manifest, frozenset(_KINDS[kind] for kind in kinds))
    found = [c for c in call.store.world.channels if _kind(c) in kinds and _known(call.store, c)]
    if call.flag("exclude_archived"):
        found = [channel for channel in found if not channel.is_archived]
    rows, metadata = call.page(found)
    return {"channels": [_row(call.store, c) for c in rows], "response_metadata": metadata}


def open_(call: Call) -> Json:
    """The direct messages with one person."""
    given = call.optional("channel")
    if given:
        channel = call.channel()
        if not channel.is_im:
            raise SlackError("method_not_supported_for_channel_type")
        return {"channel": {"id": channel.id}, "no_op": True, "already_open": True}
    users = [user for user in call.required("users").split(",") if user]
    if len(users) > 1:
        demand(call.store.manifest, frozenset({"mpim:write"}))
    user = call.store.world.find_user(users[0])
    if user is None:
        raise SlackError("user_not_found")
    if user.is_bot:
        raise SlackError("cannot_dm_bot")
    if user.deleted:
        raise SlackError("user_disabled")
    return {"channel": {"id": call.store.world.im(user.id).id}}


def _kind(channel: Channel) -> str:
    return "im" if channel.is_im else "private_channel" if channel.is_private else "public_channel"


def _known(store: Store, channel: Channel) -> bool:
    return not channel.is_private or store.world.app.bot_user in channel.members


def _row(store: Store, channel: Channel) -> Json:
    world = store.world
    row: Json = {
        "id": channel.id,
        "created": 1,
        "is_archived": channel.is_archived,
        "is_im": channel.is_im,
        "is_org_shared": False,
        "context_team_id": world.team.id,
        "updated": 1,
    }
    if channel.is_im:
        return row | {"user": channel.im_with}
    return row | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.is_private,
        "is_group": False,
        "is_mpim": False,
        "is_private": channel.is_private,
        "is_general": False,
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_pending_ext_shared": channel.is_pending_ext_shared,
        "is_member": world.app.bot_user in channel.members,
        "shared_team_ids": _team_ids(store, channel),
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
    }


def _team_ids(store: Store, channel: Channel) -> list[str]:
    world = store.world
    others = {world.user(member).team_id for member in channel.members} if channel.is_ext_shared else set()
    return [world.team.id, *sorted(others - {world.team.id})]
