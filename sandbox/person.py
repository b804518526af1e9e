"""A person in front of Slack, for tests, demonstrations and the page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sandbox.calls import Calls
from sandbox.results import ActionResult, CommandResult, SubmitResult
from sandbox.seen import Message, View
from sandbox.waiting import PATIENCE, wait_for
from sandbox.wire import Json, Refused

Shown = Message | View


@dataclass(frozen=True, slots=True)
class Person:
    """Raises Refused for what Slack's client would not let this person do."""

    calls: Calls
    id: str

    def command(self, command: str, text: str = "", *, channel: str | None = None) -> CommandResult:
        """Typed in this channel, or in the direct messages with the app."""
        return CommandResult(**self._act("command", command=command, text=text, channel=channel))

    def write(self, channel: str, text: str, *, thread_ts: str | None = None) -> Message:
        """A message of this person's own."""
        return Message(**self._act("write", channel=channel, text=text, thread_ts=thread_ts))

    def messages(self, channel: str) -> list[Message]:
        """All of a channel, its threads included, oldest first."""
        return [Message(**row) for row in self._see("messages", channel=channel)]

    def thread(self, channel: str, ts: str) -> list[Message]:
        """The replies, without the message they belong to."""
        return [message for message in self.messages(channel) if message.thread_ts == ts]

    def direct_messages(self) -> list[Message]:
        """Return the direct messages between the app and this person."""
        return [Message(**row) for row in self._see("messages")]

    def ephemerals(self, channel: str | None = None) -> list[Message]:
        """Return the ephemeral messages to this person there, by default in the app's direct messages."""
        return [Message(**row) for row in self._see("ephemerals", channel=channel)]

    def views(self) -> list[View]:
        """The stack of open modals; the last one is on top."""
        return [View.read(raw) for raw in self._see("views")]

    def view(self) -> View | None:
        """The top of the stack."""
        stack = self.views()
        return stack[-1] if stack else None

    def open_home(self) -> bool:
        """Opens the Home tab; whether the app was told."""
        return bool(self._act("open_home")["sent"])

    def home(self) -> View | None:
        raw = self._see("home")
        return View.read(raw) if raw else None

    def click(
        self,
        shown: Shown,
        action_id: str | None = None,
        *,
        text: str | None = None,
        block_id: str | None = None,
        value: str | None = None,
        confirmed: bool = False,
    ) -> ActionResult:
        """Presses a button that is there now; `confirmed` says yes to its confirm dialog."""
        wanted = {"action_id": action_id, "text": text, "block_id": block_id, "value": value}
        return ActionResult(**self._act("click", **_where(shown), **wanted, confirmed=confirmed))

    def choose(
        self,
        shown: Shown,
        action_id: str,
        value: str | int | list[str],
        *,
        block_id: str | None = None,
        confirmed: bool = False,
    ) -> ActionResult:
        """Picks by value; of an external select from what was suggested last."""
        wanted = {"action_id": action_id, "value": value, "block_id": block_id, "confirmed": confirmed}
        return ActionResult(**self._act("choose", **_where(shown), **wanted))

    def suggest(self, shown: Shown, action_id: str, typed: str = "") -> list[Json]:
        """The options that the app offers for what was typed."""
        answer = self._act("suggest", **_where(shown), action_id=action_id, query=typed)
        if answer["error"]:
            raise Refused("suggestion_failed", answer["error"])
        return list(answer["options"])

    def type(
        self, shown: Shown, action_id: str, text: str, *, block_id: str | None = None, enter: bool = False
    ) -> ActionResult:
        """Replaces the text of an input; `enter` presses the key after it."""
        wanted = {"action_id": action_id, "value": text, "block_id": block_id, "enter": enter}
        return ActionResult(**self._act("type", **_where(shown), **wanted))

    def submit(self, view: View) -> SubmitResult:
        return SubmitResult(**self._act("submit", view_id=view.id))

    def close(self, view: View, *, whole_stack: bool = False) -> ActionResult:
        """The close button, or the cross that ends all of the stack."""
        return ActionResult(**self._act("close", view_id=view.id, whole_stack=whole_stack))

    def wait_view(self, matches: Callable[[View], bool] = lambda _: True, timeout: float = PATIENCE) -> View:
        """The top view, once there is one that matches."""

        def look() -> View | None:
            view = self.view()
            return view if view is not None and matches(view) else None

        return wait_for(look, timeout)

    def _see(self, what: str, **query: Any) -> Any:
        return self.calls.get(f"people/{quote(self.id)}/{what}", **query)

    def _act(self, verb: str, **asked: Any) -> Any:
        return self.calls.post(f"people/{quote(self.id)}/{verb}", **asked)


def _where(shown: Shown) -> Json:
    if isinstance(shown, View):
        return {"view_id": shown.id}
    return {"channel": shown.channel, "ts": shown.ts}
