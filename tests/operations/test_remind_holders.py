"""The holder hears once that the end is near, where that is news."""

import pytest

from dbaccess.operations.grants.end_early import revoke_by_operator
from dbaccess.operations.grants.remind_holder import remind_holders
from tests.operations.house import House, later


def test_end_that_is_near_is_told_once(house: House) -> None:
    grant = house.active(seconds=31 * 60)
    assert remind_holders(house.work) == []
    assert remind_holders(later(house, minutes=17)) == [grant.request_id]
    assert remind_holders(later(house, minutes=18)) == []
    assert "dm.reminder" in house.planned(grant.request_id)


def test_end_of_a_short_grant_is_no_news(house: House) -> None:
    house.active(seconds=30 * 60)
    assert remind_holders(later(house, minutes=20)) == []


@pytest.mark.parametrize("minutes", [61, 90])
def test_end_that_is_over_is_not_called_near(house: House, minutes: int) -> None:
    house.active(seconds=3600)
    assert remind_holders(later(house, minutes=minutes)) == []


def test_grant_that_is_taken_away_is_not_called_soon_over(house: House) -> None:
    grant = house.active(seconds=3600)
    revoke_by_operator(house.work, actor="cli:ops@host", grant_id=grant.id, reason="out")
    assert remind_holders(later(house, minutes=50)) == []
