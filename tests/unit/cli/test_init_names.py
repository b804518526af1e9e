"""Channels and groups as people type or paste them into the questions of `dbaccess init`."""

from typing import cast

import pytest

from dbaccess.cli.init.slack import Directory
from dbaccess.domain.slack_names import Named, NameUnresolved
from dbaccess.slack.names import SlackNames


class Listed:
    def channels(self) -> list[Named]:
        return [Named(id="C0OPEN", name="#open"), Named(id="C0OPS", name="#db-ops", is_member=False)]

    def user_groups(self) -> list[Named]:
        return [Named(id="S0DBA", name="@dba")]


DIRECTORY = Directory(cast("SlackNames", Listed()))


@pytest.mark.parametrize(
    ("typed", "channel"),
    [
        ("#open", "#open"),
        ("  #Open , ", "#open"),
        ("OPEN.", "#open"),
        ("\u201c#open\u201d", "#open"),
        ("C0OPEN", "C0OPEN"),
        ("<#C0OPEN|open>", "C0OPEN"),
        ("https://acme.slack.com/archives/C0OPEN", "C0OPEN"),
    ],
)
def test_channel_is_found_however_it_was_pasted(typed: str, channel: str) -> None:
    assert DIRECTORY.channel(typed) == channel


@pytest.mark.parametrize(
    "typed", ["", "#", "#opn", "https://acme.slack.com/archives/", "<#C0NONE|open>", "#db-ops"]
)
def test_channel_that_cannot_be_used_is_refused(typed: str) -> None:
    with pytest.raises(NameUnresolved):
        DIRECTORY.channel(typed)


@pytest.mark.parametrize(
    ("typed", "members"),
    [
        ("@dba", "@dba"),
        ("@DBA; #open", "@dba, #open"),
        ("<!subteam^S0DBA|@dba>, <@U0PRIYA>", "S0DBA, U0PRIYA"),
        ("https://acme.slack.com/team/U0PRIYA\n@dba.", "U0PRIYA, @dba"),
    ],
)
def test_members_are_found_however_they_were_pasted(typed: str, members: str) -> None:
    assert DIRECTORY.members(typed) == members


@pytest.mark.parametrize("typed", ["", " , ;", "dba", "@nobody", "priya@acme.com"])
def test_members_that_slack_does_not_have_are_refused(typed: str) -> None:
    with pytest.raises(NameUnresolved):
        DIRECTORY.members(typed)
