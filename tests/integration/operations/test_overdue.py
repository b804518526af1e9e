"""An end that is not proved is told in the operators' and the target's channel, and again each hour."""

from dataclasses import replace
from functools import partial

import pytest

from dbaccess.domain.grant import Grant
from dbaccess.domain.notice import NoticeId
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.delivery.notices import post_notice
from dbaccess.operations.grants.overdue_alarm import repeat_alarm
from dbaccess.operations.grants.revoke import drain
from dbaccess.targets.registry import ClusterTargets
from sandbox.client import Message, plain
from tests.acceptance.stack import CHANNEL
from tests.integration.operations.house import House
from tests.operations.house import OPS, at_once, later

BOTH = (OPS, CHANNEL)
OLGA = "U0OPS"


@pytest.fixture
def overdue(house: House) -> Grant:
    """Three tries to end it have failed, and both channels were told."""
    grant = _leaving(house)
    _fail(house, grant, times=3)
    house.notify(grant.request_id)
    return grant


def _leaving(house: House) -> Grant:
    grant = house.active()
    house.notify(grant.request_id)
    house.surrender(grant)
    return grant


def _fail(house: House, grant: Grant, *, times: int) -> None:
    """By a worker that was not given the URL of the cluster."""
    stuck = replace(house.context, targets=ClusterTargets([]))
    for _ in range(times):
        house.next_try_now(grant.id)
        assert drain(stuck, "main") == 1


def _said(house: House, channel: str, *words: str) -> list[Message]:
    """In the channel itself, oldest first."""
    shown = house.sandbox.person(OLGA).messages(channel)
    return [m for m in shown if m.thread_ts is None and plain(m).startswith(words)]


def _again(house: House, channel: str) -> list[str]:
    return [plain(message) for message in _said(house, channel, ":warning: Still overdue: ")]


def _after(house: House, hours: float) -> WorkerContext:
    return replace(house.context, begin=later(house, hours=hours))


def _waiting(context: WorkerContext) -> list[NoticeId]:
    with context.begin() as uow:
        return uow.notices.due(uow.now, limit=100)


@pytest.mark.usefixtures("overdue")
def test_however_many_workers_there_are_it_is_told_once(house: House) -> None:
    context = _after(house, 1.1)
    assert at_once(*[partial(repeat_alarm, context)] * 4) == [None] * 4
    planned = _waiting(context)
    assert len(planned) == 2
    posts = [partial(post_notice, context, notice) for notice in planned * 3]
    assert at_once(*posts) == [None] * 6
    assert [len(_again(house, channel)) for channel in BOTH] == [1, 1]
