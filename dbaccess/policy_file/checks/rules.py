"""Checks of rules: their parts must fit together, and the rest of the file."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from dbaccess.domain.duration import format_duration
from dbaccess.domain.rule import IDLE_LEAST
from dbaccess.policy_file.problems.problem import Complaint, Path, unknown
from dbaccess.policy_file.shape.file import FileShape
from dbaccess.policy_file.shape.rule import CONDITIONS, NOT_FOR_BREAK_GLASS, RuleShape, SlotShape
from dbaccess.policy_file.shape.words import duration_of, is_person_id


def rule_complaints(file: FileShape) -> Iterator[Complaint]:
    """Yield every problem of rules: unknown names, missing keys and misplaced ones."""
    first: dict[str, int] = {}
    for number, rule in enumerate(file.rules):
        here = ("rules", number)
        if rule.id in first:
            yield (*here, "id"), f'"{rule.id}" is rule {first[rule.id] + 1} too. Name it otherwise.'
        first.setdefault(rule.id, number)
        yield from _names(file, rule, here)
        yield from _has_place(rule, here)
        yield from _needed(rule, here)
        yield from _slots(file, rule, here)
        yield from _times(rule, here)
        yield from _idle(rule, here)


def _names(file: FileShape, rule: RuleShape, here: Path) -> Iterator[Complaint]:
    roles = {name for target in file.targets.values() for name in target.roles}
    envs = {target.env for target in file.targets.values()}
    named: tuple[tuple[str, str, Iterable[str], Iterable[str]], ...] = (
        ("group", "requester", rule.requester or (), file.groups),
        ("group", "requester_not", rule.requester_not or (), file.groups),
        ("target", "target", rule.target or (), file.targets),
        ("target has env", "env", rule.env or (), envs),
        ("target has role", "role", rule.role or (), roles),
        ("group", "review_by", [rule.review_by] if rule.review_by else (), file.groups),
    )
    for kind, key, asked, known in named:
        for name in asked:
            if name not in known:
                yield (*here, key), unknown(kind, name, known)
    for name in rule.requester or ():
        if name in (rule.requester_not or ()):
            yield (*here, "requester_not"), f'"{name}" is in requester too. Take it out of one.'
    to = rule.escalate_to
    if to is not None and to not in file.groups and not is_person_id(to):
        yield (*here, "escalate_to"), unknown("group", to, file.groups) + " Or write one person's id (U…)."


def _has_place(rule: RuleShape, here: Path) -> Iterator[Complaint]:
    written = rule.model_fields_set
    if rule.deny:
        for key in sorted(written - CONDITIONS):
            yield (*here, key), "has no place in a rule that denies: it only has conditions. Take it out."
    elif rule.break_glass:
        for key in sorted(written & NOT_FOR_BREAK_GLASS):
            yield (
                (*here, key),
                "has no place in a break-glass rule: no approval is asked before. Take it out.",
            )
    else:
        for key in sorted(written & {"review_by", "review_within"}):
            yield (*here, key), "is for break-glass only. Write break_glass = true, or take it out."
        for key in sorted(written & {"decide_within", "remind_after", "escalate_after", "escalate_to"}):
            if rule.approvals == [] and not (rule.extend and rule.extend.approvals):
                yield (*here, key), "has no place here: no approval is asked. Take it out."


def _needed(rule: RuleShape, here: Path) -> Iterator[Complaint]:
    if rule.deny:
        return
    if rule.requester is None:
        yield (*here, "requester"), "missing. Name the groups that may ask."
    if rule.max is None and rule.up_to is None:
        yield (*here, "max"), 'missing. Write the most that it allows: "4h".'
    if rule.approvals is None and not rule.break_glass:
        yield (*here, "approvals"), 'missing. Write [{ group = "dba", count = 1 }], or "none".'
    if rule.break_glass and rule.review_by is None:
        yield (*here, "review_by"), "missing. Name the group that reviews it afterwards."
    if rule.break_glass and rule.review_within is None:
        yield (*here, "review_within"), 'missing. Write within what time it is reviewed: "24h".'
    if (rule.escalate_after is None) is not (rule.escalate_to is None):
        absent = "escalate_to" if rule.escalate_to is None else "escalate_after"
        yield (*here, absent), "missing. escalate_after and escalate_to go together."


def _slots(file: FileShape, rule: RuleShape, here: Path) -> Iterator[Complaint]:
    of_extension = rule.extend.approvals if rule.extend else []
    for path, slots in (
        ((*here, "approvals"), rule.approvals or []),
        ((*here, "extend", "approvals"), of_extension),
    ):
        for number, slot in enumerate(slots):
            if slot.group not in file.groups:
                yield (*path, number, "group"), unknown("group", slot.group, file.groups)
            if slot.group in _groups(slots[:number]):
                yield (*path, number, "group"), f'"{slot.group}" has a slot already. Raise its count instead.'


def _groups(slots: list[SlotShape]) -> set[str]:
    return {slot.group for slot in slots}


def _idle(rule: RuleShape, here: Path) -> Iterator[Complaint]:
    if rule.idle_after is None:
        if rule.idle_end:
            yield (*here, "idle_end"), 'needs idle_after. Write after what time unused: "30m".'
    elif duration_of(rule.idle_after) < IDLE_LEAST:
        yield (*here, "idle_after"), f'"{rule.idle_after}" is too short. Write at least 5m.'
    elif duration_of(rule.idle_after) >= _whole_time(rule):
        why = f'"{rule.idle_after}" is not below the longest time of a grant: it would never happen.'
        yield (*here, "idle_after"), why


def _whole_time(rule: RuleShape) -> timedelta:
    """Return the longest time of a grant, extensions included."""
    longest = duration_of(rule.max or rule.up_to or "1h")
    return max(longest, duration_of(rule.extend.max)) if rule.extend else longest


def _times(rule: RuleShape, here: Path) -> Iterator[Complaint]:
    longest = duration_of(rule.max or rule.up_to or "1h")
    if rule.max and rule.up_to and duration_of(rule.up_to) > longest:
        why = (
            f'"{rule.up_to}" is over max: what lies between would be refused here. Write at most {rule.max}.'
        )
        yield (*here, "up_to"), why
    if rule.extend and duration_of(rule.extend.max) < longest:
        why = f"is under {format_duration(longest)}, which may be asked at once: it is the whole time."
        yield (*here, "extend", "max"), why
    for key, text in (("remind_after", rule.remind_after), ("escalate_after", rule.escalate_after)):
        if text is not None and duration_of(text) >= duration_of(rule.decide_within):
            why = f'"{text}" is not before decide_within ({rule.decide_within}): it would never happen.'
            yield (*here, key), why
