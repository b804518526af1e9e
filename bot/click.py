"""A click on a button: each is authorised at that moment, by the database and not by the button's content."""

import re
from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, Respond
from slack_sdk import WebClient

from bot.deps import Deps
from bot.listener_registry import ListenerRegistry
from bot.listeners import home
from bot.refused import tell_ledger
from bot.reply import refuse

Json = dict[str, Any]
Work = Callable[[Deps, Json, WebClient, Respond], None]


def on_click(app: ListenerRegistry, deps: Deps, action_id: str, work: Work) -> None:
    """Register work for a button; it is acknowledged first, and a click on the Home tab updates the tab."""

    @app.action(re.compile(f"^{re.escape(action_id)}$"))
    def listener(ack: Ack, body: Json, client: WebClient, respond: Respond) -> None:
        ack()
        try:
            work(deps, body, client, respond)
        except Exception as error:  # noqa: BLE001 said at once: what says it on the Home tab is soon worth nothing
            refuse(error, ack=ack, respond=respond, client=client, body=body)
            tell_ledger(deps, error, body)
        home.follow(deps, client, body)
