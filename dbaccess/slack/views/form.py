"""The request form: no request is sent that cannot be granted."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self

from dbaccess.domain.ask import REASON_MAX, TICKET_MAX
from dbaccess.domain.coverage import NOT_CHECKED, Coverage
from dbaccess.domain.duration import format_duration, parse_duration, write_duration
from dbaccess.domain.errors import (
    AlreadyOpen,
    BadDuration,
    BadReason,
    BadTicket,
    NotAllowed,
    NotReviewable,
    Refused,
    TooLong,
    UnknownName,
)
from dbaccess.domain.lockdown import EVERY_TARGET, Lockdown
from dbaccess.domain.people import Person
from dbaccess.domain.policy import Ask, Offer, Policy, Rule
from dbaccess.domain.request import Request
from dbaccess.domain.text import clean
from dbaccess.slack.blocks import context, modal, option
from dbaccess.slack.fields import OPTIONS_MOST, Field, errors_at
from dbaccess.slack.views.activity import coverage_sentence
from dbaccess.slack.views.form_role import lockdown_section, nothing_section, possible_section, role_sections

REQUEST_FORM = "request.form"
"""The modal's callback id."""
TARGET = Field("form.target")
"""An external select; its options come from `target_options`, and a choice rebuilds the view."""
ROLE = Field("form.role")
"""Static select; a choice rebuilds the view. Its key is target and rule: no old choice survives."""
DURATION = Field("form.duration")
"""Static select, with the same key; a choice rebuilds the view where it decides which rule it is."""
REASON = Field("form.reason")
TICKET = Field("form.ticket")

_TITLE = "Request a role"
_NOT_NOW = "Nothing for you now"
_DRAFT_LONGEST = 1500
_QUERY_LONGEST = 255
_PRESETS = ("1m", "5m", "15m", "30m", "1h", "2h", "4h", "8h", "1d", "3d", "7d")
_PRESETS_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class FormState:
    """The content of the form, as typed; `duration` is as the command reads it (`2h`)."""

    target: str | None = None
    role: str | None = None
    duration: str | None = None
    reason: str = ""
    ticket: str = ""

    def ask(self) -> Ask:
        """Return the ask; raises the `Refused` that says which field is missing or wrong."""
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
        """Return what a draft stores, as much as the form can show; `of_draft` reads it."""
        return {name: value[:_DRAFT_LONGEST] for name in self.__slots__ if (value := getattr(self, name))}

    @classmethod
    def of_draft(cls, fields: Mapping[str, str]) -> Self:
        known = {name: fields[name] for name in cls.__slots__ if fields.get(name)}
        return cls(**known)

    @classmethod
    def of_request(cls, request: Request) -> Self:
        """Return the form's state for the same request again."""
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
    coverage: Coverage = NOT_CHECKED,
) -> dict[str, Any]:
    """Return the modal for the choices so far; names that the policy lacks count as not chosen.

    `lockdowns` are the open ones; the form names one that covers the chosen target. `coverage` is that of the
    chosen target at `now`.
    """
    state = _known(state, policy)
    offers = _offers(state, policy, person, now)
    rule = _rule(state, offers)
    blocks = [_target_field(state)]
    if state.target is None:
        return _empty(state, policy, person, now=now, lockdowns=lockdowns)
    blocks += lockdown_section(state.target, lockdowns)
    if state.role is None and not policy.possible(person, state.target, now=now):
        blocks.append(nothing_section(policy, person, now=now, target=state.target))
    blocks.append(_role_field(state, policy, rule))
    if state.role is not None and rule is None:
        blocks += possible_section(policy, person, state.target, state.role, now=now)
    if state.role is not None and rule is not None:
        applying = _applying(state, offers)
        captured = coverage_sentence(coverage, now=now)
        blocks += role_sections(
            policy.target(state.target), state.role, offers, applying=applying, captured=captured
        )
        blocks.append(_duration_field(state, rule, offers))
    blocks.append(_reason_field(state))
    if rule is not None:
        blocks.append(_ticket_field(state, rule))
    return _view(blocks)


def _empty(
    state: FormState, policy: Policy, person: Person, *, now: datetime, lockdowns: Sequence[Lockdown]
) -> dict[str, Any]:
    """Return the form without a target; where no rule allows any, it says so and cannot be sent."""
    stopped = lockdown_section(EVERY_TARGET, lockdowns)
    if not policy.requestable(person, now=now):
        nothing = nothing_section(policy, person, now=now)
        return modal(title=_TITLE, callback_id=REQUEST_FORM, blocks=[*stopped, nothing])
    hint = "Choose a target to see its roles, the longest time and whose approval it takes."
    return _view([*stopped, _target_field(state), _reason_field(state), context(hint)])


def parse(view: Mapping[str, Any]) -> FormState:
    """Return the content of a returned view, from a submission or from a choice in it."""
    return FormState(
        target=TARGET.value(view) or None,
        role=ROLE.value(view) or None,
        duration=DURATION.value(view) or None,
        reason=REASON.value(view),
        ticket=TICKET.value(view),
    )


