"""Answers to a click, where it was clicked and for that person only."""

from typing import Any

from slack_bolt import Respond
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from dbaccess.domain.errors import Refused, Replayed
from dbaccess.slack.views import answers, notice


def reply(respond: Respond, answer: dict[str, Any]) -> None:
    """Only the person who clicked sees it; the message they clicked in stays.

    On the Home tab there is no place for it: what was done is seen in the tab, which is published anew.
    """
    if respond.response_url is not None:
        respond(**answer, response_type="ephemeral", replace_original=False)


def refuse(respond: Respond, refused: Refused, *, client: WebClient, body: dict[str, Any]) -> None:
    """Why not, on the Home tab in a modal; a replay gets no answer, since the first one had it."""
    if isinstance(refused, Replayed):
        return
    if respond.response_url is None:
        client.views_open(trigger_id=body["trigger_id"], view=notice.build(str(refused)))
    else:
        reply(respond, answers.refused(refused))


def rebuild(client: WebClient, body: dict[str, Any], view: dict[str, Any]) -> None:
    """A view that changed meanwhile stays as it is: another choice is already on its way."""
    try:
        client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=view)
    except SlackApiError as error:
        if error.response.get("error") != "hash_conflict":
            raise
