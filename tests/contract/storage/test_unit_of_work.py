"""One transaction: all of it or nothing, and the queue only after it."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from dbaccess.domain.errors import (
    AlreadyDecided,
    AlreadyOpen,
    AlreadyReviewed,
    Changed,
    DuplicateRequest,
    IllegalTransition,
    OwnRequest,
)
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.lifecycle import advance
from dbaccess.domain.people import PersonId
from dbaccess.domain.request import RequestId
from dbaccess.ports import Job, UnitOfWork, UnitOfWorkFactory
from tests.contract.storage.conftest import Store
from tests.integration.storage.facts import (
    T0,
    approval_data,
    approve,
    event,
    grant,
    request,
    review,
    submitted,
    terms,
)


class Queue:
    """Takes jobs while it is up."""

    def __init__(self, *, is_up: bool = True) -> None:
        self.is_up = is_up
        self.jobs: list[tuple[Job, int, datetime | None]] = []

    def put(self, job: Job, subject: int, *, at: datetime | None = None) -> None:
        if not self.is_up:
            raise ConnectionError("down")
        self.jobs.append((job, subject, at))


def test_nothing_is_left_of_what_was_not_committed(store: Store) -> None:
    queue = Queue()
    with store.with_queue(queue) as uow:
        uow.idempotency_keys.claim("a")
        uow.requests.add(request())
        uow.enqueue(Job.DIRECTORY, 1)
        uow.record(event())
    with store.with_queue(queue) as uow:
        uow.idempotency_keys.claim("a")
        assert uow.requests.pending_ids(after=RequestId(0), limit=9) == []
    with store.worker() as uow:
        assert list(uow.ledger.entries()) == []
    assert queue.jobs == []


def test_others_see_what_is_written_once_it_is_committed(bot: UnitOfWorkFactory) -> None:
    with bot() as writer, bot() as reader:
        added = writer.requests.add(request())
        assert writer.requests.get(added.id) == added
        assert reader.requests.pending_ids(after=RequestId(0), limit=9) == []
        writer.commit()
        assert reader.requests.pending_ids(after=RequestId(0), limit=9) == [added.id]


def test_unit_of_work_is_used_once(store: Store) -> None:
    with store.bot() as uow:
        uow.commit()
        with pytest.raises(store.is_over):
            uow.idempotency_keys.claim("a")


def test_jobs_reach_the_queue_after_the_commit_in_order(store: Store) -> None:
    at = T0 + timedelta(hours=2)
    queue = Queue()
    with store.with_queue(queue) as uow:
        uow.enqueue(Job.PROVISION, 1001)
        uow.enqueue(Job.REVOKE, 1001, at=at)
        uow.enqueue(Job.DIRECTORY, 1001)
        assert queue.jobs == []
        uow.commit()
    assert queue.jobs == [(Job.PROVISION, 1001, None), (Job.REVOKE, 1001, at), (Job.DIRECTORY, 1001, None)]


def test_queue_that_is_down_fails_no_commit(store: Store) -> None:
    with store.with_queue(Queue(is_up=False)) as uow:
        uow.idempotency_keys.claim("a")
        uow.enqueue(Job.DIRECTORY, 1)
        uow.commit()
    with store.bot() as uow, pytest.raises(DuplicateRequest):
        uow.idempotency_keys.claim("a")


def test_request_without_its_entry_is_not_committed(store: Store) -> None:
    with store.plainly() as uow:
        uow.requests.add(request())
        with pytest.raises(store.is_not_recorded):
            uow.commit()
    with store.bot() as uow:
        assert uow.requests.recent(limit=9) == []


def test_decision_without_its_entry_is_not_committed(store: Store) -> None:
    pending = submitted(store.bot)
    with store.plainly() as uow:
        uow.requests.save(advance(pending, EventKind.REQUEST_WITHDRAWN, decided_at=uow.now))
        with pytest.raises(store.is_not_recorded):
            uow.commit()
    with store.bot() as uow:
        assert uow.requests.get(pending.id).state == "pending"


def test_review_without_its_entry_is_not_committed(store: Store) -> None:
    pending = submitted(store.bot)
    with store.plainly() as uow:
        uow.reviews.add(review(pending))
        with pytest.raises(store.is_not_recorded):
            uow.commit()


def test_grant_without_its_entry_is_not_committed(store: Store) -> None:
    pending = submitted(store.bot)
    with store.plainly() as uow:
        approve(uow, pending)
        said = {EventKind.REVIEW_APPROVED: approval_data(review(pending)), EventKind.REQUEST_APPROVED: {}}
        for kind, data in said.items():
            uow.record(Event(kind=kind, actor="priya", request_id=pending.id, data=data))
        with pytest.raises(store.is_not_recorded):
            uow.commit()


def test_bot_makes_no_step_that_is_the_workers(bot: UnitOfWorkFactory) -> None:
    pending = submitted(bot)
    with bot() as uow, pytest.raises(IllegalTransition):
        uow.requests.save(advance(pending, EventKind.REQUEST_LAPSED, decided_at=uow.now))


def test_request_that_is_decided_stays_so(bot: UnitOfWorkFactory, worker: UnitOfWorkFactory) -> None:
    pending = submitted(bot)
    with bot() as uow:
        uow.requests.save(advance(pending, EventKind.REQUEST_WITHDRAWN, decided_at=uow.now))
        uow.commit()
    with worker() as uow, pytest.raises(IllegalTransition):
        uow.requests.save(advance(pending, EventKind.REQUEST_LAPSED, decided_at=uow.now))


def test_request_that_is_not_approved_is_not_granted(bot: UnitOfWorkFactory) -> None:
    pending = submitted(bot)
    with bot() as uow, pytest.raises(IllegalTransition):
        uow.grants.add(grant(pending))


def test_request_is_granted_once(bot: UnitOfWorkFactory) -> None:
    pending = submitted(bot)
    with bot() as uow:
        approve(uow, pending)
        with pytest.raises(AlreadyDecided):
            uow.grants.add(grant(pending))


# --- two at once --------------------------------------------------------------------------------------------


def race(first: Callable[[UnitOfWork], object], bot: UnitOfWorkFactory, *, commit: bool) -> str:
    """`first` is done in one transaction, then in another before the one ends; the other's outcome."""
    begun = threading.Event()

    def second() -> str:
        begun.set()
        try:
            with bot() as other:
                first(other)
                other.commit()
        except (DuplicateRequest, AlreadyOpen, AlreadyReviewed) as refused:
            return type(refused).__name__
        return "done"

    with ThreadPoolExecutor(1) as pool:
        with bot() as uow:
            first(uow)
            outcome = pool.submit(second)
            begun.wait()
            with pytest.raises(TimeoutError):
                outcome.result(timeout=0.3)
            if commit:
                uow.commit()
        return outcome.result(timeout=10)


