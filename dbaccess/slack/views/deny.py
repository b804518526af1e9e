"""The deny modal: radio buttons first, because people do not type at 3 a.m."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dbaccess.domain.ask import NOTE_MAX
from dbaccess.domain.errors import BadReason, Refused
from dbaccess.domain.request import RequestId
from dbaccess.domain.request_details import RequestDetails
from dbaccess.slack.blocks import context, modal, option, section
from dbaccess.slack.fields import Field, errors_at, subject_of
from dbaccess.slack.text import escape
from dbaccess.slack.views import phrases
from dbaccess.slack.views.button_value import approval_value, parse_approval

DENY_FORM = "request.deny.form"
"""The modal's callback id; its private_metadata is `button_value.approval_value`."""
WHY = Field("deny.why")
NOTE = Field("deny.note")

_OTHER = "other"
_WHYS = {
    "another-target": "Use another target",
    "less": "Ask for less",
    "not-now": "Not now",
    _OTHER: "Other",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """The submitted denial; the requester reads `note`."""

    request_id: RequestId
    fingerprint: str
    note: str


def build(details: RequestDetails) -> dict[str, Any]:
    name = phrases.requester_name(details)
    asked = f"{name}, {phrases.asked_for(details.request)}, {phrases.asked_length(details.request)}"
    return modal(
        title="Deny request",
        callback_id=DENY_FORM,
        submit="Deny",
        close="Go back",
        private_metadata=approval_value(details.request),
        blocks=[
            section(escape(asked)),
            WHY.radio("Why", [option(text, value) for value, text in _WHYS.items()]),
            NOTE.text("Note", longest=NOTE_MAX, placeholder=f"{name} reads this", optional=True),
            context("One denial is final."),
        ],
    )


def parse(view: Mapping[str, Any]) -> Denial:
    """Return the denial; raises `BadReason` if Other has no note, `Changed` for a forged view."""
    request_id, fingerprint = parse_approval(subject_of(view))
    why, note = WHY.value(view), NOTE.typed(view, longest=NOTE_MAX)
    if why not in _WHYS or (why == _OTHER and not note):
        raise BadReason("Say why in the note.")
    if why != _OTHER:
        note = f"{_WHYS[why]}: {note}" if note else _WHYS[why]
    return Denial(request_id=request_id, fingerprint=fingerprint, note=note)


def field_errors(error: Refused, view: Mapping[str, Any]) -> dict[str, str]:
    return errors_at(error, view, NOTE)
