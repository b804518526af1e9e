"""The thread under the approval message: one line for each step, in order, without pings."""

from datetime import timedelta
from typing import Any

from dbaccess.domain.duration import format_duration
from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import LoginKind
from dbaccess.domain.request import Review, Verdict
from dbaccess.domain.request_details import RequestDetails
from dbaccess.slack.blocks import actions, section
from dbaccess.slack.text import date, escape, group_mention, inline, person_mention
from dbaccess.slack.views import activity, phrases, scope
from dbaccess.slack.views.request_state import never_active
from dbaccess.slack.views.stage import Stage, approvals, grant_of, stage_of, stage_of_grant


def waiting(details: RequestDetails, *, first: bool) -> dict[str, Any]:
    """Return the reminder, posted once; the post pings the groups of open slots."""
    if stage_of(details) is not Stage.WAITING:
        return _line(details, "This was waiting; it is decided.")
    groups = [group for group in details.groups if group.name in dict(details.quorum.open)]
    names = " and ".join(group_mention(group) if first else inline(group.name) for group in groups)
    said = _line(details, f"{names} still waiting, lapses {date(details.request.decide_by)}.")
    if first:
        left = format_duration(_minutes(details.request.decide_by - details.now))
        who = f"{phrases.requester_name(details)}, {phrases.asked_for(details.request)}"
        said["text"] = phrases.lock_screen(details, f"Still waiting, lapses in {left}: {who}", [said["text"]])
    return said


def escalated(details: RequestDetails, *, first: bool) -> dict[str, Any]:
    """Return the escalation, posted once; it names the rule's group or person."""
    whom = details.escalate_to
    if stage_of(details) is not Stage.WAITING or whom is None:
        return _line(details, "The rule's time for a decision had passed; it is decided.")
    name = group_mention(whom) if first and whom.sources else inline(details.name(SlackId(whom.name)))
    request = details.request
    asked = f"{phrases.asked_for(request)}, {phrases.asked_length(request)}"
    waits = f"asked {date(request.submitted_at)}, lapses {date(request.decide_by)}"
    return _line(
        details,
        f"{name} not decided yet: {phrases.requester_link(details)}, {escape(asked)}, {waits}.",
    )


def approved(details: RequestDetails) -> dict[str, Any]:
    """Return a line for each approval, also for void ones."""
    given = [review for review in details.reviews if review.verdict is Verdict.APPROVED]
    said = [_approved(details, review) for review in given]
    return _line(details, "\n".join(said) or phrases.by_rule(details.request))


def _approved(details: RequestDetails, review: Review) -> str:
    how_much = scope.instead(details, review) or f" {phrases.asked_length(details.request)}"
    return phrases.noted(f"{phrases.reviewer_with_group(details, review)} approved{how_much}", review.note)


def voided(details: RequestDetails) -> dict[str, Any]:
    """Return a line for each void approval."""
    gone = [
        f"The approval of {phrases.reviewer_link(details, r)} no longer counts: {inline(r.voided_why)}."
        for r in details.reviews
        if r.voided_why is not None
    ]
    return _line(details, "\n".join(gone) or "Every approval counts.")


def active(details: RequestDetails) -> dict[str, Any]:
    """Return the line with mentions of all approvers: each must learn of an approval that was forged."""
    grant = grant_of(details)
    made = "role" if details.request.terms.login == LoginKind.PERSONAL else "role and login"
    who = ", ".join(person_mention(r.reviewer_slack_id) for r in approvals(details))
    who = who or f"rule {inline(details.request.terms.rule)}"
    by = "Break-glass: no approval was asked." if details.request.terms.break_glass else f"Approved by {who}."
    confirmed = f"Active: {escape(grant.target)} confirmed {made}."
    return _line(details, f"{confirmed} Ends {phrases.ends(grant)}. {by}")


def ended(details: RequestDetails) -> dict[str, Any]:
    grant = grant_of(details)
    if stage_of_grant(grant) is Stage.WRITTEN_OFF:
        return _line(details, f"{Stage.WRITTEN_OFF.value}. {phrases.written_off(details)}")
    if grant.activated_at is None:
        return _line(details, f"Never active: {never_active(grant)}")
    when = date(grant.revoking_at or details.now)
    said = f"Ended: {phrases.end_cause(details, grant)} {when}."
    if grant.receipt is not None:
        said += f" Receipt: {phrases.seen_on_target(grant.receipt)}."
    said = phrases.below(said, phrases.end_reason(grant))
    report = activity.report_of(details)
    line = _line(details, f"{said}\n{activity.summary_text(report, grant)}")
    if report.has_statements:
        line["blocks"] += actions([activity.show_button(grant)])
    return line


def _minutes(left: timedelta) -> timedelta:
    return timedelta(minutes=max(1, round(left.total_seconds() / 60)))


def _line(details: RequestDetails, text: str) -> dict[str, Any]:
    return {"text": phrases.spoken_line(details, text), "blocks": [section(text)]}