def switched(view: Mapping[str, Any], role: str) -> FormState:
    """Return the state with another role (`form_role.SWITCH_ROLE`, with the role's name as value)."""
    return replace(parse(view), role=role, duration=None)


def field_errors(error: Refused, view: Mapping[str, Any]) -> dict[str, str]:
    """Return the field of the refusal, for `response_action: errors`; never empty."""
    return errors_at(error, view, *_places(error), TARGET)


def target_options(
    policy: Policy, person: Person, typed: str, *, now: datetime, visible: Collection[str] = ()
) -> dict[str, Any]:
    """Return the targets that match the typed text and that this person may request now, then others.

    `visible` are the targets that they know of; what they cannot request at this moment says so.
    """
    words = typed.strip().lower()[:_QUERY_LONGEST]
    possible = {name: policy.possible(person, name, now=now) for name in sorted(policy.targets)}
    names = [name for name, roles in possible.items() if words in name and (roles or name in visible)]
    names.sort(key=lambda name: (not possible[name], not name.startswith(words), name))
    options = [
        option(name, name, description=", ".join(possible[name]) or _NOT_NOW) for name in names[:OPTIONS_MOST]
    ]
    return {"options": options}


def presets(longest: timedelta, *, besides: str | None = None) -> list[timedelta]:
    """Return sensible lengths under this maximum, shortest first; the maximum itself is one."""
    fitting = [length for text in _PRESETS if (length := parse_duration(text)) < longest]
    offered = {*fitting[1 - _PRESETS_SHOWN :], longest}
    if besides is not None:
        try:
            asked = parse_duration(besides)
        except BadDuration:
            asked = longest
        offered |= {asked} if asked <= longest else set()
    return sorted(offered)


def offered_lengths(offers: Sequence[Offer], *, besides: str | None = None) -> list[timedelta]:
    """Return presets that one of the rules allows, shortest first; the longest of each rule is one."""
    lengths = {*presets(offers[-1].longest, besides=besides), *(offer.longest for offer in offers)}
    return sorted(length for length in lengths if any(offer.includes(length) for offer in offers))


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
    """Return the rule for the chosen length; for the shortest if none is chosen, or none decides it."""
    applying = _applying(state, offers)
    return applying[0].rule if applying else None


def _applying(state: FormState, offers: tuple[Offer, ...]) -> tuple[Offer, ...]:
    """Return the offers for the chosen length; all if none is chosen, or none includes it."""
    try:
        chosen = parse_duration(state.duration) if state.duration else None
    except BadDuration:
        chosen = None
    return tuple(offer for offer in offers if chosen is not None and offer.includes(chosen)) or offers


def _target_field(state: FormState) -> dict[str, Any]:
    chosen = option(state.target, state.target) if state.target is not None else None
    return TARGET.search("Target", placeholder="Type a name", chosen=chosen)


def _role_field(state: FormState, policy: Policy, rule: Rule | None) -> dict[str, Any]:
    target = policy.target(str(state.target))
    options = [option(r.name, r.name, description=r.can) for r in target.roles.values()]
    return ROLE.select(
        "Role",
        options,
        placeholder="Choose a role",
        chosen=state.role,
        key=_key(target.name, rule),
        dispatch=True,
    )


def _duration_field(state: FormState, rule: Rule, offers: tuple[Offer, ...]) -> dict[str, Any]:
    lengths = offered_lengths(offers, besides=state.duration)
    options = [option(format_duration(length), write_duration(length)) for length in lengths]
    return DURATION.select(
        "How long",
        options,
        placeholder="Choose how long",
        chosen=normal(state.duration) if state.duration is not None else None,
        key=_key(str(state.target), rule),
        dispatch=len(offers) > 1,
    )


def normal(duration: str) -> str | None:
    """Return a length as the menus' options have it; None if it is invalid."""
    try:
        return write_duration(parse_duration(duration))
    except BadDuration:
        return None


def _reason_field(state: FormState) -> dict[str, Any]:
    asks = "What are you looking into?"
    return REASON.text("Why", longest=REASON_MAX, placeholder=asks, initial=state.reason)


def _ticket_field(state: FormState, rule: Rule) -> dict[str, Any]:
    return TICKET.text(
        "Ticket", longest=TICKET_MAX, initial=state.ticket, multiline=False, optional=rule.ticket is None
    )


def _key(target: str, rule: Rule | None) -> str:
    return f"{target}/{rule.id if rule else ''}"


def _places(error: Refused) -> tuple[Field, ...]:
    """Return the fields that an error may belong to, best first."""
    if isinstance(error, UnknownName):
        return (ROLE,) if error.kind == "role" else ()
    if isinstance(error, NotAllowed | NotReviewable | AlreadyOpen):
        return (ROLE,)
    if isinstance(error, TooLong | BadDuration):
        return (DURATION, ROLE)
    if isinstance(error, BadTicket):
        return (TICKET, REASON)
    return (REASON,) if isinstance(error, BadReason) else ()


def _view(blocks: list[dict[str, Any]]) -> dict[str, Any]:
    return modal(title=_TITLE, callback_id=REQUEST_FORM, submit="Send request", close="Close", blocks=blocks)
