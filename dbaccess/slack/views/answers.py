"""One-line answers, visible to the asking person only; buttons hold a draft's id."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from dbaccess.domain.duration import format_duration, parse_duration
from dbaccess.domain.errors import (
    AlreadyOpen,
    Ambiguous,
    BadDuration,
    NotAllowed,
    NotFound,
    Refused,
    SlackFailure,
    TooLong,
    UnknownName,
)
from dbaccess.domain.message import Refusal
from dbaccess.domain.request import Request, RequestState
from dbaccess.slack.blocks import actions, button, section
from dbaccess.slack.text import date, escape, inline, refusal, unmarked
from dbaccess.slack.views import phrases
from dbaccess.slack.views.button_value import parse_id
from dbaccess.slack.views.slack_refusal import why
from dbaccess.slack.views.withdraw import withdraw_button

USE_NAME = "answer.use"
"""Begins the action ids. Value: see `parse_choice`, the draft and what to use. Opens the form with it."""
REQUEST_LONGEST = "answer.request_longest"
"""Value: see `parse_choice`, the draft and the longest time (`4h`). Submits."""
REPLACE = "answer.replace"
"""Value: see `parse_choice`, the draft and the request to withdraw. Withdraws and submits."""
CHANGE = "answer.change"
"""Value: the draft's id. Opens the form prefilled."""
OPEN_FORM = "answer.open_form"
"""Value: the draft's id. Opens the form prefilled."""


def recorded(request: Request, refusal: Refusal | None = None) -> dict[str, Any]:
    """Return that it was sent, in words that stay true.

    Slack edits such an answer only after a click in it, so the button stays until then. A click on it
    replaces the answer with the outcome.
    `refusal` is the last one of the target's channel.
    """
    what = f"{phrases.asked_for(request)}, {phrases.asked_length(request)}"
    said = f"Sent: {request.label}, {escape(what)}"
    if request.state is RequestState.APPROVED:
        by_rule = f"{said}. {phrases.by_rule(request)}{_not_taken(refusal)}"
        return _answer(by_rule, [], first=f"Sent: {what}")
    asks = f"It asks for {inline(phrases.needs(request.terms.approvals))} until {date(request.decide_by)}"
    return _answer(
        f"{said}. {asks}.{_not_taken(refusal)} A direct message says how it stands.",
        [withdraw_button(request)],
        first=f"Sent: {what}",
    )


def refused(error: Refused, *, draft_id: int | None = None) -> dict[str, Any]:
    """Return the refusal with its reason; with a draft also the buttons that lead on."""
    said = refusal(error)
    buttons = _ways_on(error, draft_id) if draft_id is not None else []
    return _answer(said, buttons)


def done(text: str) -> dict[str, Any]:
    """Return a short answer, in plain text."""
    return _answer(escape(text), [])


def not_shown(failure: SlackFailure) -> dict[str, Any]:
    """Return that a view was not opened, and when to try again."""
    again = f" in {format_duration(timedelta(seconds=failure.retry_after))}" if failure.retry_after else ""
    what = "did not answer" if failure.code == "no_answer" else f"answered {failure.code}"
    return done(f"Not shown: Slack {what}. Try again{again}.")


def not_finished() -> dict[str, Any]:
    """Return that the outcome is unknown."""
    return done("Not finished: dbaccess failed. Look at /dbaccess list before you try again.")


def withdrawn(request: Request) -> dict[str, Any]:
    return done(f"Withdrawn: {request.label}, {phrases.asked_for(request)}. No access was granted.")


def ending(role: str, target: str) -> dict[str, Any]:
    return done(f"Ending: {role} on {target}. Reported as ended once verified.")


def help_(commands: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """List what a person types behind `/dbaccess`, and below each what it does: a phone has no columns."""
    listed = [(f"/dbaccess {typed}".strip(), does) for typed, does in commands]
    shown = "\n".join(f"`{escape(line)}`\n{escape(does)}" for line, does in listed)
    return {"text": "\n".join(f"{line}: {does}" for line, does in listed), "blocks": [section(shown)]}


def parse_choice(value: str) -> tuple[int, str]:
    """Return the draft's id and the choice; raises `NotFound` for any value but our own."""
    draft, colon, chosen = value.partition(":")
    if not (colon and chosen):
        raise NotFound("This draft has expired; start again with /dbaccess.")
    return parse_id(draft), chosen


def _not_taken(refusal: Refusal | None) -> str:
    if refusal is None:
        return ""
    reason, fix = why(refusal.code)
    refused = f"Slack refused the last message for its channel: {escape(reason)}. {escape(fix)}"
    return f" :warning: Reviewers may not see it. {refused}"


def _ways_on(error: Refused, draft_id: int) -> list[dict[str, Any]]:
    change = button("Change", action_id=CHANGE, value=str(draft_id), spoken="Change it in the form")
    if isinstance(error, AlreadyOpen) and error.request_id is not None:
        value = f"{draft_id}:{error.request_id}"
        return [button("Withdraw and send", action_id=REPLACE, value=value, style="primary"), change]
    if isinstance(error, UnknownName) and error.nearest:
        verb = "" if isinstance(error, Ambiguous) else "Use "
        return _use(error.nearest[:5], draft_id, verb=verb)
    if isinstance(error, NotAllowed) and error.possible:
        return [*_use(error.possible[:4], draft_id), change]
    if isinstance(error, TooLong):
        longest = format_duration(parse_duration(error.longest))
        request = button(
            f"Request {longest}",
            action_id=REQUEST_LONGEST,
            value=f"{draft_id}:{error.longest}",
            style="primary",
        )
        return [request, change]
    if isinstance(error, BadDuration | UnknownName):
        meant = error.choices if isinstance(error, BadDuration) else ()
        open_form = button("Open form", action_id=OPEN_FORM, value=str(draft_id))
        return [*_use(meant, draft_id, verb=""), open_form]
    return [change]


def _use(names: Sequence[str], draft_id: int, *, verb: str = "Use ") -> list[dict[str, Any]]:
    return [
        button(
            f"{verb}{name}",
            action_id=f"{USE_NAME}.{index}",
            value=f"{draft_id}:{name}",
            spoken=f"Use {name}",
        )
        for index, name in enumerate(names)
    ]


def _answer(said: str, buttons: list[dict[str, Any]], *, first: str | None = None) -> dict[str, Any]:
    blocks = [section(said), *actions(buttons)]
    return {"text": phrases.read_out(first, blocks) if first else unmarked(said), "blocks": blocks}
