"""The last section of the approval message: what is waited for, or what became of it."""

from collections.abc import Callable

from dbaccess.domain.grant import EndCause, Grant, GrantState
from dbaccess.domain.story import ReviewerGroup, Story
from dbaccess.slack.text import date, escape, group_mention, inline
from dbaccess.slack.views import extent, wording
from dbaccess.slack.views.stage import Stage, approvals, decided_at, denial, grant_of

NOTHING_GRANTED = "Nothing was granted."


def state_text(story: Story, stage: Stage, first: bool) -> str:  # noqa: FBT001 named by its only caller
    """`first`: the groups of open slots are pinged; later they are plain names."""
    return _waiting(story, first=first) if stage is Stage.WAITING else _LATER[stage](story)


def approved_by(story: Story) -> str:
    """`Priya Nair (dba) {03:14}`, all who approved; escaped."""
    said = [f"{wording.reviewer_with_group(story, r)} {date(r.reviewed_at)}" for r in approvals(story)]
    return ", ".join(said) or f"rule {inline(story.request.terms.rule)}"


def _waiting(story: Story, *, first: bool) -> str:
    terms = story.request.terms
    tail = f"rule {inline(terms.rule)} · lapses {date(story.request.decide_by)}"
    total = sum(count for _, count in terms.approvals)
    if total <= 1:
        return (
            f"*Needs 1 approval:* {', '.join(_group(story, g, first) for g, _ in terms.approvals)} · {tail}"
        )
    lines = [f"*Needs {total} approvals, {total} people* · {tail}"]
    done = [
        f"{inline(wording.spoke_for(story, r))}, {wording.reviewer_link(story, r)} {date(r.reviewed_at)}"
        + (f",{less}" if (less := extent.instead(story, r)) else "")
        for r in approvals(story)
    ]
    if done:
        lines.append(f"Done: {'; '.join(done)}")
    still = story.quorum.open
    lines.append("Open: " + "; ".join(f"{_group(story, g, first)}, {count}" for g, count in still))
    return "\n".join(lines)


def _group(story: Story, name: str, first: bool) -> str:  # noqa: FBT001 passed through
    group = next((g for g in story.groups if g.name == name), ReviewerGroup(name=name, sources=(), count=1))
    return group_mention(group) if first else inline(group.name)


def _approved(story: Story) -> str:
    time = (
        clock(story.grant) if story.grant else f"the {wording.asked_length(story.request)} have not started"
    )
    waits = f"Waiting for {escape(story.request.terms.target)} to confirm; {time}."
    if not story.request.terms.approvals:
        return f"{wording.by_rule(story.request)} {waits}"
    return f"Approved by {approved_by(story)}. {waits}"


def clock(grant: Grant) -> str:
    """Whether the time runs already: once an attempt may have touched the target, it does."""
    if grant.expires_at is None:
        return f"the {wording.grant_length(grant)} have not started"
    return f"it ends {date(grant.expires_at)} at the latest"


def _active(story: Story) -> str:
    grant = grant_of(story)
    since = date(grant.activated_at or story.now)
    rule = f"rule {inline(story.request.terms.rule)}"
    names = ", ".join(wording.reviewer_with_group(story, r) for r in approvals(story)) or rule
    said = f"Since {since}, ends {wording.ends(grant)}."
    less = extent.shortened(story)
    if not less or len(approvals(story)) > 1:
        said += f" Approved by {names}."
    return " ".join([said, *less])


def _ending(story: Story) -> str:
    grant = grant_of(story)
    cause = "" if grant.end_cause is EndCause.EXPIRED else f" ({wording.end_cause(story, grant)})"
    return f"Revoking since {date(grant.revoking_at or story.now)}{cause}. Called ended once seen."


def _ended(story: Story) -> str:
    grant = grant_of(story)
    said = f"{date(grant.activated_at or grant.created_at)} to {date(grant.revoking_at or story.now)}, "
    cause = wording.end_cause(story, grant)
    said += cause if cause.endswith('"') else f"{cause}."
    if grant.receipt is None:
        return said
    return f"{said} Verified {date(grant.receipt.seen_at)}: {wording.seen_on_target(grant.receipt)}."


def _denied(story: Story) -> str:
    review = denial(story)
    if review is None:
        return f"Denied {date(decided_at(story))}. {NOTHING_GRANTED}"
    who = f"{wording.reviewer_with_group(story, review)} {date(review.reviewed_at)}"
    return f"{who}: {wording.quoted(review.note)}" if review.note else f"{who}."


def _lapsed(story: Story) -> str:
    return f"Nobody decided by {date(story.request.decide_by)}. {NOTHING_GRANTED}"


def _withdrawn(story: Story) -> str:
    return f"{wording.requester_link(story)} withdrew it {date(decided_at(story))}. {NOTHING_GRANTED}"


def _stale(story: Story) -> str:
    why = wording.stale(story.request, "this")
    return f"{why[:1].upper()}{why[1:]}. {NOTHING_GRANTED}"


def _problem(story: Story) -> str:
    grant = grant_of(story)
    word = "Break-glass" if story.request.terms.break_glass else "Approved"
    approved = f"{word} {date(decided_at(story))}, but"
    if grant.state is GrantState.REVOKING:
        why = grant.end_note or f"{grant.target} did not confirm."
        return f"{approved} {inline(why[:1].lower() + why[1:])} Removing what may be there."
    said = f"{approved} {wording.failure(grant)} ({grant.attempts} tries)."
    return f"{said} Retrying until {date(grant.stale_at)}; {clock(grant)}."


def never_active(grant: Grant) -> str:
    """What was seen where nothing had come to be; escaped."""
    receipt = grant.receipt
    if receipt is None:
        return f"{escape(grant.target)} was never touched."
    seen = ["no role"]
    seen += ["no login"] if receipt.login_removed else []
    seen += ["no session"] if receipt.sessions and receipt.sessions_left == 0 else []
    kept = receipt.roles_kept or receipt.left or receipt.sessions_left != 0
    said = wording.seen_on_target(receipt) if kept else ", ".join(seen)
    return f"{escape(grant.target)} seen {date(receipt.seen_at)}: {said}."


def _never_active(story: Story) -> str:
    grant = grant_of(story)
    why = "" if grant.end_cause is EndCause.ABANDONED else f" It was {wording.end_cause(story, grant)}."
    return never_active(grant) + why


_LATER: dict[Stage, Callable[[Story], str]] = {
    Stage.APPROVED: _approved,
    Stage.ACTIVE: _active,
    Stage.ENDING: _ending,
    Stage.ENDED: _ended,
    Stage.DENIED: _denied,
    Stage.LAPSED: _lapsed,
    Stage.WITHDRAWN: _withdrawn,
    Stage.STALE: _stale,
    Stage.PROBLEM: _problem,
    Stage.NEVER_ACTIVE: _never_active,
    Stage.WRITTEN_OFF: wording.written_off,
}
