"""The Bolt app: every listener, and what people hear of whatever a listener raises."""

from concurrent.futures import Executor

from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.deps import Deps
from bot.listener_registry import ListenerRegistry
from bot.listeners import (
    actions,
    break_glass,
    commands,
    events,
    extend,
    form,
    home,
    lockdown,
    options,
    submissions,
)
from dbaccess.slack.client import build_client
from dbaccess.slack.workspace_identity import Identity

_LISTENERS = (
    commands,
    actions,
    form,
    extend,
    break_glass,
    lockdown,
    submissions,
    options,
    events,
    home,
)


def build_app(deps: Deps, client: WebClient, who: Identity, *, listeners: Executor) -> App:
    """The app with every listener; nothing is connected yet, and Slack is not asked who the client is.

    `listeners` runs them; `dispatch` returns with the ack.
    """
    known = AuthorizeResult(
        enterprise_id=None,
        team_id=who.team_id,
        bot_id=who.bot_id,
        bot_user_id=who.user_id,
        bot_token=client.token,
    )
    # Bolt asks about a token that it has, at once or before the first ack; so it has none of its own.
    bare = build_client(None, client.base_url)
    app = App(client=bare, authorize=lambda: known, listener_executor=listeners)
    listening = ListenerRegistry(app)
    for module in _LISTENERS:
        module.register(listening, deps)
    app.error(_unexpected)
    return app


def _unexpected(error: Exception) -> None:
    """Logged before, by its kind alone; Bolt's own handler would print what a person typed.

    Bolt gives what it has by its name, and calls with nothing where it knows no such name.
    """
