"""Names are read from all pages, at Slack's pace, and with what makes a thing unfit."""

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from dbaccess.domain.errors import SlackFailure
from dbaccess.domain.slack_names import Named
from dbaccess.slack.client import build_client
from dbaccess.slack.names import SlackNames
from tests.unit.slack.slack_server import Answer, SlackServer, slack_server


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with slack_server() as server:
        yield server


@pytest.fixture
def waited() -> list[float]:
    return []


@pytest.fixture
def names(slack: SlackServer, waited: list[float]) -> SlackNames:
    return SlackNames(build_client(SecretStr("xoxb-1"), slack.url), waited.append)


LIMITED = Answer({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "7"})


def test_every_page_is_read_and_a_delay_is_kept(
    slack: SlackServer, names: SlackNames, waited: list[float]
) -> None:
    slack.answer(
        "conversations.list",
        {
            "channels": [{"id": "C1", "name": "one", "is_member": True}],
            "response_metadata": {"next_cursor": "n"},
        },
        LIMITED,
        {"channels": [{"id": "C2", "name": "two", "is_archived": True, "previous_names": ["zwei"]}]},
    )
    assert names.channels() == [
        Named(id="C1", name="#one"),
        Named(id="C2", name="#two", is_gone=True, is_member=False, before=("#zwei",)),
    ]
    assert waited == [7.0]
    first, *rest = slack.calls("conversations.list")
    assert first["types"] == "public_channel,private_channel"
    assert "cursor" not in first
    assert [call["cursor"] for call in rest] == ["n", "n"]


def test_endless_delays_end_in_slacks_own_word(
    slack: SlackServer, names: SlackNames, waited: list[float]
) -> None:
    slack.answer("usergroups.list", LIMITED)
    with pytest.raises(SlackFailure) as refused:
        names.user_groups()
    assert refused.value.code == "ratelimited"
    assert waited == [7.0] * 4


@pytest.mark.parametrize("flag", ["is_shared", "is_ext_shared", "is_org_shared", "is_pending_ext_shared"])
def test_channel_of_two_workspaces_is_shared(slack: SlackServer, names: SlackNames, flag: str) -> None:
    slack.answer("conversations.list", {"channels": [{"id": "C1", "name": "one", flag: True}]})
    assert names.channels()[0].is_shared


def test_disabled_user_groups_are_known_as_such(slack: SlackServer, names: SlackNames) -> None:
    rows = [{"id": "S1", "handle": "dba", "date_delete": 1}, {"id": "S2", "handle": "ops", "date_delete": 0}]
    slack.answer("usergroups.list", {"usergroups": rows})
    assert names.user_groups() == [Named(id="S1", name="@dba", is_gone=True), Named(id="S2", name="@ops")]
    assert slack.calls("usergroups.list")[0]["include_disabled"] == "true"


def test_pinned_ids_are_read_one_by_one_and_missing_ones_are_left_out(
    slack: SlackServer, names: SlackNames
) -> None:
    slack.answer(
        "conversations.info",
        {"channel": {"id": "C1", "name": "one", "is_member": True}},
        Answer({"ok": False, "error": "channel_not_found"}),
    )
    slack.answer("usergroups.list", {"usergroups": [{"id": "S9", "handle": "dba"}]})
    assert names.of_ids(["C1", "C2", "S1"]) == {"C1": Named(id="C1", name="#one")}
    assert not slack.calls("conversations.list")
