"""Answers to a click, where it was clicked and for that person only."""

from typing import Any

from slack_bolt import Respond

from dbaccess.domain.errors import Refused, Replayed
from dbaccess.slack.views import answers


def reply(respond: Respond, answer: dict[str, Any]) -> None:
    """Only the person who clicked sees it; the message they clicked in stays."""
    respond(**answer, response_type="ephemeral", replace_original=False)


def refuse(respond: Respond, refused: Refused) -> None:
    """Why not; a replay gets no answer, since the first one had it."""
    if not isinstance(refused, Replayed):
        reply(respond, answers.refused(refused))
