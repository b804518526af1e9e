"""The modal to approve for less: a shorter time, or a narrower role."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from dbaccess.domain.approved_scope import ApprovedScope
from dbaccess.domain.ask import NOTE_MAX
from dbaccess.domain.duration import format_duration, parse_duration, write_duration
from dbaccess.domain.errors import BadDuration, Refused
from dbaccess.domain.request import RequestId
from dbaccess.domain.request_details import RequestDetails
from dbaccess.domain.terms import RequestKind
from dbaccess.slack.blocks import modal, option, quoted_sections, section
from dbaccess.slack.fields import OPTIONS_MOST, Field, errors_at, subject_of
from dbaccess.slack.text import escape
from dbaccess.slack.views import phrases, scope
from dbaccess.slack.views.button_value import offer_value, parse_approval
from dbaccess.slack.views.form import presets

LESS_FORM = "request.less.form"
"""The modal's callback id; its private_metadata is `button_value.offer_value`."""
DURATION = Field("reduced_approval.duration")
"""Its key is the role on offer, which is meant where no other is to be chosen."""
ROLE = Field("reduced_approval.role")
NOTE = Field("reduced_approval.note")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReducedApproval:
    """The submitted approval; the requester reads `note`."""

    request_id: RequestId
    fingerprint: str
    less: ApprovedScope
    note: str


def is_possible(details: RequestDetails) -> bool:
    """Return whether a shorter time or a narrower role can be chosen."""
    if details.request.terms.kind is not RequestKind.ACCESS:
        return False
    return bool(_shorter(details) or details.narrower)


def build(details: RequestDetails) -> dict[str, Any]:
    """Return the modal with the longest shorter time chosen; without one, a narrower role is needed."""
    name = phrases.requester_name(details)
    asked = f"{name}, {phrases.asked_for(details.request)}, {phrases.asked_length(details.request)}"
    return modal(
        title="Approve for less",
        callback_id=LESS_FORM,
        submit="Approve",
        close="Go back",
        private_metadata=offer_value(details),
        blocks=[
            section(escape(asked)),
            *quoted_sections(details.request.terms.reason),
            *([section("\n".join(scope.shortened(details)))] if scope.is_less(details) else []),
            _duration_field(details),
            *([_role_field(details)] if details.narrower else []),
            NOTE.text("Note", longest=NOTE_MAX, placeholder=f"{name} reads this", optional=True),
        ],
    )


def parse(view: Mapping[str, Any]) -> ReducedApproval:
    """Return the approval; raises `BadDuration` if no time is chosen, `Changed` for a forged view."""
    request_id, fingerprint = parse_approval(subject_of(view))
    if not (chosen := DURATION.value(view)):
        raise BadDuration("Choose how long.")
    role = ROLE.value(view) or DURATION.key(view)
    return ReducedApproval(
        request_id=request_id,
        fingerprint=fingerprint,
        less=ApprovedScope(role=role, duration=parse_duration(chosen)),
        note=NOTE.typed(view, longest=NOTE_MAX),
    )


def field_errors(error: Refused, view: Mapping[str, Any]) -> dict[str, str]:
    """Return every error at the length, the one field that always exists."""
    return errors_at(error, view, DURATION)


def _duration_field(details: RequestDetails) -> dict[str, Any]:
    """Return the shorter times; with a narrower role to give, also the full time."""
    offer, shorter = details.scope, _shorter(details)
    options = [option(format_duration(length), write_duration(length)) for length in shorter]
    if details.narrower:
        whole = f"{format_duration(offer.duration)}, {_as(details)}"
        options.append(option(whole, write_duration(offer.duration)))
    chosen = write_duration(shorter[-1] if shorter else offer.duration)
    return DURATION.radio("How long", options, chosen=chosen, key=offer.role)


def _role_field(details: RequestDetails) -> dict[str, Any]:
    offer = details.scope.role
    options = [option(name, name) for name in details.narrower[: OPTIONS_MOST - 1]]
    options.append(option(f"{offer}, {_as(details)}", offer))
    return ROLE.radio("Role", options, chosen=offer)


def _as(details: RequestDetails) -> str:
    return "as approved so far" if scope.is_less(details) else "as asked"


def _shorter(details: RequestDetails) -> list[timedelta]:
    offer = details.scope.duration
    return [length for length in presets(offer) if length < offer]
