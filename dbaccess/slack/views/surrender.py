"""The button I'm done: the holder ends the grant now, after a confirmation."""

from typing import Any

from dbaccess.domain.grant import Grant
from dbaccess.slack.blocks import button, confirmation

SURRENDER = "grant.surrender"
"""Value: the grant's id. The click, confirmed in Slack's dialog, ends the grant."""


def done_button(grant: Grant) -> dict[str, Any]:
    what = f"{grant.role} on {grant.target}"
    confirm = confirmation(
        title="End it now",
        text=f"End {what} now? Open sessions are closed.",
        yes="End it",
        no="Keep it",
    )
    return button(
        "I'm done", action_id=SURRENDER, value=str(grant.id), confirm=confirm, spoken=f"I'm done: end {what}"
    )
