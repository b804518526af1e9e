"""Lockdown: what the channels are told while it holds, and when it is lifted."""

from typing import Any

from dbaccess.domain.lockdown import Lockdown, LockdownStory
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
    unmarked,
)
from dbaccess.slack.views import wording

LIFT = "lockdown.lift"
"""Value: the lockdown's id; opens the form that asks why."""


def message(story: LockdownStory, *, first: bool) -> dict[str, Any]:
    """Pings the groups of its channel where it is posted; an update pings nobody."""
    lockdown = story.lockdown
    groups = " ".join(group_mention(g) if first and g.sources else inline(g.name) for g in story.groups)
    who = _link(story, story.declared_by, lockdown.declared_by)
    said = f"{groups} {who} {date(lockdown.declared_at)}: {wording.quoted(lockdown.reason)}".lstrip()
    title = _title(story)
    blocks = [title, section(f"{said} {_progress(story)}{_lift(story)}")]
    if lockdown.lifted_at is None:
        name = _name(story.declared_by, lockdown.declared_by)
        blocks += actions([lift_button(lockdown)])
        blocks.append(context(f"Requests are refused until another operator than {inline(name)} lifts it."))
    return {"text": _lock_screen(story, blocks), "blocks": blocks}


def lifted(story: LockdownStory) -> dict[str, Any]:
    """A message of its own: an edit notifies nobody, and a lift in a person's name has to reach them."""
    lockdown = story.lockdown
    who = _person(story, story.lifted_by, str(lockdown.lifted_by))
    whose = _person(story, story.declared_by, lockdown.declared_by)
    at = date(lockdown.lifted_at or lockdown.declared_at)
    why = wording.quoted(lockdown.lift_reason or "")
    said = f"{who} lifted the lockdown of {escape(lockdown.label)} {at}: {why} Declared by {whose}."
    blocks = [section(said), context("Requests are taken again. What ended stays ended.")]
    names = {str(p.slack_id): p.name for p in (story.lifted_by, story.declared_by) if p is not None}
    return {"text": unmarked(said, names), "blocks": blocks}


def lift_button(lockdown: Lockdown) -> dict[str, Any]:
    return button(
        "Lift lockdown",
        action_id=LIFT,
        value=str(lockdown.id),
        spoken=cut(f"Lift the lockdown of {lockdown.label}", 75),
    )


def _title(story: LockdownStory) -> dict[str, Any]:
    word = "Lockdown" if story.lockdown.lifted_at is None else "Lockdown, lifted"
    return warning_header(f"{word}: {story.lockdown.label}")


def _progress(story: LockdownStory) -> str:
    """Ended is only what was verified on its target."""
    progress = story.progress
    if not progress.total:
        return "No grant was open."
    lost = f", {progress.written_off} written off, not verified" if progress.written_off else ""
    if progress.ending:
        return f"{progress.ended} of {_grants(progress.total)} ended, {progress.ending} ending{lost}."
    if lost:
        return f"{progress.ended} of {_grants(progress.total)} ended{lost}."
    verified = f", verified {date(progress.ended_at)}" if progress.ended_at else ""
    return f"All {progress.total} ended{verified}."


def _lift(story: LockdownStory) -> str:
    lockdown = story.lockdown
    if lockdown.lifted_at is None:
        return ""
    who = _link(story, story.lifted_by, str(lockdown.lifted_by))
    return f"\nLifted by {who} {date(lockdown.lifted_at)}: {wording.quoted(lockdown.lift_reason or '')}"


def _lock_screen(story: LockdownStory, blocks: list[dict[str, Any]]) -> str:
    """`Lockdown of orders-prod by Tom Berg: 7 grants ending`, then every line."""
    lockdown, progress = story.lockdown, story.progress
    name = _name(story.declared_by, lockdown.declared_by)
    if lockdown.lifted_at is not None:
        state = "lifted"
    elif progress.ending:
        state = f"{_grants(progress.ending)} ending"
    else:
        state = f"{progress.ended} of {progress.total} ended" if progress.total else "no grant was open"
    names = {str(source): group.name for group in story.groups for source in group.sources}
    return wording.read_out(f"Lockdown of {lockdown.label} by {name}: {state}", blocks, names=names)


def _grants(count: int) -> str:
    return f"{count} grant{'' if count == 1 else 's'}"


def _name(person: Person | None, known_as: str) -> str:
    return cut(plain(person.name if person is not None else known_as), wording.NAME_LONGEST)


def _link(story: LockdownStory, person: Person | None, known_as: str) -> str:
    if person is None:
        return inline(_name(None, known_as))
    return quiet_link(person.name, person.slack_id, story.workspace_url)


def _person(story: LockdownStory, person: Person | None, known_as: str) -> str:
    """A mention where operators read, a quiet link elsewhere."""
    if person is not None and story.is_for_operators:
        return person_mention(SlackId(person.slack_id))
    return _link(story, person, known_as)
