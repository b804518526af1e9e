"""The withdraw button, for a pending request."""

from typing import Any

from dbaccess.domain.request import Request
from dbaccess.slack.blocks import button

WITHDRAW = "request.withdraw"
"""Value: the request's id."""


def withdraw_button(request: Request) -> dict[str, Any]:
    what = f"{request.terms.role} on {request.terms.target}"
    return button("Withdraw", action_id=WITHDRAW, value=str(request.id), spoken=f"Withdraw {what}")
