"""What speaks for a server that calls itself another one than grants were made on."""

from dataclasses import replace

import pytest

from dbaccess.domain.grant import Likeness, Recipe
from tests.contract.target import Target


def likeness(target: Target, recipe: Recipe) -> Likeness:
    (there,) = target.driver.likenesses([recipe])
    assert bool(there.why) or there.likeness is Likeness.SAME
    return there.likeness


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("select", Likeness.SAME),
        ("alter role {login} rename to {other}", Likeness.SAME),
        ("comment on role {login} is null", Likeness.SAME),
        ("alter role {login} rename to {other}; comment on role {other} is null", Likeness.RENAMED),
        ("drop role {login}", Likeness.UNPROVED),
        ("drop role {login}; create role {login}", Likeness.OTHER),
        ("alter role {login} rename to {other}; create role {login}", Likeness.OTHER),
    ],
)
def test_login_made_for_a_grant_is_told_by_its_number_with_name_or_tag(
    target: Target, change: str, expected: Likeness
) -> None:
    recipe = target.provision(target.ephemeral())
    other = f"{recipe.login}_other"
    target.dba(change, login=recipe.login, other=other)
    assert likeness(target, recipe) is expected
    target.dba("drop role if exists {other}", other=other)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("select", Likeness.SAME),
        ("alter role {login} rename to {other}", Likeness.RENAMED),
        ("drop role {login}", Likeness.UNPROVED),
        ("drop role {login}; create role {login}", Likeness.OTHER),
        ("alter role {login} rename to {other}; create role {login}", Likeness.OTHER),
    ],
)
def test_persons_login_is_told_by_its_number_and_name(
    either_target: Target, change: str, expected: Likeness
) -> None:
    login, _ = either_target.person()
    recipe = either_target.personal(login)
    either_target.dba(change, login=login, other=f"{login}_other")
    assert likeness(either_target, recipe) is expected


def test_role_with_anothers_mark_does_not_stand_for_the_login(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    decoy, _ = target.person()
    target.dba(f"comment on role {{decoy}} is '{recipe.tag}'", decoy=decoy)
    assert likeness(target, recipe) is Likeness.SAME
    target.dba("drop role {login}", login=recipe.login)
    assert likeness(target, recipe) is Likeness.UNPROVED


def test_name_and_mark_without_a_recorded_number_prove_nothing(target: Target) -> None:
    """A copy by dump and restore has both."""
    recipe = target.provision(target.ephemeral())
    assert likeness(target, replace(recipe, login_identity=None)) is Likeness.UNPROVED
