"""Several workers at once on one cluster, whatever the engine."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.contract.target import Target


def _eight_at_once(work: Callable[[int], None]) -> None:
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(work, number) for number in range(8)]:
            done.result(timeout=300)


def test_eight_provision_and_revoke_at_once_without_failure(target: Target) -> None:
    def work(_: int) -> None:
        for _ in range(2):
            recipe = target.provision(target.ephemeral(target.read_role, target.write_role))
            assert target.end(recipe).login_removed

    _eight_at_once(work)
    assert target.driver.made_logins() == []


def test_eight_personal_logins_at_once_without_failure(any_target: Target) -> None:
    recipes = [any_target.personal(any_target.person_login().login) for _ in range(8)]

    def work(number: int) -> None:
        for _ in range(2):
            any_target.end(any_target.provision(recipes[number]))

    _eight_at_once(work)
    assert all(any_target.roles_of(recipe.login) == [] for recipe in recipes)
