"""Show statements: the modal of what a grant ran, its pages and its menus."""

from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot import idempotency_key
from bot.deps import Deps
from bot.listener_registry import ListenerRegistry
from bot.payload import account_of, value
from bot.reply import rebuild, show
from dbaccess.domain.grant import GrantId
from dbaccess.domain.statement_page import Look
from dbaccess.operations.activity.show_statements import look_at_statements
from dbaccess.slack.views import statements as view
from dbaccess.slack.views.activity import SHOW_STATEMENTS
from dbaccess.slack.views.button_value import parse_id

Json = dict[str, Any]


def register(app: ListenerRegistry, deps: Deps) -> None:
    @app.action(SHOW_STATEMENTS)
    def opened(ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        show(client, body, _page(deps, body, Look(grant_id=GrantId(parse_id(value(body))))))

    @app.action(view.KIND)
    @app.action(view.TABLE)
    @app.action(view.NEXT)
    @app.action(view.FIRST)
    def turned(ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        rebuild(client, body, _page(deps, body, view.asked(body)))


def _page(deps: Deps, body: Json, look: Look) -> Json:
    return view.build(
        look_at_statements(
            deps.begin,
            policy=deps.policy,
            workspace=deps.workspace,
            slack_id=account_of(body),
            look=look,
            limit=view.PAGE,
            idempotency_key=idempotency_key.of_action(body),
        )
    )
