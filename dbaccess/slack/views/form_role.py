"""The form's sections on the chosen role: what it may do and needs, or what would work instead."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dbaccess.domain.duration import format_duration
from dbaccess.domain.lockdown import Lockdown
from dbaccess.domain.people import Person
from dbaccess.domain.policy import LoginKind, Offer, Policy, Rule, Target
from dbaccess.domain.request_details import ReviewerGroup
from dbaccess.domain.rule_match import ABOUT_THE_ROLE, Considered, Unmet
from dbaccess.slack.blocks import actions, button, context, section
from dbaccess.slack.text import group_mention, inline, refusal
from dbaccess.slack.views.phrases import can, needs

SWITCH_ROLE = "form.switch_role"
"""Begins the action ids. Value: the role's name; the view is rebuilt with it."""

BREAK_GLASS = "form.break_glass"
"""Value: `target/role`. Opens the break-glass form with it."""

_SHOWN = 5

Json = dict[str, Any]


def role_sections(
    target: Target, role_name: str, offers: tuple[Offer, ...], *, applying: tuple[Offer, ...], captured: str
) -> list[dict[str, Any]]:
    """Return what the role may do, and what it needs for each length that still applies.

    `captured` says how far statements are captured, escaped.
    """
    role = target.roles[role_name]
    takes = f"*Takes:* {'; '.join(_step(offer, alone=len(applying) == 1) for offer in applying)}."
    longest = f"*Longest:* {format_duration(offers[-1].longest)}."
    rules = ", ".join(dict.fromkeys(inline(offer.rule.id) for offer in applying))
    said = f"{captured} Rule {rules}."
    if target.login is LoginKind.PERSONAL:
        said += " Your own login gets the role; its sessions are closed when the role is removed at the end."
    return [section(f"{can(role.can, role.cannot)}\n{takes} {longest}"), context(said)]


def lockdown_section(target: str, lockdowns: Sequence[Lockdown]) -> list[dict[str, Any]]:
    """Return since when the target is in lockdown, if it is."""
    covering = next((lockdown for lockdown in lockdowns if lockdown.covers(target)), None)
    return [section(refusal(covering.refusal(target)))] if covering else []


def possible_section(
    policy: Policy, person: Person, target: str, role: str, *, now: datetime
) -> list[dict[str, Any]]:
    """Return why it is not possible, and what is; with a button for each role that would work."""
    why = _why_not(policy, person, target, role, now)
    said = f"*Not possible now:* {inline(role)} on {inline(target)}.{f' {inline(why)}' if why else ''}"
    others = policy.possible(person, target, now=now)[:_SHOWN]
    offers = [offer for other in others if (offer := _offer(policy, person, target, other, now))]
    possible = "; ".join(offers) or f"nothing on {inline(target)} for you; ask {_operators(policy)}"
    buttons = [
        button(f"Switch to {other}", action_id=f"{SWITCH_ROLE}.{index}", value=other)
        for index, other in enumerate(others)
    ]
    if policy.offers(person, target, role, now=now, break_glass=True):
        value = f"{target}/{role}"
        buttons.append(button("Break-glass…", action_id=BREAK_GLASS, value=value))
    return [section(f"{said}\n*Possible:* {possible}."), *actions(buttons)]


def nothing_section(policy: Policy, person: Person, *, now: datetime, target: str | None = None) -> Json:
    """Return that no rule lets this person request a role, when one would, and whom to ask."""
    where = f" on {inline(target)}" if target else ""
    names = [target] if target else sorted(policy.targets)
    hours = dict.fromkeys(
        _condition(considered)
        for name in names
        for role in policy.targets[name].roles
        for considered in policy.decide(person, name, role, duration=None, now=now).considered
        if considered.unmet is Unmet.HOURS and not considered.rule.denies
    )
    later = " ".join(inline(said) for said in list(hours)[:_SHOWN])
    said = f"*Not possible now:* no rule lets you request a role{where}."
    return section(" ".join(part for part in (said, later, f"Ask {_operators(policy)}.") if part))


def _operators(policy: Policy) -> str:
    """Return a mention, which pings no one in a view."""
    sources = policy.groups.get("operators", ())
    return (
        group_mention(ReviewerGroup(name="operators", sources=sources, count=1)) if sources else "an operator"
    )


def _offer(policy: Policy, person: Person, target: str, role: str, now: datetime) -> str:
    offers = policy.offers(person, target, role, now=now)
    if not offers:
        return ""
    longest = offers[-1]
    return f"{inline(role)}, up to {format_duration(longest.longest)}, {inline(_takes(longest.rule))}"


def _step(offer: Offer, *, alone: bool) -> str:
    takes = inline(_takes(offer.rule))
    if offer.rule.approvals:
        takes += f" within {format_duration(offer.rule.decide_within)}"
    return takes if alone else f"up to {format_duration(offer.longest)} {takes}"


def _takes(rule: Rule) -> str:
    if not rule.approvals:
        return "no approval"
    return needs(tuple((slot.group, slot.count) for slot in rule.approvals))


def _why_not(policy: Policy, person: Person, target: str, role: str, now: datetime) -> str:
    """Return the rules about this role, and why they exclude this person."""
    decision = policy.decide(person, target, role, duration=None, now=now)
    if decision.denied_by is not None:
        return f"Rule {decision.denied_by.id} denies it."
    near = [c for c in decision.considered if c.unmet in ABOUT_THE_ROLE][:_SHOWN]
    return " ".join(_condition(considered) for considered in near)


def _condition(considered: Considered) -> str:
    rule = considered.rule
    if considered.unmet is Unmet.HOURS:
        return f"Rule {rule.id}: {rule.hours}."
    return f"Rule {rule.id} {considered.why_not}."
