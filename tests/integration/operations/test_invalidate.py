"""A grant ends where its holder left or its role is gone, and for nothing less."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from dbaccess.domain.grant import Grant
from dbaccess.domain.policy import Policy
from dbaccess.operations.directory.refresh import refresh_directory
from dbaccess.operations.grants.invalidate import invalidate
from dbaccess.operations.grants.revoke import drain
from sandbox.client import plain
from tests.integration.operations.house import House
from tests.operations.edited import edit, with_rule, without_role
from tests.operations.house import MAYA, PRIYA, TOM, later


def _ends(house: House, grant: Grant, why: str) -> None:
    assert invalidate(house.context) == [grant.id]
    assert invalidate(house.context) == []
    leaving = house.grant(grant.id)
    assert (leaving.state, leaving.end_cause, leaving.end_note) == ("revoking", "invalidated", why)
    drain(house.context, "main")
    assert house.grant(grant.id).state == "ended"
    assert house.made_logins() == []
    house.notify(grant.request_id)
    root = next(m for m in house.sandbox.person(PRIYA).messages("C0APPROVALS") if not m.thread_ts)
    assert f"invalidated: {why}" in plain(root)


@pytest.mark.parametrize("still_listed", [True, False])
def test_grant_of_somebody_deactivated_ends(house: House, *, still_listed: bool) -> None:
    """Slack takes who was deactivated out of their groups: their account is read on all the same."""
    grant = house.active()
    house.sandbox.deactivate(MAYA)
    if not still_listed:
        house.sandbox.set_group("S0ENGINEERS", ["U0TOM"])
        house.sandbox.set_group("S0DBA", [PRIYA])
    refresh_directory(house.context, older_than=timedelta(0))
    _ends(house, grant, "holder left")


def test_grant_of_somebody_who_became_a_guest_ends_unless_its_rule_is_for_guests(house: House) -> None:
    edit(house, with_rule(house.policy, guests=True))
    grant = house.active()
    house.sandbox.make_guest(MAYA)
    refresh_directory(house.context, people=[MAYA])
    assert invalidate(house.context) == []
    edit(house, with_rule(house.policy, guests=False))
    _ends(house, grant, "holder is a guest now")


def test_grant_of_somebody_of_another_workspace_ends(house: House) -> None:
    grant = house.active()
    with house.worker.begin() as connection:
        connection.exec_driver_sql(
            "update directory_people set team_id = 'T0OTHER' where slack_id = 'U0MAYA'"
        )
    _ends(house, grant, "holder left")


@pytest.mark.parametrize("change", [without_role, lambda policy: replace(policy, targets={})])
def test_grant_of_a_role_that_is_gone_from_the_configuration_ends(
    house: House, change: Callable[[Policy], Policy]
) -> None:
    grant = house.active()
    edit(house, change(house.policy))
    _ends(house, grant, "role gone from the configuration")


def _wider(policy: Policy) -> Policy:
    target = policy.targets["orders-prod"]
    wider = replace(target.roles["read"], grants=target.roles["write"].grants)
    return replace(policy, targets={"orders-prod": replace(target, roles={**target.roles, "read": wider})})


@pytest.mark.parametrize("change", [_wider, lambda policy: replace(policy, rules=())])
def test_grant_stands_though_its_role_or_its_rule_says_otherwise_by_now(
    house: House, change: Callable[[Policy], Policy]
) -> None:
    grant = house.active()
    edit(house, change(house.policy))
    assert invalidate(house.context) == []
    assert house.grant(grant.id).recipe == grant.recipe


def test_holder_who_only_left_the_group_keeps_what_was_approved_until_its_end(house: House) -> None:
    house.active()
    house.sandbox.set_group("S0ENGINEERS", ["U0TOM"])
    house.read_twice()
    assert invalidate(house.context) == []


def test_account_not_read_lately_says_nothing_until_it_is_read_again(house: House) -> None:
    grant = house.active()
    house.sandbox.set_group("S0ENGINEERS", [TOM])
    house.sandbox.set_group("S0DBA", [PRIYA])
    with house.worker.begin() as connection:
        connection.exec_driver_sql(
            "update directory_people set is_deactivated = true, read_at = read_at - interval '31 min'"
            " where slack_id = 'U0MAYA'"
        )
    assert invalidate(house.context) == []
    refresh_directory(house.context)
    assert invalidate(house.context) == [], "an old word that was wrong"
    with house.worker.begin() as connection:
        connection.exec_driver_sql(
            "update directory_people set read_at = read_at - interval '31 min' where slack_id = 'U0MAYA'"
        )
    house.sandbox.deactivate(MAYA)
    refresh_directory(house.context)
    _ends(house, grant, "holder left")


def test_snapshot_too_old_ends_nothing_and_neither_does_a_silent_slack(house: House) -> None:
    house.active()
    house.sandbox.deactivate(MAYA)
    house.sandbox.fault("*", "500", times=1000)
    assert invalidate(house.context) == []
    house.sandbox.clear_faults()
    refresh_directory(house.context, people=[MAYA])
    assert invalidate(replace(house.context, begin=later(house, minutes=3))) == []


def test_account_that_slack_does_not_have_has_not_left(house: House) -> None:
    house.active()
    with house.worker.begin() as connection:
        connection.exec_driver_sql("delete from directory_people where slack_id = 'U0MAYA'")
    assert invalidate(house.context) == []
