"""The newest message in each channel that calls for a person: a mark beside their name."""

import json

from sandbox.messages import Message
from sandbox.store import Store
from sandbox.world import User

_NEWEST = 40


def attention(store: Store, user: User) -> dict[str, str]:
    """By channel the time stamp of the last one: each direct message does, and whatever mentions them."""
    groups = [group.id for group in store.world.user_groups if user.id in group.users]
    marks = [f"<@{user.id}>", *(f"<!subteam^{group}" for group in groups)]
    found: dict[str, str] = {}
    for channel in store.world.channels:
        if user.id not in channel.members:
            continue
        for message in store.messages.visible(channel.id)[-_NEWEST:]:
            if message.user != user.id and (channel.is_im or _mentions(message, marks)):
                found[channel.id] = message.ts
    return found


def _mentions(message: Message, marks: list[str]) -> bool:
    said = message.text + json.dumps(message.blocks)
    return any(mark in said for mark in marks)
