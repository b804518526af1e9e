"""People and groups are read as they are now."""

import pytest

from dbaccess.domain.errors import SlackFailure
from dbaccess.domain.people import Person, SlackId, SourceId
from tests.contract.slack.conftest import Slack

MAYA, CARLA, GONE = SlackId("U0MAYA"), SlackId("U0CARLA"), SlackId("U0GONE")
DBA, OPS, NOWHERE = SourceId("S0DBA"), SourceId("C0OPS"), SourceId("S0NOWHERE")


def read(slack: Slack, slack_id: SlackId) -> Person:
    (found,) = slack.directory.people([slack_id])
    return found


def test_members_are_those_of_groups_channels_and_people(slack: Slack) -> None:
    found = slack.directory.members([DBA, OPS, SourceId(MAYA), NOWHERE, SourceId("C0NOWHERE")])
    assert found == {
        DBA: {"U0PRIYA", "U0SAM", "U0MAYA", "W0MAYA"},
        OPS: {"U0OPS", "U0DBACCESS"},
        MAYA: {MAYA},
    }


def test_changes_are_read_at_once(slack: Slack) -> None:
    slack.workspace.set_group("S0DBA", ["U0SAM"])
    slack.workspace.add_group(id="S0NEW", handle="new", users=["U0TOM"])
    slack.workspace.join("C0OPS", "U0SAM")
    slack.workspace.leave("C0OPS", "U0OPS")
    assert slack.directory.members([DBA, OPS, SourceId("S0NEW")]) == {
        DBA: {"U0SAM"},
        OPS: {"U0SAM", "U0DBACCESS"},
        "S0NEW": {"U0TOM"},
    }


def test_disabled_group_has_no_members_until_it_is_enabled_again(slack: Slack) -> None:
    before = slack.directory.members([DBA])
    slack.workspace.disable_group(DBA)
    assert slack.directory.members([DBA]) == {}
    slack.workspace.disable_group(DBA, disabled=False)
    assert slack.directory.members([DBA]) == before


def test_account_is_read_with_what_it_is(slack: Slack) -> None:
    maya = read(slack, MAYA)
    assert (maya.name, maya.tz, maya.team_id) == ("Maya Lindqvist", "Europe/Stockholm", "T0ACME")
    assert not (maya.is_guest)
    assert not (maya.is_bot)
    assert not (maya.is_deactivated)
    assert read(slack, CARLA).is_guest
    assert read(slack, GONE).is_deactivated
    assert read(slack, SlackId("U0DBACCESS")).is_bot
    assert read(slack, SlackId("U0STRANGER")).team_id == "T0OTHER"
    assert list(slack.directory.people([SlackId("U0NOBODY")])) == []


def test_account_that_left_or_became_a_guest_leaves_its_groups(slack: Slack) -> None:
    slack.workspace.deactivate("U0PRIYA")
    slack.workspace.make_guest("U0SAM")
    assert read(slack, SlackId("U0PRIYA")).is_deactivated
    assert read(slack, SlackId("U0SAM")).is_guest
    assert slack.directory.members([DBA])[DBA] == {"U0MAYA", "W0MAYA"}


def test_list_has_every_account(slack: Slack) -> None:
    slack.workspace.add_user(id="U0NEW", name="new")
    listed, following = slack.directory.listed("")
    assert following == ""
    assert {"U0MAYA", "U0GONE", "U0NEW", "U0DBACCESS"} <= {person.slack_id for person in listed}
    with pytest.raises(SlackFailure) as failed:
        slack.directory.listed("of long ago")
    assert failed.value.code == "invalid_cursor"


@pytest.mark.parametrize("method", ["usergroups.list", "*"])
def test_reading_fails_as_planned(slack: Slack, method: str) -> None:
    slack.workspace.fault(method, "500")
    with pytest.raises(SlackFailure) as failed:
        slack.directory.members([DBA])
    assert failed.value.code == "http_500"
    assert slack.directory.members([DBA])
