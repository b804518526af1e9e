"""Break-glass: what the channel reads, before anything is given, and what became of it."""

from typing import Any

from dbaccess.domain.grant import Grant
from dbaccess.domain.request import Request, RequestState, Review, Verdict
from dbaccess.domain.story import Story
from dbaccess.slack.blocks import actions, button, section, warning_header
from dbaccess.slack.text import cut, date, escape, group_mention, inline, person_mention, plain
from dbaccess.slack.views import wording
from dbaccess.slack.views.clicked import approval_value
from dbaccess.slack.views.request_message import REVOKE, with_ticket
from dbaccess.slack.views.request_state import state_text
from dbaccess.slack.views.stage import Stage, grant_of, stage_of

JUDGE = "break_glass.judge"
"""Value: `clicked.approval_value` of what is owed; opens the modal that closes it."""

_REASON_SHOWN = 2000


def announced(story: Story, *, first: bool) -> dict[str, Any]:
    """The message that has to be in the channel first; it pings who reviews it, once."""
    request, stage = story.request, stage_of(story)
    who = f"{wording.requester_name(story)}, {wording.asked_for(request)}, {wording.asked_length(request)}"
    asked = f"{_told(story, first=first)}\n&gt; {_why(request)}"
    fate = f"{_fate(story, stage)} {_owed(story)}".rstrip()
    blocks = [
        warning_header(f"Break-glass: {who}"),
        section(asked),
        section(fate),
        *actions(_buttons(story, stage)),
    ]
    lock = f"Break-glass by {wording.requester_name(story)}: {wording.asked_for(request)}, "
    lock += f"{wording.asked_length(request)}. {plain(request.terms.reason)}"
    lines = [escape(f"Break-glass: {who}"), asked, fate]
    return {"text": wording.lock_screen(story, lock, lines), "blocks": blocks}


def judge_button(owed: Request) -> dict[str, Any]:
    spoken = f"Review break-glass: {wording.asked_for(owed)}"
    return button("Review", action_id=JUDGE, value=approval_value(owed), spoken=spoken)


def overdue(story: Story, *, first: bool) -> dict[str, Any]:
    """Once, in the thread; it pings who reviews where it is posted."""
    if story.request.state is not RequestState.PENDING:
        return _line(story, "The review was overdue; it is closed.")
    groups = " ".join(group_mention(g) if first else inline(g.name) for g in story.groups)
    since, who = date(story.request.decide_by), wording.requester_link(story)
    text = f":warning: {groups} Review overdue since {since}. Until closed, {who} cannot break glass."
    said = _line(story, text)
    said["blocks"] += actions([judge_button(story.request)])
    if first:
        what = f"{wording.requester_name(story)}, {wording.asked_for(story.request)}"
        said["text"] = wording.lock_screen(story, f"Break-glass review overdue: {what}", [text])
    return said


def reviewed(story: Story) -> dict[str, Any]:
    """Mentions who reviewed: somebody whose word was forged must hear of it."""
    return _line(story, _judgement(story, story.reviews, mention=True))


def told(story: Story) -> dict[str, Any]:
    said = f"Your break-glass, {escape(wording.asked_for(story.request))}: {_judgement(story, story.reviews)}"
    return _line(story, said)


def _told(story: Story, *, first: bool) -> str:
    """Pinged where it is posted; later who was."""
    asked = "No approval was asked."
    if not story.groups:
        return asked
    if first:
        return f"{' '.join(group_mention(group) for group in story.groups)} {asked}"
    return f"{asked} {inline(wording.group_names(story.groups))} was told."


def _why(request: Request) -> str:
    """The whole reason, for there is nothing behind it to look at, and the ticket."""
    return with_ticket(inline(cut(plain(request.terms.reason), _REASON_SHOWN)), request)


def _fate(story: Story, stage: Stage) -> str:
    grant = story.grant
    if stage is Stage.APPROVED or grant is None:
        return "Not active yet."
    if stage is Stage.ACTIVE:
        return f"Active since {date(grant.activated_at or story.now)}, ends {wording.ends(grant)}."
    return state_text(story, stage, False)


def _owed(story: Story) -> str:
    debt = story.debt
    if debt is None:
        return ""
    if debt.request.state is not RequestState.PENDING:
        return _judgement(story, debt.reviews)
    groups = inline(wording.group_names(story.groups))
    due = date(debt.request.decide_by)
    return f"Review due {due}, by {groups}, not {wording.requester_link(story)}."


def _judgement(story: Story, reviews: tuple[Review, ...], *, mention: bool = False) -> str:
    closing = next((review for review in reversed(reviews) if _closes(review)), None)
    if closing is None:
        return "Not reviewed yet."
    verdict = "justified" if closing.verdict is Verdict.APPROVED else "not justified"
    who = closing.reviewer_slack_id
    by = person_mention(who) if mention else wording.reviewer_link(story, closing)
    return f"Reviewed by {by}: {verdict}. {wording.quoted(closing.note)}"


def _closes(review: Review) -> bool:
    return review.approves or review.verdict is Verdict.DENIED


def _buttons(story: Story, stage: Stage) -> list[dict[str, Any]]:
    buttons = []
    if stage is Stage.ACTIVE:
        buttons.append(_revoke_button(grant_of(story)))
    if story.debt is not None and story.debt.request.state is RequestState.PENDING:
        buttons.append(judge_button(story.debt.request))
    return buttons


def _revoke_button(grant: Grant) -> dict[str, Any]:
    spoken = f"Revoke {grant.role} on {grant.target}"
    return button("Revoke", action_id=REVOKE, value=str(grant.id), spoken=spoken)


def _line(story: Story, text: str) -> dict[str, Any]:
    return {"text": wording.spoken_line(story, text), "blocks": [section(text)]}
