"""Slack tells of everybody who walks in and out; people and groups are read again where it matters."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

import pytest
from pydantic import SecretStr
from slack_bolt import BoltRequest

from bot.app import build_app
from bot.deps import Deps
from dbaccess.slack.client import build_client
from dbaccess.slack.workspace_identity import who_am_i
from tests.integration.operations.house import House
from tests.operations.edited_policies import with_groups
from tests.operations.house import MAYA


class Inline(Executor):
    """Run a listener in the calling thread, so that it has ended when `dispatch` returns."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def _told(house: House, **event: Any) -> list[tuple[str, int]]:
    """The jobs that follow when the app hears of it; reviewers are a user group and a channel."""
    policy = with_groups(house.policy, dba=["S0DBA", "C0DBAS"])
    client = build_client(SecretStr("xoxb-acceptance-bot-token"), house.sandbox.api_url)
    deps = Deps(begin=house.begin, policy=policy, workspace=house.workspace)
    app = build_app(deps, client, who_am_i(client), listeners=Inline())
    before = house.outbox()
    app.dispatch(BoltRequest(body={"type": "event_callback", "event": event}, mode="socket_mode"))
    return house.outbox()[len(before) :]


@pytest.mark.parametrize("kind", ["member_joined_channel", "member_left_channel"])
def test_members_of_a_channel_that_the_policy_names_are_read_again(house: House, kind: str) -> None:
    assert _told(house, type=kind, user=MAYA, channel="C0DBAS") == [("directory", 0)]


@pytest.mark.parametrize("kind", ["member_joined_channel", "member_left_channel"])
def test_changes_of_other_channels_use_up_no_call_to_slack(house: House, kind: str) -> None:
    assert _told(house, type=kind, user=MAYA, channel="C0APPROVALS") == []


def test_user_group_is_read_again_where_the_policy_names_it(house: House) -> None:
    assert _told(house, type="subteam_members_changed", subteam_id="S0DBA") == [("directory", 0)]
    assert _told(house, type="subteam_updated", subteam={"id": "S0DBA"}) == [("directory", 0)]
    assert _told(house, type="subteam_members_changed", subteam_id="S0BOWLING") == []
