"""What the form says of the chosen role: what it may do and takes, or what would work instead."""

from typing import Any

from dbaccess.domain.duration import format_duration
from dbaccess.domain.people import Person
from dbaccess.domain.policy import LoginKind, Policy, Rule, Target
from dbaccess.slack.blocks import actions, button, context, section
from dbaccess.slack.text import cut, inline
from dbaccess.slack.views.wording import needs

SWITCH_ROLE = "form.switch_role"
"""Begins the action ids; value: the role's name; the view is built anew with it."""

_CAN_LONGEST = 700
_SHOWN = 5
_FOR_THE_PERSON = ("is for members", "is not for guests", "needs a login")


def role_sections(target: Target, role_name: str, rule: Rule) -> list[dict[str, Any]]:
    role = target.roles[role_name]
    can = f"*Can:* {inline(cut(role.can, _CAN_LONGEST))}."
    cannot = f" *Cannot:* {inline(cut(role.cannot, _CAN_LONGEST))}." if role.cannot else ""
    takes = f"*Takes:* {inline(_takes(rule))} within {format_duration(rule.decide_within)}."
    longest = f"*Longest:* {format_duration(rule.longest)}."
    said = f"Statements on {inline(target.name)} are not captured. Rule {inline(rule.id)}."
    if target.login is LoginKind.PERSONAL:
        said += " The role goes to your own login; its sessions may be closed at the end."
    return [section(f"{can}{cannot}\n{takes} {longest}"), context(said)]


def possible_section(policy: Policy, person: Person, target: str, role: str) -> list[dict[str, Any]]:
    """Why not, and what else; a button for each role that would work."""
    why = _why_not(policy, person, target, role)
    said = f"*Not possible now:* {inline(role)} on {inline(target)}.{f' {inline(why)}' if why else ''}"
    others = policy.possible(person, target)[:_SHOWN]
    offers = [offer for other in others if (offer := _offer(policy, person, target, other))]
    possible = "; ".join(offers) or f"nothing on {inline(target)} for you"
    buttons = [
        button(f"Switch to {other}", action_id=f"{SWITCH_ROLE}.{index}", value=other)
        for index, other in enumerate(others)
    ]
    return [section(f"{said}\n*Possible:* {possible}."), *actions(buttons)]


def _offer(policy: Policy, person: Person, target: str, role: str) -> str:
    rule = policy.decide(person, target, role).rule
    if rule is None:
        return ""
    return f"{inline(role)}, up to {format_duration(rule.longest)}, {inline(_takes(rule))}"


def _takes(rule: Rule) -> str:
    return needs(tuple((slot.group, slot.count) for slot in rule.approvals))


def _why_not(policy: Policy, person: Person, target: str, role: str) -> str:
    """The rules that are about this role, and what keeps this person out."""
    considered = policy.decide(person, target, role).considered
    near = [c for c in considered if c.why_not.startswith(_FOR_THE_PERSON)][:_SHOWN]
    return " ".join(f"Rule {c.rule.id} {c.why_not}." for c in near)
