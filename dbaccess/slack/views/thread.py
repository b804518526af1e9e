"""The thread under the approval message: the story, one line a step, in order, quiet."""

from datetime import timedelta
from typing import Any

from dbaccess.domain.duration import format_duration
from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import LoginKind
from dbaccess.domain.request import Review, Verdict
from dbaccess.domain.story import Story
from dbaccess.slack.blocks import section
from dbaccess.slack.text import date, escape, group_mention, inline, person_mention
from dbaccess.slack.views import extent, wording
from dbaccess.slack.views.request_state import never_active
from dbaccess.slack.views.stage import Stage, approvals, grant_of, stage_of, stage_of_grant


def waiting(story: Story, *, first: bool) -> dict[str, Any]:
    """Once, at the rule's time: pings the groups of open slots where it is posted, as long as it waits."""
    if stage_of(story) is not Stage.WAITING:
        return _line(story, "This was waiting; it is decided.")
    groups = [group for group in story.groups if group.name in dict(story.quorum.open)]
    names = " and ".join(group_mention(group) if first else inline(group.name) for group in groups)
    said = _line(story, f"{names} still waiting, lapses {date(story.request.decide_by)}.")
    if first:
        left = format_duration(_minutes(story.request.decide_by - story.now))
        who = f"{wording.requester_name(story)}, {wording.asked_for(story.request)}"
        said["text"] = wording.lock_screen(story, f"Still waiting, lapses in {left}: {who}", [said["text"]])
    return said


def escalated(story: Story, *, first: bool) -> dict[str, Any]:
    """Once: names whom the rule names where nobody has decided."""
    whom = story.escalate_to
    if stage_of(story) is not Stage.WAITING or whom is None:
        return _line(story, "Nobody had decided in time for the rule; it is decided.")
    name = group_mention(whom) if first and whom.sources else inline(story.name(SlackId(whom.name)))
    request = story.request
    asked = f"{wording.asked_for(request)}, {wording.asked_length(request)}"
    waits = f"asked {date(request.submitted_at)}, lapses {date(request.decide_by)}"
    return _line(story, f"{name} not decided yet: {wording.requester_link(story)}, {escape(asked)}, {waits}.")


def approved(story: Story) -> dict[str, Any]:
    """A line for each who approved, also where that counts no more."""
    given = [review for review in story.reviews if review.verdict is Verdict.APPROVED]
    said = [_approved(story, review) for review in given]
    return _line(story, "\n".join(said) or wording.by_rule(story.request))


def _approved(story: Story, review: Review) -> str:
    how_much = extent.instead(story, review) or f" {wording.asked_length(story.request)}"
    return f"{wording.reviewer_with_group(story, review)} approved{how_much}{extent.note(review)}"


def voided(story: Story) -> dict[str, Any]:
    """A line for each approval that counts no more."""
    gone = [
        f"The approval of {wording.reviewer_link(story, r)} does not count any more: {inline(r.voided_why)}."
        for r in story.reviews
        if r.voided_why is not None
    ]
    return _line(story, "\n".join(gone) or "Every approval counts.")


def active(story: Story) -> dict[str, Any]:
    """Mentions who approved: somebody whose yes was forged must hear of it."""
    grant = grant_of(story)
    made = "role" if story.request.terms.login == LoginKind.PERSONAL else "role and login"
    who = ", ".join(person_mention(r.reviewer_slack_id) for r in approvals(story))
    who = who or f"rule {inline(story.request.terms.rule)}"
    by = "Break-glass: no approval was asked." if story.request.terms.break_glass else f"Approved by {who}."
    confirmed = f"Active: {escape(grant.target)} confirmed {made}."
    return _line(story, f"{confirmed} Ends {wording.ends(grant)}. {by}")


def ended(story: Story) -> dict[str, Any]:
    grant = grant_of(story)
    if stage_of_grant(grant) is Stage.WRITTEN_OFF:
        return _line(story, f"{Stage.WRITTEN_OFF.value}. {wording.written_off(story)}")
    if grant.activated_at is None:
        return _line(story, f"Ended, never active: {never_active(grant)}")
    when = date(grant.revoking_at or story.now)
    said = f"Ended: {wording.end_cause(story, grant)} {when}."
    if grant.receipt is not None:
        said += f" Receipt: {wording.seen_on_target(grant.receipt)}."
    return _line(story, f"{said}\nStatements not captured: what ran is unknown.")


def _minutes(left: timedelta) -> timedelta:
    return timedelta(minutes=max(1, round(left.total_seconds() / 60)))


def _line(story: Story, text: str) -> dict[str, Any]:
    return {"text": wording.spoken_line(story, text), "blocks": [section(text)]}
