"""A request takes the place of an own one that stands in its way, both in one transaction."""

from datetime import timedelta

import pytest

from dbaccess.domain.ask import Ask
from dbaccess.domain.errors import AlreadyDecided, AlreadyOpen, NotYours, TooLong
from dbaccess.domain.people import SlackId
from dbaccess.domain.request import Request
from dbaccess.operations.requests.submit import submit
from tests.operations.house import MAYA, PRIYA, SECOND_MAYA, TOM, House, new_key


def replace_with(house: House, old: Request, *, seconds: int = 600, who: SlackId = MAYA) -> Request:
    return submit(
        house.begin,
        policy=house.policy,
        workspace=house.workspace,
        slack_id=who,
        ask=Ask(
            target="orders-prod",
            role="read",
            duration=timedelta(seconds=seconds),
            reason="looking into #4513",
        ),
        idempotency_key=new_key(),
        instead_of=old.id,
    )


@pytest.mark.parametrize("who", [MAYA, SECOND_MAYA])
def test_old_one_is_withdrawn_and_the_new_one_waits(house: House, who: SlackId) -> None:
    old = house.submit()
    with pytest.raises(AlreadyOpen) as refused:
        house.submit(seconds=600)
    assert refused.value.request_id == old.id
    new = replace_with(house, old, who=who)
    assert (house.request(old.id).state, house.request(new.id).state) == ("withdrawn", "pending")
    with pytest.raises(AlreadyDecided, match="already withdrawn"):
        house.review(old, PRIYA)
    assert house.review(new, PRIYA).state == "approved"


def test_refused_new_one_leaves_the_old_one(house: House) -> None:
    old = house.submit()
    with pytest.raises(TooLong):
        replace_with(house, old, seconds=864000)
    assert house.request(old.id).state == "pending"
    assert house.ledger("request.withdrawn") == []


def test_approval_that_came_first_wins(house: House) -> None:
    old = house.submit()
    house.review(old, PRIYA)
    with pytest.raises(AlreadyDecided, match="was approved meanwhile"):
        replace_with(house, old)
    assert len(house.ledger("request.submitted")) == 1


def test_old_one_that_is_out_of_the_way_hinders_nothing(house: House) -> None:
    old = house.submit()
    first = replace_with(house, old)
    assert replace_with(house, first, seconds=300).state == "pending"
    with pytest.raises(AlreadyOpen):
        replace_with(house, old)


def test_request_of_another_person_stays(house: House) -> None:
    old = house.submit(TOM)
    with pytest.raises(NotYours):
        replace_with(house, old)
    assert house.request(old.id).state == "pending"
