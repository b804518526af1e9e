"""Lockdown messages in the channels, while it holds and when it is lifted."""

from typing import Any

from dbaccess.domain.lockdown import Lockdown, LockdownDetails
from dbaccess.domain.people import Person, SlackId
from dbaccess.slack.blocks import actions, button, context, section, warning_header
from dbaccess.slack.text import (
    cut,
    date,
    escape,
    group_mention,
    inline,
    person_mention,
    plain,
    quiet_link,
    quote,
    unmarked,
)
from dbaccess.slack.views import phrases

LIFT = "lockdown.lift"
"""Value: the lockdown's id. Opens the form that asks why."""


def message(details: LockdownDetails, *, first: bool) -> dict[str, Any]:
    """Return the message; the post pings the groups of its channel, an update pings no one."""
    lockdown = details.lockdown
    pinged = [group for group in details.groups if first and group.sources]
    named = ", ".join(inline(group.name) for group in details.groups if group not in pinged)
    pings = "".join(f"{group_mention(group)} " for group in pinged)
    who = _link(details, details.declared_by, lockdown.declared_by)
    at = f"{date(lockdown.declared_at)}{f', to {named}' if named else ''}"
    said = f"{pings}{who} {at}:\n{quote(lockdown.reason)}\n"
    title = _title(details)
    blocks = [title, section(f"{said}{_progress(details)}{_lift(details)}")]
    if lockdown.lifted_at is None:
        name = _name(details.declared_by, lockdown.declared_by)
        blocks += actions([lift_button(lockdown)])
        blocks.append(context(f"Requests are refused until another operator than {inline(name)} lifts it."))
    return {"text": _lock_screen(details, blocks), "blocks": blocks}


def lifted(details: LockdownDetails) -> dict[str, Any]:
    """Return a new message, because an edit notifies no one, and the named operator must hear of the lift."""
    lockdown = details.lockdown
    who = _person(details, details.lifted_by, str(lockdown.lifted_by))
    declarer = _person(details, details.declared_by, lockdown.declared_by)
    at = date(lockdown.lifted_at or lockdown.declared_at)
    lifts = phrases.noted(f"{who} lifted the lockdown of {escape(lockdown.label)} {at}", lockdown.lift_reason)
    said = phrases.joined(lifts, f"Declared by {declarer}.")
    blocks = [section(said), context("Requests are accepted again. Ended grants stay ended.")]
    names = {str(p.slack_id): p.shown for p in (details.lifted_by, details.declared_by) if p is not None}
    return {"text": unmarked(said, names), "blocks": blocks}


def lift_button(lockdown: Lockdown) -> dict[str, Any]:
    return button(
        "Lift lockdown",
        action_id=LIFT,
        value=str(lockdown.id),
        spoken=cut(f"Lift the lockdown of {lockdown.label}", 75),
    )


def _title(details: LockdownDetails) -> dict[str, Any]:
    word = "Lockdown" if details.lockdown.lifted_at is None else "Lockdown, lifted"
    return warning_header(f"{word}: {details.lockdown.label}")


def _progress(details: LockdownDetails) -> str:
    """Return the progress; a grant counts as ended only when verified on its target."""
    progress = details.progress
    if not progress.total:
        return "No grant was open."
    lost = f", {progress.written_off} written off, not verified" if progress.written_off else ""
    if progress.ending:
        return f"{progress.ended} of {_grants(progress.total)} ended, {progress.ending} ending{lost}."
    if lost:
        return f"{progress.ended} of {_grants(progress.total)} ended{lost}."
    verified = f", verified {date(progress.ended_at)}" if progress.ended_at else ""
    return f"All {progress.total} ended{verified}."


def _lift(details: LockdownDetails) -> str:
    lockdown = details.lockdown
    if lockdown.lifted_at is None:
        return ""
    who = _link(details, details.lifted_by, str(lockdown.lifted_by))
    return "\n" + phrases.noted(f"Lifted by {who} {date(lockdown.lifted_at)}", lockdown.lift_reason)


def _lock_screen(details: LockdownDetails, blocks: list[dict[str, Any]]) -> str:
    """Return `Lockdown of orders-prod by Tom Berg: 7 grants ending`, then every line."""
    lockdown, progress = details.lockdown, details.progress
    name = _name(details.declared_by, lockdown.declared_by)
    if lockdown.lifted_at is not None:
        state = "lifted"
    elif progress.ending:
        state = f"{_grants(progress.ending)} ending"
    else:
        state = f"{progress.ended} of {progress.total} ended" if progress.total else "no grant was open"
    names = {str(source): group.name for group in details.groups for source in group.sources}
    return phrases.read_out(f"Lockdown of {lockdown.label} by {name}: {state}", blocks, names=names)


def _grants(count: int) -> str:
    return f"{count} grant{'' if count == 1 else 's'}"


def _name(person: Person | None, known_as: str) -> str:
    return person.shown if person is not None else plain(known_as)


def _link(details: LockdownDetails, person: Person | None, known_as: str) -> str:
    if person is None:
        return inline(_name(None, known_as))
    return quiet_link(person.shown, person.slack_id, details.workspace_url)


def _person(details: LockdownDetails, person: Person | None, known_as: str) -> str:
    """Return a mention in the operators' channel, a quiet link elsewhere."""
    if person is not None and details.is_for_operators:
        return person_mention(SlackId(person.slack_id))
    return _link(details, person, known_as)
