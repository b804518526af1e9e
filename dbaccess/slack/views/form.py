"""The request form: no request is sent that cannot be granted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self

from dbaccess.domain.duration import format_duration, parse_duration, write_duration
from dbaccess.domain.errors import (
    AlreadyOpen,
    BadDuration,
    BadReason,
    BadTicket,
    NotAllowed,
    Refused,
    TooLong,
    UnknownName,
)
from dbaccess.domain.lockdown import Lockdown
from dbaccess.domain.people import Person
from dbaccess.domain.policy import REASON_MAX, Ask, Offer, Policy, Rule
from dbaccess.domain.request import Request
from dbaccess.domain.text import clean
from dbaccess.slack.blocks import context, field, modal, option, select, submitted_value, text_input
from dbaccess.slack.views.form_role import lockdown_section, possible_section, role_sections

REQUEST_FORM = "request.form"
"""The modal's callback id."""
TARGET = "form.target"
"""External select; its options come from `target_options`, a choice builds the view anew."""
ROLE = "form.role"
"""Static select; a choice builds the view anew."""
DURATION = "form.duration"
"""Static select; a choice builds the view anew where it decides which rule it is."""
REASON = "form.reason"
TICKET = "form.ticket"

TARGET_BLOCK = "form.target"
ROLE_BLOCK = "form.role"
"""With target and rule behind it, so that no old choice survives; the same for how long."""
DURATION_BLOCK = "form.duration"
REASON_BLOCK = "form.reason"
TICKET_BLOCK = "form.ticket"

_TICKET_LONGEST = 100
_DRAFT_LONGEST = 1500
_BLOCK_ID_LONGEST = 255
_OPTIONS_MOST = 100
_PRESETS = ("20s", "1m", "5m", "15m", "30m", "1h", "2h", "4h", "8h", "1d", "3d", "7d")
_PRESETS_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class FormState:
    """What the form holds, as typed; `duration` is written as the command reads it (`2h`)."""

    target: str | None = None
    role: str | None = None
    duration: str | None = None
    reason: str = ""
    ticket: str = ""

    def ask(self) -> Ask:
        """Raises the `Refused` that says which field is missing or wrong."""
        if not self.target:
            raise UnknownName("Choose a target.", kind="target", asked="", nearest=())
        if not self.role:
            raise UnknownName("Choose a role.", kind="role", asked="", nearest=())
        if not self.duration:
            raise BadDuration("Choose how long.")
        return Ask(
            target=self.target,
            role=self.role,
            duration=parse_duration(self.duration),
            reason=clean(self.reason),
            ticket=clean(self.ticket) or None,
        )

    def as_draft(self) -> dict[str, str]:
        """What is kept of it while somebody thinks, as much as the form could show; `of_draft` reads it."""
        return {name: value[:_DRAFT_LONGEST] for name in self.__slots__ if (value := getattr(self, name))}

    @classmethod
    def of_draft(cls, fields: Mapping[str, str]) -> Self:
        known = {name: fields[name] for name in cls.__slots__ if fields.get(name)}
        return cls(**known)

    @classmethod
    def of_request(cls, request: Request) -> Self:
        """The same once more."""
        terms = request.terms
        return cls(
            target=terms.target,
            role=terms.role,
            duration=write_duration(terms.duration),
            reason=terms.reason,
            ticket=terms.ticket or "",
        )


