"""A small real app, of slack_bolt over its own Socket Mode handler, that does what tests ask of it."""

import contextlib
import logging
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from slack_bolt import Ack, App, Respond
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from sandbox.client import Message, Person, Sandbox, View, wait_for
from sandbox.waiting import PATIENCE
from tests.sandbox.kit import actions, button, form, modal, section
from tests.sandbox.running import APP_TOKEN, Running

Body = dict[str, Any]
_ANY = re.compile(".*")


@dataclass(slots=True)
class Greeter:
    running: Running
    bodies: list[Body] = field(default_factory=list)
    next_answer: Any = None
    next_options: list[Any] = field(default_factory=list)
    too_late: threading.Event = field(default_factory=threading.Event)

    @property
    def sandbox(self) -> Sandbox:
        return self.running.sandbox

    @property
    def ann(self) -> Person:
        return self.sandbox.person("U0ANN")

    @property
    def web(self) -> WebClient:
        return self.running.client()

    def heard(self, kind: str, since: int = 0) -> list[Body]:
        return [b for b in self.bodies[since:] if kind in (b.get("type"), b.get("event", {}).get("type"))]

    def wait_heard(self, kind: str, since: int) -> Body:
        return wait_for(lambda: self.heard(kind, since))[0]

    def post(self, *blocks: Body, channel: str = "C0OPEN") -> Message:
        ts = self.web.chat_postMessage(channel=channel, text="t", blocks=list(blocks))["ts"]
        author = "U0FAR" if channel == "C0SHARED" else "U0ANN"
        return next(m for m in self.sandbox.person(author).messages(channel) if m.ts == ts)

    def respond(self, url: str, **body: Any) -> int:
        """The status that a response URL answers with."""
        return WebhookClient(url).send_dict(body).status_code

    @contextlib.contextmanager
    def late(self) -> Iterator[None]:
        """`/greet late` is acknowledged after the block, when Slack no longer waits for it."""
        self.too_late.clear()
        with self.running.impatient():
            yield
        self.too_late.set()

    def wait_depth(self, depth: int) -> None:
        """Until so many views lie on each other."""
        wait_for(lambda: len(self.ann.views()) == depth)

    def open_form(self) -> View:
        for view in reversed(self.ann.views()):
            self.ann.close(view)
        assert self.ann.command("/greet", "form").error is None
        return self.ann.wait_view()


@contextlib.contextmanager
def greeting(running: Running) -> Iterator[Greeter]:
    greeter = Greeter(running)
    # Without a name Bolt reads the source of every frame to find one.
    app = App(
        name="greeter", client=running.client(), logger=_quiet(), raise_error_for_unhandled_request=False
    )
    _listen(app, greeter)
    handler = SocketModeHandler(app, APP_TOKEN, logger=_quiet(), ping_interval=1)
    handler.connect()  # type: ignore[no-untyped-call]
    try:
        greeter.sandbox.wait_connected()
        yield greeter
    finally:
        handler.client.auto_reconnect_enabled = False
        greeter.sandbox.disconnect_sockets(
            warned=False
        )  # close() alone waits three seconds for the next frame
        wait_for(lambda: not handler.client.is_connected())
        handler.close()  # type: ignore[no-untyped-call]


def _quiet() -> logging.Logger:
    logger = logging.getLogger("greeter")
    logger.setLevel(logging.CRITICAL)
    return logger


def _listen(app: App, greeter: Greeter) -> None:
    _listen_to_people(app, greeter)
    _listen_to_views(app, greeter)

    def event(body: Body) -> None:
        greeter.bodies.append(body)

    for kind in ("app_home_opened", "member_joined_channel", "member_left_channel"):
        app.event(kind)(event)
    for kind in ("subteam_members_changed", "user_change"):
        app.event(kind)(event)


def _listen_to_people(app: App, greeter: Greeter) -> None:
    @app.command("/greet")
    def command(ack: Ack, body: Body, client: WebClient, respond: Respond) -> None:
        greeter.bodies.append(body)
        verb, _, rest = body["text"].partition(" ")
        if verb == "late":
            greeter.too_late.wait(PATIENCE)
        ack(rest) if verb == "say" else ack()
        if verb == "form":
            client.views_open(trigger_id=body["trigger_id"], view=form())
        if verb == "respond":
            respond(text=rest, blocks=[section(rest), actions(button("Go", "go"))])

    @app.action({"type": "block_actions", "action_id": _ANY})
    def action(ack: Ack, body: Body, client: WebClient) -> None:
        greeter.bodies.append(body)
        ack()
        if body["actions"][0]["action_id"] == "deeper":
            # Bolt replaces an ack that it has not sent yet by a 500 where the listener fails.
            with contextlib.suppress(SlackApiError):
                client.views_push(
                    trigger_id=body["trigger_id"], view=modal(actions(button("Deeper", "deeper")))
                )


def _listen_to_views(app: App, greeter: Greeter) -> None:
    @app.options(_ANY)
    def options(ack: Ack, body: Body) -> None:
        greeter.bodies.append(body)
        ack(options=greeter.next_options)

    @app.view(_ANY)
    def submitted(ack: Ack, body: Body) -> None:
        greeter.bodies.append(body)
        ack(**greeter.next_answer) if greeter.next_answer else ack()

    @app.view_closed(_ANY)
    def closed(ack: Ack, body: Body) -> None:
        greeter.bodies.append(body)
        ack()
