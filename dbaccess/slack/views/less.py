"""Approve for less: a shorter time, or a role that the one asked for names as narrower."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from dbaccess.domain.duration import format_duration, parse_duration, write_duration
from dbaccess.domain.errors import BadDuration, Refused
from dbaccess.domain.extent import Extent
from dbaccess.domain.request import RequestId
from dbaccess.domain.story import Story
from dbaccess.domain.terms import RequestKind
from dbaccess.domain.text import clean
from dbaccess.slack.blocks import (
    field,
    modal,
    option,
    radio,
    section,
    submitted_value,
    text_input,
    typed_sections,
)
from dbaccess.slack.text import escape
from dbaccess.slack.views import extent, wording
from dbaccess.slack.views.clicked import offer_value, parse_approval
from dbaccess.slack.views.form import presets

LESS_FORM = "request.less.form"
"""The modal's callback id; its private_metadata is `clicked.offer_value`."""
DURATION = "less.duration"
ROLE = "less.role"
NOTE = "less.note"
DURATION_BLOCK = "less.duration"
"""With the role on offer behind it, which is meant where no other is to be chosen."""
ROLE_BLOCK = "less.role"
NOTE_BLOCK = "less.note"

NOTE_LONGEST = 500
_ERROR_LONGEST = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesser:
    """What the reviewer submitted; `note` is what the requester reads."""

    request_id: RequestId
    fingerprint: str
    less: Extent
    note: str


def is_possible(story: Story) -> bool:
    """Whether there is a shorter time or a narrower role to choose."""
    if story.request.terms.kind is not RequestKind.ACCESS:
        return False
    return bool(_shorter(story) or story.narrower)


def build(story: Story) -> dict[str, Any]:
    """The longest of the shorter times is chosen; where there is none, a narrower role has to be."""
    name = wording.requester_name(story)
    asked = f"{name}, {wording.asked_for(story.request)}, {wording.asked_length(story.request)}"
    note = text_input(NOTE, longest=NOTE_LONGEST, placeholder=f"{name} reads this", multiline=True)
    return modal(
        title="Approve for less",
        callback_id=LESS_FORM,
        submit="Approve",
        close="Go back",
        private_metadata=offer_value(story),
        blocks=[
            section(escape(asked)),
            *typed_sections(story.request.terms.reason),
            *([section("\n".join(extent.shortened(story)))] if extent.is_less(story) else []),
            _duration_field(story),
            *([_role_field(story)] if story.narrower else []),
            field("Note", note, block_id=NOTE_BLOCK, optional=True),
        ],
    )


def parse(view: Mapping[str, Any]) -> Lesser:
    """Raises `BadDuration` where no time is chosen, `Changed` for a forged view."""
    request_id, fingerprint = parse_approval(str(view.get("private_metadata", "")))
    block_id = _duration_block(view)
    chosen = submitted_value(view, block_id, DURATION)
    if not chosen:
        raise BadDuration("Choose how long.")
    role = submitted_value(view, ROLE_BLOCK, ROLE) or block_id.partition("/")[2]
    return Lesser(
        request_id=request_id,
        fingerprint=fingerprint,
        less=Extent(role=role, duration=parse_duration(chosen)),
        note=clean(submitted_value(view, NOTE_BLOCK, NOTE))[:NOTE_LONGEST],
    )


def field_errors(error: Refused, view: Mapping[str, Any]) -> dict[str, str]:
    """Whatever it is, it is said at the time: the one field that is always there."""
    return {_duration_block(view): error.at_field[:_ERROR_LONGEST]}


def _duration_field(story: Story) -> dict[str, Any]:
    """Shorter only; where a narrower role may be given, also for as long as is on offer."""
    offer, shorter = story.extent, _shorter(story)
    options = [option(format_duration(length), write_duration(length)) for length in shorter]
    if story.narrower:
        whole = f"{format_duration(offer.duration)}, {_as(story)}"
        options.append(option(whole, write_duration(offer.duration)))
    chosen = write_duration(shorter[-1] if shorter else offer.duration)
    element = radio(DURATION, options, chosen=chosen)
    return field("How long", element, block_id=f"{DURATION_BLOCK}/{offer.role}")


def _role_field(story: Story) -> dict[str, Any]:
    offer = story.extent.role
    options = [option(name, name) for name in story.narrower]
    options.append(option(f"{offer}, {_as(story)}", offer))
    return field("Role", radio(ROLE, options, chosen=offer), block_id=ROLE_BLOCK)


def _as(story: Story) -> str:
    return "as approved so far" if extent.is_less(story) else "as asked"


def _shorter(story: Story) -> list[timedelta]:
    offer = story.extent.duration
    return [length for length in presets(offer) if length < offer]


def _duration_block(view: Mapping[str, Any]) -> str:
    held = [str(block.get("block_id", "")) for block in view.get("blocks", [])]
    return next((one for one in held if one.startswith(f"{DURATION_BLOCK}/")), DURATION_BLOCK)
