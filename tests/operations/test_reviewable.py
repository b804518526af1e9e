"""A request that its reviewers could never approve is refused before it is sent."""

import pytest

from dbaccess.domain.errors import NotReviewable
from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import Slot
from tests.operations.break_glass import invoke
from tests.operations.edited_policies import TWO_GROUPS, edit, with_groups, with_rule
from tests.operations.extensions import allow, ask_more
from tests.operations.house import MAYA, PRIYA, SAM, SECOND_MAYA, House


def reviewed_by(house: House, *members: SlackId) -> None:
    edit(house, with_groups(house.policy, dba=list(members)))
    house.read_twice()


@pytest.mark.parametrize("members", [(), (MAYA,), (MAYA, SECOND_MAYA), (SlackId("U0CARLA"),)], ids=str)
def test_group_without_a_reviewer_refuses_the_request(house: House, members: tuple[SlackId, ...]) -> None:
    reviewed_by(house, *members)
    with pytest.raises(
        NotReviewable, match="1 person of dba must approve, and dba has no member who can besides you"
    ):
        house.submit()
    assert house.outbox() == []
    assert house.ledger("request.submitted") == []


def test_refusal_names_who_can_and_whom_to_ask(house: House) -> None:
    policy = with_groups(house.policy, dba=[PRIYA, MAYA], operators=[SAM])
    edit(house, with_rule(policy, approvals=(Slot(group="dba", count=2),)))
    house.read_twice()
    with pytest.raises(NotReviewable) as refused:
        house.submit()
    assert str(refused.value) == (
        "Not sent: 2 people of dba must approve, and dba has 1 who can besides you. "
        "Now only Priya Nair (U0PRIYA) can. "
        "Ask an operator (Sam Okafor (U0SAM)) to add people to the group."
    )


def test_group_that_slack_emptied_has_no_reviewer(house: House) -> None:
    house.slack.set_group("S0DBA", [])
    _is_refused(house)


def test_group_that_was_disabled_has_no_reviewer_although_slack_keeps_its_people(house: House) -> None:
    house.slack.disable_group("S0DBA")
    _is_refused(house)
    house.slack.disable_group("S0DBA", disabled=False)
    house.read_twice()
    assert house.submit().state == "pending"


def test_group_whose_people_are_deactivated_has_no_reviewer(house: House) -> None:
    house.slack.set_group("S0DBA", [PRIYA])
    house.slack.deactivate(PRIYA)
    _is_refused(house)


def _is_refused(house: House) -> None:
    house.read_twice()
    with pytest.raises(NotReviewable, match="dba has no member"):
        house.submit()


def test_break_glass_needs_another_person_for_its_review(glass: House) -> None:
    reviewed_by(glass, MAYA, SECOND_MAYA)
    with pytest.raises(NotReviewable, match="1 person of dba must review it afterwards"):
        invoke(glass)
    assert glass.ledger("request.break_glass_invoked") == []
    reviewed_by(glass, MAYA, PRIYA)
    assert invoke(glass).state == "approved"


def test_two_slots_need_two_people(house: House) -> None:
    edit(house, with_rule(with_groups(house.policy, dba=[PRIYA], owners=[PRIYA]), approvals=TWO_GROUPS))
    house.read_twice()
    with pytest.raises(NotReviewable, match="1 of dba and 1 of owners have to be different people"):
        house.submit()


def test_one_reviewer_besides_the_requester_is_enough(house: House) -> None:
    reviewed_by(house, MAYA, PRIYA)
    assert house.submit().state == "pending"


def test_extension_is_refused_too(house: House) -> None:
    allow(house)
    grant = house.active()
    reviewed_by(house, MAYA)
    with pytest.raises(NotReviewable):
        ask_more(house, grant)
