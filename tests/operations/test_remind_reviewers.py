"""Reminder, escalation and lapse come at their times, once each, whatever restarts meanwhile."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dbaccess.domain.policy import Escalation, Slot
from dbaccess.domain.request import Request, RequestId, Verdict
from dbaccess.operations.requests.lapse import lapse
from dbaccess.operations.requests.remind_reviewers import remind_reviewers
from sandbox.client import plain
from tests.operations.edited_policies import edit, with_rule
from tests.operations.house import MAYA, PRIYA, SAM, House, later

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
    return [plain(m) for m in house.slack.person(PRIYA).messages("C0APPROVALS") if m.thread_ts]


def test_reviewers_are_reminded_once_at_their_time(house: House, request_of: Request) -> None:
    assert _reminded(house, 4) == []
    assert _reminded(house, 6) == [request_of.id]
    assert _reminded(house, 7) == []
    (line,) = _thread(house, request_of)
    assert line.startswith("<!subteam^S0DBA> still waiting, lapses ")


@pytest.mark.parametrize(("to", "named"), [("U0OPS", "<@U0OPS>"), ("operators", "<@U0OPS>")])
def test_escalation_names_the_person_or_the_group_once(house: House, to: str, named: str) -> None:
    request = _asked(house, to)
    assert _reminded(house, 11) == [request.id]
    assert _reminded(house, 12) == []
    reminded, escalated = _thread(house, request)
    assert "still waiting" in reminded
    assert escalated.startswith(f"{named} not decided yet: Maya Lindqvist (maya), read on orders-prod, 1 h")


def test_worker_that_was_down_at_the_time_catches_up_while_it_still_waits(
    house: House, request_of: Request
) -> None:
    assert _reminded(house, 29) == [request_of.id]
    assert _reminded(house, 30) == []
    assert house.planned(request_of.id) >= {"thread.waiting", "thread.escalated"}


def test_decided_or_lapsing_request_gets_no_reminder(house: House, request_of: Request) -> None:
    assert _reminded(house, 31) == []
    house.review(request_of, PRIYA, Verdict.DENIED)
    assert _reminded(house, 11) == []


def test_reminder_mentions_only_the_groups_of_open_slots(house: House) -> None:
    slots = (Slot(group="dba", count=1), Slot(group="operators", count=1))
    edit(house, with_rule(house.policy, approvals=slots, remind_after=MINUTE))
    request = house.submit()
    house.notify(request.id)
    house.review(request, SAM)
    _reminded(house, 2)
    assert any(line.startswith("<@U0OPS> still waiting") for line in _thread(house, request))


def test_reminder_that_could_not_be_posted_in_time_pings_no_one(house: House, request_of: Request) -> None:
    _reminded(house, 11)
    house.review(request_of, PRIYA)
    lines = _thread(house, request_of)
    assert "This was waiting; it is decided." in lines
    assert not any("<!subteam" in line or "<@U0OPS>" in line for line in lines)


def test_undecided_request_lapses_and_its_requester_is_told(house: House, request_of: Request) -> None:
    assert lapse(later(house, minutes=29)) == []
    assert lapse(later(house, minutes=31)) == [request_of.id]
    assert lapse(later(house, minutes=32)) == []
    house.notify(request_of.id)
    told = [plain(message) for message in house.slack.person(MAYA).direct_messages()]
    assert any("Lapsed: not decided by" in said for said in told)
