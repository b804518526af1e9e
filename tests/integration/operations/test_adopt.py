"""Open grants follow their cluster to a new identity, and to no other server."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import DBAPIError

from dbaccess.domain.grant import Grant, Likeness
from dbaccess.operations.clusters.adopt import NotAdopted, adopt, compare
from dbaccess.operations.grants.end_early import revoke_by_operator
from dbaccess.operations.grants.revoke import drain
from tests.integration.operations.conftest import BuildHouse
from tests.integration.operations.house import House
from tests.operations.house import TOM

SAM = "cli:sam@db1"


def upgrade(house: House) -> None:
    """Every grant was made on the server before pg_upgrade, which keeps the numbers of roles."""
    with house.worker.begin() as connection:
        connection.exec_driver_sql('update grants set recipe = recipe || \'{"cluster_identity": "15"}\'')


def ends_as(house: House, grant: Grant) -> str:
    revoke_by_operator(house.work, actor=SAM, grant_id=grant.id, reason="over")
    drain(house.context, "main")
    ended = house.grant(grant.id)
    return ended.last_failure or ended.state.value


def test_grants_of_the_same_cluster_end_once_they_are_adopted(house: House) -> None:
    stuck, active = house.active(), house.active(TOM)
    upgrade(house)
    assert ends_as(house, stuck) == "other_cluster"
    driver = house.context.targets.driver("main")
    found = compare(house.work, driver, "main")
    assert [one.likeness for one in found.compared] == [Likeness.SAME, Likeness.SAME]
    assert house.grant(stuck.id).recipe == replace(stuck.recipe, cluster_identity="15")  # type: ignore[type-var] # it is active
    assert adopt(house.work, found, actor=SAM) == [stuck.id, active.id]
    assert adopt(house.work, found, actor=SAM) == []
    assert compare(house.work, driver, "main").compared == ()
    drain(house.context, "main")
    assert house.grant(stuck.id).state == "ended"
    assert ends_as(house, active) == "ended"
    assert house.made_logins() == []
    for event in house.ledger("grant.adopted"):
        assert (event["actor"], event["data"]["from"]) == (SAM, "15")
        assert event["data"]["to"] == driver.facts().identity


def test_personal_grant_is_adopted_by_the_number_of_its_login(build_house: BuildHouse) -> None:
    with build_house(login="personal") as house:
        house.dba("create role maya login")
        grant = house.active()
        upgrade(house)
        assert ends_as(house, grant) == "other_cluster"
        found = compare(house.work, house.context.targets.driver("main"), "main")
        assert adopt(house.work, found, actor=SAM) == [grant.id]
        drain(house.context, "main")
        assert house.grant(grant.id).state == "ended"
        assert house.roles_of("maya") == set()


def test_login_that_cannot_be_told_is_left_and_keeps_no_other_grant(house: House) -> None:
    renamed, same = house.active(), house.active(TOM)
    upgrade(house)
    assert renamed.recipe is not None
    login = renamed.recipe.login
    house.dba("alter role {login} rename to zoe; comment on role zoe is null", login=login)
    driver = house.context.targets.driver("main")
    found = compare(house.work, driver, "main")
    assert [one.likeness for one in found.compared] == [Likeness.RENAMED, Likeness.SAME]
    (left,) = found.left
    assert (left.grant.id, f"is zoe there, and was {login}" in left.why) == (renamed.id, True)
    assert adopt(house.work, found, actor=SAM) == [same.id]
    assert ends_as(house, same) == "ended"
    assert ends_as(house, renamed) == "other_cluster"
    alone = compare(house.work, driver, "main")
    with pytest.raises(NotAdopted, match="no login of an open grant has its identity and name there"):
        adopt(house.work, alone, actor=SAM)
    house.dba("alter role zoe rename to {login}", login=login)
    assert adopt(house.work, compare(house.work, driver, "main"), actor=SAM) == [renamed.id]
    drain(house.context, "main")
    assert house.grant(renamed.id).state == "ended"


def test_renamed_login_of_a_grant_is_known_by_its_number_and_tag(
    house: House,
) -> None:
    renamed, same = house.active(), house.active(TOM)
    upgrade(house)
    assert renamed.recipe is not None
    house.dba("alter role {login} rename to mayas_login", login=renamed.recipe.login)
    found = compare(house.work, house.context.targets.driver("main"), "main")
    assert adopt(house.work, found, actor=SAM) == [renamed.id, same.id]
    for grant in (renamed, same):
        assert ends_as(house, grant) == "ended"
    assert house.look("select 1 from pg_roles where rolname = 'mayas_login'") == []


def test_copy_with_other_numbers_is_not_adopted(house: House) -> None:
    same, moved = house.active(TOM), house.active()
    upgrade(house)
    assert moved.recipe is not None
    house.dba("drop role {login}; create role {login} login", login=moved.recipe.login)
    found = compare(house.work, house.context.targets.driver("main"), "main")
    assert [one.likeness for one in found.compared] == [Likeness.SAME, Likeness.OTHER]
    with pytest.raises(NotAdopted, match=f"{moved.label} differ there"):
        adopt(house.work, found, actor=SAM)
    for grant in (same, moved):
        assert house.grant(grant.id).recipe == replace(grant.recipe, cluster_identity="15")  # type: ignore[type-var] # active
    assert house.ledger("grant.adopted") == []


def test_server_without_any_login_of_the_grants_is_not_adopted(house: House) -> None:
    grant = house.active()
    upgrade(house)
    assert grant.recipe is not None
    house.dba("drop role {login}", login=grant.recipe.login)
    found = compare(house.work, house.context.targets.driver("main"), "main")
    with pytest.raises(NotAdopted, match="no login of an open grant has its identity and name there"):
        adopt(house.work, found, actor=SAM)


def test_worker_changes_the_identity_of_a_recipe_and_nothing_else_and_the_bot_not_even_that(
    house: House,
) -> None:
    house.active()
    with pytest.raises(DBAPIError), house.worker.begin() as connection:
        connection.exec_driver_sql('update grants set recipe = recipe || \'{"login": "maya"}\'')
    with pytest.raises(DBAPIError), house.bot.begin() as connection:
        connection.exec_driver_sql('update grants set recipe = recipe || \'{"cluster_identity": "1"}\'')
