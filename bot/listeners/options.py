"""The options of the target field while a name is typed."""

from typing import Any

from slack_bolt import Ack

from bot.deps import Deps
from bot.listener_registry import ListenerRegistry
from bot.payload import account_of
from dbaccess.operations.identity import identify
from dbaccess.operations.queries.who import visible_targets
from dbaccess.slack.views import form


def register(app: ListenerRegistry, deps: Deps) -> None:
    @app.options(form.TARGET)
    def targets(ack: Ack, body: dict[str, Any]) -> None:
        with deps.begin() as uow:
            person, now = identify(uow, account_of(body), deps.policy, deps.workspace), uow.now
        visible = visible_targets(deps.policy, person, now)
        ack(**form.target_options(deps.policy, person, str(body.get("value", "")), now=now, visible=visible))
