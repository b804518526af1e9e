"""A file that is right may still not mean what its writer thinks; that is said."""

import pytest

from dbaccess.policy_file import parse_policy, render_warnings
from tests.unit.policy_file.example import EXAMPLE, changed


def test_a_file_that_means_what_it_says_has_no_warning() -> None:
    assert render_warnings(parse_policy(EXAMPLE)) == []


SLOT = '[{ group = "dba", count = 1 }]'
TWO = '[{ group = "dba", count = 1 }, { group = "operators", count = 1 }]'
DENY = """
[[rules]]
id = "freeze"
deny = true
env = ["prod"]
"""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (changed('access = ["ddl"]', 'access = ["write"]'), "No person can get migrate on orders-prod"),
        (changed('access = ["ddl"]', 'access = ["write"]'), "Rule prod-ddl never decides: it fits no role"),
        (
            changed('access = ["ddl"]', 'access = ["read"]'),
            "Rule prod-ddl never decides: rule prod-read before it fits all",
        ),
        (changed('operators = ["U0OPS", "U0DUTY"]\n', ""), "There are no operators"),
        (changed('"U0OPS", "U0DUTY"', '"U0OPS"'), "There is one operator. In Slack another one lifts"),
        (changed('"U0OPS", "U0DUTY"', '"U0ALICE", "W0ALICE"'), "There is one operator."),
        (changed("guests = false", "guests = true"), "Rule prod-ddl is for guests, but Slack keeps them out"),
        (EXAMPLE + DENY, "No person can get read on orders-prod: rule freeze decides before every rule"),
        (EXAMPLE + DENY, "Rule prod-ddl never decides: rule freeze before it fits all"),
        (changed(SLOT, '"none"'), "Members of engineers can have every role but ddl on every target"),
        (changed(SLOT, '"none"').replace('"S0ENGINEERS"', '"S0ENGINEERS", "C0ROOM"'),
         "Rule prod-read needs no approval; all who join C0ROOM are in engineers"),
        (changed(SLOT, '"none"').replace('"read"', '"write"'),
         "Rule prod-read needs no approval, and gives read on orders-prod, which can change data"),
        (changed(SLOT, TWO).replace('["S0DBA"]', '["U0ANN", "U0BOB"]')
         .replace('["U0OPS", "U0DUTY"]', '["U0ANN"]').replace("count = 1 }, {", "count = 2 }, {"),
         "Rule prod-read is never met: dba and operators has 2 people, it takes 3"),
        (changed('["S0DBA"]', '["U0ANN"]').replace('"S0ENGINEERS"', '"S0ENGINEERS", "U0ANN"'),
         "Rule prod-read is never met for U0ANN: no other reviewer is left"),
        (
            changed('["S0DBA"]', '["U0ALICE", "W0ALICE"]').replace("count = 1", "count = 2"),
            "Rule prod-read is never met: dba has 1 person, it takes 2",
        ),
        (
            changed('"ephemeral"', '"personal"').replace('act_as = "orders_owner"\n', "").replace(
                '["S0ENGINEERS"]', '["U0ALICE", "U0EVE"]'
            ),
            "U0EVE cannot ask on orders-prod: no login under [people]",
        ),
        (
            changed('"ephemeral"', '"personal"').replace('act_as = "orders_owner"\n', "")
            .replace(', login = "alice"', "").replace(', login = "bilal"', ""),
            "No person can ask on orders-prod: no entry under [people] has a login",
        ),
        (
            changed("min_reason = 20", "require_capture = true"),
            "Rule prod-ddl grants nothing on orders-prod: it requires capture, and the cluster has no",
        ),
        (
            changed("min_reason = 20", 'idle_after = "30m"'),
            "Rule prod-ddl has idle_after. On orders-prod sessions alone show use: the cluster has no",
        ),
        (
            changed("min_reason = 20", 'idle_after = "30m"\nidle_end = true'),
            "Rule prod-ddl has idle_after. On orders-prod sessions alone show use and nothing ends there",
        ),
        (
            changed("min_reason = 20", 'capture = "shape"'),
            'Rule prod-ddl says capture = "shape", which has no effect on orders-prod: the cluster has no',
        ),
    ],
)  # fmt: skip
def test_warning_names_what_a_line_does_not_mean(text: str, says: str) -> None:
    assert any(warning.startswith(says) for warning in render_warnings(parse_policy(text)))


