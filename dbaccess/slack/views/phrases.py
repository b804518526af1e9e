"""Phrases that several messages share, escaped and ready for mrkdwn."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from dbaccess.domain.ask import NOTE_MAX
from dbaccess.domain.duration import format_duration
from dbaccess.domain.failures import failure_in_words
from dbaccess.domain.grant import EndCause, Grant
from dbaccess.domain.message import Refusal
from dbaccess.domain.people import SlackId
from dbaccess.domain.receipt import NAMED, PRIMARY, Receipt, SessionsSeen
from dbaccess.domain.request import Request, Review, StaleWhy
from dbaccess.domain.request_details import RequestDetails, ReviewerGroup
from dbaccess.domain.terms import RequestKind
from dbaccess.slack.blocks import lines
from dbaccess.slack.text import (
    QUOTATION,
    cut,
    date,
    escape,
    inline,
    local_time,
    plain,
    quiet_link,
    quote,
    spoken,
    unmarked,
)
from dbaccess.slack.views.slack_refusal import why

_SHOWN: Final = 3
LOCK_SCREEN = 110
TEXT_LONGEST = 3500
CAN_LONGEST = 700
"""Characters of what a role can or cannot do."""


def asked_for(request: Request) -> str:
    """Return `read on orders-prod`, not escaped."""
    return f"{request.terms.role} on {request.terms.target}"


def by_rule(request: Request) -> str:
    """Return the phrase for a request without approvals; escaped."""
    if request.terms.break_glass:
        return "Break-glass: no approval is asked; it starts once the channel is told."
    return f"Approved by rule {inline(request.terms.rule)}, no approval is needed."


def no_reviewer(refusal: Refusal) -> str:
    """Return that no reviewer can answer, with Slack's reason; escaped."""
    return f"Reviewers cannot answer it: {escape(why(refusal.code).reason)}."


def needed(request: Request, refusal: Refusal | None) -> str:
    """Return the approvals that it needs, or why no reviewer can give one; escaped."""
    return no_reviewer(refusal) if refusal else f"Needs {inline(needs(request.terms.approvals))}."


def undecided(details: RequestDetails) -> str:
    """Return why it lapsed: reviewers surely or perhaps never saw it, or did not decide; escaped."""
    until = date(details.request.decide_by)
    if details.is_unseen:
        cause = f": {escape(why(details.refusal.code).reason)}" if details.refusal else ""
        return f"its message never reached the reviewers{cause}. It waited until {until}"
    if details.is_unconfirmed:
        return (
            f"Slack did not confirm its message, so reviewers may not have read it. It waited until {until}"
        )
    return f"not decided by {until}"


def asked_length(request: Request) -> str:
    """Return `2 h`; `1 h more` for an extension."""
    length = format_duration(request.terms.duration)
    return f"{length} more" if request.terms.kind is RequestKind.EXTENSION else length


def held(grant: Grant) -> str:
    """Return `read on orders-prod` of the granted role, even if narrower than requested; not escaped."""
    return f"{grant.role} on {grant.target}"


def grant_length(grant: Grant) -> str:
    return format_duration(grant.duration)


def requester_name(details: RequestDetails) -> str:
    return details.name(details.request.requester_slack_id)


def requester_link(details: RequestDetails) -> str:
    return person_link(details, details.request.requester_slack_id)


def reviewer_link(details: RequestDetails, review: Review) -> str:
    return person_link(details, review.reviewer_slack_id)


def person_link(details: RequestDetails, slack_id: SlackId) -> str:
    return quiet_link(details.name(slack_id), slack_id, details.workspace_url)


def reviewer_with_group(details: RequestDetails, review: Review) -> str:
    """Return `Priya Nair (dba)`: the slot that the review fills, else all groups it is for."""
    return f"{reviewer_link(details, review)} ({inline(spoke_for(details, review))})"


def spoke_for(details: RequestDetails, review: Review) -> str:
    """Return the groups, not escaped."""
    group = details.quorum.group_of(review.reviewer) if review.approves else None
    return group or ", ".join(review.groups)


def noted(said: str, note: str | None) -> str:
    """Return the statement, and below it the typed note as a quotation that the note cannot leave.

    Without a note the statement ends with a full stop.
    """
    kept = quote(cut(plain(note or ""), NOTE_MAX))
    return f"{said}:\n{kept}" if kept else f"{said}."


