"""The thread under the approval message: the story, one line a step, in order, quiet."""

from typing import Any

from dbaccess.domain.policy import LoginKind
from dbaccess.domain.story import Story
from dbaccess.slack.blocks import section
from dbaccess.slack.text import date, escape, person_mention
from dbaccess.slack.views import wording
from dbaccess.slack.views.request_state import never_active
from dbaccess.slack.views.stage import approvals, grant_of


def approved(story: Story) -> dict[str, Any]:
    """A line for each who approved."""
    length = wording.asked_length(story.request)
    said = [f"{wording.reviewer_with_group(story, r)} approved {length}." for r in approvals(story)]
    return _line(story, "\n".join(said) or f"The rule approved {length}.")


def active(story: Story) -> dict[str, Any]:
    """Mentions who approved: somebody whose yes was forged must hear of it."""
    grant = grant_of(story)
    made = "role" if story.request.terms.login == LoginKind.PERSONAL else "role and login"
    who = ", ".join(person_mention(r.reviewer_slack_id) for r in approvals(story)) or "the rule"
    confirmed = f"Active: {escape(grant.target)} confirmed {made}."
    return _line(story, f"{confirmed} Ends {wording.ends(grant)}. Approved by {who}.")


def ended(story: Story) -> dict[str, Any]:
    grant = grant_of(story)
    if grant.activated_at is None:
        return _line(story, f"Ended, never active: {never_active(grant)}")
    when = date(grant.revoking_at or story.now)
    said = f"Ended: {wording.end_cause(story, grant)} {when}."
    if grant.receipt is not None:
        said += f" Receipt: {wording.seen_on_target(grant.receipt)}."
    return _line(story, f"{said}\nStatements not captured: what ran is unknown.")


def _line(story: Story, text: str) -> dict[str, Any]:
    return {"text": wording.spoken_line(story, text), "blocks": [section(text)]}
