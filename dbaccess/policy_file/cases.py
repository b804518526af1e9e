"""Tests in a policy file or beside it: a request at a time, and its expected decision."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dbaccess.domain.ask import Ask
from dbaccess.domain.duration import format_duration
from dbaccess.domain.errors import NotAllowed, TooLong
from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import Policy, Rule
from dbaccess.domain.simulate import SOMEBODY, simulate
from dbaccess.policy_file.problems.places import Places
from dbaccess.policy_file.problems.problem import Complaint, unknown
from dbaccess.policy_file.shape.case import CaseShape
from dbaccess.policy_file.shape.words import duration_of

NO = "no"
"""The expectation that a request is refused, for any reason."""

_SOME_MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One test; `slots` and `longest` are compared if given."""

    name: str
    file: str
    line: int
    slack_id: SlackId
    groups: tuple[str, ...]
    is_guest: bool
    ask: Ask
    at: datetime
    expect: str
    slots: tuple[tuple[str, int], ...] | None
    longest: timedelta | None


def beside(path: Path) -> Path:
    """Return the path of separate tests for `dbaccess.toml`: `dbaccess.tests.toml`."""
    return path.with_suffix(f".tests{path.suffix}")


def build_cases(cases: list[CaseShape], *, file: str, places: Places) -> list[Case]:
    """Return the cases, each with its first line."""
    return [
        Case(
            name=case.name,
            file=file,
            line=places.line(("tests", number)),
            slack_id=SlackId(case.person or SOMEBODY),
            groups=tuple(case.groups or ()),
            is_guest=case.guest,
            ask=Ask(
                target=case.target,
                role=case.role,
                duration=duration_of(case.duration),
                reason="",
                break_glass=case.break_glass,
            ),
            at=(case.at or _SOME_MONDAY).astimezone(UTC),
            expect=case.expect,
            slots=None
            if case.approvals is None
            else tuple((slot.group, slot.count) for slot in case.approvals),
            longest=None if case.max is None else duration_of(case.max),
        )
        for number, case in enumerate(cases)
    ]


def case_complaints(cases: list[CaseShape], policy: Policy) -> Iterator[Complaint]:
    """Yield unknown names, and a missing moment that would matter."""
    rules = [rule.id for rule in policy.rules]
    for number, case in enumerate(cases):
        here = ("tests", number)
        for group in case.groups or ():
            if group not in policy.groups:
                yield (*here, "in"), unknown("group", group, policy.groups)
        if case.target not in policy.targets:
            yield (*here, "target"), unknown("target", case.target, policy.targets)
        elif case.role not in policy.targets[case.target].roles:
            yield (*here, "role"), unknown("role", case.role, policy.targets[case.target].roles)
        if case.expect not in {NO, *rules}:
            yield (*here, "expect"), unknown("rule", case.expect, [NO, *rules])
        if case.expect == NO and (case.approvals is not None or case.max is not None):
            yield (*here, "expect"), '"no" asks for no approvals and allows no time. Take these out.'
        if case.at is None and any(rule.hours for rule in policy.rules):
            yield (*here, "at"), "missing, and a rule has hours. Write at = 2026-03-02T10:00:00+01:00."


def failures(policy: Policy, case: Case) -> list[str]:
    """Return how the decision differs from the expectation; empty if it does not."""
    assumed, person = simulate(
        policy, slack_id=case.slack_id, groups=case.groups, is_guest=case.is_guest, now=case.at
    )
    ask = case.ask
    decision = assumed.decide(
        person, ask.target, ask.role, duration=ask.duration, now=case.at, break_glass=ask.break_glass
    )
    try:
        rule: Rule | None = assumed.rule_for(person, ask, now=case.at)
        said = ""
    except (NotAllowed, TooLong) as refused:
        rule, said = None, f": {refused}"
    denied_by = decision.denied_by.id if decision.denied_by else NO
    found = {NO, denied_by} if rule is None else {rule.id}
    if case.expect not in found:
        return [f"expected {case.expect}, got {rule.id if rule else denied_by}{said}"]
    return [] if rule is None else list(_differences(case, rule))


def _differences(case: Case, rule: Rule) -> Iterator[str]:
    slots = tuple((slot.group, slot.count) for slot in rule.approvals)
    if case.slots is not None and sorted(slots) != sorted(case.slots):
        yield f"expected approvals {_said(case.slots)}, got {_said(slots)}"
    if case.longest is not None and rule.longest != case.longest:
        yield f"expected max {format_duration(case.longest)}, got {format_duration(rule.longest)}"


def _said(slots: tuple[tuple[str, int], ...]) -> str:
    return " and ".join(f"{count} from {group}" for group, count in slots) or "none"
