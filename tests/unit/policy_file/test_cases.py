"""Tests in the policy file are decided as requests are, and a wrong one is named on its line."""

import re
from pathlib import Path

import pytest

from dbaccess.policy_file import PolicyFileError, failures, load_cases, parse_policy
from tests.unit.policy_file.example import EXAMPLE, changed, line_of

CASE = """
[[tests]]
name = "an engineer reads production"
in = ["engineers"]
target = "orders-prod"
role = "read"
duration = "2h"
expect = "prod-read"
"""
DENY = '\n[[rules]]\nid = "freeze"\ndeny = true\nrequester = ["dba"]\n'


def differences(path: Path, text: str) -> list[str]:
    path.write_text(text, encoding="utf-8")
    policy, (case,) = load_cases(path)
    return failures(policy, case)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "dbaccess.toml"


@pytest.mark.parametrize(
    "also",
    [
        "",
        'approvals = [{ group = "dba", count = 1 }]\nmax = "4h"',
        "at = 2026-03-02T10:00:00+01:00",
        'as = "U0MAYA"',
    ],
)
def test_a_case_that_is_decided_as_it_expects_passes(file: Path, also: str) -> None:
    assert differences(file, f"{EXAMPLE}{CASE}{also}\n") == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('expect = "prod-read"', 'expect = "prod-ddl"', "expected prod-ddl, got prod-read"),
        ('expect = "prod-read"', 'expect = "no"', "expected no, got prod-read"),
        ('in = ["engineers"]\n', "", "expected prod-read, got no: No rule allows read"),
        ('in = ["engineers"]', 'in = ["engineers"]\nguest = true', "expected prod-read, got no"),
        ('"2h"', '"5h"', "got no: 5 h is over the maximum of 4 h"),
        ('in = ["engineers"]', 'in = ["engineers", "dba"]', "expected prod-read, got freeze: Rule freeze"),
        ('expect = "prod-read"', 'expect = "prod-read"\nmax = "5h"', "expected max 5 h, got 4 h"),
        (
            'expect = "prod-read"',
            'expect = "prod-read"\napprovals = "none"',
            "expected approvals none, got 1 from dba",
        ),
        (
            'expect = "prod-read"',
            'expect = "prod-read"\napprovals = [{ group = "dba", count = 2 }]',
            "expected approvals 2 from dba, got 1 from dba",
        ),
    ],
)
def test_a_case_that_is_decided_otherwise_says_how(file: Path, old: str, new: str, says: str) -> None:
    assert old in CASE
    (said,) = differences(file, EXAMPLE + DENY + CASE.replace(old, new))
    assert says in said


@pytest.mark.parametrize("expect", ["no", "freeze"])
def test_case_may_expect_a_denial_by_the_name_of_the_rule(file: Path, expect: str) -> None:
    case = CASE.replace('["engineers"]', '["engineers", "dba"]').replace('"prod-read"', f'"{expect}"')
    assert differences(file, EXAMPLE + DENY + case) == []


def test_another_slack_id_of_the_same_person_is_denied_too(file: Path) -> None:
    text = changed('["S0DBA"]', '["W0ALICE"]') + DENY + CASE.replace('"prod-read"', '"freeze"')
    assert differences(file, f'{text}as = "U0ALICE"\n') == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('in = ["engineers"]', 'in = ["engineer"]', 'in: no group "engineer". Nearest: engineers'),
        ('"orders-prod"', '"orders-prd"', 'target: no target "orders-prd". Nearest: orders-prod'),
        ('role = "read"', 'role = "reed"', 'role: no role "reed". Nearest: read'),
        ('expect = "prod-read"', 'expect = "prod-reed"', 'expect: no rule "prod-reed". Nearest: prod-read'),
        ('expect = "prod-read"', 'expect = "no"\nmax = "4h"', 'expect: "no" asks for no approvals'),
        ('duration = "2h"', 'duration = "2"', 'duration: "2" has no unit'),
        ('expect = "prod-read"\n', "", "expect: missing"),
        ('in = ["engineers"]', 'im = ["engineers"]', r"tests\[1\].im: not known here. Nearest: in"),
        ('duration = "2h"', 'duration = "2h"\nat = 2026-03-02T10:00:00', "at: .* with its offset"),
    ],
)
def test_a_case_with_a_mistake_is_refused_on_its_line(old: str, new: str, says: str) -> None:
    text = EXAMPLE + CASE.replace(old, new)
    with pytest.raises(PolicyFileError) as raised:
        parse_policy(text)
    (problem,) = raised.value.problems
    assert re.search(says, problem.what)


def test_a_case_without_its_moment_is_refused_where_that_matters() -> None:
    hours = 'hours = { tz = "UTC", days = ["mon"], start = "08:00", end = "19:00" }'
    with pytest.raises(PolicyFileError, match=r"tests\[1\]\.at: missing, and a rule has hours"):
        parse_policy(changed('max = "4h"', f'max = "4h"\n{hours}') + CASE)


def test_tests_are_no_part_of_what_the_policy_means() -> None:
    assert parse_policy(EXAMPLE + CASE).hash == parse_policy(EXAMPLE).hash


def test_tests_may_stand_beside_the_file(file: Path) -> None:
    file.write_text(EXAMPLE + CASE, encoding="utf-8")
    other = file.with_name("dbaccess.tests.toml")
    other.write_text(f"# more\n{CASE}{CASE}", encoding="utf-8")
    _, cases = load_cases(file)
    assert [Path(case.file).name for case in cases] == [file.name, other.name, other.name]
    assert cases[0].line == line_of(EXAMPLE + CASE, "[[tests]]")
    assert [case.line for case in cases[1:]] == [3, 11]


def test_a_mistake_beside_the_file_is_told_with_that_files_name(file: Path) -> None:
    file.write_text(EXAMPLE, encoding="utf-8")
    file.with_name("dbaccess.tests.toml").write_text(CASE.replace("2h", "2"), encoding="utf-8")
    with pytest.raises(PolicyFileError, match=r"dbaccess\.tests\.toml:7: tests\[1\]\.duration"):
        load_cases(file)
