"""A grant ends where its holder left or its role is gone, and for nothing less."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from dbaccess.domain.policy import Policy
from dbaccess.operations.directory.refresh import refresh_directory
from dbaccess.operations.grants.invalidate import invalidate
from tests.operations.edited_policies import edit, with_rule, without_role
from tests.operations.house import MAYA, PRIYA, House, later
from tests.operations.invalidated import ends


@pytest.mark.parametrize("still_listed", [True, False])
def test_grant_of_a_deactivated_holder_ends(house: House, *, still_listed: bool) -> None:
    """Slack takes who was deactivated out of their groups: their account is read on all the same."""
    grant = house.active()
    house.slack.deactivate(MAYA)
    if not still_listed:
        house.slack.set_group("S0ENGINEERS", ["U0TOM"])
        house.slack.set_group("S0DBA", [PRIYA])
    refresh_directory(house.context, older_than=timedelta(0))
    ends(house, grant, "holder left")


def test_grant_of_a_new_guest_ends_unless_its_rule_is_for_guests(house: House) -> None:
    edit(house, with_rule(house.policy, guests=True))
    grant = house.active()
    house.slack.make_guest(MAYA)
    refresh_directory(house.context, people=[MAYA])
    assert invalidate(house.context) == []
    edit(house, with_rule(house.policy, guests=False))
    ends(house, grant, "holder is a guest now")


@pytest.mark.parametrize("change", [without_role, lambda policy: replace(policy, targets={})])
def test_grant_of_a_role_that_is_gone_from_the_configuration_ends(
    house: House, change: Callable[[Policy], Policy]
) -> None:
    grant = house.active()
    edit(house, change(house.policy))
    ends(house, grant, "role gone from the configuration")


def _wider(policy: Policy) -> Policy:
    target = policy.targets["orders-prod"]
    wider = replace(target.roles["read"], grants=target.roles["write"].grants)
    return replace(policy, targets={"orders-prod": replace(target, roles={**target.roles, "read": wider})})


@pytest.mark.parametrize("change", [_wider, lambda policy: replace(policy, rules=())])
def test_grant_stands_after_its_role_or_rule_changed(
    house: House, change: Callable[[Policy], Policy]
) -> None:
    grant = house.active()
    edit(house, change(house.policy))
    assert invalidate(house.context) == []
    assert house.grant(grant.id).recipe == grant.recipe


def test_holder_who_only_left_the_group_keeps_what_was_approved_until_its_end(house: House) -> None:
    house.active()
    house.slack.set_group("S0ENGINEERS", ["U0TOM"])
    house.read_twice()
    assert invalidate(house.context) == []


def test_snapshot_too_old_ends_nothing_and_neither_does_a_silent_slack(house: House) -> None:
    house.active()
    house.slack.deactivate(MAYA)
    house.slack.fault("*", "500", times=1000)
    assert invalidate(house.context) == []
    house.slack.clear_faults()
    refresh_directory(house.context, people=[MAYA])
    assert invalidate(replace(house.context, begin=later(house, minutes=3))) == []
