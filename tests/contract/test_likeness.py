"""Evidence about a server with another identity than grants were made on, for every engine."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from dbaccess.domain.grant import Likeness, Recipe
from tests.contract.target import Target

Change = Callable[[Target, str], None]


def _nothing(_: Target, __: str) -> None:
    """The login is as it was."""


def _rename(target: Target, login: str) -> None:
    target.rename_login(login, f"{login}_other")


def _unmark(target: Target, login: str) -> None:
    target.mark(login, "")


def _rename_and_unmark(target: Target, login: str) -> None:
    _unmark(target, login)
    _rename(target, login)


def _drop(target: Target, login: str) -> None:
    target.drop_login(login)


def _make_anew(target: Target, login: str) -> None:
    target.drop_login(login)
    target.make_login(login)


def _take_the_name(target: Target, login: str) -> None:
    _rename(target, login)
    target.make_login(login)


def likeness(target: Target, recipe: Recipe) -> Likeness:
    (there,) = target.driver.likenesses([recipe])
    assert bool(there.why) or there.likeness is Likeness.SAME
    return there.likeness


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (_nothing, Likeness.SAME),
        (_rename, Likeness.SAME),
        (_unmark, Likeness.SAME),
        (_rename_and_unmark, Likeness.RENAMED),
        (_drop, Likeness.UNPROVED),
        (_make_anew, Likeness.OTHER),
        (_take_the_name, Likeness.OTHER),
    ],
)
def test_login_made_for_a_grant_is_told_by_its_identity_with_name_or_tag(
    target: Target, change: Change, expected: Likeness
) -> None:
    recipe = target.provision(target.ephemeral())
    change(target, recipe.login)
    assert likeness(target, recipe) is expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (_nothing, Likeness.SAME),
        (_rename, Likeness.RENAMED),
        (_drop, Likeness.UNPROVED),
        (_make_anew, Likeness.OTHER),
        (_take_the_name, Likeness.OTHER),
    ],
)
def test_persons_login_is_told_by_its_identity_and_name(
    any_target: Target, change: Change, expected: Likeness
) -> None:
    login = any_target.person_login().login
    recipe = any_target.personal(login)
    change(any_target, login)
    assert likeness(any_target, recipe) is expected


def test_login_with_anothers_mark_does_not_stand_for_the_grants(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    target.mark(target.person_login().login, recipe.tag)
    assert likeness(target, recipe) is Likeness.SAME
    target.drop_login(recipe.login)
    assert likeness(target, recipe) is Likeness.UNPROVED


def test_name_and_mark_without_a_recorded_identity_prove_nothing(target: Target) -> None:
    """A copy by dump and restore has both."""
    recipe = target.provision(target.ephemeral())
    assert likeness(target, replace(recipe, login_identity=None)) is Likeness.UNPROVED
