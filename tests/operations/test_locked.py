"""An end that never gets its lock is retried for ever, alarms after three attempts, and delays no other."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import Grant, GrantId, Recipe
from dbaccess.domain.receipt import Receipt
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.grants import revoke as revocation
from dbaccess.operations.grants.claim import FEW, LATEST
from dbaccess.operations.grants.revoke import drain
from dbaccess.ports import TargetDriver
from tests.operations.house import MAYA, TOM, House
from tests.operations.odd_driver import OneCluster

ATTEMPTS = 6


@dataclass
class LockingDriver:
    """The server with a DBA who holds a lock that the ends of these logins need."""

    driver: TargetDriver
    locked: set[str] = field(default_factory=set)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.driver, name)

    def cut_off(self, recipes: Sequence[Recipe], **how: Any) -> Collection[GrantId]:
        return self.driver.cut_off([one for one in recipes if one.login not in self.locked], **how)

    def revoke(self, recipes: Sequence[Recipe], **how: Any) -> list[Receipt | TargetFailure]:
        free = [recipe for recipe in recipes if recipe.login not in self.locked]
        ended = dict(zip([recipe.grant_id for recipe in free], self.driver.revoke(free, **how), strict=True))
        failure = TargetFailure("main: another transaction holds a lock.", code="locked", touched=True)
        return [ended.get(recipe.grant_id, failure) for recipe in recipes]


def _logins(grants: Sequence[Grant]) -> set[str]:
    return {grant.recipe.login for grant in grants if grant.recipe}


@pytest.mark.parametrize("few", [1, FEW])
def test_ends_that_are_always_locked_alarm_and_delay_no_other(
    house: House, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revocation, "FEW", few)
    grants = [house.active(MAYA), house.active(MAYA, "write"), house.active(TOM)]
    locked, free = grants[:2], grants[2]
    for grant, who in zip(grants, (MAYA, MAYA, TOM), strict=True):
        house.surrender(grant, who)
    driver = LockingDriver(house.context.targets.driver("main"), _logins(locked))
    context: WorkerContext = replace(house.context, targets=OneCluster(cast("TargetDriver", driver)))
    for attempt in range(1, ATTEMPTS + 1):
        drain(context, "main")
        assert house.grant(free.id).state == "ended", "in the first round"
        for grant in locked:
            failed = house.grant(grant.id)
            assert (failed.state, failed.last_failure, failed.lease_id) == ("revoking", "locked", None)
            assert failed.attempts >= attempt
            assert ("ops.overdue" in house.planned(grant.request_id)) == (failed.attempts >= 3)
            with house.work() as uow:
                assert failed.next_attempt_at is not None
                assert failed.next_attempt_at <= uow.now + LATEST
            house.next_try_now(grant.id)
    driver.locked.clear()
    drain(context, "main")
    assert [house.grant(grant.id).state for grant in locked] == ["ended", "ended"]
