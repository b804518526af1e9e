"""A request that its reviewers could never approve is refused before it is sent."""

import pytest

from dbaccess.domain.errors import NotReviewable
from dbaccess.domain.people import SlackId
from tests.operations.edited import TWO_GROUPS, edit, with_groups, with_rule
from tests.operations.extending import allow, ask_more
from tests.operations.house import MAYA, PRIYA, SECOND_MAYA, House


def reviewed_by(house: House, *members: SlackId) -> None:
    edit(house, with_groups(house.policy, dba=list(members)))
    house.read_twice()


@pytest.mark.parametrize("members", [(), (MAYA,), (MAYA, SECOND_MAYA), (SlackId("U0CARLA"),)], ids=str)
def test_group_without_a_reviewer_refuses_the_request(house: House, members: tuple[SlackId, ...]) -> None:
    reviewed_by(house, *members)
    with pytest.raises(NotReviewable, match="1 person of dba must approve, and dba has no member who can"):
        house.submit()
    assert house.outbox() == []
    assert house.ledger("request.submitted") == []


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
