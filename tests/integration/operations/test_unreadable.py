"""A row that no program can read keeps no grant from ending."""

from dataclasses import replace

import pytest

from dbaccess.domain.terms import RequestKind
from dbaccess.operations.grants.revoke import drain
from tests.databases import ControlDatabase
from tests.integration.operations import forging
from tests.integration.operations.house import House
from tests.operations.house import TOM, later


@pytest.mark.parametrize("odd", [{"further": 1}, {"narrower": 7}])
def test_unreadable_request_about_a_grant_delays_no_end(
    house: House, control_database: ControlDatabase, odd: dict[str, object]
) -> None:
    control_database.let_in_unreadable()
    grant, other = house.active(), house.active(TOM)
    terms = forging.about(house.request(grant.request_id), grant, RequestKind.EXTENSION)
    forging.ask(house, terms, odd=odd)
    drain(replace(house.context, begin=later(house, minutes=61)), "main")
    assert {house.grant(each.id).state for each in (grant, other)} == {"ended"}
    assert house.made_logins() == []
