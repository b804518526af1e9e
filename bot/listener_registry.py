"""Registration of listeners with Bolt, with an answer to the person for any error."""

import inspect
import re
from collections.abc import Callable
from typing import Any

from slack_bolt import App, Args

from bot.deps import Deps
from bot.refused import tell_ledger
from bot.reply import refuse

Listener = Callable[..., None]
Registration = Callable[[Listener], Listener]


class ListenerRegistry:
    """Bolt's own registrations, without its error handler, which can lose an ack given just before."""

    def __init__(self, app: App, deps: Deps) -> None:
        self._app = app
        self._deps = deps

    def command(self, name: str) -> Registration:
        return _answering(self._app.command(name), self._deps)

    def action(self, action_id: str | re.Pattern[str]) -> Registration:
        return _answering(self._app.action(action_id), self._deps)

    def options(self, action_id: str) -> Registration:
        return _answering(self._app.options(action_id), self._deps)

    def view(self, callback_id: str) -> Registration:
        return _answering(self._app.view(callback_id), self._deps)

    def event(self, name: str) -> Registration:
        return _answering(self._app.event(name), self._deps)


def _answering(register: Callable[..., Any], deps: Deps) -> Registration:
    def registration(listener: Listener) -> Listener:
        names = inspect.signature(listener).parameters

        def answering(args: Args) -> None:
            try:
                listener(**{name: getattr(args, name) for name in names})
            except Exception as error:  # noqa: BLE001 a person waits for an answer, whatever failed
                refuse(error, ack=args.ack, respond=args.respond, client=args.client, body=args.body)
                tell_ledger(deps, error, args.body)

        register(answering)
        return listener

    return registration