def test_key_taken_by_a_concurrent_transaction_is_a_duplicate_once_that_commits(
    bot: UnitOfWorkFactory,
) -> None:
    assert race(lambda uow: uow.idempotency_keys.claim("click"), bot, commit=False) == "done"
    assert race(lambda uow: uow.idempotency_keys.claim("click 2"), bot, commit=True) == "DuplicateRequest"
    with bot() as uow, pytest.raises(DuplicateRequest):
        uow.idempotency_keys.claim("click")


def test_second_request_for_the_same_waits_for_the_first_and_is_refused(bot: UnitOfWorkFactory) -> None:
    assert race(lambda uow: uow.requests.add(request()), bot, commit=True) == "AlreadyOpen"
    assert race(lambda uow: uow.requests.add(request(terms("tom"))), bot, commit=False) == "done"


def test_second_review_of_one_person_waits_for_the_first_and_is_refused(bot: UnitOfWorkFactory) -> None:
    pending = submitted(bot)
    assert race(lambda uow: uow.reviews.add(review(pending)), bot, commit=True) == "AlreadyReviewed"


def test_locked_request_waits_for_who_has_it(bot: UnitOfWorkFactory) -> None:
    pending = submitted(bot)
    assert race(lambda uow: uow.requests.lock(pending.id), bot, commit=True) == "done"


def test_one_person_has_one_turn_at_a_time(bot: UnitOfWorkFactory) -> None:
    assert race(lambda uow: uow.take_turn(PersonId("maya")), bot, commit=True) == "done"
    with bot() as uow, bot() as other:
        uow.take_turn(PersonId("maya"))
        other.take_turn(PersonId("tom"))


# --- refusals in the domain's words -------------------------------------------------------------------------


def test_own_review_is_refused(bot: UnitOfWorkFactory) -> None:
    pending = submitted(bot)
    with bot() as uow, pytest.raises(OwnRequest):
        uow.reviews.add(review(pending, reviewer="maya"))


def test_review_of_other_terms_is_refused(bot: UnitOfWorkFactory) -> None:
    pending = submitted(bot)
    with bot() as uow, pytest.raises(Changed):
        uow.reviews.add(replace(review(pending), fingerprint="of something else"))


def test_review_of_what_is_decided_is_refused(bot: UnitOfWorkFactory) -> None:
    pending = submitted(bot)
    with bot() as uow:
        uow.requests.save(advance(pending, EventKind.REQUEST_WITHDRAWN, decided_at=uow.now))
        with pytest.raises(AlreadyDecided):
            uow.reviews.add(review(pending))