def build(
    state: FormState,
    policy: Policy,
    person: Person,
    *,
    now: datetime,
    lockdowns: Sequence[Lockdown] = (),
) -> dict[str, Any]:
    """The modal for what is chosen so far; names that the policy does not have count as not chosen.

    `lockdowns` are those that are open: the form says which one covers the chosen target.
    """
    state = _known(state, policy)
    offers = _offers(state, policy, person, now)
    rule = _rule(state, offers)
    blocks = [_target_field(state)]
    if state.target is None:
        blocks += [_reason_field(state)]
        hint = "Choose a target to see its roles, the longest time and whose approval it takes."
        return _view([*blocks, context(hint)])
    blocks += lockdown_section(state.target, lockdowns)
    blocks.append(_role_field(state, policy, rule))
    if state.role is not None and rule is None:
        blocks += possible_section(policy, person, state.target, state.role, now=now)
    if state.role is not None and rule is not None:
        applying = _applying(state, offers)
        blocks += role_sections(policy.target(state.target), state.role, offers, applying=applying)
        blocks.append(_duration_field(state, rule, offers))
    blocks.append(_reason_field(state))
    if rule is not None:
        blocks.append(_ticket_field(state, rule))
    return _view(blocks)


def parse(view: Mapping[str, Any]) -> FormState:
    """What a view of ours holds that came back: from a submission, or from a choice made in it."""
    held = {block["block_id"]: block for block in view.get("blocks", []) if "block_id" in block}

    def value(prefix: str, action_id: str) -> str:
        found = (submitted_value(view, block_id, action_id) for block_id in held if _is_at(block_id, prefix))
        return next((one for one in found if one), "")

    return FormState(
        target=value(TARGET_BLOCK, TARGET) or None,
        role=value(ROLE_BLOCK, ROLE) or None,
        duration=value(DURATION_BLOCK, DURATION) or None,
        reason=value(REASON_BLOCK, REASON),
        ticket=value(TICKET_BLOCK, TICKET),
    )


def switched(view: Mapping[str, Any], role: str) -> FormState:
    """The same with another role (`form_role.SWITCH_ROLE`, whose value is the role's name)."""
    return replace(parse(view), role=role, duration=None)


def field_errors(error: Refused, view: Mapping[str, Any]) -> dict[str, str]:
    """Where in this view the refusal belongs, as `response_action: errors` wants it; never empty."""
    inputs = [block["block_id"] for block in view.get("blocks", []) if block.get("type") == "input"]
    for prefix in _places(error):
        for block_id in inputs:
            if _is_at(block_id, prefix):
                return {block_id: error.at_field[:_BLOCK_ID_LONGEST]}
    return {TARGET_BLOCK: error.at_field[:_BLOCK_ID_LONGEST]}


def target_options(policy: Policy, person: Person, typed: str, *, now: datetime) -> dict[str, Any]:
    """The answer to the target field's question: what this person could ask for, fitting what was typed."""
    words = typed.strip().lower()[:_BLOCK_ID_LONGEST]
    names = [name for name in policy.requestable(person, now=now) if words in name.lower()]
    names.sort(key=lambda name: (not name.lower().startswith(words), name))
    options = [
        option(name, name, description=", ".join(policy.possible(person, name, now=now)))
        for name in names[:_OPTIONS_MOST]
    ]
    return {"options": options}


def presets(longest: timedelta, *, besides: str | None = None) -> list[timedelta]:
    """The lengths worth offering under this maximum, shortest first; the maximum itself is one."""
    fitting = [length for text in _PRESETS if (length := parse_duration(text)) < longest]
    offered = {*fitting[1 - _PRESETS_SHOWN :], longest}
    if besides is not None:
        try:
            asked = parse_duration(besides)
        except BadDuration:
            asked = longest
        offered |= {asked} if asked <= longest else set()
    return sorted(offered)


def _known(state: FormState, policy: Policy) -> FormState:
    if state.target is None or state.target not in policy.targets:
        return replace(state, target=None, role=None, duration=None)
    if state.role not in policy.targets[state.target].roles:
        return replace(state, role=None, duration=None)
    return state


def _offers(state: FormState, policy: Policy, person: Person, now: datetime) -> tuple[Offer, ...]:
    if state.target is None or state.role is None:
        return ()
    return policy.offers(person, state.target, state.role, now=now)


