"""What is said of an extension: in the grant's thread, where it is decided, and to the holder."""

from typing import Any

from dbaccess.domain.duration import format_duration
from dbaccess.domain.grant import Grant, GrantState
from dbaccess.domain.request import RequestState
from dbaccess.domain.story import Story
from dbaccess.slack.blocks import actions, section
from dbaccess.slack.text import date, escape, inline
from dbaccess.slack.views import wording
from dbaccess.slack.views.extend import extend_button
from dbaccess.slack.views.request_message import decision_buttons, reason_text
from dbaccess.slack.views.request_state import approved_by, state_text
from dbaccess.slack.views.stage import Stage, approvals, decided_at, denial, grant_of, stage_of
from dbaccess.slack.views.surrender import done_button


def asked(story: Story, *, first: bool) -> dict[str, Any]:
    """The ask with its buttons; later what became of it."""
    more = wording.asked_length(story.request)
    said = f'{wording.requester_link(story)} asks for {more}: "{reason_text(story.request)}"'
    waits = stage_of(story) is Stage.WAITING
    state = state_text(story, Stage.WAITING, first) if waits else fate(story)
    lock = f"{wording.requester_name(story)} asks for {more}: {wording.asked_for(story.request)}"
    return {
        "text": wording.lock_screen(story, lock, [said, state]),
        "blocks": [section(said), section(state), *actions(decision_buttons(story) if waits else [])],
    }


def extended(story: Story) -> dict[str, Any]:
    """The line in the thread, once the target confirmed it."""
    by = " and ".join(wording.reviewer_link(story, review) for review in approvals(story))
    by = by or f"rule {inline(story.request.terms.rule)}"
    ends = (
        date(story.extension.expires_at) if story.extension and story.extension.expires_at else "as granted"
    )
    text = f"Extended by {by}. Ends {ends}; sessions go on."
    return {"text": wording.spoken_line(story, text), "blocks": [section(text)]}


def told(story: Story) -> dict[str, Any]:
    """The holder hears what became of an approved extension."""
    grant, extension, what = grant_of(story), story.extension, wording.asked_for(story.request)
    if extension is None or extension.expires_at is None:
        why = f" {inline(extension.why)}" if extension and extension.why else ""
        return _message(
            story, f"Not extended: {what}", f"Not extended: {escape(what)}.{why} {_as_granted(grant)}"
        )
    names = " and ".join(wording.reviewer_link(story, review) for review in approvals(story))
    names = names or f"Rule {inline(story.request.terms.rule)}"
    length = format_duration(extension.added)
    said = f"Extended: {escape(what)} ends {date(extension.expires_at)}. {names} approved {length} more."
    is_last = grant.state is GrantState.ACTIVE and grant.expires_at == extension.expires_at
    buttons = [*([extend_button(grant)] if story.may_extend else []), done_button(grant)] if is_last else []
    until = wording.holder_time(story, extension.expires_at)
    return _message(story, f"Extended until {until}: {what}", said, buttons)


def denied(story: Story) -> dict[str, Any]:
    what, review = wording.more_time(story.request), denial(story)
    said, lock = f"Denied: {escape(what)}.", f"Denied: {what}"
    if review is not None:
        note = f": {wording.quoted(review.note)}" if review.note else "."
        lock = f"Denied by {story.name(review.reviewer_slack_id)}: {what}"
        said += f" {wording.reviewer_link(story, review)}{note}"
    return _message(story, lock, f"{said} {_as_granted(grant_of(story))}")


def lapsed(story: Story) -> dict[str, Any]:
    groups = inline(wording.group_names(story.groups)) or "the reviewers' group"
    by = date(story.request.decide_by)
    said = f"Lapsed: nobody in {groups} decided on {escape(wording.more_time(story.request))} by {by}."
    lock = f"Lapsed: nobody decided on {wording.more_time(story.request)}"
    return _message(story, lock, f"{said} {_as_granted(grant_of(story))}")


def stale(story: Story) -> dict[str, Any]:
    what = wording.more_time(story.request)
    said = f"Stale: {wording.stale(story.request, what)}. {_as_granted(grant_of(story))}"
    return _message(story, f"Stale: {what} cannot be decided any more", said)


def problem(story: Story) -> dict[str, Any]:
    """The holder hears that the later end is not set; afterwards what became of it."""
    grant, what = grant_of(story), wording.more_time(story.request)
    if not waits_for_target(story):
        return _message(story, outcome(story), f"{escape(what)}. {fate(story)}")
    said = f":warning: Not extended yet: {wording.failure(grant)}."
    said += f" Retrying until {wording.ends(grant)}, when the grant ends as before."
    return _message(story, f"Not extended yet: {what}", said)


def waits_for_target(story: Story) -> bool:
    """Whether the later end is approved, and neither set nor given up."""
    approved = story.request.state is RequestState.APPROVED and story.extension is None
    return approved and grant_of(story).state is GrantState.ACTIVE


def outcome(story: Story) -> str:
    """`Extended: 1 h more, read on orders-prod`, not escaped."""
    done = story.extension is not None and story.extension.expires_at is not None
    return f"{'Extended' if done else 'Not extended'}: {wording.more_time(story.request)}"


def fate(story: Story) -> str:
    grant, request, review = grant_of(story), story.request, denial(story)
    match request.state:
        case RequestState.DENIED if review is not None:
            note = f": {wording.quoted(review.note)}" if review.note else "."
            by = wording.reviewer_with_group(story, review)
            return f"Denied by {by} {date(review.reviewed_at)}{note} {_as_granted(grant)}"
        case RequestState.LAPSED:
            return f"Nobody decided by {date(request.decide_by)}. {_as_granted(grant)}"
        case RequestState.WITHDRAWN:
            who = wording.requester_link(story)
            return f"{who} withdrew it {date(decided_at(story))}. {_as_granted(grant)}"
        case RequestState.STALE:
            why = wording.stale(request, "this")
            return f"{why[:1].upper()}{why[1:]}. {_as_granted(grant)}"
        case _:
            return _approved(story, grant)


def _approved(story: Story, grant: Grant) -> str:
    extension, by = story.extension, f"Approved by {approved_by(story)}"
    if extension is not None and extension.expires_at is not None:
        return f"{by}. Extended: ends {date(extension.expires_at)}."
    if extension is not None:
        return f"{by}. Not extended: {inline(extension.why or '')} {_as_granted(grant)}"
    if grant.state is GrantState.ACTIVE:
        return (
            f"{by}. Waiting for {escape(grant.target)} to confirm; until then it ends {wording.ends(grant)}."
        )
    return f"{by}, but not confirmed by {escape(grant.target)} before its end. {_as_granted(grant)}"


def _as_granted(grant: Grant) -> str:
    if grant.state is GrantState.ACTIVE:
        return f"It ends {wording.ends(grant)}, as before."
    return "Its end stayed as it was."


def _message(
    story: Story, lock: str, said: str, buttons: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    return {
        "text": wording.lock_screen(story, lock, [said]),
        "blocks": [section(said), *actions(buttons or [])],
    }
