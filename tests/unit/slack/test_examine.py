"""`doctor` names each channel, group and account of the policy that Slack does not have as it is needed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from dbaccess.domain.people import SourceId
from dbaccess.domain.policy import Policy
from dbaccess.policy_file import parse_policy
from dbaccess.ports import Finding
from dbaccess.slack.client import build_client
from dbaccess.slack.examine import examine_app, examine_names
from dbaccess.slack.scopes import SCOPES
from dbaccess.slack.workspace_identity import Identity
from tests.unit.policy_file.example import EXAMPLE
from tests.unit.slack.slack_server import SlackServer, slack_server

IN = {"channel": {"id": "C0", "is_member": True}}
GROUP = {"usergroups": [{"id": "S0DBA", "users": ["U0PRIYA"]}]}


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with slack_server() as started:
        yield started


def policy(**groups: list[str]) -> Policy:
    """The example with these groups and no others."""
    sources = {name: tuple(map(SourceId, several)) for name, several in groups.items()}
    return replace(parse_policy(EXAMPLE), groups=sources)


def bad(slack: SlackServer, of: Policy) -> list[Finding]:
    found = [f for f in examine_names(build_client(SecretStr("xoxb-1"), slack.url), of) if not f.ok]
    assert all(finding.fix for finding in found)
    return found


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        ({"ok": False, "error": "channel_not_found"}, "Slack shows the app no such channel"),
        ({"channel": {"is_archived": True, "is_member": True}}, "is archived"),
        ({"channel": {"is_ext_shared": True, "is_member": True}}, "is shared with another workspace"),
        ({"channel": {"is_pending_ext_shared": True, "is_member": True}}, "is shared with another workspace"),
        ({"channel": {"is_member": False}}, "the app is not in it"),
        ({"channel": {"is_member": True, "is_frozen": True}}, "the channel is frozen"),
        ({"channel": {"is_member": True, "is_read_only": True}}, "the channel is read-only"),
        ({"channel": {"is_member": True, "is_thread_only": True}}, "the channel takes replies only"),
        ({"channel": {"is_member": True, "is_non_threadable": True}}, "the channel takes no replies"),
    ],
)
def test_channel_where_nothing_can_be_posted(slack: SlackServer, answer: dict[str, Any], what: str) -> None:
    slack.answer("conversations.info", answer)
    of = policy()
    channels = {of.ops_channel, *(target.channel for target in of.targets.values())}
    found = bad(slack, of)
    assert len(found) == len(channels)
    assert all(what in finding.what for finding in found)


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ({"id": "S0OTHER", "users": ["U0A"]}, "is no user group of this workspace"),
        ({"id": "S0DBA", "users": ["U0A"], "date_delete": 7}, "is disabled"),
        ({"id": "S0DBA", "users": []}, "is empty"),
        ({"id": "S0DBA"}, "is empty"),
    ],
)
def test_group_in_which_no_person_is(slack: SlackServer, row: dict[str, Any], what: str) -> None:
    slack.answer("conversations.info", IN)
    slack.answer("usergroups.list", {"usergroups": [row]})
    found = [finding.what for finding in bad(slack, policy(dba=["S0DBA"]))]
    assert found == [f"Group dba: S0DBA {what}", "Group dba has no member: no person can act for it"]


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        ({"ok": False, "error": "user_not_found"}, "is no account that Slack shows the app"),
        ({"user": {"deleted": True}}, "is deactivated"),
    ],
)
def test_account_that_is_gone_leaves_a_group_its_others(
    slack: SlackServer, answer: dict[str, Any], what: str
) -> None:
    slack.answer("conversations.info", IN)
    slack.answer("usergroups.list", GROUP)
    slack.answer("users.info", answer)
    found = [finding.what for finding in bad(slack, policy(dba=["S0DBA", "U0GONE"]))]
    assert found == [f"Group dba: U0GONE {what}"]


def test_policy_that_fits_the_workspace_has_no_finding(slack: SlackServer) -> None:
    slack.answer("conversations.info", IN)
    slack.answer("usergroups.list", GROUP)
    slack.answer("users.info", {"user": {"id": "U0A"}})
    assert bad(slack, policy(dba=["S0DBA"], ops=["U0A"], others=["C0X"])) == []


def test_clock_that_differs_from_slacks_is_named() -> None:
    who = Identity(team_id="T0", url="https://x", user_id="U0", scopes=SCOPES)
    now = datetime.now(UTC)
    for seconds, ok in ((0, True), (600, False), (-600, False)):
        found = list(examine_app(replace(who, said_at=now + timedelta(seconds=seconds))))
        assert all(finding.ok for finding in found) is ok
