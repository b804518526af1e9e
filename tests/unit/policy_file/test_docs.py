"""The page and the example are one, and both mean what they say."""

import re
from datetime import datetime
from pathlib import Path

import pytest

from dbaccess.domain.duration import parse_duration
from dbaccess.domain.errors import Refused
from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import Ask, Policy
from dbaccess.domain.simulate import simulate
from dbaccess.policy_file import Case, failures, load_cases, parse_policy, render_warnings

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "how-to" / "write-a-rule.md"
SHIPPED = ROOT / "dbaccess.example.toml"
POLICY, CASES = load_cases(SHIPPED)


def blocks() -> list[str]:
    return re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def test_the_page_shows_the_rules_of_the_shipped_example() -> None:
    rules, _ = blocks()
    assert written_on_the_page().hash == POLICY.hash
    assert rules in SHIPPED.read_text(encoding="utf-8")
    assert re.findall(r'^id = "(.*)"$', rules, re.MULTILINE) == [rule.id for rule in POLICY.rules]


def written_on_the_page() -> Policy:
    """The rules as the page has them, with the groups and targets of the shipped example around."""
    around = SHIPPED.read_text(encoding="utf-8").partition("[[rules]]")[0]
    return parse_policy(around + blocks()[0])


OLA, MAYA, CARLA, PRIYA = ("U0OLA", "oncall"), ("U0MAYA", "engineers"), ("U0CARLA",), ("U0PRIYA", "dba")
MONDAY, EVENING = "2026-03-02T10:00:00+01:00", "2026-03-02T19:00:00+01:00"
SATURDAY = "2026-03-07T23:00:00+01:00"
DBA, OWNERS = ("dba", 1), ("app-owners", 1)


@pytest.mark.parametrize(
    ("who", "asks", "at", "decides", "whose_yes"),
    [
        # on call reads production for up to an hour without approval
        (OLA, "orders-prod read 1h", SATURDAY, "oncall-read", ()),
        (OLA, "orders-prod read 2h", SATURDAY, "prod-read", (DBA,)),
        (OLA, "orders-prod read 5h", SATURDAY, "5 h is over the maximum of 4 h (rule prod-read).", ()),
        (MAYA, "orders-prod read 1h", SATURDAY, "prod-read", (DBA,)),
        # writing takes one DBA and ends after four hours, in business hours
        (MAYA, "orders-prod write 4h", MONDAY, "prod-write", (DBA,)),
        (MAYA, "orders-prod write 8h", MONDAY, "8 h is over the maximum of 4 h (rule prod-write).", ()),
        (MAYA, "orders-prod write 1h", EVENING, "No rule allows write on orders-prod now.", ()),
        # a change of the schema takes two people of two groups, and a ticket
        (MAYA, "orders-prod migrate 1h OPS-4512", MONDAY, "prod-schema", (DBA, OWNERS)),
        (MAYA, "orders-prod migrate 1h", MONDAY, "Rule prod-schema requires a ticket", ()),
        (MAYA, "orders-prod migrate 1h OPS-4512", SATURDAY, "Rule weekend-freeze denies migrate", ()),
        # contractors: the named tables, for eight hours, with a ticket
        (CARLA, "orders-prod tickets 8h SUP-4512", SATURDAY, "contractors-tables", (DBA,)),
        (CARLA, "orders-prod tickets 8h OPS-4512", SATURDAY, "Rule contractors-tables requires a ticket", ()),
        (CARLA, "orders-prod tickets 9h SUP-4512", SATURDAY, "9 h is over the maximum of 8 h", ()),
        (CARLA, "orders-prod read 1h SUP-4512", SATURDAY, "No rule allows read on orders-prod now.", ()),
        # break-glass
        (OLA, "orders-prod write 30m !", SATURDAY, "emergency", ()),
        (OLA, "orders-prod write 31m !", SATURDAY, "31 min is over the maximum of 30 min", ()),
        (MAYA, "orders-prod write 30m !", MONDAY, "No rule allows write on orders-prod by break-glass", ()),
        # who only reviews
        (PRIYA, "orders-prod read 1h", MONDAY, "You can request nothing there;", ()),
    ],
)
def test_rules_of_the_page_decide_as_the_page_says(
    who: tuple[str, ...], asks: str, at: str, decides: str, whose_yes: tuple[tuple[str, int], ...]
) -> None:
    slack_id, *groups = who
    now = datetime.fromisoformat(at)
    assumed, person = simulate(
        written_on_the_page(),
        slack_id=SlackId(slack_id),
        groups=groups,
        is_guest=who is CARLA,
        now=now,
    )
    target, role, duration, *more = asks.split()
    ask = Ask(
        target=target,
        role=role,
        duration=parse_duration(duration),
        reason=" ".join(["payments are down since noon", *more]),
        break_glass="!" in more,
    )
    if " " in decides:
        with pytest.raises(Refused, match=re.escape(decides)):
            assumed.check(person, ask, now=now)
        return
    rule = assumed.check(person, ask, now=now)
    assert (rule.id, tuple((s.group, s.count) for s in rule.approvals)) == (decides, whose_yes)


def test_the_shipped_example_needs_no_warning() -> None:
    assert render_warnings(POLICY) == []


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_shipped_example_means_what_its_tests_say(case: Case) -> None:
    assert failures(POLICY, case) == []


def test_every_rule_of_the_shipped_example_is_tried() -> None:
    assert {case.expect for case in CASES} == {"no", *(rule.id for rule in POLICY.rules)}


def test_the_test_on_the_page_can_be_written() -> None:
    _, case = blocks()
    text = SHIPPED.read_text(encoding="utf-8").split("[[tests]]")[0]
    assert parse_policy(text + case).hash == POLICY.hash
