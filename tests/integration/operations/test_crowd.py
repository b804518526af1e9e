"""A crowd is made in bulk, and is to the operations as if each grant had been asked for and given."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from bench.crowd import make_crowd
from dbaccess.operations.grants.revoke import drain
from tests.databases import ControlDatabase
from tests.integration.operations.conftest import BuildHouse
from tests.operations.house import MAYA, TOM, later

SIZE = 20


@pytest.mark.parametrize("login", ["ephemeral", "personal"])
def test_a_crowd_holds_its_role_until_it_ends_as_any_grant_does(
    login: str, build_house: BuildHouse, control_database: ControlDatabase
) -> None:
    ends = datetime.now(UTC) + timedelta(minutes=1)
    with build_house(login=login) as house:
        crowd = make_crowd(
            control_database, house.access, house.policy, size=SIZE, holders=[MAYA, TOM], expires_at=ends
        )
        one = crowd.logins[-1].name
        with closing(psycopg.connect(house.access.login_url(one, crowd.password))) as session:
            assert session.execute("select count(*) from shop.orders").fetchone() == (3,)
            assert drain(house.context, "main") == 0

            assert drain(replace(house.context, begin=later(house, minutes=2)), "main") == SIZE

        with house.work() as uow:
            ended = [uow.grants.get(grant.id) for grant in crowd.grants]
        assert {grant.state for grant in ended} == {"ended"}
        assert sum(grant.receipt.sessions_closed for grant in ended if grant.receipt) == 1
        assert house.roles_of(one) == set()
        assert house.kinds().count("grant.ended") == SIZE
