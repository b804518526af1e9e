"""All that the sandbox remembers, in memory, touched by one event loop only."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sandbox.blocks import check_message_blocks
from sandbox.faults import Faults, Rates
from sandbox.files import Files
from sandbox.manifest import Manifest
from sandbox.messages import Message, Messages
from sandbox.traffic import Traffic
from sandbox.triggers import ResponseUrls, Triggers
from sandbox.views import Views
from sandbox.wire import Json, SlackError
from sandbox.world import World

TEXT_LIMIT = 40_000
EDITED_TEXT_LIMIT = 4_000
METADATA_LIMIT = 16_384


@dataclass(slots=True, kw_only=True)
class Store:
    world: World
    manifest: Manifest
    address: str = ""
    messages: Messages = field(default_factory=Messages)
    views: Views = field(default_factory=Views)
    files: Files = field(default_factory=Files)
    traffic: Traffic = field(default_factory=Traffic)
    faults: Faults = field(default_factory=Faults)
    rates: Rates = field(init=False)
    triggers: Triggers = field(init=False)
    response_urls: ResponseUrls = field(default_factory=ResponseUrls)
    tickets: set[str] = field(default_factory=set)
    last_ts: int = 0

    def __post_init__(self) -> None:
        self.rates = Rates(self.world.limits)
        self.triggers = Triggers(int.from_bytes(self.world.team.id.encode()[-4:]), self.world.limits)

    def forget(self) -> None:
        """Nothing was said or planned; the workspace, the app's connections and the tickets stay."""
        self.messages.kept.clear()
        self.views.stacks.clear()
        self.views.homes.clear()
        self.files.kept.clear()
        self.traffic.records.clear()
        self.faults.planned.clear()
        self.faults.silence(on=False)

    def set_scopes(self, scopes: Iterable[str]) -> None:
        """An administrator installed the app again, with these scopes; its token stays."""
        self.manifest = replace(self.manifest, bot_scopes=frozenset(scopes))

    def next_ts(self) -> str:
        """A time stamp that no other message or action has."""
        self.last_ts = max(int(time.time() * 1_000_000), self.last_ts + 1)
        return f"{self.last_ts // 1_000_000}.{self.last_ts % 1_000_000:06d}"

    def post(
        self,
        channel: str,
        content: "Content",
        *,
        thread_ts: str | None = None,
        only_for: str | None = None,
        user: str | None = None,
        files: list[Json] | None = None,
    ) -> Message:
        """Keeps a message of the app, or of this user; the content was checked before."""
        return self.messages.add(
            Message(
                channel=channel,
                ts=self.next_ts(),
                user=user or self.world.app.bot_user,
                text=content.text or "",
                blocks=content.blocks or [],
                metadata=content.metadata or None,
                thread_ts=thread_ts,
                only_for=only_for,
                files=files or [],
            )
        )

    def edit(self, message: Message, content: "Content") -> None:
        edited = {"user": self.world.app.bot_user, "ts": self.next_ts()}
        message.edit(text=content.text, blocks=content.blocks, metadata=content.metadata, edited=edited)

    def shown(self, message: Message) -> Json:
        app = self.world.app
        shown = message.payload(self.world.team.id)
        own = {"app_id": app.id, "bot_id": app.bot_id}
        return shown | own if message.user == app.bot_user else shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The content of a message; None for what was not given."""

    text: str | None
    blocks: list[Json] | None
    metadata: Json | None

    @classmethod
    def checked(cls, given: Json, longest: int = TEXT_LIMIT) -> "Content":
        """Raises the error that Slack would answer with."""
        text, blocks, metadata = given.get("text"), given.get("blocks"), given.get("metadata")
        if text is not None and not isinstance(text, str):
            raise SlackError.arguments("text must be a string [json-pointer:/text]")
        if text is not None and len(text) > longest:
            raise SlackError("msg_too_long")
        if blocks is not None:
            _check_blocks(blocks)
        if metadata is not None:
            _check_metadata(metadata)
        return cls(text=text, blocks=blocks, metadata=metadata)

    def says_something(self) -> bool:
        return bool(self.text and self.text.strip()) or bool(self.blocks)


def _check_blocks(blocks: object) -> None:
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    found = check_message_blocks(blocks)
    if found:
        raise SlackError("invalid_blocks", response_metadata={"messages": found})


def _check_metadata(metadata: object) -> None:
    if metadata == {}:
        return
    if not isinstance(metadata, dict) or set(metadata) != {"event_type", "event_payload"}:
        raise SlackError("invalid_metadata_format")
    if not isinstance(metadata["event_type"], str) or not isinstance(metadata["event_payload"], dict):
        raise SlackError("invalid_metadata_format")
    if len(str(metadata)) > METADATA_LIMIT:
        raise SlackError("metadata_too_large")
