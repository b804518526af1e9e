"""Access that may be on a target ends at its time, even while the worker cannot give the rest."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import Grant
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.grants.revoke import drain
from tests.integration.operations.conftest import BuildHouse
from tests.integration.operations.faults import KilledError, eventful
from tests.integration.operations.house import House
from tests.operations.house import later


@pytest.fixture
def house(build_house: BuildHouse) -> Iterator[House]:
    with build_house(login="personal") as built:
        built.dba("create role maya login")
        yield built


def _given_and_not_recorded(house: House, seconds: int) -> Grant:
    """The worker was killed after the target's commit and before its own."""
    grant = house.approved(seconds=seconds)

    def killed() -> None:
        raise KilledError

    with pytest.raises(KilledError):
        provision(eventful(house, after=killed), grant.id)
    assert house.roles_of("maya") == {house.target.read_role}
    return house.grant(grant.id)


def test_role_given_before_slack_went_silent_ends_at_its_time(house: House) -> None:
    grant = _given_and_not_recorded(house, seconds=300)
    late = replace(
        house.context,
        begin=later(house, minutes=5, seconds=1),
        workspace=replace(house.workspace, snapshot_max_age=timedelta(0)),
    )
    provision(late, grant.id)
    left = house.grant(grant.id)
    assert (left.state, left.end_cause) == ("revoking", "abandoned")
    drain(late, "main")
    assert house.roles_of("maya") == set()


def test_wait_for_slack_is_no_longer_than_the_time_that_is_left(house: House) -> None:
    grant = _given_and_not_recorded(house, seconds=300)
    silent = replace(
        house.context,
        begin=later(house, seconds=288),
        workspace=replace(house.workspace, snapshot_max_age=timedelta(0)),
    )
    provision(silent, grant.id)
    waits = house.grant(grant.id)
    assert waits.state == "provisioning"
    assert waits.next_attempt_at == grant.expires_at


def test_wait_after_a_failure_is_no_longer_than_the_time_that_is_left(house: House) -> None:
    grant = _given_and_not_recorded(house, seconds=300)
    with house.work() as uow:
        uow.grants.save(replace(uow.grants.lock(grant.id), attempts=9))
        uow.commit()

    def lost() -> None:
        raise TargetFailure("the answer was lost", code="lost", touched=True)

    unlucky = replace(eventful(house, after=lost), begin=later(house, seconds=260))
    provision(unlucky, grant.id)
    waits = house.grant(grant.id)
    assert (waits.state, waits.attempts) == ("provisioning", 10)
    assert waits.next_attempt_at == grant.expires_at
