"""The break-glass form: what starts at once, who is told, and who reviews it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dbaccess.domain.duration import format_duration, parse_duration, write_duration
from dbaccess.domain.errors import BadDuration, BadReason, BadTicket, Refused, TooLong, UnknownName
from dbaccess.domain.lockdown import Lockdown
from dbaccess.domain.people import Person
from dbaccess.domain.policy import REASON_MAX, TICKET_MAX, Ask, Offer, Policy
from dbaccess.domain.text import clean
from dbaccess.slack.blocks import (
    context,
    field,
    modal,
    option,
    section,
    select,
    submitted_value,
    text_input,
)
from dbaccess.slack.text import inline
from dbaccess.slack.views.form import normal, presets
from dbaccess.slack.views.form_role import lockdown_section

BREAK_FORM = "break_glass.form"
"""The modal's callback id."""
WHAT = "break.what"
"""Static select of `target/role`; a choice builds the view anew."""
DURATION = "break.duration"
REASON = "break.reason"
TICKET = "break.ticket"
WHAT_BLOCK = "break.what"
DURATION_BLOCK = "break.duration"
"""With what was chosen behind it, so that no old choice survives."""
REASON_BLOCK = "break.reason"
TICKET_BLOCK = "break.ticket"

_OPTIONS_MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakState:
    """What the form holds, as typed."""

    target: str = ""
    role: str = ""
    duration: str = ""
    reason: str = ""
    ticket: str = ""

    def ask(self) -> Ask:
        """Raises the `Refused` that says which field is missing or wrong."""
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
    """`target/role` of all that this person may break the glass for at that moment."""
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
) -> dict[str, Any]:
    """The modal for what is chosen so far; where nothing is allowed, it says so and sends nothing.

    `lockdowns` are those that are open, where the policy lets them stop a break-glass.
    """
    found = allowed(policy, person, now=now)
    if not found:
        said = "No rule lets you break the glass now."
        return modal(title="Break-glass", callback_id=BREAK_FORM, blocks=[section(said)])
    chosen = f"{state.target}/{state.role}"
    chosen = chosen if chosen in found else next(iter(found)) if len(found) == 1 else ""
    blocks = [_what(found, chosen)]
    if chosen:
        lengths = _how_long(chosen, found[chosen], state.duration)
        blocks += lockdown_section(chosen.partition("/")[0], lockdowns)
        blocks += [section(_starts(policy, chosen, found[chosen])), lengths]
    else:
        blocks.append(context("Choose what you need to see who is told and who reviews it."))
    if len(found) > _OPTIONS_MOST:
        rest = "What is not in the list: type `/dbaccess break-glass TARGET ROLE DURATION WHY`."
        blocks.append(context(rest))
    why = text_input(REASON, longest=REASON_MAX, initial=state.reason, multiline=True)
    blocks.append(field("Why", why, block_id=REASON_BLOCK))
    wants = any(offer.rule.ticket for offer in found.get(chosen, ()))
    ticket = text_input(TICKET, longest=TICKET_MAX, initial=state.ticket)
    blocks.append(field("Ticket", ticket, block_id=TICKET_BLOCK, optional=not wants))
    return modal(title="Break-glass", callback_id=BREAK_FORM, submit="Break glass", blocks=blocks)


def parse(view: Mapping[str, Any]) -> BreakState:
    """What a view of ours holds that came back."""
    blocks = [block.get("block_id", "") for block in view.get("blocks", [])]
    target, _, role = submitted_value(view, WHAT_BLOCK, WHAT).partition("/")
    lengths = (submitted_value(view, b, DURATION) for b in blocks if b.startswith(DURATION_BLOCK))
    return BreakState(
        target=target,
        role=role,
        duration=next((length for length in lengths if length), ""),
        reason=submitted_value(view, REASON_BLOCK, REASON),
        ticket=submitted_value(view, TICKET_BLOCK, TICKET),
    )


def field_errors(error: Refused, view: Mapping[str, Any]) -> dict[str, str]:
    """Where in this view the refusal belongs; never empty."""
    place = WHAT_BLOCK
    if isinstance(error, BadDuration | TooLong):
        place = DURATION_BLOCK
    elif isinstance(error, BadTicket):
        place = TICKET_BLOCK
    elif isinstance(error, BadReason):
        place = REASON_BLOCK
    inputs = [block["block_id"] for block in view.get("blocks", []) if block.get("type") == "input"]
    block_id = next((block_id for block_id in inputs if block_id.startswith(place)), WHAT_BLOCK)
    return {block_id: error.at_field[:255]}


def _what(found: Mapping[str, tuple[Offer, ...]], chosen: str) -> dict[str, Any]:
    options = [option(" on ".join(reversed(key.split("/", 1))), key) for key in list(found)[:_OPTIONS_MOST]]
    element = select(WHAT, options, chosen=chosen or None, placeholder="Choose a role")
    return field("What", element, block_id=WHAT_BLOCK, dispatch=True)


def _starts(policy: Policy, chosen: str, offers: tuple[Offer, ...]) -> str:
    """What happens when it is sent, for each length, and what the role can do."""
    target, _, role = chosen.partition("/")
    can = inline(policy.role(target, role).can)
    reviewed = " ".join(_reviewed(offer, alone=len(offers) == 1) for offer in offers)
    longest = format_duration(offers[-1].longest)
    return f"Starts at once. {reviewed}\n*Can:* {can}. *Longest:* {longest}."


def _reviewed(offer: Offer, *, alone: bool) -> str:
    owed = offer.rule.break_glass
    if owed is None:
        return ""
    told, within = inline(owed.review_by), format_duration(owed.review_within)
    said = f"{told} is told now; somebody else reviews it within {within}. Rule {inline(offer.rule.id)}."
    return said if alone else f"Up to {format_duration(offer.longest)}: {said}"


def _how_long(chosen: str, offers: tuple[Offer, ...], asked: str) -> dict[str, Any]:
    """`asked` is what was typed behind the command, if anything."""
    lengths = presets(offers[-1].longest, besides=asked or None)
    options = [option(format_duration(length), write_duration(length)) for length in lengths]
    element = select(DURATION, options, chosen=normal(asked), placeholder="Choose how long")
    return field("How long", element, block_id=f"{DURATION_BLOCK}/{chosen}"[:255])
