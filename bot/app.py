"""The Bolt app: every listener, and what happens to an error that none of them expected."""

import structlog
from slack_bolt import App
from slack_sdk import WebClient

from bot.deps import Deps
from bot.listeners import actions, break_glass, commands, events, extend, form, home, options, submissions
from dbaccess.log import describe
from dbaccess.slack.client import call

log = structlog.get_logger()


def build_app(deps: Deps, client: WebClient, *, one_thread: bool = False) -> App:
    """The app with every listener; nothing is connected yet. Raises `SlackFailure`.

    `one_thread`: `dispatch` returns when its listener has ended; the caller takes the ack when it is given.
    """
    # Asked now: without it Bolt asks Slack who it is before it acknowledges the first requests.
    app = call("auth.test", lambda: App(client=client, process_before_response=one_thread))
    for module in (commands, actions, form, extend, break_glass, submissions, options, events, home):
        module.register(app, deps)
    app.error(_unexpected)
    return app


def _unexpected(error: Exception) -> None:
    """Logged by its kind alone: a text could quote what a person typed or a statement."""
    log.error("listener failed", **describe(error))
