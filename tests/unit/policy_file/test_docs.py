"""The page about the file shows a file that is taken."""

import re
from pathlib import Path

from dbaccess.policy_file import parse_policy, render_warnings

PAGE = Path(__file__).parents[3] / "docs" / "policy.md"


def test_the_worked_example_is_right() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    policy = parse_policy(example)
    assert [rule.id for rule in policy.rules] == ["prod-read", "prod-change"]
    assert render_warnings(policy) == []