def _rule(state: FormState, offers: tuple[Offer, ...]) -> Rule | None:
    """The one for the chosen length; for the shortest where none is chosen."""
    try:
        chosen = parse_duration(state.duration) if state.duration else None
    except BadDuration:
        chosen = None
    fitting = [offer for offer in offers if chosen is None or chosen <= offer.longest] or offers[-1:]
    return fitting[0].rule if fitting else None


def _applying(state: FormState, offers: tuple[Offer, ...]) -> tuple[Offer, ...]:
    """Those that the chosen length leaves: one, and all where none is chosen."""
    rule = _rule(state, offers)
    return tuple(offer for offer in offers if offer.rule is rule) if state.duration else offers


def _target_field(state: FormState) -> dict[str, Any]:
    element: dict[str, Any] = {
        "type": "external_select",
        "action_id": TARGET,
        "min_query_length": 0,
        "placeholder": {"type": "plain_text", "text": "Type a name", "emoji": False},
    }
    if state.target is not None:
        element["initial_option"] = option(state.target, state.target)
    return field("Target", element, block_id=TARGET_BLOCK, dispatch=True)


def _role_field(state: FormState, policy: Policy, rule: Rule | None) -> dict[str, Any]:
    target = policy.target(str(state.target))
    options = [option(r.name, r.name, description=r.can) for r in target.roles.values()][:_OPTIONS_MOST]
    element = select(ROLE, options, chosen=state.role, placeholder="Choose a role")
    return field("Role", element, block_id=_block_id(ROLE_BLOCK, target.name, rule), dispatch=True)


def _duration_field(state: FormState, rule: Rule, offers: tuple[Offer, ...]) -> dict[str, Any]:
    lengths = presets(offers[-1].longest, besides=state.duration)
    options = [option(format_duration(length), write_duration(length)) for length in lengths]
    chosen = None
    if state.duration is not None:
        chosen = normal(state.duration)
    element = select(DURATION, options, chosen=chosen, placeholder="Choose how long")
    block_id = _block_id(DURATION_BLOCK, str(state.target), rule)
    return field("How long", element, block_id=block_id, dispatch=len(offers) > 1)


def normal(duration: str) -> str | None:
    """A length as the menus' options have it; None where it is none."""
    try:
        return write_duration(parse_duration(duration))
    except BadDuration:
        return None


def _reason_field(state: FormState) -> dict[str, Any]:
    element = text_input(
        REASON,
        longest=REASON_MAX,
        placeholder="What are you looking into?",
        initial=state.reason,
        multiline=True,
    )
    return field("Why", element, block_id=REASON_BLOCK)


def _ticket_field(state: FormState, rule: Rule) -> dict[str, Any]:
    element = text_input(TICKET, longest=_TICKET_LONGEST, initial=state.ticket)
    return field("Ticket", element, block_id=TICKET_BLOCK, optional=rule.ticket is None)


def _block_id(prefix: str, target: str, rule: Rule | None) -> str:
    return f"{prefix}/{target}/{rule.id if rule else ''}"[:_BLOCK_ID_LONGEST]


def _is_at(block_id: str, prefix: str) -> bool:
    return block_id == prefix or block_id.startswith(f"{prefix}/")


def _places(error: Refused) -> tuple[str, ...]:
    """The fields an error may belong to, best first."""
    if isinstance(error, UnknownName):
        return (ROLE_BLOCK, TARGET_BLOCK) if error.kind == "role" else (TARGET_BLOCK,)
    if isinstance(error, NotAllowed | AlreadyOpen):
        return (ROLE_BLOCK,)
    if isinstance(error, TooLong | BadDuration):
        return (DURATION_BLOCK, ROLE_BLOCK)
    if isinstance(error, BadTicket):
        return (TICKET_BLOCK, REASON_BLOCK)
    return (REASON_BLOCK,) if isinstance(error, BadReason) else (TARGET_BLOCK,)


def _view(blocks: list[dict[str, Any]]) -> dict[str, Any]:
    return modal(
        title="Request a role", callback_id=REQUEST_FORM, submit="Send request", close="Close", blocks=blocks
    )
