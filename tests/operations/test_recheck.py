"""An approval is worth what it is worth at the moment of provisioning, by the worker's own knowledge."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from dbaccess.domain.grant import Grant
from dbaccess.domain.policy import Policy
from dbaccess.operations.directory.refresh import refresh_directory
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.grants.revoke import drain
from sandbox.client import plain
from tests.operations.edited_policies import edit, with_groups, without_role
from tests.operations.house import MAYA, PRIYA, SAM, House, later


def _ends_untouched(house: House, grant: Grant) -> None:
    """It is on its way out, ends without the target being asked, and was never active."""
    provision(house.context, grant.id)
    leaving = house.grant(grant.id)
    assert (leaving.state, leaving.end_cause, leaving.recipe) == ("revoking", "invalidated", None)
    assert house.made_logins() == []
    assert drain(house.context, "main") == 1
    assert house.grant(grant.id).state == "ended"
    assert "grant.provision_started" not in house.kinds()
    assert "grant.activated" not in house.kinds()
    assert house.ledger("grant.abandoned")[0]["data"]["cause"] == "invalidated"
    assert "dm.never_active" in house.planned(grant.request_id)


def test_reviewer_who_left_the_group_after_approving_carries_nothing(house: House) -> None:
    grant = house.approved()
    house.slack.set_group("S0DBA", [SAM])
    house.read_twice()
    _ends_untouched(house, grant)


def test_reviewer_deactivated_after_approving_carries_nothing(house: House) -> None:
    grant = house.approved()
    house.slack.deactivate(PRIYA)
    _ends_untouched(house, grant)


def test_reviewer_made_a_guest_after_approving_carries_nothing(house: House) -> None:
    grant = house.approved()
    house.slack.make_guest(PRIYA)
    _ends_untouched(house, grant)


def test_requester_deactivated_after_the_approval_gets_nothing(house: House) -> None:
    grant = house.approved()
    house.slack.deactivate(MAYA)
    _ends_untouched(house, grant)


def test_requester_who_left_the_group_after_the_approval_gets_nothing(house: House) -> None:
    grant = house.approved()
    house.slack.set_group("S0ENGINEERS", ["U0TOM"])
    house.read_twice()
    _ends_untouched(house, grant)


def test_requester_made_a_guest_after_the_approval_gets_nothing(house: House) -> None:
    """The group names them, so that it is not for having left one: Slack has no guests in user groups."""
    edit(house, with_groups(house.policy, engineers=[MAYA]))
    refresh_directory(house.context)
    grant = house.approved()
    house.slack.make_guest(MAYA)
    _ends_untouched(house, grant)


def _wider_role(policy: Policy) -> Policy:
    target = policy.targets["orders-prod"]
    read, write = target.roles["read"], target.roles["write"]
    return replace(
        policy,
        targets={
            "orders-prod": replace(target, roles={**target.roles, "read": replace(read, grants=write.grants)})
        },
    )


def _without_target(policy: Policy) -> Policy:
    return replace(policy, targets={})


def _without_rules(policy: Policy) -> Policy:
    return replace(policy, rules=())


def _one_person_more(policy: Policy) -> Policy:
    """Requester and reviewer have become one person."""
    return replace(policy, aliases={**policy.aliases, PRIYA: policy.person_id(MAYA)})


@pytest.mark.parametrize(
    "change", [without_role, _wider_role, _without_target, _without_rules, _one_person_more]
)
def test_worker_grants_only_what_its_own_configuration_says(
    house: House, change: Callable[[Policy], Policy]
) -> None:
    grant = house.approved()
    house.context = replace(house.context, policy=change(house.policy))
    _ends_untouched(house, grant)


def test_snapshot_too_old_and_slack_silent_grants_nothing_yet_and_later_does(house: House) -> None:
    grant = house.approved()
    fresh = house.context
    house.slack.fault("*", "500", times=1000)
    house.context = replace(
        fresh, workspace=replace(house.workspace, snapshot_max_age=timedelta(milliseconds=1))
    )
    provision(house.context, grant.id)
    waiting = house.grant(grant.id)
    assert (waiting.state, waiting.last_failure, waiting.expires_at) == ("provisioning", "directory", None)
    assert house.made_logins() == []
    for _ in range(3):
        house.next_try_now(grant.id)
        provision(house.context, grant.id)
    assert house.grant(grant.id).attempts == 0
    assert house.kinds().count("grant.provision_failed") == 1
    house.slack.clear_faults()
    house.next_try_now(grant.id)
    provision(fresh, grant.id)
    assert house.grant(grant.id).state == "active"


def test_approval_that_waited_for_over_an_hour_is_worth_nothing_and_who_asked_is_told(house: House) -> None:
    grant = house.approved()
    late = replace(house.context, begin=later(house, minutes=61))
    provision(late, grant.id)
    given_up = house.grant(grant.id)
    assert (given_up.state, given_up.end_cause, given_up.recipe) == ("revoking", "abandoned", None)
    assert drain(late, "main") == 1
    house.notify(grant.request_id)
    told = [plain(message) for message in house.slack.person(MAYA).direct_messages()]
    assert any("did not confirm within an hour. Request it again." in said for said in told)
    assert house.made_logins() == []


def test_approval_that_waited_for_less_than_an_hour_is_carried_out(house: House) -> None:
    grant = house.approved()
    refresh_directory(house.context)
    hour = replace(house.workspace, snapshot_max_age=timedelta(hours=1))
    provision(replace(house.context, begin=later(house, minutes=29), workspace=hour), grant.id)
    assert house.grant(grant.id).state == "active"
