"""Break-glass messages: the announcement before access, and the outcome."""

from typing import Any

from dbaccess.domain.break_glass_review import BreakGlassReview, BreakGlassReviewState
from dbaccess.domain.grant import Grant
from dbaccess.domain.request import Request
from dbaccess.domain.request_details import RequestDetails
from dbaccess.slack.blocks import actions, button, section, warning_header
from dbaccess.slack.text import cut, date, escape, group_mention, inline, person_mention, plain
from dbaccess.slack.views import phrases
from dbaccess.slack.views.button_value import approval_value
from dbaccess.slack.views.request_message import REVOKE, with_ticket
from dbaccess.slack.views.request_state import state_text
from dbaccess.slack.views.slack_refusal import why
from dbaccess.slack.views.stage import Stage, grant_of, stage_of

REVIEW_BREAK_GLASS = "break_glass.review"
"""Value: `button_value.approval_value` of the break-glass; opens the modal that closes its review."""

_REASON_SHOWN = 2000


def announced(details: RequestDetails, *, first: bool) -> dict[str, Any]:
    """Return the announcement that the channel must have first; it pings the reviewers, once."""
    return _announcement(details, _told(details, first=first))


def told_to_operators(details: RequestDetails, *, first: bool) -> dict[str, Any]:
    """Return it for the operators' channel, with why the target's has none; it pings operators, too."""
    operators = group_mention(details.operators) if first else inline(details.operators.name)
    reason = f": {escape(why(details.refusal.code).reason)}" if details.refusal else ""
    here = f"{operators} It is told here because its channel takes no message{reason}."
    return _announcement(details, f"{_told(details, first=first)}\n{here}")


def _announcement(details: RequestDetails, told: str) -> dict[str, Any]:
    request, stage = details.request, stage_of(details)
    who = f"{phrases.requester_name(details)}, {phrases.asked_for(request)}, {phrases.asked_length(request)}"
    asked = f"{told}\n&gt; {_why(request)}"
    fate = phrases.joined(_fate(details, stage), _owed(details))
    blocks = [
        warning_header(f"Break-glass: {who}"),
        section(asked),
        section(fate),
        *actions(_buttons(details, stage)),
    ]
    lock = f"Break-glass by {phrases.requester_name(details)}: {phrases.asked_for(request)}, "
    lock += f"{phrases.asked_length(request)}. {plain(request.terms.reason)}"
    lines = [escape(f"Break-glass: {who}"), asked, fate]
    return {"text": phrases.lock_screen(details, lock, lines), "blocks": blocks}


def review_button(request: Request) -> dict[str, Any]:
    spoken = f"Review break-glass: {phrases.asked_for(request)}"
    return button("Review", action_id=REVIEW_BREAK_GLASS, value=approval_value(request), spoken=spoken)


def overdue(details: RequestDetails, *, first: bool) -> dict[str, Any]:
    """Return the line in the thread, posted once; the post pings the reviewers."""
    review = review_of(details)
    if not review.is_pending:
        return _line(details, "The review was overdue; it is closed.")
    groups = " ".join(group_mention(g) if first else inline(g.name) for g in details.groups)
    since, who = date(review.due_at), phrases.requester_link(details)
    text = f":warning: {groups} Review overdue since {since}. Until closed, {who} cannot break glass."
    said = _line(details, text)
    said["blocks"] += actions([review_button(details.request)])
    if first:
        what = f"{phrases.requester_name(details)}, {phrases.asked_for(details.request)}"
        said["text"] = phrases.lock_screen(details, f"Break-glass review overdue: {what}", [text])
    return said


def reviewed(details: RequestDetails) -> dict[str, Any]:
    """Return the verdict, with a mention of the reviewer, who must hear of a forged review."""
    return _line(details, _verdict(details, review_of(details), mention=True))


def told(details: RequestDetails) -> dict[str, Any]:
    asked_for = escape(phrases.asked_for(details.request))
    said = f"Your break-glass, {asked_for}: {_verdict(details, review_of(details))}"
    return _line(details, said)


def review_of(details: RequestDetails) -> BreakGlassReview:
    """Return the review; raises `ValueError` for a request that needs none, which its message rules out."""
    if details.break_glass_review is None:
        raise ValueError(f"{details.request.label} needs no review.")
    return details.break_glass_review


def _told(details: RequestDetails, *, first: bool) -> str:
    """Return the groups, pinged in the post and named later."""
    asked = "No approval was asked."
    if not details.groups:
        return asked
    if first:
        return f"{' '.join(group_mention(group) for group in details.groups)} {asked}"
    return f"{asked} {inline(phrases.group_names(details.groups))} was told."


def _why(request: Request) -> str:
    """Return the whole reason with the ticket, because no other view shows it."""
    return with_ticket(inline(cut(plain(request.terms.reason), _REASON_SHOWN)), request)


def _fate(details: RequestDetails, stage: Stage) -> str:
    grant = details.grant
    if stage is Stage.APPROVED or grant is None:
        return "Not active yet."
    if stage is Stage.ACTIVE:
        return f"Active since {date(grant.activated_at or details.now)}, ends {phrases.ends(grant)}."
    return state_text(details, stage, False)


def _owed(details: RequestDetails) -> str:
    review = details.break_glass_review
    if review is None:
        return ""
    if not review.is_pending:
        return _verdict(details, review)
    groups = inline(phrases.group_names(details.groups))
    return f"Review due {date(review.due_at)}, by {groups}, not {phrases.requester_link(details)}."


def _verdict(details: RequestDetails, review: BreakGlassReview, *, mention: bool = False) -> str:
    given = review.verdict
    if given is None:
        return "Not reviewed yet."
    verdict = "justified" if review.state is BreakGlassReviewState.JUSTIFIED else "not justified"
    who = given.reviewer_slack_id
    by = person_mention(who) if mention else phrases.person_link(details, who)
    return phrases.noted(f"Reviewed by {by}, {verdict}", given.note)


def _buttons(details: RequestDetails, stage: Stage) -> list[dict[str, Any]]:
    buttons = []
    if stage is Stage.ACTIVE:
        buttons.append(_revoke_button(grant_of(details)))
    if details.break_glass_review is not None and details.break_glass_review.is_pending:
        buttons.append(review_button(details.request))
    return buttons


def _revoke_button(grant: Grant) -> dict[str, Any]:
    spoken = f"Revoke {grant.role} on {grant.target}"
    return button("Revoke", action_id=REVOKE, value=str(grant.id), spoken=spoken)


def _line(details: RequestDetails, text: str) -> dict[str, Any]:
    return {"text": phrases.spoken_line(details, text), "blocks": [section(text)]}
