"""The modal to review a break-glass: justified or not, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dbaccess.domain.ask import NOTE_MAX
from dbaccess.domain.break_glass_review import BreakGlassReviewState
from dbaccess.domain.errors import BadReason, Refused
from dbaccess.domain.request import RequestId
from dbaccess.domain.request_details import RequestDetails
from dbaccess.slack.blocks import (
    context,
    modal,
    option,
    quoted_sections,
    section,
)
from dbaccess.slack.fields import Field, errors_at, subject_of
from dbaccess.slack.text import date, escape
from dbaccess.slack.views import phrases
from dbaccess.slack.views.break_glass import review_of
from dbaccess.slack.views.button_value import approval_value, parse_approval

REVIEW_FORM = "break_glass.review.form"
"""The modal's callback id; its private_metadata is `button_value.approval_value` of the break-glass."""
VERDICT = Field("break_glass_review.verdict")
NOTE = Field("break_glass_review.note")

_VERDICTS = {
    "justified": BreakGlassReviewState.JUSTIFIED,
    "not-justified": BreakGlassReviewState.NOT_JUSTIFIED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakGlassVerdict:
    """The submitted verdict."""

    request_id: RequestId
    fingerprint: str
    verdict: BreakGlassReviewState
    note: str


def build(details: RequestDetails) -> dict[str, Any]:
    """The modal for a break-glass with a pending review."""
    request = details.request
    who = f"{phrases.requester_name(details)}, {phrases.asked_for(request)}, {phrases.asked_length(request)}"
    verdicts = [option("Justified", "justified"), option("Not justified", "not-justified")]
    readers = "The whole channel reads this"
    return modal(
        title="Review break-glass",
        callback_id=REVIEW_FORM,
        submit="Close review",
        close="Go back",
        private_metadata=approval_value(request),
        blocks=[
            section(escape(who)),
            *quoted_sections(request.terms.reason),
            VERDICT.radio("Verdict", verdicts),
            NOTE.text("Note", longest=NOTE_MAX, placeholder=readers),
            context(f"Due {date(review_of(details).due_at)}. One review closes it."),
        ],
    )


def parse(view: Mapping[str, Any]) -> BreakGlassVerdict:
    """Return the verdict; raises `BadReason` if verdict or note is missing, `Changed` for a forged view."""
    request_id, fingerprint = parse_approval(subject_of(view))
    verdict = _VERDICTS.get(VERDICT.value(view))
    note = NOTE.typed(view, longest=NOTE_MAX)
    if verdict is None or not note:
        raise BadReason("Say why in the note.")
    return BreakGlassVerdict(request_id=request_id, fingerprint=fingerprint, verdict=verdict, note=note)


def field_errors(error: Refused, view: Mapping[str, Any]) -> dict[str, str]:
    return errors_at(error, view, NOTE)
