"""Slack shows the present state, once."""

import time
from datetime import timedelta

from dbaccess.domain.request import Verdict
from sandbox.client import plain
from tests.integration.operations.house import House
from tests.operations.channel_messages import due_in, roots
from tests.operations.house import MAYA, PRIYA, at_once


def test_several_workers_at_once_post_one_message(house: House) -> None:
    request = house.submit()
    assert at_once(*[lambda: house.notify(request.id)] * 4) == [None] * 4
    assert len(roots(house)) == 1
    assert len(house.sandbox.person(MAYA).direct_messages()) == 1


def test_change_during_a_call_to_slack_is_shown_afterwards(house: House) -> None:
    request = house.submit()
    house.sandbox.fault("chat.postMessage", "slow", seconds=0.5)

    def deny_meanwhile() -> None:
        time.sleep(0.25)
        house.review(request, PRIYA, Verdict.DENIED)

    assert at_once(lambda: house.notify(request.id), deny_meanwhile) == [None, None]
    assert due_in(house, request) == timedelta(0)
    house.notify(request.id)
    (root,) = roots(house)
    assert "Denied" in plain(root)
    assert due_in(house, request) is None
