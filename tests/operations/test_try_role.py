"""A trial makes, uses and ends a login by the steps of a grant, and leaves nothing, however it ends."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest

from dbaccess.domain.errors import InLockdown, Refused, TargetFailure, UnknownName
from dbaccess.domain.grant import Recipe
from dbaccess.domain.observation import Observation, Why
from dbaccess.domain.trial import LONGEST, Trial, is_of_trial, is_running, trial_tag
from dbaccess.operations.clusters.observe import check_observe_mode
from dbaccess.operations.clusters.sweep import sweep
from dbaccess.operations.grants.try_role import INTERRUPTED, try_role
from dbaccess.operations.lockdowns.declare import declare_from_command_line
from dbaccess.ports import TargetDriver
from tests.operations.fake_house import FakeHouse
from tests.operations.house import House
from tests.operations.setting import BuildHouse

ACTOR = "cli:olga@ops1"


def driver_of(house: House) -> TargetDriver:
    return house.context.targets.driver("main")


def run(
    house: House, *, stopped: Callable[[], bool] = lambda: False, **other: Any
) -> tuple[Trial, list[str]]:
    said: list[str] = []
    given: dict[str, Any] = {
        "target": "orders-prod",
        "role": "read",
        "actor": ACTOR,
        "policy": house.policy,
    } | other
    trial = try_role(house.work, driver_of(house), report=said.append, stopped=stopped, **given)
    return trial, said


def test_trial_makes_uses_and_ends_a_login(house: House) -> None:
    passwords: list[str] = []
    plain = driver_of(house).log_in

    def heard(recipe: Recipe, password: str) -> None:
        passwords.append(password)
        plain(recipe, password)

    with patch.object(type(driver_of(house)), "log_in", side_effect=heard):
        trial, said = run(house)

    assert (trial.passed, len(said), house.made_logins()) == (True, 3, [])
    assert trial.receipt is not None
    assert trial.receipt.login_removed
    started, ended = house.ledger("target.try_started", "target.try_ended")
    assert started["actor"] == ended["actor"] == ACTOR
    for event in (started, ended):
        data = event["data"]
        assert (data["target"], data["role"], data["login"]) == ("orders-prod", "read", trial.recipe.login)
    assert ended["data"]["receipt"] == trial.receipt.as_json()
    until = datetime.fromisoformat(started["data"]["expires_at"])
    assert until - datetime.fromisoformat(started["at"]) <= LONGEST
    assert passwords[0] not in str([said, house.ledger(), trial])


def test_trial_gives_what_the_role_gives_and_no_more(house: House) -> None:
    given: list[Recipe] = []
    plain = driver_of(house).provision

    def heard(recipe: Recipe, **how: Any) -> Any:
        given.append(recipe)
        return plain(recipe, **how)

    with patch.object(type(driver_of(house)), "provision", side_effect=heard):
        run(house, role="write")
    role = house.policy.role("orders-prod", "write")
    assert (given[0].roles, given[0].act_as, given[0].on) == (
        tuple(sorted(role.grants)),
        role.act_as,
        role.on,
    )


def _fails(*_: Any, **__: Any) -> None:
    raise TargetFailure("main: no.", code="42501", touched=False)


def _breaks(*_: Any, **__: Any) -> None:
    raise RuntimeError


@pytest.mark.parametrize("step", ["provision", "set_password", "log_in"])
def test_trial_that_fails_at_a_step_leaves_nothing(house: House, step: str) -> None:
    with patch.object(type(driver_of(house)), step, side_effect=_fails):
        trial, _ = run(house)
    assert (trial.passed, trial.failure, house.made_logins()) == (False, "main: no.", [])
    (failed,) = house.ledger("target.try_failed")
    assert (failed["data"]["code"], failed["data"]["said"]) == ("42501", "main: no.")
    assert failed["data"]["receipt"]


@pytest.mark.parametrize("step", ["provision", "set_password", "log_in"])
def test_trial_that_breaks_at_a_step_leaves_nothing(house: House, step: str) -> None:
    with patch.object(type(driver_of(house)), step, side_effect=_breaks), pytest.raises(RuntimeError):
        run(house)
    assert house.made_logins() == []
    assert [event["data"]["code"] for event in house.ledger("target.try_failed")] == ["unexpected"]


@pytest.mark.parametrize("asked", [1, 2, 3])
def test_interrupted_trial_ends_its_login(house: House, asked: int) -> None:
    """It is asked before each step that gives access or uses it."""
    answers = iter([False] * (asked - 1) + [True] * 10)
    trial, _ = run(house, stopped=lambda: next(answers))
    assert (trial.passed, trial.failure, house.made_logins()) == (False, INTERRUPTED, [])
    assert [event["data"]["said"] for event in house.ledger("target.try_failed")] == [INTERRUPTED]


def test_end_that_is_not_verified_is_no_success(house: House) -> None:
    with patch.object(
        type(driver_of(house)),
        "revoke",
        return_value=[TargetFailure("main: locked.", code="locked", touched=True)],
    ):
        trial, said = run(house)
    assert (trial.passed, trial.failure, trial.receipt, len(said)) == (False, "main: locked.", None, 2)
    (login,) = house.made_logins()
    assert house.end_of(login) == trial.expires_at


def test_target_in_lockdown_takes_no_trial(house: House) -> None:
    declare_from_command_line(house.work, actor=ACTOR, target="orders-prod", reason="Leaked laptop.")
    with pytest.raises(InLockdown):
        run(house)
    assert house.ledger("target.try_started") == []


def test_lockdown_that_is_declared_meanwhile_ends_the_trial(house: House) -> None:
    def locks(*_: Any, **__: Any) -> None:
        declare_from_command_line(house.work, actor=ACTOR, target="orders-prod", reason="Leaked laptop.")

    with patch.object(type(driver_of(house)), "set_password", side_effect=locks):
        trial, _ = run(house)
    assert (trial.passed, house.made_logins()) == (False, [])


def test_refused_trial_touches_nothing(house: House, build_house: BuildHouse[House]) -> None:
    with pytest.raises(UnknownName):
        run(house, role="raed")
    with pytest.raises(UnknownName):
        run(house, target="orders-prd")
    with build_house(login="personal") as personal, pytest.raises(Refused, match="logins of their own"):
        run(personal)
    with house.work() as uow:
        seen = uow.observations.lock(Observation(cluster="main", looked_at=uow.now))
        uow.observations.save(replace(seen, why=Why.LEDGER_BEHIND, since=uow.now))
        uow.commit()
    with pytest.raises(Refused, match="observe mode"):
        run(house)
    assert house.ledger("target.try_started") == []


def test_role_with_power_is_refused_as_for_a_grant(fake_house: FakeHouse) -> None:
    role = fake_house.server.role("orders_read")
    assert role is not None
    role.power = "can log in"
    trial, _ = run(fake_house)
    assert (trial.passed, fake_house.made_logins()) == (False, [])
    (failed,) = fake_house.ledger("target.try_failed")
    assert failed["data"]["code"] == "role_too_powerful"


@contextmanager
def killed(house: House) -> Iterator[str]:
    """The trial's process is gone before the end."""
    with (
        patch.object(type(driver_of(house)), "revoke", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        run(house)
    (login,) = house.made_logins()
    yield login


def test_sweep_leaves_a_trial_its_minute_and_then_removes_what_it_left(fake_house: FakeHouse) -> None:
    with killed(fake_house):
        assert sweep(fake_house.context, "main") == []
        assert check_observe_mode(fake_house.context, "main").why is None, "it is no grant's login"
    fake_house.wait(seconds=LONGEST.total_seconds() + 1)
    assert len(sweep(fake_house.context, "main")) == 1
    assert fake_house.made_logins() == []
    assert len(fake_house.ledger("target.stray_found")) == 1


@pytest.mark.parametrize(
    ("seconds", "runs"), [(1, True), (60, True), (0, False), (-1, False), (61, False), (3600, False)]
)
def test_mark_of_a_trial_protects_for_a_minute_at_most(seconds: int, runs: bool) -> None:  # noqa: FBT001 a case
    now = datetime(2026, 3, 1, tzinfo=UTC)
    assert is_running(trial_tag("acme", now + timedelta(seconds=seconds), "jit_acme_trial_1"), now) is runs


def test_trials_that_are_over_in_the_same_second_have_marks_of_their_own() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    marks = {trial_tag("acme", now, login) for login in ("jit_acme_canary_1", "jit_acme_canary_2")}
    assert len(marks) == 2
    assert all(map(is_of_trial, marks))


@pytest.mark.parametrize(
    "tag",
    [
        "",
        "dbaccess:acme:grant:7",
        "dbaccess:acme:try:",
        "dbaccess:acme:try:x",
        f"dbaccess:acme:try:{'9' * 40}",
    ],
)
def test_other_marks_are_of_no_trial(tag: str) -> None:
    assert not is_running(tag, datetime.now(UTC))
