"""No person is pinged about their own request, under any account."""

from datetime import timedelta

import pytest

from dbaccess.domain.policy import Escalation
from dbaccess.operations.delivery.request_details import load_request_details
from dbaccess.slack.views import thread
from tests.acceptance.stack import CHANNEL
from tests.operations.edited_policies import edit, with_groups, with_rule
from tests.operations.house import MAYA, PRIYA, SECOND_MAYA, House


def test_group_of_people_is_pinged_without_the_requester(house: House) -> None:
    edit(house, with_groups(house.policy, dba=[PRIYA, MAYA, SECOND_MAYA]))
    request = house.submit(MAYA)
    house.notify(request.id)
    (posted,) = house.slack.person(PRIYA).messages(CHANNEL)
    shown = str(posted.blocks)
    assert f"<@{PRIYA}>" in shown
    assert f"<@{MAYA}>" not in shown
    assert f"<@{SECOND_MAYA}>" not in shown


@pytest.mark.parametrize("account", [MAYA, SECOND_MAYA])
def test_escalation_to_the_requester_names_without_a_ping(house: House, account: str) -> None:
    escalation = Escalation(after=timedelta(minutes=1), to=account)
    edit(house, with_rule(house.policy, escalation=escalation))
    request = house.submit(MAYA)
    with house.work() as uow:
        details = load_request_details(uow, house.policy, house.workspace, request.id)
    said = str(thread.escalated(details, first=True))
    assert "Maya Lindqvist (maya) not decided yet" in said
    assert "<@" not in said


def test_operator_who_holds_what_is_overdue_is_named_and_the_others_pinged(house: House) -> None:
    edit(house, with_groups(house.policy, operators=[MAYA, "U0OPS"]))
    request = house.submit(MAYA)
    with house.work() as uow:
        details = load_request_details(uow, house.policy, house.workspace, request.id)
    assert details.operators.sources == ("U0OPS",)
