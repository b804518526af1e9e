"""The page and the example are one, and both mean what they say."""

import re
from pathlib import Path

import pytest

from dbaccess.policy_file import Case, failures, load_cases, parse_policy, render_warnings

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "policy.md"
SHIPPED = ROOT / "dbaccess.example.toml"
POLICY, CASES = load_cases(SHIPPED)


def blocks() -> list[str]:
    return re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def test_the_page_shows_the_rules_of_the_shipped_example() -> None:
    rules, _ = blocks()
    assert rules in SHIPPED.read_text(encoding="utf-8")
    assert re.findall(r'^id = "(.*)"$', rules, re.MULTILINE) == [rule.id for rule in POLICY.rules]


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
