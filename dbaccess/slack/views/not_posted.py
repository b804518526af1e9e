"""A message that Slack refuses: for the requester who waits, and for the operators who can fix it."""

from collections.abc import Sequence
from typing import Any

from dbaccess.domain.message import Message
from dbaccess.domain.request_details import RequestDetails, ReviewerGroup
from dbaccess.domain.terms import RequestKind
from dbaccess.domain.truncated_list import left_out
from dbaccess.slack.blocks import actions, header, lines, section, warning_header
from dbaccess.slack.text import date, escape, group_mention, inline, plain
from dbaccess.slack.views import phrases
from dbaccess.slack.views.slack_refusal import why
from dbaccess.slack.views.stage import Stage, stage_of
from dbaccess.slack.views.withdraw import withdraw_button


def told(details: RequestDetails) -> dict[str, Any]:
    """Return for the requester why no reviewer can answer; later that it was posted, or decided."""
    request, what = details.request, _what(details)
    if stage_of(details) is not Stage.WAITING:
        return _message(details, f"Decided: {what}", f"Decided: {request.label}, {escape(what)}.")
    if details.refusal is None:
        needs = inline(phrases.needs(request.terms.approvals))
        said = f"Posted: {request.label}, {escape(what)}. Needs {needs}. Lapses {date(request.decide_by)}."
        return _message(details, f"Posted: {what}", said)
    said = f":warning: Not posted: {request.label}, {escape(what)}. {phrases.no_reviewer(details.refusal)}"
    said += f" {escape(why(details.refusal.code).fix)} The operators are told."
    said += f" It is posted once that works, and lapses {date(request.decide_by)}."
    told = _message(details, f"Not posted: {what}", said)
    return {**told, "blocks": [*told["blocks"], *actions([withdraw_button(request)])]}


def notice(
    channel: str,
    targets: Sequence[str],
    refused: Sequence[Message],
    operators: ReviewerGroup,
    *,
    first: bool,
) -> dict[str, Any]:
    """Return the operators' alarm about a channel, with Slack's reason and the fix.

    Later it says that no message waits, and claims neither a post nor that Slack takes one now.
    """
    about = plain(", ".join(targets)) or channel
    if not refused:
        lock = f"None waits now: messages about {about}"
        over = "No message waits for this channel: each was posted, or given up, or its request is over."
        blocks = [header(lock), section(over)]
        return {"text": phrases.read_out(lock, blocks), "blocks": blocks}
    lock = f"Not posted: messages about {about}"
    pinged = group_mention(operators) if first else inline(operators.name)
    blocks = [warning_header(lock), section(f"{pinged} {_causes(refused)}"), section(_waiting(refused))]
    names = {str(source): "@operators" for source in operators.sources}
    return {"text": phrases.read_out(lock, blocks, names=names), "blocks": blocks}


def closed_channel(channel: str, code: str, *, of_operators: bool) -> dict[str, Any]:
    """Return the alarm that a channel takes no message; that of the operators is told to each directly."""
    lock = f"Not posted: {'alarms for operators' if of_operators else 'news of grants'}"
    waits = "They wait until the channel takes them. This is told once a day."
    blocks = [warning_header(lock), section(_cause(channel, code)), section(waits)]
    return {"text": phrases.read_out(lock, blocks), "blocks": blocks}


def _causes(refused: Sequence[Message]) -> str:
    """Return each reason with its fix; messages in one channel may be refused for several."""
    codes = dict.fromkeys(one.refusal for one in refused if one.refusal is not None)
    found = dict.fromkeys((refusal.channel, refusal.code) for refusal in codes)
    return "\n".join(_cause(channel, code) for channel, code in found)


def _cause(channel: str, code: str) -> str:
    reason, fix = why(code)
    return f"{escape(channel)}: {escape(reason)} (`{escape(code)}`). {escape(fix)}"


def _waiting(refused: Sequence[Message]) -> str:
    named = ", ".join(dict.fromkeys(f"R-{one.request_id}" for one in refused))
    more = left_out(refused)
    return f"Waiting: {named}{f' and {more} more messages' if more else ''}. They are posted once it works."


def _what(details: RequestDetails) -> str:
    request = details.request
    if request.terms.kind is RequestKind.EXTENSION:
        return phrases.more_time(request)
    return f"{phrases.asked_for(request)}, {phrases.asked_length(request)}"


def _message(details: RequestDetails, lock: str, said: str) -> dict[str, Any]:
    blocks = [section(said)]
    return {"text": phrases.lock_screen(details, lock, lines(blocks)), "blocks": blocks}