def can(may: str, may_not: str) -> str:
    """Return what the policy says of a role, as a quotation that its text cannot leave."""
    said = f"{QUOTATION} *Can:* {inline(cut(may, CAN_LONGEST))}."
    return f"{said} *Cannot:* {inline(cut(may_not, CAN_LONGEST))}." if may_not else said


def below(said: str, quotation: str) -> str:
    """Return the statement with a quotation below it, if there is one."""
    return f"{said}\n{quotation}" if quotation else said


def joined(*statements: str) -> str:
    """Return the statements one after the other; what follows a quotation begins a line of its own."""
    said = ""
    for statement in filter(None, statements):
        ends_quoted = said.rpartition("\n")[2].startswith(QUOTATION)
        between = "\n" if ends_quoted else " "
        said += f"{between}{statement}" if said else statement
    return said


def group_names(groups: tuple[ReviewerGroup, ...]) -> str:
    return " or ".join(group.name for group in groups)


def needs(approvals: tuple[tuple[str, int], ...]) -> str:
    """Return `1 approval from dba`, `2 approvals: 1 from dba, 1 from app-owners`; not escaped."""
    total = sum(count for _, count in approvals)
    noun = "approval" if total == 1 else "approvals"
    if not approvals:
        return "no approval"
    if len(approvals) == 1:
        return f"{total} {noun} from {approvals[0][0]}"
    return f"{total} {noun}: " + ", ".join(f"{count} from {group}" for group, count in approvals)


def seen_on_target(receipt: Receipt, *, owned: bool = False) -> str:
    """Return `role removed, login removed, 1 session closed, none left`: only what was examined; escaped."""
    said = [inline(line) for line in receipt_lines(receipt, owned=owned)]
    if receipt.left:
        more = f" and {len(receipt.left) - _SHOWN} more" if len(receipt.left) > _SHOWN else ""
        said.append(f"not removed: {'; '.join(inline(one) for one in receipt.left[:_SHOWN])}{more}")
    return ", ".join(said)


def receipt_lines(receipt: Receipt, *, owned: bool) -> list[str]:
    """Return a line for each thing that was examined, without `left`; not escaped."""
    said = [_roles_seen(receipt)]
    if receipt.login_removed is not None:
        said.append("login removed" if receipt.login_removed else "login disabled, not removed")
    said += [_sessions_seen(seen) for seen in receipt.sessions]
    if receipt.rolled_back:
        said.append(f"{counted(len(receipt.rolled_back), 'prepared transaction')} rolled back")
    if owned and receipt.handed_over is not None:
        count = len(receipt.handed_over)
        objects = f"over {NAMED} objects" if count > NAMED else counted(count, "object")
        said.append(f"{objects} handed over" if count else "no objects owned")
    return said


