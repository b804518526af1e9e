"""A driver that meets something at one login that its author did not foresee."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from dbaccess.domain.grant import GrantId, Recipe
from dbaccess.domain.reach import Reach
from dbaccess.domain.standing_access import StandingRole
from dbaccess.operations.context import WorkerContext
from dbaccess.ports import ClusterFacts, Provisioned, TargetDriver
from tests.operations.house import House


@dataclass(frozen=True, slots=True, kw_only=True)
class OddDriver:
    """Raises `error` in the method `at` for the login `bad`, for all where it is `*`; else it is `driver`."""

    driver: TargetDriver
    bad: str
    at: str
    error: Callable[[], Exception]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.driver, name)

    def facts(self) -> ClusterFacts:
        if self.at == "facts":
            raise self.error()
        return self.driver.facts()

    def provision(self, recipe: Recipe, **how: Any) -> Provisioned:
        self._meet("provision", [recipe])
        return self.driver.provision(recipe, **how)

    def extend(self, recipe: Recipe, **how: Any) -> None:
        self._meet("extend", [recipe])
        self.driver.extend(recipe, **how)

    def reach(self, recipe: Recipe) -> Reach:
        self._meet("reach", [recipe])
        return self.driver.reach(recipe)

    def cut_off(self, recipes: Sequence[Recipe], **how: Any) -> Collection[GrantId]:
        self._meet("cut_off", recipes)
        return self.driver.cut_off(recipes, **how)

    def revoke(self, recipes: Sequence[Recipe], **how: Any) -> list[Any]:
        self._meet("revoke", recipes)
        return list(self.driver.revoke(recipes, **how))

    def take_standing(self, standing: StandingRole, *, server: str) -> StandingRole | None:
        self._meet("take_standing", [standing])
        return self.driver.take_standing(standing, server=server)

    def _meet(self, step: str, of: Sequence[Recipe | StandingRole]) -> None:
        if step == self.at and any(self.bad in {"*", one.login} for one in of):
            raise self.error()


@dataclass(frozen=True, slots=True)
class OneCluster:
    """The targets of a worker with one cluster, which this driver works on."""

    only: TargetDriver

    def driver(self, cluster: str) -> TargetDriver:
        assert cluster == "main"
        return self.only

    def clusters(self) -> Sequence[str]:
        return ("main",)


def with_odd_driver(house: House, *, bad: str, at: str, error: Callable[[], Exception]) -> WorkerContext:
    """Return the worker's context with an `OddDriver` of the house's cluster."""
    odd = OddDriver(driver=house.context.targets.driver("main"), bad=bad, at=at, error=error)
    return replace(house.context, targets=OneCluster(cast("TargetDriver", odd)))
