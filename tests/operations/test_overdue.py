"""An end that is not proved is told in the operators' and the target's channel, and again each hour."""

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest

from dbaccess.domain.grant import Grant
from dbaccess.domain.notice import NoticeId
from dbaccess.domain.target import Target
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.delivery.notices import post_notice
from dbaccess.operations.grants.overdue_alarm import repeat_alarm
from dbaccess.operations.grants.revoke import drain
from dbaccess.targets.registry import ClusterTargets
from sandbox.client import Message, plain
from tests.acceptance.stack import CHANNEL
from tests.operations.edited_policies import edit
from tests.operations.house import OPS, House, later

BOTH = (OPS, CHANNEL)
OLGA = "U0OPS"


@pytest.fixture
def overdue(house: House) -> Grant:
    """Three tries to end it have failed, and both channels were told."""
    grant = _leaving(house)
    _fail(house, grant, times=3)
    house.notify(grant.request_id)
    return grant


def _leaving(house: House) -> Grant:
    grant = house.active()
    house.notify(grant.request_id)
    house.surrender(grant)
    return grant


def _fail(house: House, grant: Grant, *, times: int) -> None:
    """By a worker that was not given the URL of the cluster."""
    stuck = replace(house.context, targets=ClusterTargets([]))
    for _ in range(times):
        house.next_try_now(grant.id)
        assert drain(stuck, "main") == 1


def _end(house: House, grant: Grant) -> None:
    house.next_try_now(grant.id)
    drain(house.context, "main")
    assert house.grant(grant.id).state == "ended"


def _with_targets(house: House, targets: Mapping[str, Target]) -> None:
    edit(house, replace(house.policy, targets=targets))


def _said(house: House, channel: str, *words: str) -> list[Message]:
    """In the channel itself, oldest first."""
    shown = house.slack.person(OLGA).messages(channel)
    return [m for m in shown if m.thread_ts is None and plain(m).startswith(words)]


def _alarms(house: House, channel: str) -> list[Message]:
    return _said(house, channel, ":warning: Overdue: ", "Ended late: ")


def _again(house: House, channel: str) -> list[str]:
    return [plain(message) for message in _said(house, channel, ":warning: Still overdue: ")]


def _after(house: House, hours: float) -> WorkerContext:
    return replace(house.context, begin=later(house, hours=hours))


def _waiting(context: WorkerContext) -> list[NoticeId]:
    with context.begin() as uow:
        return uow.notices.due(uow.now, limit=100)


def _planned(house: House, hours: float) -> list[NoticeId]:
    """The planned messages after a look so long after the alarm."""
    context = _after(house, hours)
    repeat_alarm(context)
    return _waiting(context)


def _told(house: House, hours: float) -> int:
    """How many lines a look so long after the alarm has brought, in all channels."""
    planned = _planned(house, hours)
    for notice in planned:
        post_notice(_after(house, hours), notice)
    return len(planned)


def test_alarm_pings_the_operators_in_both_channels_and_calms_down_in_both(
    house: House, overdue: Grant
) -> None:
    for channel in BOTH:
        (alarm,) = _alarms(house, channel)
        assert plain(alarm).startswith(":warning: Overdue: Maya Lindqvist (maya), read on orders-prod")
        assert f"<@{OLGA}>" in plain(alarm)
        assert overdue.label in plain(alarm)
    _end(house, overdue)
    house.notify(overdue.request_id)
    for channel in BOTH:
        (alarm,) = _alarms(house, channel)
        assert plain(alarm).startswith("Ended late: Maya Lindqvist (maya), read on orders-prod")
        assert f"<@{OLGA}>" not in plain(alarm)
    line = "Maya Lindqvist (maya), read on orders-prod. Ended late: "
    assert [len(_said(house, channel, line)) for channel in BOTH] == [1, 0]


def test_further_tries_send_nothing(house: House, overdue: Grant) -> None:
    before = len(house.slack.traffic(direction="from_app"))
    _fail(house, overdue, times=3)
    house.notify(overdue.request_id)
    assert len(house.slack.traffic(direction="from_app")) == before


def test_target_whose_channel_is_the_operators_is_told_once(house: House) -> None:
    target = replace(house.policy.targets["orders-prod"], channel=OPS)
    _with_targets(house, {target.name: target})
    grant = _leaving(house)
    _fail(house, grant, times=3)
    house.notify(grant.request_id)
    assert len(_alarms(house, OPS)) == 1
    assert "channel.overdue" not in house.planned(grant.request_id)
    assert _told(house, 1.1) == 1
    assert len(_again(house, OPS)) == 1


