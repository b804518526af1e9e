"""The extend modal: the holder requests more time, within the rule's total."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from dbaccess.domain.ask import REASON_MAX
from dbaccess.domain.duration import format_duration, parse_duration, write_duration
from dbaccess.domain.errors import BadDuration, BadReason, Refused, TooLong
from dbaccess.domain.extension import Extendable
from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.text import clean
from dbaccess.slack.blocks import button, modal, option, section
from dbaccess.slack.fields import Field, errors_at, subject_of
from dbaccess.slack.text import cut, date, escape, inline
from dbaccess.slack.views.button_value import parse_id
from dbaccess.slack.views.form import presets
from dbaccess.slack.views.phrases import needs

EXTEND = "grant.extend"
"""Value: the grant's id. Opens the modal."""
EXTEND_FORM = "grant.extend.form"
"""The modal's callback id; its private_metadata is the grant's id."""
MORE = Field("extend.more")
REASON = Field("extend.reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extending:
    """The submitted extension, or the one typed after the command."""

    grant_id: GrantId
    more: timedelta
    reason: str


def extend_button(grant: Grant) -> dict[str, Any]:
    what = cut(f"Extend {grant.role} on {grant.target}", 75)
    return button("Extend", action_id=EXTEND, value=str(grant.id), spoken=what)


def build(found: Extendable, *, reason: str = "", more: timedelta | None = None) -> dict[str, Any]:
    """Return the modal; `reason` and `more` were typed before, and a length that is left is chosen."""
    grant = found.grant
    slots = tuple((slot.group, slot.count) for slot in found.extend.approvals)
    typed = {more} if more is not None and more <= found.left else set()
    lengths = sorted({*presets(found.left), *typed})
    options = [option(format_duration(length), write_duration(length)) for length in lengths]
    what = f"{escape(grant.role)} on {escape(grant.target)}"
    until = f" ends {date(grant.expires_at)}" if grant.expires_at else ""
    whole = format_duration(found.extend.longest)
    in_time = " before the end, else it ends as it was granted" if slots else ""
    takes = f"*Takes:* {inline(needs(slots))}{in_time}."
    longest = f"*Longest:* {format_duration(found.left)} more, {whole} in all. Rule {inline(found.rule.id)}."
    return modal(
        title="Extend",
        callback_id=EXTEND_FORM,
        submit="Send request",
        close="Close",
        private_metadata=str(grant.id),
        blocks=[
            section(f"{what}{until}. Open sessions go on."),
            section(f"{takes}\n{longest}"),
            MORE.select(
                "How much more",
                options,
                placeholder="Choose how much",
                chosen=write_duration(more) if more in typed else None,
            ),
            REASON.text(
                "Why",
                longest=REASON_MAX,
                placeholder="What is left to do?",
                initial=reason,
            ),
        ],
    )


def parse(view: Mapping[str, Any]) -> Extending:
    """Return the extension; raises `BadDuration` if no length is chosen."""
    chosen = MORE.value(view)
    if not chosen:
        raise BadDuration("Choose how much.")
    return Extending(
        grant_id=GrantId(parse_id(subject_of(view))),
        more=parse_duration(chosen),
        reason=clean(REASON.value(view)),
    )


def field_errors(error: Refused, view: Mapping[str, Any]) -> dict[str, str]:
    """Return an error of the reason at the reason, and every other one at the length."""
    of_reason = isinstance(error, BadReason) and not isinstance(error, BadDuration | TooLong)
    return errors_at(error, view, REASON if of_reason else MORE)
