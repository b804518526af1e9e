"""Messages: in channels, in direct messages, and those that only one person sees."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.blocks.ids import completed
from sandbox.blocks.state import Entered, rendered
from sandbox.wire import Json, Refused


@dataclass(slots=True, kw_only=True)
class Message:
    """`only_for`: the one person who sees an ephemeral message; None for everyone."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json]
    thread_ts: str | None = None
    metadata: Json | None = None
    only_for: str | None = None
    files: list[Json] = field(default_factory=list)
    edited: Json | None = None
    deleted: bool = False
    entered: Entered = field(default_factory=dict)
    history: list[Json] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.blocks = completed(self.blocks)
        self.entered = rendered(self.blocks, {})

    def edit(
        self, *, text: str | None, blocks: list[Json] | None, metadata: Json | None, edited: Json
    ) -> None:
        """Keeps what it said before; what is None stays as it is."""
        self.history.append({"text": self.text, "blocks": self.blocks, "metadata": self.metadata})
        if text is not None:
            self.text = text
        if blocks is not None:
            self.blocks = completed(blocks)
            self.entered = rendered(self.blocks, self.entered)
        if metadata is not None:
            self.metadata = metadata or None
        self.edited = edited

    def payload(self, team: str) -> Json:
        """The message as Slack shows it to the app, apart from what only the app's own have."""
        shown: Json = {
            "type": "message",
            "user": self.user,
            "ts": self.ts,
            "text": self.text,
            "team": team,
        }
        optional: dict[str, Any] = {
            "blocks": self.blocks,
            "thread_ts": self.thread_ts,
            "metadata": self.metadata,
            "edited": self.edited,
            "files": self.files,
        }
        return shown | {key: value for key, value in optional.items() if value}

    def row(self) -> Json:
        """The message with what only the people's API tells."""
        return {
            "channel": self.channel,
            "ts": self.ts,
            "user": self.user,
            "text": self.text,
            "blocks": self.blocks,
            "thread_ts": self.thread_ts,
            "metadata": self.metadata,
            "ephemeral": self.only_for is not None,
            "edited": self.edited is not None,
            "history": self.history,
            "files": self.files,
        }


@dataclass(slots=True)
class Messages:
    kept: list[Message] = field(default_factory=list)

    def add(self, message: Message) -> Message:
        self.kept.append(message)
        return message

    def find(self, channel: str, ts: str) -> Message | None:
        """The message that everybody sees; never an ephemeral one."""
        return next((m for m in self.visible(channel) if m.ts == ts), None)

    def delete(self, channel: str, ts: str) -> None:
        found = self.find(channel, ts)
        if found is None:
            raise Refused("message_not_found", ts)
        found.deleted = True

    def visible(self, channel: str) -> list[Message]:
        return [m for m in self.kept if m.channel == channel and m.only_for is None and not m.deleted]

    def ephemerals(self, channel: str, user: str) -> list[Message]:
        return [m for m in self.kept if m.channel == channel and m.only_for == user and not m.deleted]
