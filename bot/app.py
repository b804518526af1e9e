"""The Bolt app: every listener, and what people hear of whatever a listener raises."""

from slack_bolt import App
from slack_sdk import WebClient

from bot.deps import Deps
from bot.listeners import actions, break_glass, commands, events, extend, form, home, options, submissions
from bot.listening import Listening
from dbaccess.slack.client import call


def build_app(deps: Deps, client: WebClient, *, one_thread: bool = False) -> App:
    """The app with every listener; nothing is connected yet. Raises `SlackFailure`.

    `one_thread`: `dispatch` returns when its listener has ended; the caller takes the ack when it is given.
    """
    # Asked now: without it Bolt asks Slack who it is before it acknowledges the first requests.
    app = call("auth.test", lambda: App(client=client, process_before_response=one_thread))
    listening = Listening(app)
    for module in (commands, actions, form, extend, break_glass, submissions, options, events, home):
        module.register(listening, deps)
    app.error(_unexpected)
    return app


def _unexpected(_: Exception) -> None:
    """Logged before, by its kind alone; Bolt's own handler would print what a person typed."""
