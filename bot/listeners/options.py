"""What the target field offers while a name is typed."""

from typing import Any

from slack_bolt import Ack, App

from bot.deps import Deps
from bot.payload import who
from dbaccess.domain.errors import Refused
from dbaccess.operations.identify import identify
from dbaccess.slack.views import form


def register(app: App, deps: Deps) -> None:
    @app.options(form.TARGET)
    def targets(ack: Ack, body: dict[str, Any]) -> None:
        try:
            with deps.begin() as uow:
                person, now = identify(uow, who(body), deps.policy, deps.workspace), uow.now
        except Refused:
            ack(options=[])
            return
        ack(**form.target_options(deps.policy, person, str(body.get("value", "")), now=now))
