"""Canaries prove what is captured, rules may require it, and a grant keeps what was proved when it began."""

from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest

from dbaccess.domain.capture import CaptureMode
from dbaccess.domain.coverage import (
    BACK_WITHIN,
    LOST,
    PROVED_FOR,
    SEND_AGAIN,
    SEND_EVERY,
    CaptureLevel,
)
from dbaccess.domain.errors import NotCaptured, TargetFailure
from dbaccess.domain.grant import GrantState
from dbaccess.operations.lockdowns.declare import declare_from_command_line
from tests.operations.captures import (
    SECOND,
    TARGET,
    canary,
    captured,
    check,
    comes_back,
    gaps,
    goes_stale,
    level,
    prove,
    provisioned,
    refused,
)
from tests.operations.fake_house import FakeHouse


def test_canary_is_a_login_without_a_role_that_leaves_nothing(fake_house: FakeHouse) -> None:
    captured(fake_house)
    check(fake_house)
    sent = canary(fake_house)
    assert fake_house.server.marked == [(sent.login, sent.marker)]
    assert fake_house.made_logins() == []
    assert fake_house.ledger("grant.provision_started") == []
    assert level(fake_house) == (CaptureLevel.NONE, "no canary was found yet")


def test_canary_that_comes_back_proves_its_level_for_ten_minutes(fake_house: FakeHouse) -> None:
    captured(fake_house)
    fake_house.wait(seconds=0)
    check(fake_house)
    for found in (CaptureLevel.STATEMENTS, CaptureLevel.FULL):
        sent = comes_back(fake_house, found)
        check(fake_house)
        assert level(fake_house) == (found, "")
        assert canary(fake_house).coverage.checked_at == sent.sent_at
    fake_house.wait(seconds=PROVED_FOR.total_seconds() + 60)
    assert level(fake_house) == (CaptureLevel.NONE, "it was not checked for 11 min")


def test_canaries_go_every_few_minutes_and_soon_after_a_failure(fake_house: FakeHouse) -> None:
    captured(fake_house)
    fake_house.wait(seconds=0)
    check(fake_house)
    check(fake_house)  # one is on its way
    comes_back(fake_house)
    check(fake_house)
    fake_house.wait(seconds=SEND_EVERY.total_seconds() - 1)
    check(fake_house)
    assert len(fake_house.server.marked) == 1
    fake_house.wait(seconds=1)
    check(fake_house)
    assert len(fake_house.server.marked) == 2
    fake_house.wait(seconds=BACK_WITHIN.total_seconds() + 1)
    check(fake_house)  # it is lost
    assert len(fake_house.server.marked) == 2
    fake_house.wait(seconds=(SEND_AGAIN - BACK_WITHIN).total_seconds())
    check(fake_house)
    assert len(fake_house.server.marked) == 3


def test_lost_canary_is_a_gap_from_the_last_that_came_back(fake_house: FakeHouse) -> None:
    captured(fake_house)
    fake_house.wait(seconds=0)
    prove(fake_house)
    fake_house.wait(seconds=SEND_EVERY.total_seconds())
    check(fake_house)
    fake_house.wait(seconds=BACK_WITHIN.total_seconds() + 1)
    check(fake_house)
    assert level(fake_house) == (CaptureLevel.NONE, LOST)
    assert gaps(fake_house) == [(SEND_EVERY + BACK_WITHIN + SECOND, True)]
    fake_house.wait(seconds=SEND_AGAIN.total_seconds())
    prove(fake_house)
    assert level(fake_house) == (CaptureLevel.FULL, "")
    assert gaps(fake_house) == []


