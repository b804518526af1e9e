"""What the target field offers while a name is typed."""

from typing import Any

from slack_bolt import Ack

from bot.deps import Deps
from bot.listening import Listening
from bot.payload import who
from dbaccess.operations.identity import identify
from dbaccess.slack.views import form


def register(app: Listening, deps: Deps) -> None:
    @app.options(form.TARGET)
    def targets(ack: Ack, body: dict[str, Any]) -> None:
        with deps.begin() as uow:
            person, now = identify(uow, who(body), deps.policy, deps.workspace), uow.now
        ack(**form.target_options(deps.policy, person, str(body.get("value", "")), now=now))
