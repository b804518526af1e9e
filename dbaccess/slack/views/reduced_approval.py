"""Approve for less: a shorter time, or a role that the one asked for names as narrower."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from dbaccess.domain.approved_scope import ApprovedScope
from dbaccess.domain.duration import format_duration, parse_duration, write_duration
from dbaccess.domain.errors import BadDuration, Refused
from dbaccess.domain.request import RequestId
from dbaccess.domain.request_details import RequestDetails
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
from dbaccess.slack.views import scope, wording
from dbaccess.slack.views.clicked import offer_value, parse_approval
from dbaccess.slack.views.form import presets

LESS_FORM = "request.less.form"
"""The modal's callback id; its private_metadata is `clicked.offer_value`."""
DURATION = "reduced_approval.duration"
ROLE = "reduced_approval.role"
NOTE = "reduced_approval.note"
DURATION_BLOCK = "reduced_approval.duration"
"""With the role on offer behind it, which is meant where no other is to be chosen."""
ROLE_BLOCK = "reduced_approval.role"
NOTE_BLOCK = "reduced_approval.note"

NOTE_LONGEST = 500
_ERROR_LONGEST = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class ReducedApproval:
    """What the reviewer submitted; `note` is what the requester reads."""

    request_id: RequestId
    fingerprint: str
    less: ApprovedScope
    note: str


def is_possible(details: RequestDetails) -> bool:
    """Whether there is a shorter time or a narrower role to choose."""
    if details.request.terms.kind is not RequestKind.ACCESS:
        return False
    return bool(_shorter(details) or details.narrower)


def build(details: RequestDetails) -> dict[str, Any]:
    """The longest of the shorter times is chosen; where there is none, a narrower role has to be."""
    name = wording.requester_name(details)
    asked = f"{name}, {wording.asked_for(details.request)}, {wording.asked_length(details.request)}"
    note = text_input(NOTE, longest=NOTE_LONGEST, placeholder=f"{name} reads this", multiline=True)
    return modal(
        title="Approve for less",
        callback_id=LESS_FORM,
        submit="Approve",
        close="Go back",
        private_metadata=offer_value(details),
        blocks=[
            section(escape(asked)),
            *typed_sections(details.request.terms.reason),
            *([section("\n".join(scope.shortened(details)))] if scope.is_less(details) else []),
            _duration_field(details),
            *([_role_field(details)] if details.narrower else []),
            field("Note", note, block_id=NOTE_BLOCK, optional=True),
        ],
    )


def parse(view: Mapping[str, Any]) -> ReducedApproval:
    """Raises `BadDuration` where no time is chosen, `Changed` for a forged view."""
    request_id, fingerprint = parse_approval(str(view.get("private_metadata", "")))
    block_id = _duration_block(view)
    chosen = submitted_value(view, block_id, DURATION)
    if not chosen:
        raise BadDuration("Choose how long.")
    role = submitted_value(view, ROLE_BLOCK, ROLE) or block_id.partition("/")[2]
    return ReducedApproval(
        request_id=request_id,
        fingerprint=fingerprint,
        less=ApprovedScope(role=role, duration=parse_duration(chosen)),
        note=clean(submitted_value(view, NOTE_BLOCK, NOTE))[:NOTE_LONGEST],
    )


def field_errors(error: Refused, view: Mapping[str, Any]) -> dict[str, str]:
    """Whatever it is, it is said at the time: the one field that is always there."""
    return {_duration_block(view): error.at_field[:_ERROR_LONGEST]}


def _duration_field(details: RequestDetails) -> dict[str, Any]:
    """Shorter only; where a narrower role may be given, also for as long as is on offer."""
    offer, shorter = details.scope, _shorter(details)
    options = [option(format_duration(length), write_duration(length)) for length in shorter]
    if details.narrower:
        whole = f"{format_duration(offer.duration)}, {_as(details)}"
        options.append(option(whole, write_duration(offer.duration)))
    chosen = write_duration(shorter[-1] if shorter else offer.duration)
    element = radio(DURATION, options, chosen=chosen)
    return field("How long", element, block_id=f"{DURATION_BLOCK}/{offer.role}")


def _role_field(details: RequestDetails) -> dict[str, Any]:
    offer = details.scope.role
    options = [option(name, name) for name in details.narrower]
    options.append(option(f"{offer}, {_as(details)}", offer))
    return field("Role", radio(ROLE, options, chosen=offer), block_id=ROLE_BLOCK)


def _as(details: RequestDetails) -> str:
    return "as approved so far" if scope.is_less(details) else "as asked"


def _shorter(details: RequestDetails) -> list[timedelta]:
    offer = details.scope.duration
    return [length for length in presets(offer) if length < offer]


def _duration_block(view: Mapping[str, Any]) -> str:
    held = [str(block.get("block_id", "")) for block in view.get("blocks", [])]
    return next((one for one in held if one.startswith(f"{DURATION_BLOCK}/")), DURATION_BLOCK)
