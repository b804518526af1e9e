"""Lock down, and lift: the two forms that ask an operator why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dbaccess.domain.errors import BadReason, NotFound, Refused
from dbaccess.domain.lockdown import EVERY_TARGET, Lockdown, LockdownId
from dbaccess.domain.text import clean
from dbaccess.slack.blocks import context, field, modal, section, submitted_value, text_input
from dbaccess.slack.text import escape
from dbaccess.slack.views.clicked import parse_id

LOCKDOWN_FORM = "lockdown.form"
"""The modal's callback id; its private_metadata is `target:NAME`, or `every` for every target."""
LIFT_FORM = "lockdown.lift.form"
"""The modal's callback id; its private_metadata is the lockdown's id."""
REASON = "lockdown.reason"
REASON_BLOCK = "lockdown.reason"

REASON_LONGEST = 500
_EVERY, _ONE = "every", "target:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What was submitted; `target` is None for every target."""

    target: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """What was submitted."""

    lockdown_id: LockdownId
    reason: str


def build(target: str | None, *, grants: int, reason: str = "") -> dict[str, Any]:
    """`grants` are open there at this moment; `reason` is what was typed already."""
    where = escape(target or EVERY_TARGET)
    ends = f"No grant is open on {where}. Refuses"
    if grants:
        ends = f"Ends {grants} grant{'' if grants == 1 else 's'} on {where} now and refuses"
    return modal(
        title="Lock down" if target else "Lock down everything",
        callback_id=LOCKDOWN_FORM,
        submit="Lock down",
        close="Go back",
        private_metadata=f"{_ONE}{target}" if target else _EVERY,
        blocks=[
            section(f"{ends} requests until somebody else lifts it."),
            _why("Its channels and the holders read this", reason),
        ],
    )


def parse(view: Mapping[str, Any]) -> Declaration:
    """Raises `BadReason` where no reason is given."""
    where, reason = str(view.get("private_metadata", "")), _reason(view)
    if where == _EVERY:
        return Declaration(target=None, reason=reason)
    if not where.removeprefix(_ONE) or not where.startswith(_ONE):
        raise NotFound("This form is not whole; start again with /dbaccess lockdown.")
    return Declaration(target=where.removeprefix(_ONE), reason=reason)


def build_lift(lockdown: Lockdown) -> dict[str, Any]:
    where = escape(lockdown.label)
    return modal(
        title="Lift lockdown",
        callback_id=LIFT_FORM,
        submit="Lift lockdown",
        close="Go back",
        private_metadata=str(lockdown.id),
        blocks=[
            section(f"Lets requests on {where} in again."),
            _why("Its channels read this"),
            context("What ended stays ended."),
        ],
    )


def parse_lift(view: Mapping[str, Any]) -> Lift:
    """Raises `BadReason` where no reason is given."""
    lockdown_id = LockdownId(parse_id(str(view.get("private_metadata", ""))))
    return Lift(lockdown_id=lockdown_id, reason=_reason(view))


def field_errors(error: Refused) -> dict[str, str]:
    return {REASON_BLOCK: error.at_field}


def _why(placeholder: str, typed: str = "") -> dict[str, Any]:
    element = text_input(
        REASON, longest=REASON_LONGEST, placeholder=placeholder, initial=typed, multiline=True
    )
    return field("Why", element, block_id=REASON_BLOCK)


def _reason(view: Mapping[str, Any]) -> str:
    reason = clean(submitted_value(view, REASON_BLOCK, REASON))[:REASON_LONGEST]
    if not reason:
        raise BadReason("Say why.")
    return reason
