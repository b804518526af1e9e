"""Reminder, escalation and lapse come at their times, once each, whatever restarts meanwhile."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dbaccess.domain.policy import Escalation
from dbaccess.domain.request import Request, RequestId
from dbaccess.operations.requests.remind_reviewers import remind_reviewers
from sandbox.client import plain
from tests.integration.operations.house import House
from tests.operations.edited_policies import edit, with_rule
from tests.operations.house import PRIYA, at_once, later

MINUTE = timedelta(minutes=1)


@pytest.fixture
def request_of(house: House) -> Request:
    """Reminded after 5 minutes, escalated to Olga after 10, lapsed after 30."""
    return _asked(house, "U0OPS")


def _asked(house: House, to: str) -> Request:
    escalation = Escalation(after=10 * MINUTE, to=to)
    edit(house, with_rule(house.policy, remind_after=5 * MINUTE, escalation=escalation))
    request = house.submit()
    house.notify(request.id)
    return request


def _reminded(house: House, minutes: float) -> list[RequestId]:
    return remind_reviewers(replace(house.context, begin=later(house, minutes=minutes)))


def _thread(house: House, request: Request) -> list[str]:
    house.notify(request.id)
    return [plain(m) for m in house.sandbox.person(PRIYA).messages("C0APPROVALS") if m.thread_ts]


def test_two_workers_at_the_same_instant_remind_once(house: House, request_of: Request) -> None:
    at_once(*[lambda: _reminded(house, 6)] * 4)
    assert len(_thread(house, request_of)) == 1
