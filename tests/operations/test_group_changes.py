"""The channel where people review names those who become or cease to be reviewers."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from dbaccess.domain.people import Person, SlackId, SourceId
from dbaccess.domain.policy import Policy, Slot
from dbaccess.domain.policy_in_use import Process
from dbaccess.domain.slack_names import Named
from dbaccess.operations.delivery.notices import post_notice
from dbaccess.operations.directory.refresh import refresh_directory
from dbaccess.operations.policy_in_use import report_policy
from sandbox.client import plain
from tests.acceptance.stack import CHANNEL
from tests.operations.edited_policies import edit, with_groups, with_rule
from tests.operations.group_readings import read, waiting
from tests.operations.house import MAYA, PRIYA, SAM, SECOND_MAYA, TOM, House
from tests.operations.lockdowns import post_due

DBA, ENGINEERS = "S0DBA", "S0ENGINEERS"


MAYA_TWICE = (MAYA, SECOND_MAYA)


def _told(house: House) -> list[str]:
    for notice in waiting(house):
        post_notice(house.context, notice)
    return [plain(m) for m in house.slack.person("U0OPS").messages(CHANNEL) if " changed: " in plain(m)]


def test_first_reading_tells_nothing_and_neither_does_one_without_a_change(house: House) -> None:
    read(house)
    assert waiting(house) == []
    assert house.ledger("group.changed") == []


def test_channel_and_ledger_name_people_who_joined_and_left(house: House) -> None:
    house.slack.set_group(DBA, [SAM, TOM, *MAYA_TWICE])
    read(house)
    read(house)
    (changed,) = house.ledger("group.changed")
    assert changed["data"] == {"group": "dba", "joined": [TOM], "left": [PRIYA]}
    assert _told(house) == ["dba changed: Tom Berg (U0TOM) joined; Priya Nair (U0PRIYA) left."]
    assert _told(house) == ["dba changed: Tom Berg (U0TOM) joined; Priya Nair (U0PRIYA) left."]


def _told_directly(house: House, who: SlackId) -> list[str]:
    for notice in waiting(house):
        post_notice(house.context, notice)
    return [
        plain(one) for one in house.slack.person(who).direct_messages() if "cannot be approved" in plain(one)
    ]


@pytest.mark.parametrize("left", [(), MAYA_TWICE])
def test_requester_hears_that_the_people_who_are_left_cannot_approve(
    house: House, left: tuple[SlackId, ...]
) -> None:
    first, second = house.submit(), house.submit(role="write")
    house.slack.set_group(DBA, list(left))
    read(house)
    (told,) = _told_directly(house, MAYA)
    for said in (
        first.label,
        second.label,
        "dba has no member who can besides you",
        "Ask an operator",
        "list",
    ):
        assert said in told
    assert "Not sent" not in told
    read(house)
    assert len(_told_directly(house, MAYA)) == 1


def test_requester_hears_nothing_while_a_reviewer_who_can_approve_is_left(house: House) -> None:
    house.submit()
    house.slack.set_group(DBA, [SAM])
    read(house)
    assert _told_directly(house, MAYA) == []


def test_group_that_reviews_nothing_tells_nothing(house: House) -> None:
    house.slack.set_group(ENGINEERS, [TOM])
    read(house)
    assert house.ledger("group.changed") == []


def test_group_that_slack_lost_is_empty_and_its_return_is_told(house: House) -> None:
    gone = replace(house.context, directory=_WithoutGroups(house))
    refresh_directory(gone)
    read(house)
    changes = [event["data"] for event in house.ledger("group.changed")]
    assert [(change["joined"], change["left"]) for change in changes] == [
        ([], [MAYA, PRIYA, SAM, SECOND_MAYA]),
        ([MAYA, PRIYA, SAM, SECOND_MAYA], []),
    ]


def _with_more(house: House) -> Policy:
    """The file names a second user group for the reviewers, and Tom is in it."""
    house.slack.add_group(id="S0MORE", handle="more", name="More", users=[TOM])
    more = (*house.policy.groups["dba"], SourceId("S0MORE"))
    return replace(house.policy, groups={**house.policy.groups, "dba": more})


def test_reviewers_that_the_policy_file_makes_or_takes_are_told_once(house: House) -> None:
    before = house.policy
    edit(house, _with_more(house))
    read(house)
    read(house)
    assert _told(house) == ["dba changed: Tom Berg (U0TOM) joined."]
    edit(house, before)
    read(house)
    assert _told(house) == ["dba changed: Tom Berg (U0TOM) joined.", "dba changed: Tom Berg (U0TOM) left."]


def test_group_that_begins_to_review_has_got_all_its_members(house: House) -> None:
    edit(house, with_rule(house.policy, approvals=(Slot(group="owners", count=1),)))
    edit(house, with_groups(house.policy, owners=[TOM]))
    read(house)
    assert _told(house) == ["owners changed: Tom Berg (U0TOM) joined."]


def test_same_people_by_another_user_group_tell_nothing(house: House) -> None:
    house.slack.add_group(id="S0MORE", handle="more", name="More", users=[PRIYA, SAM, *MAYA_TWICE])
    edit(house, replace(house.policy, groups={**house.policy.groups, "dba": (SourceId("S0MORE"),)}))
    read(house)
    assert house.ledger("group.changed") == []


def test_of_two_hosts_with_different_files_the_one_that_was_changed_last_tells(house: House) -> None:
    old = house.context
    report_policy(house.work, policy=old.policy, process=Process(name="reconciler", host="one", pid=1))
    edit(house, _with_more(house))
    report_policy(house.work, policy=house.policy, process=Process(name="reconciler", host="two", pid=1))
    for _ in range(2):
        read(house)
        refresh_directory(old)
    assert _told(house) == ["dba changed: Tom Berg (U0TOM) joined."]


@pytest.mark.parametrize("trouble", ["500", "429"])
def test_notice_that_slack_did_not_take_is_due_again(house: House, trouble: str) -> None:
    house.slack.set_group(DBA, [PRIYA, *MAYA_TWICE])
    read(house)
    (notice,) = waiting(house)
    house.slack.fault("chat.postMessage", trouble, times=20)
    post_notice(house.context, notice)
    assert waiting(house) == [], "later"
    with house.work() as uow:
        assert uow.notices.lock(notice).posted_at is None
    house.slack.clear_faults()
    post_due(house)
    with house.work() as uow:
        assert uow.notices.lock(notice).posted_at is not None


class _WithoutGroups:
    """Slack, but every user group was disabled."""

    def __init__(self, house: House) -> None:
        self.real = house.context.directory

    def members(self, sources: Iterable[SourceId]) -> dict[SourceId, frozenset[SlackId]]:
        return {s: who for s, who in self.real.members(sources).items() if not s.startswith("S")}

    def people(self, slack_ids: Iterable[SlackId]) -> Iterable[Person]:
        return self.real.people(slack_ids)

    def named(self, ids: Iterable[str]) -> list[Named]:
        return self.real.named(ids)

    def listed(self, cursor: str) -> tuple[list[Person], str]:
        return self.real.listed(cursor)
