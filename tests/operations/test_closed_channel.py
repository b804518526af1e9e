"""A channel that takes no message at all: operators hear of it, directly where it is their own."""

from dataclasses import replace

import pytest

from dbaccess.cli.delivery_findings import delivery_findings
from dbaccess.domain.message import MessageKind
from dbaccess.domain.notice import NoticeKind
from sandbox.client import Message, plain
from tests.operations.channel_messages import CHANNEL
from tests.operations.edited_policies import edit
from tests.operations.house import OPS, SAM, House
from tests.operations.lockdowns import CARLA, OLGA, post_due, with_operators

NEW_OPS = "C0NEWOPS"


def _told(house: House, account: str) -> list[Message]:
    direct = house.slack.person(account).direct_messages()
    return [one for one in direct if "alarms for operators" in plain(one)]


@pytest.mark.parametrize("is_one_channel", [True, False])
def test_each_operator_hears_once_a_day_that_their_channel_is_closed(
    house: House, *, is_one_channel: bool
) -> None:
    with_operators(house)
    if is_one_channel:
        edit(house, replace(house.policy, ops_channel=CHANNEL))
    for channel in {CHANNEL, house.policy.ops_channel}:
        house.slack.archive(channel)
    house.notify(house.submit().id)
    for _ in range(4):
        post_due(house, minutes=2)
    for account in (OLGA, SAM):
        (told,) = _told(house, account)
        assert f"{house.policy.ops_channel}: the channel is archived" in plain(told)
        assert "Unarchive it" in plain(told)
    assert _told(house, CARLA) == [], "a guest is no operator"


def test_alarm_about_a_grant_that_the_operators_channel_refuses_is_told_too(house: House) -> None:
    with_operators(house)
    house.slack.archive(OPS)
    request = house.submit()
    with house.work() as uow:
        uow.messages.plan(request.id, MessageKind.OPS_PROBLEM, channel=OPS)
        uow.messages.touch_all([request.id], next_attempt_at=uow.now)
        uow.commit()
    house.notify(request.id)
    post_due(house)
    assert len(_told(house, OLGA)) == 1


def test_alarm_goes_to_the_channel_that_the_policy_names_now(house: House) -> None:
    with_operators(house)
    house.slack.add_channel(id=NEW_OPS, name="new-ops", members=[OLGA, "U0DBACCESS"])
    for channel in (CHANNEL, OPS):
        house.slack.archive(channel)
    house.notify(house.submit().id)
    post_due(house)
    edit(house, replace(house.policy, ops_channel=NEW_OPS))
    post_due(house, minutes=2)
    (alarm,) = [
        one for one in house.slack.person(OLGA).messages(NEW_OPS) if "about orders-prod" in plain(one)
    ]
    assert "the channel is archived" in plain(alarm)


def test_news_that_a_channel_refuses_is_one_alarm(house: House) -> None:
    with_operators(house)
    house.slack.archive(CHANNEL)
    with house.work() as uow:
        for key in ("one", "two"):
            data = {"place": key, "seconds": 30.0}
            uow.notices.plan(NoticeKind.CLOCK_SKEW, key=key, channel=CHANNEL, data=data)
        uow.commit()
    for _ in range(4):
        post_due(house, minutes=2)
    (alarm,) = [one for one in house.slack.person(OLGA).messages(OPS) if "news of grants" in plain(one)]
    assert f"{CHANNEL}: the channel is archived (`is_archived`). Unarchive it" in plain(alarm)


def test_doctor_names_what_slack_refuses_with_the_fix(house: House) -> None:
    assert list(delivery_findings(house.begin)) == []
    house.slack.fault("chat.postMessage", "refused", times=9, channel=CHANNEL, error="restricted_action")
    for role in ("read", "write"):
        house.notify(house.submit(role=role).id)
    (found,) = delivery_findings(house.begin)
    assert not found.ok
    assert found.what.startswith(f"Slack refuses messages for {CHANNEL}: a setting of the workspace limits")
    assert found.fix.startswith("Allow dbaccess to post")
