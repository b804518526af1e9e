"""The Bolt app: every listener, and the answers to errors that listeners raise."""

from concurrent.futures import Executor

from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.deps import Deps
from bot.listener_registry import ListenerRegistry
from bot.listeners import (
    access_review,
    audit,
    break_glass,
    commands,
    events,
    extend,
    grant,
    home,
    lockdown,
    options,
    request,
    review,
    statements,
)
from dbaccess.slack.client import build_client
from dbaccess.slack.workspace_identity import Identity

_LISTENERS = (
    commands,
    review,
    request,
    grant,
    extend,
    break_glass,
    lockdown,
    audit,
    access_review,
    statements,
    options,
    events,
    home,
)


def build_app(deps: Deps, client: WebClient, who: Identity, *, listeners: Executor) -> App:
    """Return the app with every listener, not connected, and without a call to Slack.

    `listeners` runs them; `dispatch` returns with the ack.
    """
    known = AuthorizeResult(
        enterprise_id=None,
        team_id=who.team_id,
        bot_id=who.bot_id,
        bot_user_id=who.user_id,
        bot_token=client.token,
    )
    # Bolt calls Slack about a token that it has, at once or before the first ack, so it gets none.
    bare = build_client(None, client.base_url)
    # Without a name Bolt reads the source of every frame to find one.
    app = App(name="dbaccess", client=bare, authorize=lambda: known, listener_executor=listeners)
    listening = ListenerRegistry(app, deps)
    for module in _LISTENERS:
        module.register(listening, deps)
    app.error(_unexpected)
    return app


def _unexpected(error: Exception) -> None:
    """Do nothing: the error is logged, and Bolt's own handler would print what a person typed.

    Bolt passes arguments by their names, and calls without any if it knows none of them.
    """
