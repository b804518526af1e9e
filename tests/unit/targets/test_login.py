"""Which of the logins that were found is a grant's, in a batch of any size."""

from dataclasses import replace
from typing import Any

import pytest

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import GrantId, Recipe
from dbaccess.targets.postgresql.identity import identity_of, oid_of
from dbaccess.targets.postgresql.login import Login, Logins, ending_login, made_login, personal_login

BATCH = 500


def recipe_of(number: int) -> Recipe:
    return Recipe(
        grant_id=GrantId(number),
        cluster="main",
        cluster_identity="1",
        database="orders",
        login_kind="ephemeral",
        login=f"jit_acme_maya_{number}",
        login_identity=str(20_000 + number),
        tag=f"dbaccess:acme:grant:{number}",
        roles=("orders_read",),
        act_as=None,
        standing=(),
    )


def login_of(recipe: Recipe, kind: type[Login] = Login, **changes: Any) -> Login:
    own = {"oid": int(recipe.login_identity or 0), "name": recipe.login, "tag": recipe.tag}
    return kind(**{**own, "can_login": True, "is_superuser": False, **changes})


MAYA = recipe_of(1)


class CountedLogin(Login):
    reads = 0

    def __getattribute__(self, name: str) -> Any:
        CountedLogin.reads += 1
        return super().__getattribute__(name)


def test_batch_reads_each_login_a_few_times_and_not_once_for_each_grant() -> None:
    recipes = [recipe_of(number) for number in range(BATCH)]
    found = Logins([login_of(recipe, CountedLogin) for recipe in recipes])
    for find in (ending_login, made_login, personal_login):
        assert [login.oid for recipe in recipes if (login := find(recipe, found))] == [
            int(recipe.login_identity or 0) for recipe in recipes
        ]
    assert CountedLogin.reads < 50 * BATCH


@pytest.mark.parametrize("changed", [login_of(MAYA, name="other"), login_of(MAYA, tag="")])
def test_login_that_was_renamed_or_lost_its_mark_ends_and_takes_nothing_more(changed: Login) -> None:
    assert ending_login(MAYA, Logins([changed])) == changed
    with pytest.raises(TargetFailure):
        made_login(MAYA, Logins([changed]))


@pytest.mark.parametrize(
    "found",
    [
        [login_of(MAYA, name="other", tag="")],
        [login_of(MAYA, oid=7)],
        [login_of(MAYA, name="other", tag=""), login_of(MAYA, oid=7)],
    ],
)
def test_login_that_cannot_be_told_from_anothers_is_left_alone(found: list[Login]) -> None:
    for find in (ending_login, made_login):
        with pytest.raises(TargetFailure) as failure:
            find(MAYA, Logins(found))
        assert failure.value.code == "foreign_login"


def test_role_with_the_mark_alone_is_no_login_of_ours() -> None:
    decoy = Logins([login_of(MAYA, oid=7, name="decoy")])
    assert ending_login(MAYA, decoy) is None
    assert made_login(MAYA, decoy) is None


def test_login_whose_number_is_not_known_yet_is_found_by_name() -> None:
    unread, there = replace(MAYA, login_identity=None), login_of(MAYA)
    for find in (ending_login, made_login, personal_login):
        assert find(unread, Logins([there])) == there
    nameless = Logins([login_of(MAYA, name="other")])
    assert personal_login(unread, nameless) is None
    assert personal_login(MAYA, nameless) == login_of(MAYA, name="other")


def test_two_logins_whose_names_read_alike_are_two() -> None:
    found = Logins([login_of(MAYA), login_of(MAYA, oid=7, tag="")])
    assert [login.oid for login in found.of(MAYA)] == [int(MAYA.login_identity or 0), 7]
    with pytest.raises(TargetFailure):
        made_login(MAYA, found)


@pytest.mark.parametrize("identity", ["", "0", "-1", "1e3", "maya@%", "4294967296", "99999999999"])
def test_identity_of_another_engine_is_no_logins_oid(identity: str) -> None:
    stranger = replace(MAYA, login_identity=identity)
    assert personal_login(stranger, Logins([login_of(MAYA), login_of(MAYA, oid=7)])) is None
    assert oid_of(identity) == 0


def test_identity_comes_back_as_the_oid_that_it_was() -> None:
    assert oid_of(identity_of(4_294_967_295)) == 4_294_967_295
    assert oid_of(None) is None
