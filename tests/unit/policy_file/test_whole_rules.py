"""Break-glass, extensions and narrower roles: what such keys need, and what contradicts them."""

import re
from datetime import timedelta

import pytest

from dbaccess.domain.policy import BreakGlass, Escalation, Extend, Slot
from dbaccess.policy_file import PolicyFileError, parse_policy, render_warnings
from tests.unit.policy_file.example import EXAMPLE, changed

EMERGENCY = """
[[rules]]
id = "emergency"
env = ["prod"]
requester = ["engineers"]
max = "30m"
break_glass = true
review_by = "dba"
review_within = "24h"
"""
WRITE = """
[targets.orders-prod.roles.write]
access = "write"
grants = ["orders_write"]
can = "write"
cannot = "create"
"""


def problems(text: str) -> list[str]:
    try:
        parse_policy(text)
    except PolicyFileError as error:
        return [problem.what for problem in error.problems]
    return []


def test_a_break_glass_rule_is_what_it_says() -> None:
    *_, rule = parse_policy(EXAMPLE + EMERGENCY).rules
    assert rule.break_glass == BreakGlass(review_by="dba", review_within=timedelta(hours=24))
    assert (rule.approvals, rule.longest) == ((), timedelta(minutes=30))
    assert rule.reviewing == ("dba",)
    assert render_warnings(parse_policy(EXAMPLE + EMERGENCY)) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('review_by = "dba"\n', "", "review_by: missing"),
        ('review_within = "24h"\n', "", "review_within: missing"),
        ("break_glass = true\n", "", "review_by: is for break-glass only"),
        ('"dba"', '"dbas"', 'review_by: no group "dbas"'),
        ('max = "30m"', 'max = "30m"\napprovals = "none"', "approvals: has no place in a break-glass rule"),
        (
            'max = "30m"',
            'max = "30m"\nextend = { max = "1h", approvals = "none" }',
            "extend: has no place in a break-glass rule",
        ),
        ('max = "30m"\n', "", "max: missing"),
    ],
)
def test_a_break_glass_rule_has_its_review_and_nothing_before(old: str, new: str, says: str) -> None:
    found = problems(EXAMPLE + EMERGENCY.replace(old, new))
    assert [what for what in found if says in what], found


def test_break_glass_reaches_a_schema_without_a_yes() -> None:
    assert problems(EXAMPLE + EMERGENCY.replace("max =", 'access = ["ddl"]\nmax =')) == []


def test_a_second_sink_is_named_by_its_kind() -> None:
    text = EXAMPLE + '[break_glass]\nsecond_sink = "syslog"\n'
    assert parse_policy(text).second_sink == "syslog"
    assert parse_policy(EXAMPLE).second_sink is None
    assert re.search('Write "syslog" or "webhook"', problems(text.replace('"syslog"', '"https://x"'))[0])


def extended(extend: str, *, of: str = "4h") -> str:
    return changed(f'max = "{of}"', f'max = "{of}"\nextend = {extend}')


def test_an_extension_has_a_whole_time_and_slots_of_its_own() -> None:
    slots = '[{ group = "dba", count = 1 }, { group = "operators", count = 1 }]'
    rule, _ = parse_policy(extended(f'{{ max = "8h", approvals = {slots} }}')).rules
    both = (Slot(group="dba", count=1), Slot(group="operators", count=1))
    assert rule.extend == Extend(longest=timedelta(hours=8), approvals=both)
    assert rule.reviewing == ("dba", "operators")
    without, _ = parse_policy(extended('{ max = "8h", approvals = "none" }')).rules
    assert without.extend == Extend(longest=timedelta(hours=8), approvals=())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (extended('{ max = "3h", approvals = "none" }'), "extend.max: is under 4 h"),
        (extended('{ max = "8h" }'), "extend.approvals: missing"),
        (extended('{ max = "8h", approvals = [] }'), "extend.approvals: no approval would be needed"),
        (
            extended('{ max = "8h", approvals = [{ group = "dbas", count = 1 }] }'),
            'extend.approvals[1].group: no group "dbas"',
        ),
        (
            extended('{ max = "8h", approvals = "none" }', of="1h"),
            'extend.approvals: "none" lets people change the schema of orders-prod',
        ),
    ],
)
def test_an_extension_that_cannot_be_is_refused(text: str, says: str) -> None:
    found = problems(text)
    assert [what for what in found if says in what], found


def test_an_escalation_goes_to_a_group_or_one_person() -> None:
    for to in ("operators", "U0ANN"):
        text = changed("min_reason = 20", f'escalate_after = "10m"\nescalate_to = "{to}"')
        assert parse_policy(text).rules[1].escalation == Escalation(after=timedelta(minutes=10), to=to)


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ('escalate_after = "10m"', "escalate_to: missing"),
        ('escalate_to = "dba"', "escalate_after: missing"),
        ('escalate_after = "10m"\nescalate_to = "dbas"', 'escalate_to: no group "dbas"'),
        ('escalate_after = "10m"\nescalate_to = "U0Sam"', 'escalate_to: no group "U0Sam"'),
        ('escalate_after = "30m"\nescalate_to = "dba"', 'escalate_after: "30m" is not before decide_within'),
        ('remind_after = "2h"', 'remind_after: "2h" is not before decide_within (30m)'),
    ],
)
def test_reminder_and_escalation_come_before_the_end(keys: str, says: str) -> None:
    found = problems(changed("min_reason = 20", keys))
    assert [what for what in found if says in what], found


def narrower(*roles: str, of: str = "migrate") -> str:
    listed = ", ".join(f'"{role}"' for role in roles)
    access = {"migrate": "ddl", "read": "read", "write": "write"}[of]
    old = f'[targets.orders-prod.roles.{of}]\naccess = "{access}"\n'
    text = changed("[[rules]]", f"{WRITE}\n[[rules]]")
    assert old in text
    return text.replace(old, f"{old}narrower = [{listed}]\n")


def test_narrower_roles_are_of_the_same_target_and_no_deeper() -> None:
    policy = parse_policy(narrower("write", "read"))
    assert policy.role("orders-prod", "migrate").narrower == ("read", "write")
    assert not [w for w in render_warnings(policy) if "write" in w], "a reviewer may give it"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (narrower("reed"), 'narrower: no role "reed". Nearest: read'),
        (narrower("migrate"), 'narrower: "migrate" is this very role'),
        (narrower("write", of="read"), 'narrower: "write" reaches deeper (write) than this role (read)'),
        (
            narrower("write").replace('access = "write"\n', 'access = "ddl"\nnarrower = ["migrate"]\n'),
            'narrower: "migrate" has this role as narrower in turn',
        ),
    ],
)
def test_a_role_that_is_not_narrower_is_refused(text: str, says: str) -> None:
    found = problems(text)
    assert [what for what in found if says in what], found
