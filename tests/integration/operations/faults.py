"""The real driver, with something happening to it at a given moment."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import GrantId, Recipe
from dbaccess.domain.progress_log import ProgressLog
from dbaccess.domain.receipt import Receipt
from dbaccess.operations.context import WorkerContext
from dbaccess.ports import Fence, HeldElsewhere, Provisioned, TargetDriver
from dbaccess.targets.postgresql.driver import PostgresDriver
from tests.integration.operations.house import House


class KilledError(BaseException):
    """Stands for `kill -9`: nothing of the worker's own runs after it."""


def die() -> None:
    raise KilledError


def nothing() -> None:
    """Nothing happens."""


class Eventful(PostgresDriver):
    """Calls back before it works, right before the fence inside the target's transaction, and afterwards."""

    before: Callable[[], None] = staticmethod(nothing)
    before_cut_off: Callable[[], None] = staticmethod(nothing)
    at_fence: Callable[[], None] = staticmethod(nothing)
    after: Callable[[], None] = staticmethod(nothing)

    def provision(self, recipe: Recipe, *, valid_until: datetime, fence: Fence) -> Provisioned:
        self.before()
        made = super().provision(recipe, valid_until=valid_until, fence=self._then(fence))
        self.after()
        return made

    def extend(self, recipe: Recipe, *, valid_until: datetime, fence: Fence) -> None:
        self.before()
        super().extend(recipe, valid_until=valid_until, fence=self._then(fence))
        self.after()

    def set_password(self, recipe: Recipe, password: str, *, fence: Fence) -> None:
        self.before()
        super().set_password(recipe, password, fence=self._then(fence))
        self.after()

    def revoke(
        self, recipes: Sequence[Recipe], *, elsewhere: HeldElsewhere, log: ProgressLog
    ) -> list[Receipt | TargetFailure]:
        self.before()
        receipts = super().revoke(recipes, elsewhere=elsewhere, log=log)
        self.after()
        return receipts

    def cut_off(
        self, recipes: Sequence[Recipe], *, elsewhere: HeldElsewhere, log: ProgressLog
    ) -> Collection[GrantId]:
        self.before_cut_off()
        return super().cut_off(recipes, elsewhere=elsewhere, log=log)

    def open_transaction_age(self, recipe: Recipe) -> timedelta | None:
        self.before()
        return super().open_transaction_age(recipe)

    def _then(self, fence: Fence) -> Fence:
        def both() -> None:
            self.at_fence()
            fence()

        return both


@dataclass(frozen=True, slots=True)
class OneCluster:
    """`Targets` of the one driver."""

    only: TargetDriver

    def driver(self, cluster: str) -> TargetDriver:
        assert cluster == "main"
        return self.only

    def clusters(self) -> Sequence[str]:
        return ("main",)


def eventful(house: House, **moments: Callable[[], None]) -> WorkerContext:
    """The house's hands, to which this happens: `before`, `at_fence`, `after`."""
    driver = Eventful(cluster="main", url=house.access.url, installation=house.access.installation)
    for moment, happens in moments.items():
        setattr(driver, moment, happens)
    return replace(house.context, targets=OneCluster(driver))
