"""Where a person acts: a message or a view, with the element they act on."""

from dataclasses import dataclass
from typing import Any

from sandbox.blocks.ids import elements_of
from sandbox.blocks.state import Entered, values
from sandbox.interactions.context import Context, channel_name
from sandbox.messages import Message
from sandbox.views import View
from sandbox.wire import Json, Refused
from sandbox.world import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """Exactly one of the two."""

    message: Message | None = None
    view: View | None = None

    @property
    def id(self) -> str:
        return self.view.id if self.view else f"{self._message.channel}/{self._message.ts}"

    @property
    def blocks(self) -> list[Json]:
        return self.view.blocks if self.view else self._message.blocks

    @property
    def entered(self) -> Entered:
        return self.view.entered if self.view else self._message.entered

    @property
    def _message(self) -> Message:
        if self.message is None:
            raise Refused("nothing_there", "neither a message nor a view")
        return self.message

    def described(self, context: Context) -> Json:
        """Return the keys that tell the app the place: container, and channel and message or the view."""
        if self.view is not None:
            payload = self.view.payload(context.store.world)
            return {"container": {"type": "view", "view_id": self.view.id}, "view": payload}
        message, store = self._message, context.store
        channel = store.world.find_channel(message.channel)
        container: Json = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel,
            "is_ephemeral": message.only_for is not None,
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        described: Json = {
            "container": container,
            "channel": {"id": message.channel, "name": channel_name(channel) if channel else ""},
            "state": values(message.entered),
        }
        if message.only_for is None:
            described["message"] = store.shown(message)
        return described


def find_surface(context: Context, user: User, where: Json) -> Surface:
    """The view (the top of the stack, or Home) or the message that this person sees."""
    if where.get("view_id"):
        return Surface(view=open_view(context, user, str(where["view_id"])))
    channel = context.channel(user, str(where.get("channel")))
    messages = context.store.messages
    seen = [*messages.visible(channel.id), *messages.ephemerals(channel.id, user.id)]
    found = next((message for message in seen if message.ts == where.get("ts")), None)
    if found is None:
        raise Refused("message_not_found", f"{user.id} sees no message {where.get('ts')} in {channel.id}")
    return Surface(message=found)


def open_view(context: Context, user: User, view_id: str) -> View:
    views = context.store.views
    view = views.find(view_id)
    if view is None or view.user != user.id:
        raise Refused("view_not_found", f"{user.id} has no view {view_id} open")
    stack = views.stacks.get(user.id, [])
    if view in stack and stack[-1] is not view:
        raise Refused("view_covered", f"another view lies over {view_id}")
    return view


def find_element(surface: Surface, **wanted: Any) -> tuple[Json, Json]:
    """The one block and element with this action_id, block_id or button text."""
    found = [
        (block, element)
        for block in surface.blocks
        for element in elements_of(block)
        if _matches(block, element, **wanted)
    ]
    if not found:
        raise Refused("element_not_found", f"nothing there with {_named(wanted)}")
    if len(found) > 1:
        raise Refused("element_ambiguous", f"{len(found)} elements with {_named(wanted)}")
    return found[0]


def _matches(
    block: Json,
    element: Json,
    *,
    action_id: Any = None,
    block_id: Any = None,
    text: Any = None,
    value: Any = None,
) -> bool:
    label = element.get("text")
    return (
        (action_id is None or element.get("action_id") == action_id)
        and (block_id is None or block.get("block_id") == block_id)
        and (value is None or element.get("value") == value)
        and (text is None or (isinstance(label, dict) and label.get("text") == text))
    )


def _named(wanted: Json) -> str:
    return ", ".join(f"{key} {value!r}" for key, value in wanted.items() if value is not None)
