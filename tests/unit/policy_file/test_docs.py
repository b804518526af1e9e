"""The page about the file shows a file that is taken."""

import re
from pathlib import Path

from dbaccess.domain.policy import Policy
from dbaccess.policy_file import Case, failures, load_cases, render_warnings

PAGE = Path(__file__).parents[3] / "docs" / "policy.md"


def test_the_worked_example_is_right(tmp_path: Path) -> None:
    example, case = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    policy, cases = _read(f"{example}\n{case}", tmp_path)
    assert [rule.id for rule in policy.rules] == ["prod-read", "prod-change"]
    assert render_warnings(policy) == []
    assert [failures(policy, one) for one in cases] == [[]]


def _read(text: str, folder: Path) -> tuple[Policy, list[Case]]:
    file = folder / "dbaccess.toml"
    file.write_text(text, encoding="utf-8")
    return load_cases(file)
