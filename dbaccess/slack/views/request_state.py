"""The last section of the approval message: what it waits for, or the outcome."""

from collections.abc import Callable

from dbaccess.domain.grant import EndCause, Grant, GrantState
from dbaccess.domain.request_details import RequestDetails, ReviewerGroup
from dbaccess.slack.text import date, escape, group_mention, inline
from dbaccess.slack.views import phrases, scope
from dbaccess.slack.views.activity import short_text
from dbaccess.slack.views.stage import Stage, approvals, decided_at, denial, grant_of

NO_ACCESS_GRANTED = "No access was granted."


def state_text(details: RequestDetails, stage: Stage, first: bool) -> str:  # noqa: FBT001 named by its only caller
    """Return the section; `first` pings the groups of open slots, later they are plain names."""
    return _waiting(details, first=first) if stage is Stage.WAITING else _LATER[stage](details)


def approved_by(details: RequestDetails) -> str:
    """Return `Priya Nair (dba) {03:14}` for all approvers; escaped."""
    said = [f"{phrases.reviewer_with_group(details, r)} {date(r.reviewed_at)}" for r in approvals(details)]
    return ", ".join(said) or f"rule {inline(details.request.terms.rule)}"


def _waiting(details: RequestDetails, *, first: bool) -> str:
    terms = details.request.terms
    tail = f"rule {inline(terms.rule)} · lapses {date(details.request.decide_by)}"
    total = sum(count for _, count in terms.approvals)
    if total <= 1:
        return (
            f"*Needs 1 approval:* {', '.join(_group(details, g, first) for g, _ in terms.approvals)} · {tail}"
        )
    lines = [f"*Needs {total} approvals, {total} people* · {tail}"]
    done = [
        f"{inline(phrases.spoke_for(details, r))}, {phrases.reviewer_link(details, r)} {date(r.reviewed_at)}"
        + (f",{less}" if (less := scope.instead(details, r)) else "")
        for r in approvals(details)
    ]
    if done:
        lines.append(f"Done: {'; '.join(done)}")
    still = details.quorum.open
    lines.append("Open: " + "; ".join(f"{_group(details, g, first)}, {count}" for g, count in still))
    return "\n".join(lines)


def _group(details: RequestDetails, name: str, first: bool) -> str:  # noqa: FBT001 passed through
    group = next((g for g in details.groups if g.name == name), ReviewerGroup(name=name, sources=(), count=1))
    return group_mention(group) if first else inline(group.name)


def _approved(details: RequestDetails) -> str:
    time = (
        clock(details.grant)
        if details.grant
        else f"the {phrases.asked_length(details.request)} have not started"
    )
    waits = f"Waiting for {escape(details.request.terms.target)} to confirm; {time}."
    if not details.request.terms.approvals:
        return f"{phrases.by_rule(details.request)} {waits}"
    return f"Approved by {approved_by(details)}. {waits}"


def clock(grant: Grant) -> str:
    """Return whether the time runs: it does once an attempt may have touched the target."""
    if grant.expires_at is None:
        return f"the {phrases.grant_length(grant)} have not started"
    return f"it ends {date(grant.expires_at)} at the latest"


def _active(details: RequestDetails) -> str:
    grant = grant_of(details)
    since = date(grant.activated_at or details.now)
    rule = f"rule {inline(details.request.terms.rule)}"
    names = ", ".join(phrases.reviewer_with_group(details, r) for r in approvals(details)) or rule
    said = f"Since {since}, ends {phrases.ends(grant)}."
    less = scope.shortened(details)
    if not less or len(approvals(details)) > 1:
        said += f" Approved by {names}."
    return phrases.joined(said, *less)


def _ending(details: RequestDetails) -> str:
    grant = grant_of(details)
    cause = "" if grant.end_cause is EndCause.EXPIRED else f" ({phrases.end_cause(details, grant)})"
    since = f"Revoking since {date(grant.revoking_at or details.now)}{cause}."
    return phrases.below(f"{since} Reported as ended once verified.", phrases.end_reason(grant))


def _ended(details: RequestDetails) -> str:
    grant = grant_of(details)
    said = f"{date(grant.activated_at or grant.created_at)} to {date(grant.revoking_at or details.now)}, "
    said += f"{phrases.end_cause(details, grant)}."
    if grant.receipt is not None:
        said += f" Verified {date(grant.receipt.seen_at)}: {phrases.seen_on_target(grant.receipt)}."
        said += f" {short_text(details.activity)}." if details.activity else ""
    return phrases.below(said, phrases.end_reason(grant))


def _denied(details: RequestDetails) -> str:
    review = denial(details)
    if review is None:
        return f"Denied {date(decided_at(details))}. {NO_ACCESS_GRANTED}"
    who = f"{phrases.reviewer_with_group(details, review)} {date(review.reviewed_at)}"
    return phrases.noted(who, review.note)


def _lapsed(details: RequestDetails) -> str:
    why = phrases.undecided(details)
    return f"{why[:1].upper()}{why[1:]}. {NO_ACCESS_GRANTED}"


def _withdrawn(details: RequestDetails) -> str:
    return f"Withdrawn by {phrases.requester_link(details)} {date(decided_at(details))}. {NO_ACCESS_GRANTED}"


def _stale(details: RequestDetails) -> str:
    why = phrases.stale(details.request, "this")
    return f"{why[:1].upper()}{why[1:]}. {NO_ACCESS_GRANTED}"


def _problem(details: RequestDetails) -> str:
    grant = grant_of(details)
    word = "Break-glass" if details.request.terms.break_glass else "Approved"
    approved = f"{word} {date(decided_at(details))}, but"
    if grant.state is GrantState.REVOKING:
        why = grant.end_note or f"{grant.target} did not confirm."
        return f"{approved} {inline(why[:1].lower() + why[1:])} Cleaning up whatever was created."
    said = f"{approved} {phrases.failure(grant)} ({grant.attempts} attempts)."
    return f"{said} Retrying until {date(grant.stale_at)}; {clock(grant)}."


def never_active(grant: Grant) -> str:
    """Return what was verified for a grant that was never active; escaped."""
    receipt = grant.receipt
    if receipt is None:
        return f"{escape(grant.target)} was never touched."
    seen = ["no role"]
    seen += ["no login"] if receipt.login_removed else []
    seen += ["no sessions"] if receipt.sessions and receipt.sessions_left == 0 else []
    kept = receipt.roles_kept or receipt.left or receipt.sessions_left != 0
    said = phrases.seen_on_target(receipt) if kept else ", ".join(seen)
    return f"Verified {date(receipt.seen_at)} on {escape(grant.target)}: {said}."


def never_active_and_why(details: RequestDetails) -> str:
    """Return what was verified, and why the grant was given up; escaped."""
    grant = grant_of(details)
    why = "" if grant.end_cause is EndCause.ABANDONED else f" It was {phrases.end_cause(details, grant)}."
    return phrases.below(never_active(grant) + why, phrases.end_reason(grant))


_LATER: dict[Stage, Callable[[RequestDetails], str]] = {
    Stage.APPROVED: _approved,
    Stage.ACTIVE: _active,
    Stage.ENDING: _ending,
    Stage.ENDED: _ended,
    Stage.DENIED: _denied,
    Stage.LAPSED: _lapsed,
    Stage.WITHDRAWN: _withdrawn,
    Stage.STALE: _stale,
    Stage.PROBLEM: _problem,
    Stage.NEVER_ACTIVE: never_active_and_why,
    Stage.WRITTEN_OFF: phrases.written_off,
}
