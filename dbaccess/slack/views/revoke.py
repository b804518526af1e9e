"""Revoke: takes a grant away before its end, and asks why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dbaccess.domain.errors import BadReason, Refused
from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.text import clean
from dbaccess.slack.blocks import context, field, modal, section, submitted_value, text_input
from dbaccess.slack.text import cut, escape, inline, plain
from dbaccess.slack.views.clicked import parse_id

REVOKE_FORM = "grant.revoke.form"
"""The modal's callback id; its private_metadata is the grant's id."""
REASON = "revoke.reason"
REASON_BLOCK = "revoke.reason"

REASON_LONGEST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """What was submitted."""

    grant_id: GrantId
    reason: str


def build(grant: Grant, holder_name: str) -> dict[str, Any]:
    holder = inline(cut(plain(holder_name), 80))
    note = text_input(REASON, longest=REASON_LONGEST, placeholder="The holder reads this", multiline=True)
    return modal(
        title="Revoke",
        callback_id=REVOKE_FORM,
        submit="Revoke",
        close="Go back",
        private_metadata=str(grant.id),
        blocks=[
            section(f"{holder}, {escape(grant.role)} on {escape(grant.target)}"),
            field("Why", note, block_id=REASON_BLOCK),
            context("Open sessions are closed."),
        ],
    )


def parse(view: Mapping[str, Any]) -> Revocation:
    """Raises `BadReason` where no reason is given."""
    reason = clean(submitted_value(view, REASON_BLOCK, REASON))[:REASON_LONGEST]
    if not reason:
        raise BadReason("Say why.")
    return Revocation(grant_id=GrantId(parse_id(str(view.get("private_metadata", "")))), reason=reason)


def field_errors(error: Refused) -> dict[str, str]:
    return {REASON_BLOCK: str(error)}
