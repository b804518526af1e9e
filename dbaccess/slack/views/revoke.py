"""The revoke modal, which asks for a reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dbaccess.domain.ask import NOTE_MAX
from dbaccess.domain.errors import Refused
from dbaccess.domain.grant import Grant, GrantId
from dbaccess.slack.blocks import context, modal, section
from dbaccess.slack.fields import Field, errors_at, subject_of
from dbaccess.slack.text import cut, escape, inline, plain
from dbaccess.slack.views.button_value import parse_id

REVOKE_FORM = "grant.revoke.form"
"""The modal's callback id; its private_metadata is the grant's id."""
REASON = Field("revoke.reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """The submitted revocation."""

    grant_id: GrantId
    reason: str


def build(grant: Grant, holder_name: str) -> dict[str, Any]:
    holder = inline(cut(plain(holder_name), 80))
    return modal(
        title="Revoke",
        callback_id=REVOKE_FORM,
        submit="Revoke",
        close="Go back",
        private_metadata=str(grant.id),
        blocks=[
            section(f"{holder}, {escape(grant.role)} on {escape(grant.target)}"),
            REASON.text("Why", longest=NOTE_MAX, placeholder="The holder reads this"),
            context("Open sessions are closed."),
        ],
    )


def parse(view: Mapping[str, Any]) -> Revocation:
    """Return the revocation; raises `BadReason` without a reason."""
    reason = REASON.require(view, longest=NOTE_MAX)
    return Revocation(grant_id=GrantId(parse_id(subject_of(view))), reason=reason)


def field_errors(error: Refused, view: Mapping[str, Any]) -> dict[str, str]:
    return errors_at(error, view, REASON)