def test_capture_that_the_cluster_has_needs_no_warning() -> None:
    text = changed("min_reason = 20", 'capture = "shape"\nrequire_capture = true\nidle_after = "30m"')
    capture = 'driver = "postgresql"\ncapture = { source = "jsonlog", over = "sql" }'
    assert render_warnings(parse_policy(text.replace('driver = "postgresql"', capture))) == []


def test_capture_of_a_cluster_with_replicas_is_said_to_prove_nothing() -> None:
    text = changed("min_reason = 20", 'require_capture = true\nidle_after = "30m"\nidle_end = true')
    capture = (
        'driver = "postgresql"\nreplicas = ["standby-a"]\ncapture = { source = "jsonlog", over = "sql" }'
    )
    said = " ".join(render_warnings(parse_policy(text.replace('driver = "postgresql"', capture))))
    for begin in (
        "Nothing on main is said to be captured",
        "Rule prod-ddl ends nothing as idle on orders-prod",
        "Rule prod-ddl grants nothing on orders-prod: it requires capture, and statements on the replicas",
    ):
        assert begin in said


def test_a_rule_for_guests_is_not_hidden_by_one_without() -> None:
    text = changed('access = ["ddl"]', 'access = ["read"]').replace("guests = false", "guests = true")
    text = text.replace('["S0ENGINEERS"]', '["S0ENGINEERS", "U0CARLA"]')
    assert not [w for w in render_warnings(parse_policy(text)) if w.startswith("Rule prod-ddl")]


SECOND = """
[[rules]]
id = "second"
access = ["read"]
requester = ["engineers"]
max = "8h"
approvals = [{ group = "dba", count = 1 }]
"""
NIGHT = 'hours = { tz = "Europe/Berlin", days = ["mon", "sat"], start = "22:00", end = "06:00" }'


def of_second(text: str) -> list[str]:
    return [w for w in render_warnings(parse_policy(text)) if w.startswith("Rule second")]


@pytest.mark.parametrize(
    "first",
    [
        NIGHT,
        'up_to = "1h"',
        'requester_not = ["dba"]',
        'target = ["orders-prod"]\nrole = ["migrate"]',
        'covers = ["tables"]',
    ],
)
def test_a_rule_after_a_narrower_one_is_not_called_unreachable(first: str) -> None:
    assert of_second(changed('max = "4h"', f'max = "4h"\n{first}') + SECOND) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("", ""),
        ("", NIGHT),
        (NIGHT, NIGHT),
        ('up_to = "4h"', 'up_to = "2h"'),
        ('requester_not = ["operators"]', 'requester_not = ["operators", "dba"]'),
    ],
)
def test_a_rule_after_one_for_all_that_it_is_for_never_decides(first: str, second: str) -> None:
    text = changed('max = "4h"', f'max = "4h"\n{first}') + SECOND + second + "\n"
    assert of_second(text) == ["Rule second never decides: rule prod-read before it fits all that it fits."]


def test_people_in_one_group_are_those_of_another_that_names_them_too() -> None:
    text = changed('["S0ENGINEERS"]', '["S0ENGINEERS", "S0SRE"]').replace(
        "[groups]", '[groups]\nsre = ["S0SRE"]'
    )
    assert of_second(text + SECOND.replace('"engineers"', '"sre"')) != []
    assert of_second(text + SECOND.replace('"engineers"', '"dba"')) == []


def between(*keys: str, second: str = "") -> list[str]:
    """The warnings about the second rule, with each of these keys once in the rule before it."""
    first = EXAMPLE.split("[[rules]]")[1]
    before = "".join(
        f"[[rules]]{first}".replace("prod-read", f"part-{number}").replace('max = "4h"', f'max = "4h"\n{key}')
        for number, key in enumerate(keys)
    )
    head, _, tail = EXAMPLE.partition(f"[[rules]]{first}")
    return of_second(f"{head}{before}[[rules]]{tail.partition('[[rules]]')[2]}{SECOND}{second}\n")


