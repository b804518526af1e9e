"""A synchronous client of the whole sandbox: its people, its administrator, its record and its faults."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from sandbox.calls import Calls
from sandbox.person import Person
from sandbox.results import Ack, ActionResult, CommandResult, Record, SubmitResult
from sandbox.seen import Button, Message, View, buttons, plain
from sandbox.waiting import PATIENCE, wait_for
from sandbox.wire import Json, Refused

__all__ = [
    "Ack",
    "ActionResult",
    "Button",
    "CommandResult",
    "Message",
    "Person",
    "Record",
    "Refused",
    "Sandbox",
    "SubmitResult",
    "View",
    "buttons",
    "plain",
    "wait_for",
]

T = TypeVar("T")


class Sandbox:
    """`address` as the sandbox printed it. Raises Refused for what cannot be done in Slack."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self.calls = Calls(self.address)

    @property
    def api_url(self) -> str:
        """The base URL for the app."""
        return f"{self.address}/api/"

    def person(self, user_id: str) -> Person:
        return Person(self.calls, user_id)

    def wait_for(self, look: Callable[[], T | None], timeout: float = PATIENCE) -> T:
        """The first truthy thing that `look` returns; TimeoutError when there is none in time."""
        return wait_for(look, timeout)

    def wait_connected(self, sockets: int = 1, timeout: float = PATIENCE) -> None:
        """Until the app holds that many connections."""
        wait_for(lambda: self.sockets() >= sockets, timeout)

    def wait_verified(self, urls: int = 1, timeout: float = PATIENCE) -> None:
        """Until that many of the request URLs have answered their challenge."""
        wait_for(lambda: len(self.calls.get("status")["verified"]) >= urls, timeout)

    def sockets(self) -> int:
        return int(self.calls.get("status")["sockets"])

    def forge(self, kind: str, payload: Json) -> Ack:
        """Delivers anything; `kind`: slash_commands, interactive or events_api."""
        return Ack(**self.calls.post("forge", type=kind, payload=payload))

    def replay(self, n: int = -1) -> Ack:
        """The payload of the n-th envelope sent so far, a second time, in a new envelope."""
        return Ack(**self.calls.post("replay", n=n))

    def traffic(
        self,
        *,
        direction: str | None = None,
        kind: str | None = None,
        method: str | None = None,
        since: int = 0,
    ) -> list[Record]:
        """All that went either way, in order, or what matches."""
        records = [Record(**row) for row in self.calls.get("traffic", since=since)]
        wanted = {"direction": direction, "kind": kind, "method": method}
        return [r for r in records if all(v is None or getattr(r, k) == v for k, v in wanted.items())]

    def fault(
        self,
        method: str,
        kind: str,
        *,
        times: int = 1,
        retry_after: int = 1,
        seconds: float = 1.0,
        channel: str = "",
        error: str = "",
    ) -> None:
        """`kind`: 429, lost_answer, 500, slow, or refused with `error`; `method` may be * or response_url."""
        asked: Json = {"method": method, "kind": kind, "times": times, "channel": channel, "error": error}
        self.calls.post("trouble/fault", **asked, retry_after=retry_after, seconds=seconds)

    def clear_faults(self) -> None:
        self.calls.post("trouble/clear")

    def forget(self) -> None:
        """Empty channels, modals, Home tabs and the record of traffic, and drop all planned faults.

        People, groups, channels and the app's connections stay. The app is not told.
        """
        self.calls.post("trouble/forget")

    def silence(self, on: bool = True) -> None:  # noqa: FBT001, FBT002 a switch
        """Accepts connections and answers none of them, until it is switched off."""
        self.calls.post("trouble/silence", on=on)

    def limits(self, **changed: Any) -> None:
        """Changes what `[limits]` of the world file says, from now on."""
        self.calls.post("trouble/limits", **changed)

    def disconnect_sockets(self, *, warned: bool = True) -> int:
        """How many were ended: told to reconnect, or simply cut."""
        return int(self.calls.post("trouble/disconnect", warned=warned)["ended"])

    def set_group(self, group: str, users: list[str]) -> None:
        self._change("set_group", group=group, users=users)

    def add_group(self, **group: Any) -> None:
        self._change("add_group", group=group)

    def disable_group(self, group: str, *, disabled: bool = True) -> None:
        self._change("disable_group", group=group, disabled=disabled)

    def deactivate(self, user: str) -> None:
        self.set_user(user, deleted=True)

    def reactivate(self, user: str) -> None:
        self.set_user(user, deleted=False)

    def make_guest(self, user: str, *, single_channel: bool = False) -> None:
        """Slack takes guests out of all user groups."""
        self.set_user(user, is_restricted=True, is_ultra_restricted=single_channel)

    def set_user(self, user: str, **changed: Any) -> None:
        self._change("set_user", user=user, changed=changed)

    def add_user(self, **user: Any) -> None:
        self._change("add_user", user=user)

    def join(self, channel: str, user: str) -> None:
        self._change("set_member", channel=channel, user=user, member=True)

    def leave(self, channel: str, user: str) -> None:
        self._change("set_member", channel=channel, user=user, member=False)

    def add_channel(self, **channel: Any) -> None:
        self._change("add_channel", channel=channel)

    def delete_message(self, channel: str, ts: str) -> None:
        """As an administrator can, and without a word to the app."""
        self._change("delete_message", channel=channel, ts=ts)

    def archive(self, channel: str) -> None:
        self.set_channel(channel, is_archived=True)

    def set_scopes(self, scopes: Iterable[str]) -> None:
        """As an administrator does by installing the app again; its token stays."""
        self._change("set_scopes", scopes=sorted(scopes))

    def content_of(self, file_id: str) -> bytes:
        """Return what people save of a shared file."""
        return self.calls.file(file_id)

    def set_channel(self, channel: str, **changed: Any) -> None:
        self._change("set_channel", channel=channel, changed=changed)

    def _change(self, verb: str, **asked: Any) -> None:
        self.calls.post(f"world/{verb}", **asked)
