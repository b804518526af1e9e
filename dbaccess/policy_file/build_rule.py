"""Building of a domain rule from a rule of the file."""

from datetime import timedelta

from dbaccess.domain.hours import DAYS
from dbaccess.domain.policy import Access, BreakGlass, Escalation, Extend, Hours, Rule, Scope, Slot
from dbaccess.policy_file.shape.rule import Approvals, ExtendShape, HoursShape, RuleShape
from dbaccess.policy_file.shape.words import clock_of, duration_of


def build_rule(rule: RuleShape) -> Rule:
    """Return the rule; one that denies allows no time, and one with `up_to` alone allows just that.

    Raises `ValueError` for a rule that allows without naming approvals; the checks let none through.
    """
    if rule.approvals is None and not (rule.deny or rule.break_glass):
        raise ValueError(f"Rule {rule.id} names no approvals.")
    return Rule(
        id=rule.id,
        denies=rule.deny,
        env=frozenset(rule.env or ()),
        targets=frozenset(rule.target or ()),
        access=frozenset(Access(access) for access in rule.access or ()),
        roles=frozenset(rule.role or ()),
        scopes=frozenset(Scope(scope) for scope in rule.covers or ()),
        requester=tuple(rule.requester or ()),
        requester_not=tuple(rule.requester_not or ()),
        hours=_hours(rule.hours) if rule.hours else None,
        up_to=_duration(rule.up_to),
        longest=_duration(rule.max) or _duration(rule.up_to) or timedelta(0),
        approvals=_slots(rule.approvals or []),
        decide_within=duration_of(rule.decide_within),
        guests=rule.guests,
        ticket=rule.ticket,
        min_reason=rule.min_reason,
        remind_after=_duration(rule.remind_after),
        escalation=_escalation(rule),
        extend=_extend(rule.extend) if rule.extend else None,
        break_glass=_break_glass(rule),
    )


def _duration(text: str | None) -> timedelta | None:
    return None if text is None else duration_of(text)


def _slots(slots: Approvals) -> tuple[Slot, ...]:
    return tuple(Slot(group=slot.group, count=slot.count) for slot in slots)


def _hours(hours: HoursShape) -> Hours:
    return Hours(
        tz=hours.tz,
        days=frozenset(DAYS.index(day) for day in hours.days),
        start=clock_of(hours.start),
        end=clock_of(hours.end),
    )


def _extend(extend: ExtendShape) -> Extend:
    return Extend(longest=duration_of(extend.max), approvals=_slots(extend.approvals))


def _escalation(rule: RuleShape) -> Escalation | None:
    if rule.escalate_after is None or rule.escalate_to is None:
        return None
    return Escalation(after=duration_of(rule.escalate_after), to=rule.escalate_to)


def _break_glass(rule: RuleShape) -> BreakGlass | None:
    if not rule.break_glass:
        return None
    if rule.review_by is None or rule.review_within is None:
        raise ValueError(f"Rule {rule.id} names no reviewers of a break-glass.")
    return BreakGlass(review_by=rule.review_by, review_within=duration_of(rule.review_within))