def hours(days: str, start: str = "00:00", end: str = "24:00", tz: str = "Europe/Berlin") -> str:
    listed = ", ".join(f'"{day}"' for day in days.split())
    return f'hours = {{ tz = "{tz}", days = [{listed}], start = "{start}", end = "{end}" }}'


WORKDAYS, WEEKEND = "mon tue wed thu fri", "sat sun"
DAILY = f"{WORKDAYS} {WEEKEND}"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((hours(WORKDAYS), hours(WEEKEND)), ""),
        ((hours(WORKDAYS, "08:00", "19:00"),), hours("mon tue", "09:00", "18:00")),
        ((hours(DAILY, "08:00", "20:00"), hours(DAILY, "20:00", "08:00")), ""),
        ((hours("mon", "22:00", "06:00"),), hours("tue", "00:00", "06:00")),
        ((hours(DAILY, "05:00", "05:00"),), hours("sun", tz="Asia/Tokyo")),
    ],
)
def test_hours_that_earlier_rules_fill_between_them_leave_nothing(
    first: tuple[str, ...], second: str
) -> None:
    (said,) = between(*first, second=second)
    named = " and ".join(f"rule part-{number}" for number in range(len(first)))
    assert said.startswith(f"Rule second never decides: {named} before it fit")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((hours(WORKDAYS), hours("sat")), ""),
        ((hours(WORKDAYS, "08:00", "19:00"),), hours("mon", "18:00", "19:01")),
        ((hours("mon", "22:00", "06:00"),), hours("mon", "00:00", "06:00")),
        ((hours(WORKDAYS), hours(WEEKEND, tz="Europe/Paris")), ""),
        ((hours(WORKDAYS, "08:00", "19:00"),), hours("mon", "09:00", "10:00", tz="Europe/Paris")),
    ],
)
def test_hours_that_are_left_are_left(first: tuple[str, ...], second: str) -> None:
    assert between(*first, second=second) == []


def test_groups_that_earlier_rules_cover_one_each_leave_no_requester() -> None:
    text = changed("[groups]", '[groups]\nsre = ["S0SRE"]')
    of_both = SECOND.replace('["engineers"]', '["engineers", "sre"]')
    of_sre = SECOND.replace("second", "of-sre").replace("engineers", "sre")
    assert of_second(text + of_both) == []
    assert of_second(text + of_sre + of_both) == [
        "Rule second never decides: rule prod-read and rule of-sre before it fit all that it fits."
    ]


def test_group_belongs_to_the_people_whom_other_groups_name() -> None:
    text = changed('["S0ENGINEERS"]', '["U0ANN"]').replace(
        "[groups]", '[groups]\nsre = ["U0BOB"]\nall = ["U0ANN", "U0BOB"]'
    )
    text = text.replace('requester = ["engineers"]', 'requester = ["engineers", "sre"]', 1)
    assert of_second(text + SECOND.replace('"engineers"', '"all"')) != []


def test_a_rule_whose_people_are_all_kept_out_by_it_never_decides() -> None:
    text = changed('["S0ENGINEERS"]', '["U0ALICE"]').replace("[groups]", '[groups]\nformer = ["W0ALICE"]\n')
    text = text.replace(
        'requester = ["engineers"]', 'requester = ["engineers"]\nrequester_not = ["former"]', 1
    )
    said = render_warnings(parse_policy(text))
    assert "Rule prod-read never decides: all of requester are in requester_not." in said
    assert "No person can get read on orders-prod: the same rule excludes everyone who may ask." in said


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("postgres", "an administrator of the server"),
        ("rds_superuser", "an administrator of the server"),
        ("dbaccess_admin_acme", "a role of dbaccess itself"),
        ("dbaccess_worker", "a role of dbaccess itself"),
        ("bilal", "which is the login of a person under [people]"),
    ],
)
def test_role_that_is_powerful_by_its_name_is_warned_of(name: str, why: str) -> None:
    text = EXAMPLE.replace("orders_read", name)
    said = f"read on orders-prod gives {name}, {why}: such a role is never granted."
    assert said in render_warnings(parse_policy(text))
