"""A job that takes too long is stopped, whatever boundary between its items it is in."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from dbaccess.operations.batches import each, in_halves
from dbaccess.ports import Job
from dbaccess.queue import RqQueue, rq_worker
from tests.integration.queue.conftest import Workers
from tests.integration.queue.recorded import Recorded
from workers.jobs import revoke

LONG = 600.0
Act = Callable[[Any], object]


def _check() -> None:
    """Whatever it was, it is the item's fault."""


def _in_halves(act: Act) -> None:
    in_halves(range(4), act, alone=lambda item, _: act(item), check=_check)


def _each(act: Act) -> None:
    each(range(4), act, what="a look", check=_check)


@pytest.mark.parametrize("boundary", [_in_halves, _each])
def test_job_whose_time_is_over_goes_on_with_no_other_item(
    workers: Workers,
    queue: RqQueue,
    recorded: Recorded,
    monkeypatch: pytest.MonkeyPatch,
    boundary: Callable[[Act], None],
) -> None:
    begun: list[Any] = []

    def act(item: Any) -> None:
        begun.append(item)
        threading.Event().wait(LONG)

    monkeypatch.setitem(rq_worker.TIMEOUT, "targets", 1)
    monkeypatch.setattr(revoke, "run", lambda _: boundary(act))
    queue.put(Job.REVOKE, 1)
    queue.put(Job.PROVISION, 2)
    with capture_logs() as logged:
        workers.drain()
    assert len(begun) == 1
    assert [line["error"] for line in logged if line["event"] == "job failed"] == ["OutOfTime"]
    assert recorded.calls == [(Job.PROVISION, 2)]
