"""More time: asked by the holder, approved by others, set on the target, and only then true here."""

from datetime import timedelta

import psycopg
import pytest
from sqlalchemy.exc import IntegrityError

from dbaccess.operations.grants.apply_extension import apply_extension
from dbaccess.operations.grants.revoke import revoke
from tests.integration.operations.conftest import BuildHouse
from tests.integration.operations.house import House
from tests.operations.edited_policies import edit, with_groups, with_role, with_rule
from tests.operations.extensions import allow, ask_more, extended, valid_until

HOUR = timedelta(hours=1)


def test_sessions_and_login_live_on(house: House) -> None:
    allow(house)
    grant = house.active()
    assert grant.recipe is not None
    login = grant.recipe.login
    oid = house.look("select oid from pg_roles where rolname = %s", login)
    house.dba("alter role {login} password 'x'", login=login)
    url = house.target.superuser_url.partition("@")[2]
    with psycopg.connect(f"postgresql://{login}:x@{url}", autocommit=True) as session:
        extended(house, grant)
        assert session.execute("select current_user").fetchone() == (login,)
    assert house.look("select oid from pg_roles where rolname = %s", login) == oid


@pytest.mark.parametrize("change", ["rule", "group", "more time", "no more time", "role"])
def test_worker_refuses_an_extension_that_its_policy_no_longer_allows(house: House, change: str) -> None:
    allow(house)
    grant = house.active()
    request = ask_more(house, grant)
    house.review(request)
    if change == "rule":
        edit(house, with_rule(house.policy, min_reason=11))
    elif change == "group":
        edit(house, with_groups(house.policy, dba=["U0SAM"]))
    elif change == "more time":
        allow(house, hours=5)
    elif change == "no more time":
        edit(house, with_rule(house.policy, extend=None))
    else:
        edit(house, with_role(house.policy, grants=(house.target.write_role,)))
    apply_extension(house.context, grant.id)
    assert house.grant(grant.id).expires_at == grant.expires_at == valid_until(house, grant)
    (event,) = house.ledger("grant.not_extended")
    assert event["data"]["why"]
    assert "dm.extended" in house.planned(request.id)
    before = len(house.ledger())
    apply_extension(house.context, grant.id)
    assert len(house.ledger()) == before


def test_personal_login_keeps_its_role_for_longer(build_house: BuildHouse) -> None:
    with build_house(login="personal") as house:
        allow(house)
        house.dba("create role {login} login", login="maya")
        try:
            grant = house.active(seconds=3600)
            longer = extended(house, grant)
            assert longer.expires_at == (grant.expires_at or 0) + HOUR  # type: ignore[operator]
            assert house.target.read_role in house.roles_of("maya")
        finally:
            house.surrender(grant)
            revoke(house.context, grant.id)
            house.dba("drop role {login}", login="maya")


def test_ddl_is_not_extended_without_a_yes(house: House) -> None:
    allow(house, approvals=(), rule="prod-ddl")
    grant = house.active(role="migrate", seconds=60)
    with pytest.raises(IntegrityError, match="requests_ddl_is_approved"):
        ask_more(house, grant, seconds=60)
