"""The channel where people review names those who become or cease to be reviewers."""

from tests.integration.operations.house import House
from tests.operations.group_readings import read, waiting
from tests.operations.house import MAYA, PRIYA, SECOND_MAYA, at_once

DBA, ENGINEERS = "S0DBA", "S0ENGINEERS"


MAYA_TWICE = (MAYA, SECOND_MAYA)


def test_readings_at_once_tell_a_change_once(house: House) -> None:
    house.sandbox.set_group(DBA, [PRIYA, *MAYA_TWICE])
    results = at_once(*[lambda: read(house)] * 4)
    assert [result for result in results if result is not None] == []
    assert len(house.ledger("group.changed")) == 1
    assert len(waiting(house)) == 1
