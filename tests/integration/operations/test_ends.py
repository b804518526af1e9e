"""Every host ends what is due, and raises the alarm where an end is late: neither waits for the leader."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from pydantic import SecretStr

from dbaccess.storage.leader import Leader
from tests.acceptance.stack import wait
from tests.databases import ControlDatabase
from tests.integration.operations.house import House
from tests.integration.operations.test_reconciler import wiring_of
from tests.operations.house import at_once
from workers.ends import Ends


@pytest.fixture
def ends(house: House, control_database: ControlDatabase) -> Iterator[Ends]:
    made = Ends(wiring_of(house), SecretStr(control_database.worker_url), timedelta(hours=1))
    yield made
    assert made.tasks.finish(60)
    made.close()


def test_a_host_that_does_not_lead_ends_on_time(
    house: House, ends: Ends, control_database: ControlDatabase
) -> None:
    grant = house.active()
    with Leader(control_database.worker_url):
        house.surrender(grant)
        ends.round()
        wait(lambda: house.grant(grant.id).state == "ended", 30)


def test_several_hosts_end_each_grant_once(house: House, ends: Ends) -> None:
    grants = [house.active(seconds=seconds, role=role) for seconds, role in ((3600, "read"), (3600, "write"))]
    for grant in grants:
        house.surrender(grant)
    others = [Ends(ends.wiring, ends.database_url, ends.directory_every) for _ in range(3)]
    at_once(*(host.round for host in (ends, *others)))
    wait(lambda: all(house.grant(grant.id).state == "ended" for grant in grants), 30)
    assert all(host.tasks.finish(60) for host in others)
    for host in others:
        host.close()
    assert house.kinds().count("grant.ended") == 2


def test_the_next_look_is_at_the_next_end(house: House, ends: Ends) -> None:
    house.active(seconds=3600)
    assert ends.round() == 1.0
