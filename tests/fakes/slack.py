"""Slack in this process: the sandbox's own methods without HTTP, sockets or a thread."""

import threading
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from dbaccess.domain.errors import SlackFailure
from sandbox.changes import Changes
from sandbox.faults import Fault, FaultKind
from sandbox.interactions.events import Events
from sandbox.manifest import Manifest, load_manifest
from sandbox.results import Record
from sandbox.scopes import METHODS, demand
from sandbox.seen import Message
from sandbox.store import Store
from sandbox.traffic import Direction, Kind
from sandbox.web_api import HANDLERS
from sandbox.web_api.call import Call
from sandbox.web_api.files import UPLOAD
from sandbox.wire import Json, SlackError
from sandbox.world import World

MANIFEST: Final = Path(__file__).parents[2] / "manifest.yml"


@cache
def app_manifest() -> Manifest:
    """Read once: a test takes a hundredth of the time that YAML takes."""
    return load_manifest(MANIFEST)


class FakeSlack:
    """A workspace with its people and its faults; the app calls it through `client`.

    Nothing is sent to the app: no event, no click. Its methods are those of the sandbox's client.
    """

    def __init__(self, world: World) -> None:
        self.store = Store(world=world, manifest=app_manifest(), address="https://files.example")
        self.client: WebClient = FakeClient(self)
        self._changes = Changes(world, cast("Events", _NoEvents()))
        self._lock = threading.Lock()

    def call(self, method: str, given: Json) -> tuple[Json, Fault | None]:
        """Return the answer and the fault planned for it; a fault before the method keeps it from running."""
        args = {name: value for name, value in given.items() if value is not None}
        with self._lock:
            self.store.traffic.add(Direction.FROM_APP, Kind.API_CALL, method, args)
            fault = self.store.faults.take(method, str(args.get("channel", "")))
            if fault is not None and fault.kind is not FaultKind.LOST_ANSWER:
                return {}, fault
            try:
                demand(self.store.manifest, METHODS[method].scopes)
                call = Call(store=self.store, method=method, args=args)
                return {"ok": True, **HANDLERS[method](call)}, fault
            except SlackError as error:
                return error.answer(), fault

    def send(self, url: str, content: BinaryIO, length: int) -> None:
        """Take the bytes of an upload, as the address that the app was given does."""
        sent = content.read()
        assert len(sent) == length
        with self._lock:
            self.store.traffic.add(Direction.FROM_APP, Kind.API_CALL, UPLOAD, {"bytes": length})
            fault = self.store.faults.take(UPLOAD, "")
            if fault is not None and fault.kind is not FaultKind.LOST_ANSWER:
                raise SlackFailure("Slack did not take the file.", code="http_500")
            taken = self.store.files.send(url.rpartition("/")[2], sent)
        if fault is not None or not taken:
            raise SlackFailure("Slack did not answer.", code="no_answer" if taken else "http_400")

    def content_of(self, file_id: str) -> bytes:
        """Return what people save of a shared file."""
        file = self.store.files.sent(file_id)
        assert file.channels, f"{file_id} was not shared"
        assert file.content is not None
        return file.content

    def set_scopes(self, scopes: Iterable[str]) -> None:
        """An administrator installs the app again, with these scopes."""
        self.store.set_scopes(scopes)

    def person(self, user_id: str) -> "SeenBy":
        return SeenBy(self.store, user_id)

    def traffic(
        self, *, direction: str | None = None, method: str | None = None, since: int = 0
    ) -> list[Record]:
        """The calls of the app, in order, or those that match."""
        records = [Record(**row) for row in self.store.traffic.rows(since)]
        wanted = {"direction": direction, "method": method}
        return [r for r in records if all(v is None or getattr(r, k) == v for k, v in wanted.items())]

    def fault(
        self,
        method: str,
        kind: str,
        *,
        times: int = 1,
        retry_after: int = 1,
        seconds: float = 0.0,
        channel: str = "",
        error: str = "",
    ) -> None:
        """`kind`: 429, lost_answer, 500 or refused (with `error`); `method` may be *."""
        assert FaultKind(kind) is not FaultKind.SLOW, "nothing takes time here"
        fault = Fault(
            method=method,
            kind=FaultKind(kind),
            times=times,
            retry_after=retry_after,
            seconds=seconds,
            channel=channel,
            error=error,
        )
        self.store.faults.planned.append(fault)

    def clear_faults(self) -> None:
        self.store.faults.planned.clear()

    def set_group(self, group: str, users: list[str]) -> None:
        self._changes.set_group(group, users)

    def add_group(self, **group: Any) -> None:
        self._changes.add_group(group)

    def disable_group(self, group: str, *, disabled: bool = True) -> None:
        self._changes.disable_group(group, disabled=disabled)

    def deactivate(self, user: str) -> None:
        self.set_user(user, deleted=True)

    def make_guest(self, user: str, *, single_channel: bool = False) -> None:
        """Slack takes guests out of all user groups."""
        self.set_user(user, is_restricted=True, is_ultra_restricted=single_channel)

    def set_user(self, user: str, **changed: Any) -> None:
        self._changes.set_user(user, changed)

    def add_user(self, **user: Any) -> None:
        self._changes.add_user(user)

    def join(self, channel: str, user: str) -> None:
        self._changes.set_member(channel, user, member=True)

    def leave(self, channel: str, user: str) -> None:
        self._changes.set_member(channel, user, member=False)

    def add_channel(self, **channel: Any) -> None:
        self._changes.add_channel(channel)

    def delete_message(self, channel: str, ts: str) -> None:
        self.store.messages.delete(channel, ts)

    def archive(self, channel: str) -> None:
        self.set_channel(channel, is_archived=True)

    def set_channel(self, channel: str, **changed: Any) -> None:
        self._changes.set_channel(channel, changed)


