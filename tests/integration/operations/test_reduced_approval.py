"""A reviewer approves for less: a shorter time, or a role that the one asked for names as narrower."""

from datetime import timedelta

import pytest

from dbaccess.domain.approved_scope import ApprovedScope
from dbaccess.domain.errors import Changed
from dbaccess.domain.policy import Slot
from dbaccess.domain.request import Request
from dbaccess.operations.grants.provision import provision
from tests.integration.operations.house import House
from tests.operations.edited_policies import edit, with_narrower, with_rule
from tests.operations.house import PRIYA, SAM, at_once

HOUR = 3600


def scope(role: str = "write", hours: float = 2) -> ApprovedScope:
    return ApprovedScope(role=role, duration=timedelta(hours=hours))


@pytest.fixture
def asked(house: House) -> Request:
    """Write for two hours, by two of dba; instead of it a reviewer may give read."""
    dba = (Slot(group="dba", count=2),)
    policy = with_rule(house.policy, "prod-write", approvals=dba, decide_within=timedelta(minutes=10))
    edit(house, with_narrower(policy, "read"))
    return house.submit(role="write", seconds=2 * HOUR)


def test_shorter_narrower_grant_is_made_on_the_target_as_it_was_approved(
    house: House, asked: Request
) -> None:
    house.review(asked, PRIYA, less=scope("read", 1), note="Enough for a look.")
    house.review(asked, SAM)
    grant = house.grant_of(asked.id)
    assert grant is not None
    provision(house.context, grant.id)
    grant = house.grant(grant.id)
    assert grant.state == "active"
    assert grant.recipe is not None
    assert house.roles_of(grant.recipe.login) == {house.target.read_role}
    started = house.ledger("grant.provision_started")[-1]
    assert grant.expires_at is not None
    assert started["data"]["expires_at"] == grant.expires_at.isoformat()
    told = [event["data"] for event in house.ledger("review.approved", "grant.created")]
    assert [(data["role"], data["duration_seconds"]) for data in told] == [("read", HOUR)] * 3


def test_of_two_at_once_for_different_times_the_later_looks_again(house: House, asked: Request) -> None:
    shown = house.shown(asked)
    outcomes = at_once(
        lambda: house.review(asked, PRIYA, fingerprint=shown, less=scope("write", 1)),
        lambda: house.review(asked, SAM, fingerprint=shown, less=scope("write", 0.5)),
    )
    assert sorted(isinstance(outcome, Changed) for outcome in outcomes) == [False, True]
    assert house.grant_of(asked.id) is None
