"""Capture in a house of the tests: canaries that are sent and come back, and what they prove."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dbaccess.domain.capture import Capture, CaptureSource
from dbaccess.domain.coverage import (
    PROVED_FOR,
    Canary,
    CaptureLevel,
)
from dbaccess.domain.errors import NotCaptured
from dbaccess.domain.grant import GrantState
from dbaccess.domain.policy import Policy
from dbaccess.domain.request import Request
from dbaccess.operations.activity.capture import coverage_now
from dbaccess.operations.directory.refresh import refresh_directory
from dbaccess.operations.grants.canary import check_capture
from dbaccess.operations.grants.provision import provision
from tests.operations.fake_house import FakeHouse
from tests.operations.house import House

TARGET = "orders-prod"
SECOND = timedelta(seconds=1)


def captured(
    house: FakeHouse, *, source: CaptureSource | None = CaptureSource.JSONLOG, **of_rules: Any
) -> Policy:
    """The policy with a log of the cluster, and rules that say this of capture."""
    policy = house.policy
    cluster = replace(policy.clusters["main"], capture=Capture(source=source, over="sql" if source else ""))
    rules = tuple(replace(rule, **of_rules) for rule in policy.rules)
    changed = replace(policy, clusters={**policy.clusters, "main": cluster}, rules=rules)
    house.policy, house.context = changed, replace(house.context, policy=changed)
    return changed


def check(house: FakeHouse) -> None:
    check_capture(house.context, TARGET)


def canary(house: House) -> Canary:
    with house.work() as uow:
        (found,) = uow.canaries.all()
    return found


def comes_back(house: House, level: CaptureLevel = CaptureLevel.FULL) -> Canary:
    """The reader has found the last canary."""
    sent = canary(house)
    with house.work() as uow:
        uow.canaries.found("main", sent.login, sent.marker, level)
        uow.commit()
    return sent


def level(house: House) -> tuple[CaptureLevel, str]:
    with house.begin() as uow:
        found = coverage_now(uow, house.policy, TARGET)
    return found.level, found.why


def prove(house: FakeHouse) -> None:
    check(house)
    comes_back(house)
    check(house)


def gaps(house: House) -> list[tuple[timedelta, bool]]:
    """How long before now each gap of a lost canary began, and whether it lasts."""
    with house.work() as uow:
        found = uow.log_positions.open_gaps("main")
        return [(uow.now - gap.began_at, gap.until is None) for gap in found]


@contextmanager
def refused() -> Iterator[None]:
    with pytest.raises(NotCaptured, match="requires that statements on orders-prod are captured"):
        yield


def goes_stale(house: FakeHouse) -> None:
    """No canary was sent for so long that the last one proves nothing now."""
    house.wait(seconds=PROVED_FOR.total_seconds() + 1)
    refresh_directory(house.context)


def provisioned(house: FakeHouse, request: Request) -> tuple[GrantState, str | None]:
    grant = house.grant_of(request.id)
    assert grant is not None
    provision(house.context, grant.id)
    grant = house.grant(grant.id)
    return grant.state, grant.last_failure
