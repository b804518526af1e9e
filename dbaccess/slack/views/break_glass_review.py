"""Review a break-glass: justified or not, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dbaccess.domain.errors import BadReason, Refused
from dbaccess.domain.request import RequestId, Verdict
from dbaccess.domain.request_details import RequestDetails
from dbaccess.domain.text import clean
from dbaccess.slack.blocks import (
    context,
    field,
    modal,
    option,
    radio,
    section,
    submitted_value,
    text_input,
    typed_sections,
)
from dbaccess.slack.text import date, escape
from dbaccess.slack.views import wording
from dbaccess.slack.views.clicked import approval_value, parse_approval

JUDGE_FORM = "break_glass.judge.form"
"""The modal's callback id; its private_metadata is `clicked.approval_value` of what is owed."""
VERDICT = "break_glass_review.verdict"
NOTE = "break_glass_review.note"
VERDICT_BLOCK = "break_glass_review.verdict"
NOTE_BLOCK = "break_glass_review.note"

NOTE_LONGEST = 500
_VERDICTS = {"justified": Verdict.APPROVED, "not-justified": Verdict.DENIED}


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakGlassVerdict:
    """What was submitted."""

    request_id: RequestId
    fingerprint: str
    verdict: Verdict
    note: str


def build(details: RequestDetails) -> dict[str, Any]:
    """`details` is that of what is owed."""
    request = details.request
    who = f"{wording.requester_name(details)}, {wording.asked_for(request)}, {wording.asked_length(request)}"
    verdicts = radio(VERDICT, [option("Justified", "justified"), option("Not justified", "not-justified")])
    note = text_input(
        NOTE, longest=NOTE_LONGEST, placeholder="Everybody in the channel reads this", multiline=True
    )
    return modal(
        title="Review break-glass",
        callback_id=JUDGE_FORM,
        submit="Close review",
        close="Go back",
        private_metadata=approval_value(request),
        blocks=[
            section(escape(who)),
            *typed_sections(request.terms.reason),
            field("Verdict", verdicts, block_id=VERDICT_BLOCK),
            field("Note", note, block_id=NOTE_BLOCK),
            context(f"Due {date(request.decide_by)}. One review closes it."),
        ],
    )


def parse(view: Mapping[str, Any]) -> BreakGlassVerdict:
    """Raises `BadReason` where verdict or note is missing, `Changed` for a forged view."""
    request_id, fingerprint = parse_approval(str(view.get("private_metadata", "")))
    verdict = _VERDICTS.get(submitted_value(view, VERDICT_BLOCK, VERDICT))
    note = clean(submitted_value(view, NOTE_BLOCK, NOTE))[:NOTE_LONGEST].strip()
    if verdict is None or not note:
        raise BadReason("Say why in the note.")
    return BreakGlassVerdict(request_id=request_id, fingerprint=fingerprint, verdict=verdict, note=note)


def field_errors(error: Refused) -> dict[str, str]:
    return {NOTE_BLOCK: error.at_field[:255]}
