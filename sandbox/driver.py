"""/sandbox/…: what people, administrators and misfortune do, as JSON over HTTP."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.changes import Changes
from sandbox.faults import Fault, FaultKind
from sandbox.interactions.action import choose, click, type_text
from sandbox.interactions.command import run_command, write
from sandbox.interactions.context import ANSWERABLE, Context
from sandbox.interactions.events import Events
from sandbox.interactions.modal import close, submit
from sandbox.interactions.suggestion import suggest
from sandbox.socket_mode import SocketMode
from sandbox.wire import Json, Refused
from sandbox.world import Limits, User


@dataclass(frozen=True, slots=True)
class Driver:
    context: Context
    events: Events
    changes: Changes
    sockets: SocketMode
    verified: Sequence[str] = ()

    def routes(self) -> list[Route]:
        return [
            Route("/sandbox/people/{user}/{what}", _door(self.see), methods=["GET"]),
            Route("/sandbox/people/{user}/{verb}", _door(self.act), methods=["POST"]),
            Route("/sandbox/world/{verb}", _door(self.change), methods=["POST"]),
            Route("/sandbox/traffic", _door(self.traffic), methods=["GET"]),
            Route("/sandbox/forge", _door(self.forge), methods=["POST"]),
            Route("/sandbox/replay", _door(self.replay), methods=["POST"]),
            Route("/sandbox/trouble/{verb}", _door(self.trouble), methods=["POST"]),
            Route("/sandbox/status", _door(self.status), methods=["GET"]),
        ]

    async def see(self, request: Request, _: Json) -> Any:
        """messages, ephemerals, views, home: what is on this person's screen."""
        world, store = self.context.store.world, self.context.store
        user = world.find_user(request.path_params["user"])
        if user is None:
            raise Refused("user_not_found", request.path_params["user"])
        what = request.path_params["what"]
        if what == "views":
            return [view.payload(world) for view in store.views.stacks.get(user.id, [])]
        if what == "home":
            home = store.views.homes.get(user.id)
            return home.payload(world) if home else None
        channel = self.context.channel(user, request.query_params.get("channel") or world.im(user.id).id)
        if what == "messages":
            return [message.row() for message in store.messages.visible(channel.id)]
        if what == "ephemerals":
            return [message.row() for message in store.messages.ephemerals(channel.id, user.id)]
        raise Refused("unknown_verb", what)

    async def act(self, request: Request, asked: Json) -> Json:
        """command, write, click, choose, type, suggest, submit, close, open_home."""
        context, user = self.context, request.path_params["user"]
        where = {key: asked.get(key) for key in ("view_id", "channel", "ts")}
        verb = request.path_params["verb"]
        on_elements = {"click": click, "choose": choose, "type": type_text, "suggest": suggest}
        if verb in on_elements:
            return await on_elements[verb](context, user, where, asked)
        if verb == "command":
            command, text = str(asked["command"]), str(asked.get("text", ""))
            return await run_command(context, user, asked.get("channel"), command, text)
        if verb == "write":
            return write(context, user, str(asked["channel"]), str(asked["text"]), asked.get("thread_ts"))
        if verb == "submit":
            return await submit(context, user, str(asked["view_id"]))
        if verb == "close":
            return await close(
                context, user, str(asked["view_id"]), whole_stack=bool(asked.get("whole_stack"))
            )
        if verb == "open_home":
            return {"sent": self._open_home(context.person(user))}
        raise Refused("unknown_verb", verb)

    async def change(self, request: Request, asked: Json) -> Json:
        changes = self.changes
        verbs: dict[str, Callable[[], None]] = {
            "set_group": lambda: changes.set_group(asked["group"], asked["users"]),
            "add_group": lambda: changes.add_group(asked["group"]),
            "disable_group": lambda: changes.disable_group(asked["group"], disabled=asked["disabled"]),
            "set_user": lambda: changes.set_user(asked["user"], asked["changed"]),
            "add_user": lambda: changes.add_user(asked["user"]),
            "set_member": lambda: changes.set_member(asked["channel"], asked["user"], member=asked["member"]),
            "add_channel": lambda: changes.add_channel(asked["channel"]),
            "delete_message": lambda: self.context.store.messages.delete(asked["channel"], asked["ts"]),
            "set_scopes": lambda: self.context.store.set_scopes(asked["scopes"]),
            "set_channel": lambda: changes.set_channel(asked["channel"], asked["changed"]),
        }
        verb = request.path_params["verb"]
        if verb not in verbs:
            raise Refused("unknown_verb", verb)
        verbs[verb]()
        return {}

    async def traffic(self, request: Request, _: Json) -> list[Json]:
        return self.context.store.traffic.rows(int(request.query_params.get("since", "0")))

    async def forge(self, _: Request, asked: Json) -> Json:
        """Any payload at all, as if Slack had sent it."""
        return await self._deliver(asked["type"], asked["payload"])

    async def replay(self, _: Request, asked: Json) -> Json:
        """The payload of the n-th envelope once more, in a new envelope; -1 is the last one."""
        envelopes = self.context.store.traffic.envelopes()
        try:
            body = envelopes[asked["n"]].body
        except IndexError as error:
            raise Refused("no_such_envelope", f"{len(envelopes)} were sent") from error
        return await self._deliver(body["type"], body["payload"])

    async def trouble(self, request: Request, asked: Json) -> Json:
        faults, verb = self.context.store.faults, request.path_params["verb"]
        if verb == "fault":
            faults.planned.append(Fault(**{**asked, "kind": FaultKind(asked["kind"])}))
        elif verb == "clear":
            faults.planned.clear()
        elif verb == "forget":
            self.context.store.forget()
        elif verb == "silence":
            faults.silence(bool(asked["on"]))
        elif verb == "limits":
            limits = self.context.store.world.limits
            for name, value in Limits.model_validate(asked).model_dump(include=set(asked)).items():
                setattr(limits, name, value)
        elif verb == "disconnect":
            return {"ended": await self.sockets.disconnect(warned=bool(asked.get("warned", True)))}
        else:
            raise Refused("unknown_verb", verb)
        return {}

    async def status(self, _: Request, __: Json) -> Json:
        return {
            "sockets": len(self.sockets.sockets),
            "verified": list(self.verified),
            "envelopes": len(self.context.store.traffic.envelopes()),
        }

    async def _deliver(self, kind: str, payload: Json) -> Json:
        if kind not in ("slash_commands", "interactive", "events_api"):
            raise Refused("unknown_type", kind)
        answerable = kind == "slash_commands" or payload.get("type") in ANSWERABLE
        ack = await self.context.delivery.deliver(kind, payload, answerable=answerable)
        return {"payload": ack.payload, "error": ack.error}

    def _open_home(self, user: User) -> bool:
        store = self.context.store
        event: Json = {
            "type": "app_home_opened",
            "user": user.id,
            "channel": store.world.im(user.id).id,
            "tab": "home",
            "event_ts": store.next_ts(),
        }
        home = store.views.homes.get(user.id)
        if home is not None:
            event["view"] = home.payload(store.world)
        return store.manifest.home_tab and self.events.emit(event)


def _door(handler: Callable[[Request, Json], Awaitable[Any]]) -> Callable[[Request], Awaitable[Response]]:
    """JSON in and out; what Slack's client would refuse is a 409 with its code."""

    async def endpoint(request: Request) -> Response:
        try:
            asked = await request.json() if request.method == "POST" else {}
            return JSONResponse({"answer": await handler(request, asked)})
        except Refused as refused:
            return JSONResponse({"code": refused.code, "detail": refused.detail}, status_code=409)
        except (KeyError, ValueError, TypeError) as error:
            return JSONResponse({"code": "invalid_arguments", "detail": repr(error)}, status_code=400)

    return endpoint
