"""A file that is right may still not mean what its writer thinks; that is said."""

import pytest

from dbaccess.policy_file import parse_policy, render_warnings
from tests.unit.policy_file.example import EXAMPLE, changed


def test_a_file_that_means_what_it_says_has_no_warning() -> None:
    assert render_warnings(parse_policy(EXAMPLE)) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (changed('access = ["ddl"]', 'access = ["write"]'), "Nobody can get migrate on orders-prod"),
        (changed('access = ["ddl"]', 'access = ["write"]'), "Rule prod-ddl never decides: it fits no role"),
        (
            changed('access = ["ddl"]', 'access = ["read"]'),
            "Rule prod-ddl never decides: rule prod-read before it fits all",
        ),
        (changed('operators = ["U0OPS"]\n', ""), "There are no operators"),
        (
            changed('["S0DBA"]', '["U0ALICE", "W0ALICE"]').replace("count = 1", "count = 2"),
            "Rule prod-read is never met: dba has 1 people, it takes 2",
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
            "Nobody can ask on orders-prod: its login is personal",
        ),
    ],
)  # fmt: skip
def test_what_it_does_not_mean_is_said(text: str, says: str) -> None:
    assert any(warning.startswith(says) for warning in render_warnings(parse_policy(text)))


def test_a_rule_for_guests_is_not_hidden_by_one_without() -> None:
    text = changed('access = ["ddl"]', 'access = ["read"]').replace("guests = false", "guests = true")
    assert not [w for w in render_warnings(parse_policy(text)) if w.startswith("Rule prod-ddl")]
