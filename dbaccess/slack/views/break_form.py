"""The break-glass form: what starts at once, who is told, and who reviews it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dbaccess.domain.ask import REASON_MAX, TICKET_MAX
from dbaccess.domain.duration import format_duration, parse_duration, write_duration
from dbaccess.domain.errors import BadDuration, BadReason, BadTicket, Refused, TooLong, UnknownName
from dbaccess.domain.lockdown import Lockdown
from dbaccess.domain.people import Person
from dbaccess.domain.policy import Ask, Offer, Policy
from dbaccess.domain.text import clean
from dbaccess.slack.blocks import context, modal, option, section
from dbaccess.slack.fields import OPTIONS_MOST, Field, errors_at
from dbaccess.slack.text import inline, refusal
from dbaccess.slack.views.form import normal, offered_lengths
from dbaccess.slack.views.form_role import lockdown_section
from dbaccess.slack.views.phrases import can

BREAK_FORM = "break_glass.form"
"""The modal's callback id."""
WHAT = Field("break.what")
"""A static select of `target/role`; a choice rebuilds the view."""
DURATION = Field("break.duration")
"""Its key is what was chosen, so that no old choice survives."""
REASON = Field("break.reason")
TICKET = Field("break.ticket")


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakState:
    """The content of the form, as typed."""

    target: str = ""
    role: str = ""
    duration: str = ""
    reason: str = ""
    ticket: str = ""

    def ask(self) -> Ask:
        """Return the ask; raises the `Refused` that says which field is missing or wrong."""
        if not (self.target and self.role):
            raise UnknownName("Choose what you need.", kind="target", asked="", nearest=())
        if not self.duration:
            raise BadDuration("Choose how long.")
        return Ask(
            target=self.target,
            role=self.role,
            duration=parse_duration(self.duration),
            reason=clean(self.reason),
            ticket=clean(self.ticket) or None,
            break_glass=True,
        )


def allowed(policy: Policy, person: Person, *, now: datetime) -> dict[str, tuple[Offer, ...]]:
    """Return `target/role` of all that this person may access by break-glass at that moment."""
    return {
        f"{target}/{role}": offers
        for target in sorted(policy.targets)
        for role in policy.targets[target].roles
        if (offers := policy.offers(person, target, role, now=now, break_glass=True))
    }


def build(
    state: BreakState,
    policy: Policy,
    person: Person,
    *,
    now: datetime,
    lockdowns: Sequence[Lockdown] = (),
    problem: Refused | None = None,
) -> dict[str, Any]:
    """Return the modal for the choices so far; if nothing is allowed, it says so and cannot be sent.

    `lockdowns` are the open ones, if the policy lets them stop a break-glass. `problem` is why a typed line
    was not enough.
    """
    found = allowed(policy, person, now=now)
    if not found:
        said = "No rule allows you to break the glass now."
        return modal(title="Break-glass", callback_id=BREAK_FORM, blocks=[section(said)])
    chosen = f"{state.target}/{state.role}"
    chosen = chosen if chosen in found else next(iter(found)) if len(found) == 1 else ""
    blocks = [*([section(refusal(problem))] if problem else []), _what(found, chosen)]
    if chosen:
        lengths = _how_long(chosen, found[chosen], state.duration)
        blocks += lockdown_section(chosen.partition("/")[0], lockdowns)
        blocks += [section(_starts(policy, chosen, found[chosen])), lengths]
    else:
        blocks.append(context("Choose what you need to see who is told and who reviews it."))
    if len(found) > OPTIONS_MOST:
        rest = "For a role that is not listed, type `/dbaccess break-glass TARGET ROLE DURATION WHY`."
        blocks.append(context(rest))
    blocks.append(REASON.text("Why", longest=REASON_MAX, initial=state.reason))
    wants = any(offer.rule.ticket for offer in found.get(chosen, ()))
    blocks.append(
        TICKET.text("Ticket", longest=TICKET_MAX, initial=state.ticket, multiline=False, optional=not wants)
    )
    return modal(title="Break-glass", callback_id=BREAK_FORM, submit="Break glass", blocks=blocks)


def parse(view: Mapping[str, Any]) -> BreakState:
    """Return the content of a returned view."""
    target, _, role = WHAT.value(view).partition("/")
    return BreakState(
        target=target,
        role=role,
        duration=DURATION.value(view),
        reason=REASON.value(view),
        ticket=TICKET.value(view),
    )


def field_errors(error: Refused, view: Mapping[str, Any]) -> dict[str, str]:
    """Return the field of the refusal in this view; never empty."""
    place = WHAT
    if isinstance(error, BadDuration | TooLong):
        place = DURATION
    elif isinstance(error, BadTicket):
        place = TICKET
    elif isinstance(error, BadReason):
        place = REASON
    return errors_at(error, view, place, WHAT)


def _what(found: Mapping[str, tuple[Offer, ...]], chosen: str) -> dict[str, Any]:
    options = [option(" on ".join(reversed(key.split("/", 1))), key) for key in found]
    return WHAT.select("What", options, placeholder="Choose a role", chosen=chosen or None, dispatch=True)


def _starts(policy: Policy, chosen: str, offers: tuple[Offer, ...]) -> str:
    """Return the effect of sending, for each length, and what the role can do."""
    target, _, role = chosen.partition("/")
    may = can(policy.role(target, role).can, "")
    reviewed = " ".join(_reviewed(offer, alone=len(offers) == 1) for offer in offers)
    longest = format_duration(offers[-1].longest)
    return f"Starts at once. {reviewed}\n{may}\n*Longest:* {longest}."


def _reviewed(offer: Offer, *, alone: bool) -> str:
    review = offer.rule.break_glass
    if review is None:
        return ""
    told, within = inline(review.review_by), format_duration(review.review_within)
    said = f"{told} is told now; somebody else reviews it within {within}. Rule {inline(offer.rule.id)}."
    return said if alone else f"Up to {format_duration(offer.longest)}: {said}"


def _how_long(chosen: str, offers: tuple[Offer, ...], asked: str) -> dict[str, Any]:
    """Return the field; `asked` is the length typed after the command, if any."""
    lengths = offered_lengths(offers, besides=asked or None)
    options = [option(format_duration(length), write_duration(length)) for length in lengths]
    return DURATION.select(
        "How long", options, placeholder="Choose how long", chosen=normal(asked), key=chosen
    )
