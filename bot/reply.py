"""Answers to commands and clicks: in place, else by direct message, and never none."""

from collections.abc import Callable
from typing import Any

import structlog
from slack_bolt import Ack, Respond
from slack_sdk import WebClient

from bot.deps import Deps
from bot.payload import sender
from dbaccess.domain.errors import AlreadyDecided, DuplicateRequest, Refused, SlackFailure
from dbaccess.domain.request import Request
from dbaccess.log import describe
from dbaccess.slack.client import call
from dbaccess.slack.views import answers, text_modal

log = structlog.get_logger()

Json = dict[str, Any]


def show(client: WebClient, body: Json, view: Json) -> str:
    """Open the modal, above the clicked one, and return its id; raises `SlackFailure`."""
    within_modal = (body.get("view") or {}).get("type") == "modal"
    method, ask = ("views.push", client.views_push) if within_modal else ("views.open", client.views_open)
    opened = call(method, lambda: ask(trigger_id=body["trigger_id"], view=view))
    return str(opened["view"]["id"])


def rebuild(client: WebClient, body: Json, view: Json) -> None:
    """Update the view; one that changed meanwhile stays, because another choice is on its way.

    Raises `SlackFailure`.
    """
    shown = body["view"]
    try:
        call("views.update", lambda: client.views_update(view_id=shown["id"], hash=shown["hash"], view=view))
    except SlackFailure as failure:
        if failure.code != "hash_conflict":
            raise


def recorded(deps: Deps, request: Request) -> Json:
    """Return the answer; it says at once if the last message for the target's channel was refused."""
    with deps.begin() as uow:
        refusal = uow.messages.last_refusal(deps.policy.target(request.terms.target).channel)
    return answers.recorded(request, refusal)


def reply(answer: Json, *, respond: Respond, client: WebClient, body: Json) -> None:
    """Answer after a click, in the place of an answer that only this person saw: nothing else updates that.

    On the Home tab the tab is published again instead.
    """
    if respond.response_url is not None:
        _tell(answer, respond=respond, client=client, body=body, replaces=_is_ephemeral(body))


def refuse(error: Exception, *, ack: Ack, respond: Respond, client: WebClient, body: Json) -> None:
    """Tell the person of any error of a listener; acknowledge with it if that is still open.

    A replay gets no answer, because the first delivery had it. An unexpected error before the ack is raised
    again; then Slack tells the person.
    """
    waits = ack.response is None and body.get("type") != "event_callback"
    if not isinstance(error, Refused):
        log.error("listener failed", **describe(error))  # the text could quote what a person typed
        if waits:
            raise error
    title, answer = ("", None) if isinstance(error, DuplicateRequest) else _words(error)
    if waits and "command" in body:
        ack(**(_ephemeral(answer) if answer else {}))
        return
    if waits and body.get("type") == "block_suggestion":
        ack(options=[])
    if answer and sender(body):
        is_over = isinstance(error, AlreadyDecided) and _is_ephemeral(body)
        _tell(answer, respond=respond, client=client, body=body, title=title, replaces=is_over)


def _words(error: Exception) -> tuple[str, Json]:
    """Return the answer, and its title for a modal of its own."""
    if isinstance(error, Refused):
        return "Not done", answers.refused(error)
    if isinstance(error, SlackFailure):
        return "Not shown", answers.not_shown(error)
    return "Not finished", answers.not_finished()


def _is_ephemeral(body: Json) -> bool:
    return bool((body.get("container") or {}).get("is_ephemeral"))


def _tell(
    answer: Json,
    *,
    respond: Respond,
    client: WebClient,
    body: Json,
    title: str = "Done",
    replaces: bool = False,
) -> None:
    for say in _places(title, answer, respond, client, body, replaces=replaces):
        try:
            say()
        except SlackFailure as failure:
            log.warning("answer sent elsewhere", code=failure.code)
        else:
            return
    log.error("answer not sent")


def _places(
    title: str, answer: Json, respond: Respond, client: WebClient, body: Json, *, replaces: bool
) -> list[Callable[[], None]]:
    """Return where to answer: in place, then in direct messages, which need no trigger and no membership."""
    view = body.get("view") or {}

    def on_url() -> None:
        sent = call("response_url", lambda: respond(**_ephemeral(answer), replace_original=replaces))
        if sent.status_code != 200:  # noqa: PLR2004 HTTP's number
            raise SlackFailure("Slack did not take the answer.", code=f"http_{sent.status_code}")

    def in_view() -> None:
        shown = {"view_id": view["id"], "hash": view["hash"], "view": text_modal.on_top(view, answer)}
        call("views.update", lambda: client.views_update(**shown))

    def over_home() -> None:
        show(client, body, text_modal.build(answer, title=title))

    def directly() -> None:
        call("chat.postMessage", lambda: client.chat_postMessage(channel=str(sender(body)), **answer))

    if respond.response_url is not None:
        return [on_url, directly]
    if body.get("type") == "block_suggestion":
        return [in_view]  # one for each letter that is typed
    if body.get("type") != "block_actions":
        return [directly]
    return [in_view if view.get("type") == "modal" else over_home, directly]


def _ephemeral(answer: Json) -> Json:
    return {**answer, "response_type": "ephemeral"}
