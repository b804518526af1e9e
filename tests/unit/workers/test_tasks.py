"""Work by name, in a process that runs for months."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from structlog.testing import capture_logs

from dbaccess.domain.errors import DbaccessError
from dbaccess.expiring_keys import FEW, Until
from sandbox.client import wait_for
from workers.loop_threads import SAID_AGAIN_AFTER, Tasks


@pytest.fixture
def tasks() -> Iterator[Tasks]:
    made = Tasks()
    yield made
    assert made.finish(30)


def _fail() -> None:
    raise ValueError("each time")


def test_names_of_work_that_failed_once_are_not_kept_for_ever(tasks: Tasks) -> None:
    for number in range(2 * FEW):
        tasks.start(f"provision {number}", _fail, pause=0.0)
    wait_for(lambda: not tasks._running, 30)
    for number in range(2 * FEW):
        tasks.start(f"extend {number}", _fail, pause=0.0)
    wait_for(lambda: not tasks._running, 30)
    assert len(tasks._failed) <= FEW


def test_names_of_work_that_is_done_no_more_are_not_kept_for_ever(tasks: Tasks) -> None:
    for number in range(2 * FEW):
        tasks.every(0.0, f"directory {number}", lambda: None)
    assert len(tasks._begun) <= FEW


def test_work_that_failed_waits_for_its_pause_and_keeps_no_other(tasks: Tasks) -> None:
    begun: list[str] = []

    def fail(name: str) -> None:
        begun.append(name)
        raise ValueError

    for name in ("end main", "end main", "end other"):
        tasks.start(name, lambda name=name: fail(name), pause=60.0)  # type: ignore[misc]
        wait_for(lambda: not tasks._running, 30)
    assert begun == ["end main", "end other"]


def test_reason_that_repeats_is_logged_once_and_another_one_at_once(
    tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(why: str) -> None:
        raise DbaccessError(why)

    with capture_logs() as logged:
        for name, why in (
            ("head main", "it is an administrator's"),
            ("head main", "it is an administrator's"),
            ("head main", "main does not answer"),
            ("head second", "it is an administrator's"),
        ):
            tasks.start(name, lambda why=why: fail(why), pause=0.0)  # type: ignore[misc]
            wait_for(lambda: not tasks._running, 30)
        assert [(line["work"], line["why"]) for line in logged] == [
            ("head main", "it is an administrator's"),
            ("head main", "main does not answer"),
            ("head second", "it is an administrator's"),
        ]
        monkeypatch.setattr(tasks._said, "_clock", lambda: time.monotonic() + SAID_AGAIN_AFTER)
        tasks.start("head main", lambda: fail("main does not answer"), pause=0.0)
        wait_for(lambda: not tasks._running, 30)
        assert len(logged) == 4


def test_a_kind_that_gets_more_threads_leaves_none_behind() -> None:
    sizes = iter([1, 2, 3])
    tasks = Tasks(lambda _: next(sizes))
    pools: list[ThreadPoolExecutor] = []
    for number in range(3):
        tasks.start(f"end {number}", lambda: None)
        pools.append(tasks._pools["end"][1])
    assert tasks.finish(30)
    assert [pool._shutdown for pool in pools] == [True, True, False]


def test_lasting_entry_is_never_dropped() -> None:
    now = 0.0
    until = Until[int](lambda: now)
    for number in range(5 * FEW):
        until.put(number, 10.0)
    assert {until.left(number) for number in range(5 * FEW)} == {10.0}
    now = 11.0
    for number in range(10 * FEW):
        until.put(-number, 1.0)
    assert len(until) <= 12 * FEW
    assert until.left(1) == 0.0