class SeenBy:
    """The view of one person."""

    def __init__(self, store: Store, user_id: str) -> None:
        self._store = store
        self._user = store.world.user(user_id)

    def messages(self, channel: str) -> list[Message]:
        """All of a channel, its threads included, oldest first."""
        found = self._store.world.find_channel(channel)
        assert found is not None
        assert self._store.world.can_see(self._user, found), f"{self._user.id} does not see {channel}"
        return [Message(**message.row()) for message in self._store.messages.visible(channel)]

    def thread(self, channel: str, ts: str) -> list[Message]:
        """The replies, without the message they belong to."""
        return [message for message in self.messages(channel) if message.thread_ts == ts]

    def direct_messages(self) -> list[Message]:
        return self.messages(self._store.world.im(self._user.id).id)


class FakeClient(WebClient):
    """slack_sdk's client; every method ends in `api_call`."""

    def __init__(self, slack: FakeSlack) -> None:
        super().__init__(token=slack.store.world.app.bot_token)
        self._slack = slack

    def api_call(self, api_method: str, **options: Any) -> SlackResponse:
        given = {
            **(options.get("params") or {}),
            **(options.get("data") or {}),
            **(options.get("json") or {}),
        }
        answer, fault = self._slack.call(api_method, given)
        scopes = self._slack.store.manifest.bot_scopes
        status, headers = 200, {"X-OAuth-Scopes": ",".join(sorted(scopes))}
        if fault is not None:
            match fault.kind:
                case FaultKind.RATE_LIMITED:
                    status, headers = 429, {"Retry-After": str(fault.retry_after)}
                    answer = {"ok": False, "error": "ratelimited"}
                case FaultKind.SERVER_ERROR:
                    status, answer = 500, {"ok": False, "error": "Received a response in a non-JSON format"}
                case FaultKind.REFUSED:
                    answer = {"ok": False, "error": fault.error}
                case FaultKind.LOST_ANSWER:
                    raise ConnectionResetError
        response = SlackResponse(
            client=self,
            http_verb="POST",
            api_url=api_method,
            req_args={},
            data=answer,
            headers=headers,
            status_code=status,
        )
        response.validate()  # type: ignore[no-untyped-call]  # of slack_sdk
        return response


class _NoEvents:
    def emit(self, _: Json) -> bool:
        return False
