"""A role that gives more than data is never granted, whatever the engine."""

import pytest

from dbaccess.domain.errors import TargetFailure
from tests.contract.target import Target, in_an_hour, nothing


def test_role_with_power_is_not_given(any_target: Target) -> None:
    target = any_target
    drawn = target.ephemeral() if target.makes_logins else target.personal(target.person_login().login)
    target.empower(target.read_role)
    refused = target.refusal(drawn)
    assert (refused.code, refused.touched) == ("role_too_powerful", False)
    assert target.read_role in str(refused)
    assert target.roles_of(drawn.login) == []


def test_role_that_got_power_during_the_grant_is_not_extended(any_target: Target) -> None:
    target, login = any_target, any_target.person_login().login
    recipe = target.provision(target.personal(login))
    target.empower(target.read_role)
    with pytest.raises(TargetFailure) as refused:
        target.driver.extend(recipe, valid_until=in_an_hour(), fence=nothing)
    assert refused.value.code == "role_too_powerful"
    assert target.end(recipe).roles_removed == (target.read_role,)


def test_role_that_got_power_is_named_with_each_login_that_has_it(any_target: Target) -> None:
    target, login = any_target, any_target.person_login().login
    target.provision(target.personal(login))
    assert target.driver.outgrown() == {}
    target.empower(target.read_role)
    ((given, why),) = target.driver.outgrown().items()
    assert (given.login, given.role) == (login, target.read_role)
    assert given.login_identity == target.identity_of(login)
    assert target.read_role in why


def test_check_names_the_role_and_its_power(any_target: Target) -> None:
    target, roles = any_target, [any_target.read_role, any_target.write_role]
    assert target.driver.excess(roles) == {}
    target.empower(target.read_role)
    assert set(target.driver.excess(roles)) == {target.read_role}
    bad = [finding for finding in target.driver.examine({}, roles=roles) if not finding.ok]
    assert any(target.read_role in finding.what and finding.fix for finding in bad)
