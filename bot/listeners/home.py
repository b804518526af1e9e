"""The Home tab: published when opened or refreshed, and after an action there or in a modal."""

from typing import Any

import structlog
from slack_bolt import Ack
from slack_sdk import WebClient

from bot.deps import Deps
from bot.listener_registry import ListenerRegistry
from bot.payload import account_of
from dbaccess.domain.errors import SlackFailure
from dbaccess.domain.people import SlackId
from dbaccess.operations.home_tabs import open_home
from dbaccess.slack.messenger import SlackMessenger
from dbaccess.slack.renderer import Views
from dbaccess.slack.views import home as view

log = structlog.get_logger()


def register(app: ListenerRegistry, deps: Deps) -> None:
    @app.event("app_home_opened")
    def opened(event: dict[str, Any], client: WebClient) -> None:
        if event.get("tab") == "home":
            publish(deps, client, SlackId(event["user"]))

    @app.action(view.REFRESH)
    def refreshed(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        publish(deps, client, account_of(body))


def publish(deps: Deps, client: WebClient, slack_id: SlackId) -> None:
    """Publish what is open for this person now, or why they can do nothing; raises `SlackFailure`.

    The workers then keep the tab true.
    """
    open_home(
        deps.begin,
        policy=deps.policy,
        workspace=deps.workspace,
        renderer=Views(),
        messenger=SlackMessenger(client),
        slack_id=slack_id,
    )


def renew(deps: Deps, client: WebClient, slack_id: SlackId) -> None:
    """Update the tab after an action; a failure of Slack does not undo the action."""
    try:
        publish(deps, client, slack_id)
    except SlackFailure as failure:
        log.warning("home tab not published", code=failure.code)


def follow(deps: Deps, client: WebClient, body: dict[str, Any]) -> None:
    """Update the tab after a click on it; a click elsewhere needs nothing."""
    if (body.get("view") or {}).get("type") == "home":
        renew(deps, client, account_of(body))
