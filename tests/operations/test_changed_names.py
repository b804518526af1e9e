"""Operators hear of a channel or user group that Slack calls otherwise than the policy does."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest

from dbaccess.domain.errors import SlackFailure
from dbaccess.domain.notice import NoticeKind
from dbaccess.operations.directory.check_names import A_ROUND, NameCheck
from tests.operations.fake_house import FakeHouse
from tests.operations.house import OPS

PINNED = {"#db-approvals": "C0APPROVALS", "@dba": "S0DBA"}


def _pin(house: FakeHouse, names: Mapping[str, str] = PINNED) -> None:
    house.context = replace(house.context, policy=replace(house.context.policy, pinned=names))


def _told(house: FakeHouse) -> list[Mapping[str, Any]]:
    """The alarms about names, in order."""
    with house.work() as uow:
        due = [uow.notices.lock(notice) for notice in uow.notices.due(uow.now, limit=100)]
    assert {notice.channel for notice in due} <= {OPS}
    return [notice.data for notice in due if notice.kind is NoticeKind.NAME_CHANGED]


def _count(house: FakeHouse) -> int:
    with house.work() as uow:
        return uow.changed_names.count()


def test_names_that_slack_uses_as_the_policy_does_are_no_news(fake_house: FakeHouse) -> None:
    _pin(fake_house)
    NameCheck().check(fake_house.context)
    assert _told(fake_house) == []
    assert _count(fake_house) == 0


@pytest.mark.parametrize(
    ("changed", "how"),
    [
        ({"name": "db-approvals-old"}, "which Slack calls #db-approvals-old now."),
        ({"is_archived": True}, "which is archived."),
        ({"is_ext_shared": True}, "which is shared with another workspace."),
    ],
)
def test_channel_that_changed_is_told_once_and_again_after_another_change(
    fake_house: FakeHouse, changed: dict[str, Any], how: str
) -> None:
    house, check = fake_house, NameCheck()
    _pin(house)
    house.slack.set_channel("C0APPROVALS", **changed)
    for _ in range(3):
        check.check(house.context)
    (told,) = _told(house)
    assert told["what"] == f"#db-approvals is pinned to C0APPROVALS, {how}"
    assert 'dbaccess policy resolve --repin "#db-approvals"' in told["fix"]
    assert _count(house) == 1
    house.slack.set_channel("C0APPROVALS", is_archived=not changed.get("is_archived"), name="third")
    check.check(house.context)
    assert len(_told(house)) == 2
    assert _count(house) == 1


def test_change_that_was_undone_is_over_and_its_return_is_told_anew(fake_house: FakeHouse) -> None:
    house, check = fake_house, NameCheck()
    _pin(house)
    for disabled in (True, False, True):
        house.slack.disable_group("S0DBA", disabled=disabled)
        check.check(house.context)
        assert _count(house) == int(disabled)
        house.wait(seconds=60)
    assert [told["what"] for told in _told(house)] == ["@dba is pinned to S0DBA, which is disabled."] * 2


def test_name_that_the_policy_lost_is_forgotten(fake_house: FakeHouse) -> None:
    house, check = fake_house, NameCheck()
    _pin(house)
    house.slack.archive("C0APPROVALS")
    check.check(house.context)
    assert _count(house) == 1
    _pin(house, {})
    check.check(house.context)
    assert _count(house) == 0


def test_many_names_are_compared_in_turns(fake_house: FakeHouse) -> None:
    house, check = fake_house, NameCheck()
    names = {f"#gone-{number:02}": f"C0GONE{number:02}" for number in range(2 * A_ROUND + 1)}
    _pin(house, {**names, **PINNED})
    counts = []
    for _ in range(4):
        check.check(house.context)
        counts.append(_count(house))
    assert counts == [9, 19, 21, 21]
    calls = house.slack.traffic(method="conversations.info")
    assert len(calls) <= 3 * A_ROUND + 10


def test_names_for_which_slack_fails_hold_up_no_others(fake_house: FakeHouse) -> None:
    house, check = fake_house, NameCheck()
    _pin(house, {f"#gone-{number:02}": f"C0GONE{number:02}" for number in range(2 * A_ROUND)})
    refused = SlackFailure("Slack refused conversations.info: fatal_error.", code="fatal_error")
    with (
        patch.object(type(house.context.directory), "named", side_effect=refused),
        pytest.raises(SlackFailure),
    ):
        check.check(house.context)
    check.check(house.context)
    told = [one["what"].split()[0] for one in _told(house)]
    assert told == [f"#gone-{number:02}" for number in range(A_ROUND, 2 * A_ROUND)]
