"""Channels are told once by each key, in turn, and what is kept true is looked at again."""

from dataclasses import replace
from typing import Any

import pytest

from dbaccess.domain.errors import NotFound
from dbaccess.domain.notice import Notice, NoticeId, NoticeKind
from dbaccess.ports import UnitOfWork, UnitOfWorkFactory
from tests.integration.storage.facts import HOUR

OPS, OTHER = "C0OPS", "C0OTHER"


def plan(uow: UnitOfWork, key: str, channel: str = OPS, *, hours: float = 0, **data: object) -> NoticeId:
    planned = uow.notices.plan(
        NoticeKind.ENDED, key=key, channel=channel, data=data, at=uow.now + hours * HOUR
    )
    assert planned is not None
    return planned


def test_notice_comes_back_as_planned_and_due(worker: UnitOfWorkFactory) -> None:
    with worker() as uow:
        notice_id = plan(uow, "a", target="orders-prod", logins=("one", "two"))
        assert uow.notices.lock(notice_id) == Notice(
            id=notice_id,
            key="a",
            kind=NoticeKind.ENDED,
            channel=OPS,
            data={"target": "orders-prod", "logins": ["one", "two"]},
            next_attempt_at=uow.now,
        )
        with pytest.raises(NotFound):
            uow.notices.lock(NoticeId(0))


def test_channel_is_told_once_by_a_key(worker: UnitOfWorkFactory) -> None:
    with worker() as uow:
        plan(uow, "a")
        plan(uow, "a", OTHER)
        assert uow.notices.plan(NoticeKind.ENDED, key="a", channel=OPS, data={}) is None
        assert uow.notices.knows("a")
        assert not uow.notices.knows("b")


def test_each_channels_first_goes_before_any_channels_second(worker: UnitOfWorkFactory) -> None:
    with worker() as uow:
        first, second = plan(uow, "a", hours=-3), plan(uow, "b", hours=-2)
        other, later = plan(uow, "a", OTHER, hours=-1), plan(uow, "c", hours=1)
        assert uow.notices.due(uow.now, limit=9) == [first, other, second]
        assert uow.notices.due(uow.now, limit=2) == [first, other]
        assert uow.notices.due(uow.now + 2 * HOUR, limit=9)[-1] == later


def test_notice_that_failed_is_due_at_its_next_attempt(worker: UnitOfWorkFactory) -> None:
    with worker() as uow:
        notice_id = plan(uow, "a")
        uow.notices.failed(notice_id, next_attempt_at=uow.now + HOUR)
        assert uow.notices.due(uow.now, limit=9) == []
        assert uow.notices.lock(notice_id).attempts == 1


def test_notice_that_is_posted_is_due_no_more(worker: UnitOfWorkFactory) -> None:
    with worker() as uow:
        notice_id = plan(uow, "a")
        uow.notices.posted(notice_id, at=uow.now)
        assert uow.notices.due(uow.now + HOUR, limit=9) == []
        assert uow.notices.lock(notice_id).posted_at == uow.now


def test_notice_that_is_kept_true_is_looked_at_again(worker: UnitOfWorkFactory) -> None:
    with worker() as uow:
        notice_id = plan(uow, "a", target="orders-prod")
        uow.notices.failed(notice_id, next_attempt_at=uow.now)
        shown = replace(
            uow.notices.lock(notice_id), posted_channel=OPS, posted_ts="1.2", rendered="h", posted_at=uow.now
        )
        uow.notices.shown(shown, next_look_at=uow.now + HOUR)
        assert uow.notices.lock(notice_id) == replace(shown, attempts=0, next_attempt_at=uow.now + HOUR)
        assert uow.notices.look_again("a", at=uow.now)
        assert uow.notices.due(uow.now, limit=9) == [notice_id]
        about: dict[str, Any] = {"channel": OPS, "target": "orders-prod", "since": uow.now - HOUR}
        assert uow.notices.knows_open(NoticeKind.ENDED, **about)
        assert not uow.notices.knows_open(NoticeKind.ENDED, **about | {"target": "other"})
        assert not uow.notices.knows_open(NoticeKind.ENDED, **about | {"since": uow.now + HOUR})
        uow.notices.shown(shown, next_look_at=None)
        assert not uow.notices.knows_open(NoticeKind.ENDED, **about)


def test_notice_that_another_worker_has_is_left_alone(worker: UnitOfWorkFactory) -> None:
    with worker() as uow:
        taken, free = plan(uow, "a"), plan(uow, "b")
        uow.commit()
    with worker() as one, worker() as two:
        one.notices.lock(taken)
        assert not two.notices.look_again("a", at=two.now + HOUR)
        two.notices.put_off(OPS, until=two.now + HOUR)
        assert two.notices.due(two.now, limit=9) == [taken]
        assert two.notices.lock(free).next_attempt_at == two.now + HOUR


def test_channel_that_is_put_off_waits(worker: UnitOfWorkFactory) -> None:
    with worker() as uow:
        plan(uow, "a")
        later = plan(uow, "b", hours=3)
        other = plan(uow, "a", OTHER)
        uow.notices.put_off(OPS, until=uow.now + 2 * HOUR)
        assert uow.notices.due(uow.now + HOUR, limit=9) == [other]
        assert uow.notices.lock(later).next_attempt_at == uow.now + 3 * HOUR


def test_notices_of_the_same_are_told_together(worker: UnitOfWorkFactory) -> None:
    with worker() as uow:
        alike = [plan(uow, key, target="t", cause="expired") for key in ("a", "b", "c")]
        plan(uow, "d", target="t", cause="revoked")
        plan(uow, "e", OTHER, target="t", cause="expired")
        uow.notices.posted(plan(uow, "f", target="t", cause="expired"), at=uow.now)
        found = uow.notices.lock_alike(uow.notices.lock(alike[1]))
        assert [notice.id for notice in found] == [alike[1], alike[0], alike[2]]


def test_notice_that_is_dropped_is_gone(worker: UnitOfWorkFactory) -> None:
    with worker() as uow:
        uow.notices.drop(plan(uow, "a"))
        assert not uow.notices.knows("a")
