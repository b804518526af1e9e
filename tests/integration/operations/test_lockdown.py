"""A lockdown ends what is open and lets nothing new in, until another operator lifts it."""

from functools import partial

import pytest

from dbaccess.domain.errors import (
    AlreadyOpen,
    InLockdown,
)
from dbaccess.operations.grants.apply_extension import apply_extension
from dbaccess.operations.grants.credentials import show_credentials
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.grants.revoke import drain
from tests.integration.operations.conftest import BuildHouse
from tests.integration.operations.faults import eventful
from tests.integration.operations.house import House
from tests.integration.operations.opener import Opener
from tests.integration.operations.showing import click, seen, state
from tests.operations.house import SAM, at_once
from tests.operations.lockdowns import OLGA, ask_for_more, asked_later, declare, enforce, lift, with_operators
from tests.operations.passwords import ask


def _stop(house: House) -> None:
    declare(house)


@pytest.mark.parametrize("target", ["orders-prod", None])
def test_of_two_declarations_at_once_one_stands(locked: House, target: str | None) -> None:
    results = at_once(*[partial(declare, locked, target, who=who) for who in (OLGA, SAM)])
    assert [type(result) for result in results if isinstance(result, Exception)] == [AlreadyOpen]
    assert len(locked.ledger("lockdown.declared")) == 1


@pytest.mark.parametrize("moment", ["before", "at_fence"])
def test_lockdown_that_is_committed_before_the_target_commits_wins(locked: House, moment: str) -> None:
    grant = locked.approved()
    provision(eventful(locked, **{moment: partial(_stop, locked)}), grant.id)
    assert locked.grant(grant.id).state == "provisioning"
    assert locked.made_logins() == []
    provision(locked.context, grant.id)
    assert locked.grant(grant.id).end_cause == "locked_down"
    drain(locked.context, "main")
    assert locked.grant(grant.id).state == "ended"


def test_grant_that_became_active_beside_the_declaration_ends_in_the_next_round(locked: House) -> None:
    grant = locked.approved()
    provision(eventful(locked, after=partial(_stop, locked)), grant.id)
    assert locked.grant(grant.id).state == "active"
    assert enforce(locked) == 1
    drain(locked.context, "main")
    assert locked.made_logins() == []


def test_extension_under_way_stops_at_the_last_look(locked: House) -> None:
    grant = locked.active()
    ask_for_more(locked, grant)
    locked.review(asked_later(locked, grant))
    apply_extension(eventful(locked, at_fence=partial(_stop, locked)), grant.id)
    assert locked.ledger("grant.extended") == []
    assert locked.grant(grant.id).expires_at == grant.expires_at


def test_no_password_is_shown_or_set(locked: House, opener: Opener) -> None:
    grant = locked.active()
    clicked = click(locked, opener, grant)
    lockdown = declare(locked)
    with pytest.raises(InLockdown):
        ask(locked, grant, "V1")
    show_credentials(locked.context, clicked.id)
    assert state(locked, clicked) == "failed"
    assert "orders-prod is in lockdown since" in seen(locked)
    lift(locked, lockdown)
    late = click(locked, opener, grant)
    show_credentials(eventful(locked, at_fence=partial(_stop, locked)), late.id)
    assert state(locked, late) == "failed"
    assert "is in lockdown since" in seen(locked)


def test_role_on_a_personal_login_ends_too(build_house: BuildHouse) -> None:
    with build_house(login="personal") as house:
        with_operators(house)
        house.dba("create role maya login")
        grant = house.active()
        declare(house)
        assert enforce(house) == 1
        drain(house.context, "main")
        assert house.grant(grant.id).state == "ended"
        assert house.roles_of("maya") == set()