def counted(number: int, noun: str) -> str:
    """Return `1 session`, `2 sessions`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _roles_seen(receipt: Receipt) -> str:
    if receipt.roles_kept:
        return "role kept: held before, or given by another grant"
    if receipt.objects_removed:
        return "role and privileges removed" if receipt.roles else "privileges removed"
    if receipt.roles and not receipt.roles_removed:
        return "role dropped by another login"
    return "role removed"


def _sessions_seen(seen: SessionsSeen) -> str:
    """Return the sessions; those that were not visible never print as none."""
    left = "left: not known" if seen.left is None else f"{seen.left or 'none'} left"
    where = "" if seen.server == PRIMARY else f" on {seen.server}"
    return f"{counted(seen.closed, 'session')} closed{where}, {left}"


def end_cause(details: RequestDetails, grant: Grant) -> str:
    """Return `expired`, `ended early by the holder`, `revoked by Priya Nair`, `invalidated: …`; escaped.

    `end_reason` is what a person typed.
    """
    if grant.end_cause is EndCause.SURRENDERED:
        return "ended early by the holder"
    if grant.end_cause is EndCause.REVOKED:
        return f"revoked by {inline(ended_by(details, grant))}"
    if grant.end_cause is EndCause.LOCKED_DOWN:
        return f"lockdown by {inline(ended_by(details, grant))}"
    if grant.end_cause is EndCause.INVALIDATED:
        return f"invalidated: {inline(grant.end_note)}" if grant.end_note else "invalidated"
    if grant.end_cause is EndCause.IDLE:
        return "ended as idle"
    return "abandoned" if grant.end_cause is EndCause.ABANDONED else "expired"


def end_reason(grant: Grant) -> str:
    """Return the reason that a person gave for the end, as a quotation; empty without one."""
    typed = grant.end_cause in {EndCause.REVOKED, EndCause.LOCKED_DOWN, EndCause.ABANDONED}
    return quote(cut(plain(grant.end_note or ""), NOTE_MAX)) if typed else ""


def written_off(details: RequestDetails) -> str:
    """Return both operators and the reason, and never that access ended; escaped."""
    grant = details.grant
    if grant is None or grant.written_off_at is None:
        return ""
    by = inline(f"{grant.write_off_by} and {grant.written_off_by}")
    said = noted(f"Written off {date(grant.written_off_at)} by {by}", grant.write_off_reason)
    return joined(said, f"The end of access to {escape(grant.target)} was not verified.")


def ended_by(details: RequestDetails, grant: Grant) -> str:
    """Return the name of the revoking person, else as the grant has it (`cli:…`)."""
    by = grant.ended_by or "system"
    if by == grant.holder:
        return "the holder"
    return details.ended_by.shown if details.ended_by is not None else by


def stale(request: Request, what: str) -> str:
    """Return why it can no longer be decided, in lower case, without a full stop; escaped."""
    at, what = date(request.decided_at or request.submitted_at), escape(what)
    match request.stale_why:
        case StaleWhy.POLICY_CHANGED:
            return f"the policy changed {at}; {what} has to be requested again"
        case StaleWhy.OTHER_RULE:
            return f"another rule decides {what} since {at}; it has to be requested again"
        case StaleWhy.NO_RULE:
            return f"no rule allows {what} since {at}"
        case StaleWhy.GRANT_ENDED:
            return f"the grant that {what} was for ended {at}"
        case StaleWhy.POLICY_FORBIDS | None:
            return f"the policy changed {at}; no rule allows {what} now"


def failure(grant: Grant, refusal: Refusal | None = None) -> str:
    """Return the target's failure, or why Slack refuses the message that has to come first; escaped."""
    said = failure_in_words(grant.last_failure or "unreachable", target=grant.target)
    if grant.last_failure == "unannounced" and refusal is not None:
        reason, fix = why(refusal.code)
        said += f": {reason}. {fix.removesuffix('.')}"
    return escape(said)


def more_time(request: Request) -> str:
    """Return `1 h more, read on orders-prod`, not escaped."""
    return f"{asked_length(request)}, {asked_for(request)}"


def holder_time(details: RequestDetails, moment: datetime) -> str:
    """Return a time for the lock screen, in the requester's own zone."""
    return local_time(moment, _zone(details), now=details.now)


def _zone(details: RequestDetails) -> str:
    """Return the zone; empty if the snapshot lacks the requester, who must still be told of the end."""
    person = details.people.get(details.request.requester_slack_id)
    return person.tz if person else ""


def ends(grant: Grant) -> str:
    return date(grant.expires_at) if grant.expires_at else "when its time is over"


def lock_screen(details: RequestDetails, first: str, seen: list[str]) -> str:
    """Return the text for notifications and screen readers: the first line, then all that is visible."""
    head = inline(cut(plain(first), LOCK_SCREEN))
    return "\n".join([head, *_whole_lines(spoken_line(details, "\n".join(seen)), TEXT_LONGEST)])


def read_out(first: str, blocks: list[dict[str, Any]], *, names: Mapping[str, str] | None = None) -> str:
    """Return such a text for a message without a requester; a repeated line is said once.

    `names` replace the ids in mentions.
    """
    head = inline(cut(plain(first), LOCK_SCREEN))
    rest = _whole_lines(unmarked("\n".join(lines(blocks)), names or {}), TEXT_LONGEST)
    return "\n".join(rest if rest[0] == head else [head, *rest])


def spoken_line(details: RequestDetails, text: str) -> str:
    """Return the line itself, without tokens."""
    names = {str(slack_id): person.shown for slack_id, person in details.people.items()}
    for group in (
        *details.groups,
        details.operators,
        *([details.escalate_to] if details.escalate_to else []),
    ):
        names |= dict.fromkeys(group.sources, f"@{group.name}")
    return spoken([text], tz=_zone(details), now=details.now, names=names)


def _whole_lines(text: str, longest: int) -> list[str]:
    kept: list[str] = []
    for line in text.split("\n"):
        longest -= len(line) + 1
        if longest < 0:
            return [*kept, "…"]
        kept.append(line)
    return kept
