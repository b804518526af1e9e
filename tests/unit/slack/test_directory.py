"""People and groups as Slack answers them, over real HTTP."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from dbaccess.domain.errors import SlackFailure
from dbaccess.domain.people import Person, SlackId, SourceId
from dbaccess.ports import Directory
from dbaccess.slack.client import build_client
from dbaccess.slack.directory import SlackDirectory
from tests.unit.slack.slack_server import Answer, SlackServer, slack_server

READ_AT = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with slack_server() as server:
        yield server


def directory(slack: SlackServer) -> Directory:
    return SlackDirectory(build_client(SecretStr("xoxb-1"), slack.url), "T0ACME", clock=lambda: READ_AT)


def user(slack_id: str = "U0MAYA", **changes: Any) -> dict[str, Any]:
    made = {
        "id": slack_id,
        "team_id": "T0ACME",
        "name": "maya",
        "deleted": False,
        "profile": {"real_name": "Maya Lindqvist", "display_name": "maya"},
        "is_bot": False,
        "tz": "Europe/Berlin",
        "is_restricted": False,
        "is_ultra_restricted": False,
    }
    return made | changes


def members(slack: SlackServer, *sources: str) -> dict[str, set[str]]:
    found = directory(slack).members([SourceId(source) for source in sources])
    return {source: set(people) for source, people in found.items()}


def one(slack: SlackServer, **changes: Any) -> Person:
    slack.answer("users.info", {"user": user(**changes)})
    (person,) = directory(slack).people([SlackId("U0MAYA")])
    return person


def test_person_is_their_own_member_and_costs_no_call(slack: SlackServer) -> None:
    assert members(slack, "U0A", "W0B") == {"U0A": {"U0A"}, "W0B": {"W0B"}}
    assert slack.asked == []


def test_all_user_groups_are_read_by_one_call(slack: SlackServer) -> None:
    slack.answer(
        "usergroups.list",
        {
            "usergroups": [
                {"id": "S0DBA", "users": ["U1", "U2"], "date_delete": 0},
                {"id": "S0OFF", "users": ["U1"], "date_delete": 1700000000},
                {"id": "S0EMPTY", "date_delete": 0},
                {"id": "S0OTHER", "users": ["U9"], "date_delete": 0},
            ]
        },
    )
    found = members(slack, "S0DBA", "S0OFF", "S0EMPTY", "S0MISSING")
    assert found == {"S0DBA": {"U1", "U2"}, "S0EMPTY": set()}
    assert len(slack.asked) == 1
    assert slack.calls("usergroups.list")[0]["include_users"] in {"1", True}


def test_channel_members_are_read_to_the_last_page(slack: SlackServer) -> None:
    slack.answer(
        "conversations.members",
        {"members": ["U1", "U2"], "response_metadata": {"next_cursor": "more"}},
        {"members": ["U3"], "response_metadata": {"next_cursor": ""}},
    )
    assert members(slack, "C0ONE") == {"C0ONE": {"U1", "U2", "U3"}}
    assert [call.get("cursor") for call in slack.calls("conversations.members")] == [None, "more"]
    assert slack.calls("conversations.members")[0]["channel"] == "C0ONE"


def test_channel_that_slack_does_not_have_is_left_out(slack: SlackServer) -> None:
    slack.answer("conversations.members", Answer({"ok": False, "error": "channel_not_found"}))
    assert members(slack, "C0GONE", "U0A") == {"U0A": {"U0A"}}


def test_failure_is_never_an_empty_group(slack: SlackServer) -> None:
    slack.answer("conversations.members", Answer({"ok": False, "error": "internal_error"}))
    with pytest.raises(SlackFailure) as failed:
        members(slack, "C0ONE")
    assert failed.value.code == "internal_error"


def test_person_is_read_as_slack_has_them(slack: SlackServer) -> None:
    assert one(slack) == Person(
        slack_id=SlackId("U0MAYA"),
        team_id="T0ACME",
        name="Maya Lindqvist",
        tz="Europe/Berlin",
        is_guest=False,
        is_bot=False,
        is_deactivated=False,
        sources=frozenset(),
        read_at=READ_AT,
    )


@pytest.mark.parametrize("kind", ["is_restricted", "is_ultra_restricted"])
def test_restricted_accounts_are_guests(slack: SlackServer, kind: str) -> None:
    assert one(slack, **{kind: True}).is_guest


def test_deactivated_person_without_a_time_zone_is_read(slack: SlackServer) -> None:
    deactivated = user(deleted=True)
    del deactivated["tz"]
    slack.answer("users.info", {"user": deactivated})
    (person,) = directory(slack).people([SlackId("U0MAYA")])
    assert person.is_deactivated
    assert not person.may_act
    assert person.tz == ""


@pytest.mark.parametrize("changes", [{"is_bot": True}, {"slack_id": "USLACKBOT"}])
def test_bots_are_bots(slack: SlackServer, changes: dict[str, Any]) -> None:
    assert one(slack, **changes).is_bot


def test_person_of_another_workspace_keeps_their_own_team(slack: SlackServer) -> None:
    assert one(slack, team_id="T0OTHER", is_stranger=True).team_id == "T0OTHER"


def test_stranger_is_never_of_our_workspace(slack: SlackServer) -> None:
    assert one(slack, is_stranger=True).team_id != "T0ACME"


def test_person_of_an_enterprise_belongs_to_each_of_their_workspaces(slack: SlackServer) -> None:
    assert one(slack, team_id="E0ORG", enterprise_user={"teams": ["T0X", "T0ACME"]}).team_id == "T0ACME"


def test_names_are_cleaned_and_never_empty(slack: SlackServer) -> None:
    slack.answer(
        "users.info",
        {"user": user(profile={"real_name": "Ma\u202eya\n Lind"})},
        {"user": user(profile={"real_name": "\u202e"}, name="", real_name="")},
    )
    assert next(iter(directory(slack).people([SlackId("U0MAYA")]))).name == "Maya Lind"
    assert next(iter(directory(slack).people([SlackId("U0MAYA")]))).name == "U0MAYA"


def test_person_that_slack_does_not_have_is_left_out(slack: SlackServer) -> None:
    slack.answer("users.info", Answer({"ok": False, "error": "user_not_found"}), {"user": user("U0B")})
    assert [p.slack_id for p in directory(slack).people([SlackId("U0A"), SlackId("U0B")])] == ["U0B"]


def test_list_is_read_in_pages_as_large_as_slack_gives_them(slack: SlackServer) -> None:
    slack.answer(
        "users.list",
        {"members": [user("U1"), user("U2")], "response_metadata": {"next_cursor": "more"}},
        {"members": [user("U3")], "response_metadata": {"next_cursor": ""}},
    )
    slack.answer("conversations.members", {"members": ["U1"]})
    pages = [directory(slack).listed(""), directory(slack).listed("more")]
    assert [([p.slack_id for p in found], following) for found, following in pages] == [
        (["U1", "U2"], "more"),
        (["U3"], ""),
    ]
    members(slack, "C0ONE")
    assert {call["limit"] for _, call in slack.asked} == {"999"}
    assert [call.get("cursor") for call in slack.calls("users.list")] == [None, "more"]


def test_each_person_is_known_before_the_next_is_asked_for(slack: SlackServer) -> None:
    busy = Answer({"ok": False, "error": "ratelimited"}, status=429)
    slack.answer("users.info", {"user": user("U0A")}, busy)
    found = iter(directory(slack).people([SlackId("U0A"), SlackId("U0B")]))
    assert next(found).slack_id == "U0A"
    with pytest.raises(SlackFailure, match="ratelimited"):
        next(found)


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7.0), ("9" * 400, 3600.0), ("soon", 60.0), ("", 60.0), ("-1", 60.0)]
)
def test_wait_that_slack_asks_for_is_one_that_ends(slack: SlackServer, header: str, seconds: float) -> None:
    busy = Answer({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": header})
    slack.answer("users.list", busy)
    with pytest.raises(SlackFailure) as failed:
        directory(slack).listed("")
    assert failed.value.retry_after == seconds
