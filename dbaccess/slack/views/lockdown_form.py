"""The forms that ask an operator for the reason of a lockdown and of its lift."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dbaccess.domain.ask import NOTE_MAX
from dbaccess.domain.errors import NotFound, Refused
from dbaccess.domain.lockdown import EVERY_TARGET, Lockdown, LockdownId
from dbaccess.slack.blocks import context, modal, section
from dbaccess.slack.fields import Field, errors_at, subject_of
from dbaccess.slack.text import escape, inline
from dbaccess.slack.views.button_value import parse_id

LOCKDOWN_FORM = "lockdown.form"
"""The modal's callback id; its private_metadata is `target:NAME`, or `every` for every target."""
LIFT_FORM = "lockdown.lift.form"
"""The modal's callback id; its private_metadata is the lockdown's id."""
REASON = Field("lockdown.reason")

_EVERY, _ONE = "every", "target:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """The submitted declaration; `target` is None for every target."""

    target: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """The submitted lift."""

    lockdown_id: LockdownId
    reason: str


def build(target: str | None, *, grants: int, lifts: str, reason: str = "") -> dict[str, Any]:
    """Return the form; `grants` are open there now, `lifts` says who lifts it, `reason` was typed before."""
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
            section(f"{ends} requests until another operator lifts it."),
            context(inline(lifts)),
            _why("Its channels and the holders read this", reason),
        ],
    )


def parse(view: Mapping[str, Any]) -> Declaration:
    """Return the submission; raises `BadReason` without a reason."""
    where, reason = subject_of(view), REASON.require(view, longest=NOTE_MAX)
    if where == _EVERY:
        return Declaration(target=None, reason=reason)
    if not where.removeprefix(_ONE) or not where.startswith(_ONE):
        raise NotFound("This form is incomplete; start again with /dbaccess lockdown.")
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
            section(f"Accepts requests on {where} again."),
            _why("Its channels read this"),
            context("Ended grants stay ended."),
        ],
    )


def parse_lift(view: Mapping[str, Any]) -> Lift:
    """Return the submission; raises `BadReason` without a reason."""
    lockdown_id = LockdownId(parse_id(subject_of(view)))
    return Lift(lockdown_id=lockdown_id, reason=REASON.require(view, longest=NOTE_MAX))


def field_errors(error: Refused, view: Mapping[str, Any]) -> dict[str, str]:
    return errors_at(error, view, REASON)


def _why(placeholder: str, typed: str = "") -> dict[str, Any]:
    return REASON.text("Why", longest=NOTE_MAX, placeholder=placeholder, initial=typed)
