"""The answer to a request that was recorded."""

from typing import Any

from bot.deps import Deps
from dbaccess.domain.request import Request
from dbaccess.slack.views import answers


def recorded(deps: Deps, request: Request) -> dict[str, Any]:
    """Return the answer; it says at once if the last message for the target's channel was refused."""
    with deps.begin() as uow:
        refusal = uow.messages.last_refusal(deps.policy.target(request.terms.target).channel)
    return answers.recorded(request, refusal)
