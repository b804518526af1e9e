"""A small real app that opens a modal at a command: without an interaction Slack lets no app do so."""

import contextlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr
from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from dbaccess.slack.client import build_client
from sandbox.client import Sandbox, wait_for


@dataclass(slots=True)
class Opener:
    sandbox: Sandbox
    view: dict[str, Any] = field(default_factory=dict)
    opened: list[str] = field(default_factory=list)

    def open(self, who: str, view: dict[str, Any]) -> str:
        """The id of the modal that this person has open now."""
        before, self.view = len(self.opened), view
        person = self.sandbox.person(who)
        for shown in reversed(person.views()):
            person.close(shown)
        assert person.command("/dbaccess", "open").error is None
        return wait_for(lambda: self.opened[before:])[0]


@contextlib.contextmanager
def opening(sandbox: Sandbox) -> Iterator[Opener]:
    opener = Opener(sandbox)
    quiet = logging.getLogger("opener")
    quiet.setLevel(logging.CRITICAL)
    client = build_client(SecretStr("xoxb-acceptance-bot-token"), sandbox.api_url)
    app = App(name="opener", client=client, logger=quiet)

    @app.command("/dbaccess")
    def command(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        answer = client.views_open(trigger_id=body["trigger_id"], view=opener.view)
        opener.opened.append(answer["view"]["id"])

    handler = SocketModeHandler(app, "xapp-acceptance-app-token", logger=quiet, ping_interval=1)
    handler.connect()  # type: ignore[no-untyped-call]
    try:
        sandbox.wait_connected()
        yield opener
    finally:
        handler.client.auto_reconnect_enabled = False
        sandbox.disconnect_sockets(warned=False)  # close() alone waits three seconds for the next frame
        wait_for(lambda: not handler.client.is_connected())
        handler.close()  # type: ignore[no-untyped-call]