def test_target_that_the_file_has_no_more_is_told_where_its_request_was_posted(house: House) -> None:
    grant = _leaving(house)
    _with_targets(house, {})
    _fail(house, grant, times=3)
    house.notify(grant.request_id)
    assert _told(house, 1.1) == 2
    for channel in BOTH:
        assert len(_alarms(house, channel)) == 1
        assert len(_again(house, channel)) == 1


def test_target_that_left_the_file_after_the_alarm_is_still_told_there(house: House, overdue: Grant) -> None:
    _with_targets(house, {})
    assert _told(house, 1.1) == 2
    assert "orders-prod" in _again(house, CHANNEL)[0]
    assert overdue.label in _again(house, CHANNEL)[0]


def test_where_no_channel_is_known_the_operators_hear_it_alone(house: House) -> None:
    grant = house.active()
    house.surrender(grant)
    with house.work() as uow:
        for message in uow.messages.of(grant.request_id):
            uow.messages.save(replace(message, posted_channel=None, posted_ts=None))
        uow.commit()
    _with_targets(house, {})
    _fail(house, grant, times=3)
    assert "ops.overdue" in house.planned(grant.request_id)
    assert "channel.overdue" not in house.planned(grant.request_id)


def test_each_full_hour_both_channels_hear_it_anew_with_a_mention(house: House, overdue: Grant) -> None:
    assert _told(house, 0.9) == 0
    assert _told(house, 1.1) == 2
    _fail(house, overdue, times=2)
    assert _told(house, 1.8) == 0, "once an hour"
    assert _told(house, 2.1) == 2
    for channel in BOTH:
        first, second = _again(house, channel)
        assert re.search(r"read on orders-prod, 1 h \d+ min after its end", first)
        assert re.search(r"read on orders-prod, 2 h \d+ min after its end", second)
        assert "(3 attempts). Retrying." in first
        assert "(5 attempts). Retrying." in second
        for line in (first, second):
            assert f"<@{OLGA}> Due " in line
            assert "*Assume it is still open:*" in line
            assert f"Look: dbaccess grants show {overdue.label}" in line


@pytest.mark.usefixtures("overdue")
def test_hours_in_which_nothing_ran_are_not_made_up_for(house: House) -> None:
    assert _told(house, 5.5) == 2
    assert _told(house, 5.9) == 0
    assert _told(house, 6.1) == 2
    assert [len(_again(house, channel)) for channel in BOTH] == [2, 2]


def test_grant_that_ended_before_its_alarm_raises_none(house: House, overdue: Grant) -> None:
    planned = _planned(house, 1.1)
    assert len(planned) == 2
    _end(house, overdue)
    for notice in planned:
        post_notice(_after(house, 1.1), notice)
    assert [_again(house, channel) for channel in BOTH] == [[], []]
    assert _planned(house, 3) == []


@pytest.mark.usefixtures("overdue")
def test_while_slack_takes_nothing_no_lines_pile_up(house: House) -> None:
    house.slack.fault("chat.postMessage", "500", times=1000)
    _told(house, 1.1)
    _told(house, 2.1)
    house.slack.clear_faults()
    waiting = _planned(house, 3.1)
    assert len(waiting) == 4, "those of the last hour and of this one"
    for notice in waiting:
        post_notice(_after(house, 3.1), notice)
    for channel in BOTH:
        (line,) = _again(house, channel)
        assert re.search(r"3 h \d+ min after its end", line)
    assert _waiting(_after(house, 30)) == []


def test_channel_that_has_not_had_the_alarm_yet_has_it_first(house: House) -> None:
    grant = _leaving(house)
    house.slack.leave(CHANNEL, "U0DBACCESS")
    _fail(house, grant, times=3)
    house.notify(grant.request_id)
    assert _told(house, 1.1) == 2, "the operators' hour, and the channel that refuses"
    house.slack.join(CHANNEL, "U0DBACCESS")
    house.notify(grant.request_id)
    assert len(_alarms(house, CHANNEL)) == 1
    assert _told(house, 1.2) == 2, "the channel's hour, and that it takes messages again"
    assert [len(_again(house, channel)) for channel in BOTH] == [1, 1]