@pytest.mark.parametrize("step", ["facts", "provision", "set_password", "run_marked"])
def test_canary_that_cannot_run_says_why_and_leaves_nothing(fake_house: FakeHouse, step: str) -> None:
    captured(fake_house)
    prove(fake_house)
    fake_house.wait(seconds=SEND_EVERY.total_seconds())
    failure = TargetFailure("main: no.", code="42501", touched=False)
    with patch.object(type(fake_house.context.targets.driver("main")), step, side_effect=failure):
        check(fake_house)
    assert level(fake_house) == (CaptureLevel.NONE, "the canary failed: main: no")
    assert len(gaps(fake_house)) == 1
    assert fake_house.made_logins() == []
    fake_house.wait(seconds=BACK_WITHIN.total_seconds() + 1)
    check(fake_house)
    assert level(fake_house) == (CaptureLevel.NONE, "the canary failed: main: no")


def test_canary_takes_the_least_role_where_no_login_connects_without_one(fake_house: FakeHouse) -> None:
    captured(fake_house)
    driver = type(fake_house.context.targets.driver("main"))
    plain, given = driver.provision, []

    def refuse(self: Any, recipe: Any, **how: Any) -> Any:
        given.append(recipe.roles)
        if not recipe.roles:
            raise TargetFailure("main: no.", code="no_connect", touched=False)
        return plain(self, recipe, **how)

    with patch.object(driver, "provision", refuse):
        check(fake_house)
    assert given == [(), ("orders_read",)]
    assert len(fake_house.server.marked) == 1
    assert fake_house.made_logins() == []


def test_nothing_is_proved_of_a_cluster_with_unread_replicas(fake_house: FakeHouse) -> None:
    captured(fake_house, require_capture=True)
    fake_house.wait(seconds=0)
    prove(fake_house)
    assert level(fake_house) == (CaptureLevel.FULL, "")
    main = replace(fake_house.policy.clusters["main"], replicas=("standby-a",))
    fake_house.policy = replace(fake_house.policy, clusters={**fake_house.policy.clusters, "main": main})
    why = "statements on the replicas of orders-prod are not read"
    assert level(fake_house) == (CaptureLevel.NONE, why)
    with pytest.raises(NotCaptured, match=why):
        fake_house.submit()


def test_target_whose_cluster_names_no_log_is_not_captured(fake_house: FakeHouse) -> None:
    assert level(fake_house) == (CaptureLevel.NONE, "orders-prod does not log statements")


def test_nothing_is_sent_in_a_lockdown(fake_house: FakeHouse) -> None:
    captured(fake_house)
    declare_from_command_line(
        fake_house.work,
        target=TARGET,
        reason="Looking into #9",
        actor="cli:olga@ops1",
    )
    check(fake_house)
    assert fake_house.server.marked == []


def test_rule_that_requires_capture_refuses_before_request_review_and_provisioning(
    fake_house: FakeHouse,
) -> None:
    captured(fake_house, require_capture=True)
    fake_house.wait(seconds=0)
    with refused():
        fake_house.submit()
    prove(fake_house)
    request = fake_house.submit()
    goes_stale(fake_house)
    with refused():
        fake_house.review(request)
    prove(fake_house)
    fake_house.review(request)
    goes_stale(fake_house)
    assert provisioned(fake_house, request) == (GrantState.PROVISIONING, "not_captured")
    assert fake_house.made_logins() == []
    fake_house.wait(seconds=60)
    prove(fake_house)
    assert provisioned(fake_house, request) == (GrantState.ACTIVE, None)


def test_grant_keeps_what_was_proved_when_it_began(fake_house: FakeHouse) -> None:
    captured(fake_house, capture=CaptureMode.SHAPE)
    prove(fake_house)
    grant = fake_house.active()
    sent = canary(fake_house).sent_at
    with fake_house.work() as uow:
        kept = uow.activity.coverage_of(grant.id)
        (login,) = uow.activity.logins("main", [grant.recipe.login if grant.recipe else ""])
    assert (kept.level, kept.checked_at) == (CaptureLevel.FULL, sent)
    assert login.mode is CaptureMode.SHAPE
    (started,) = fake_house.ledger("grant.provision_started")
    assert started["data"]["capture"] == {
        "level": "full",
        "checked_at": sent.isoformat(),
        "why": "",
        "mode": "shape",
    }
