"""Names of the policy get their ids from Slack once, and keep them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dbaccess.policy_file import load_policy, read_ids
from tests.forked import Ran
from tests.integration.cli.conftest import Run
from tests.sandbox.running import BOT_TOKEN, Running, running
from tests.unit.policy_file.example import EXAMPLE

NAMED = (
    EXAMPLE.replace('"C0OPS"', '"#hid"')
    .replace('"C0APPROVALS"', '"#open"')
    .replace('["S0DBA"]', '["@team"]')
    .replace('["S0ENGINEERS"]', '["#open"]')
)


@pytest.fixture(scope="module")
def slack() -> Iterator[Running]:
    with running() as slack:
        yield slack


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "dbaccess.toml"
    path.write_text(NAMED, encoding="utf-8")
    return path


def policy(run: Run, slack: Running, *arguments: str) -> Ran:
    return run("policy", *arguments, SLACK_BOT_TOKEN=BOT_TOKEN, SLACK_API_URL=slack.sandbox.api_url)


def test_names_are_pinned_shown_and_kept_when_slack_changes(run: Run, config: Path, slack: Running) -> None:
    before = run("policy", "check", str(config))
    assert before.code == 1
    assert 'slack.ops_channel: "#hid" has no pinned id. Run: dbaccess policy resolve' in before.out

    resolved = policy(run, slack, "resolve", str(config), "--json")
    assert {row["name"]: row["id"] for row in resolved.json} == {
        "#hid": "C0HID",
        "#open": "C0OPEN",
        "@team": "S0TEAM",
    }
    checked = policy(run, slack, "check", str(config))
    assert checked.code == 0, checked
    assert "@team is S0TEAM\n" in checked.out
    pinned = load_policy(config)

    slack.sandbox.set_channel("C0OPEN", name="closed")
    slack.sandbox.add_channel(id="C0EVIL", name="open", members=["U0BOT"])
    changed = policy(run, slack, "check", str(config), "--json")
    assert changed.code == 1
    (problem,) = changed.json["problems"]
    assert problem.startswith("#open is pinned to C0OPEN, which Slack calls #closed now. ")
    assert problem.endswith('dbaccess policy resolve --repin "#open"')
    refused = policy(run, slack, "resolve", str(config))
    assert refused.code == 2
    assert "#open is C0EVIL there" in refused.err
    assert load_policy(config).hash == pinned.hash

    doctor = run("doctor", "--json", SLACK_BOT_TOKEN=BOT_TOKEN, SLACK_API_URL=slack.sandbox.api_url,
                 DBACCESS_CONFIG=str(config)).json  # fmt: skip
    assert any(not f["ok"] and "which Slack calls #closed now" in f["what"] for f in doctor)

    moved = policy(run, slack, "resolve", str(config), "--repin", "#open")
    assert moved.code == 0, moved
    assert load_policy(config).target("orders-prod").channel == "C0EVIL"


@pytest.mark.parametrize(
    ("channel", "says"),
    [
        ("#hidd", "Slack shows the app no channel #hidd. Nearest: #hid."),
        ("#old", "#old (C0OLD) is archived."),
        ("#x", "#x (C0SHARED) is shared with another workspace."),
        ("#secret", "If it is private, invite the bot first."),
    ],
)
def test_unfit_channel_is_refused_and_nothing_is_written(
    run: Run, config: Path, slack: Running, channel: str, says: str
) -> None:
    config.write_text(NAMED.replace("#hid", channel), encoding="utf-8")
    refused = policy(run, slack, "resolve", str(config))
    assert refused.code == 2
    assert says in refused.err
    assert [path.name for path in config.parent.glob("dbaccess*")] == ["dbaccess.toml"]


def test_ids_of_another_workspace_are_not_mixed_with_these(run: Run, config: Path, slack: Running) -> None:
    beside = config.with_suffix(".ids.toml")
    beside.write_text('version = 1\nworkspace = "T0OTHER"\n\n[ids]\n"#hid" = "C0HID"\n', encoding="utf-8")
    refused = policy(run, slack, "resolve", str(config))
    assert refused.code == 2
    assert "the token is for T0ACME" in refused.err
    pinned = read_ids(beside)
    assert pinned is not None
    assert dict(pinned.ids) == {"#hid": "C0HID"}


def test_name_that_the_file_lacks_cannot_be_moved(run: Run, config: Path, slack: Running) -> None:
    refused = policy(run, slack, "resolve", str(config), "--repin", "@nobody")
    assert refused.code == 2
    assert "@nobody" in refused.err
