"""The ledger is one chain, whatever process writes."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

from dbaccess.domain.events import EventKind
from dbaccess.domain.ledger import GENESIS, Expected, faults
from dbaccess.domain.ledger_body import recorded_at
from dbaccess.ports import UnitOfWorkFactory
from tests.integration.storage.facts import HOUR, event


def test_entry_says_what_was_recorded_byte_for_byte(worker: UnitOfWorkFactory) -> None:
    typed = {"reason": "Zoë \0 <!channel> \\u0000 \u202e", "kind": "grant.ended", "seq": 7}
    with worker() as uow:
        uow.record(event(**typed))
        uow.commit()
    with worker() as uow:
        entry = uow.ledger.head()
    assert entry is not None
    assert entry.prev_hash == GENESIS
    assert entry.fields == {
        "seq": 1,
        "at": entry.fields["at"],
        "kind": "request.submitted",
        "actor": "maya",
        "request": 1001,
        "grant": None,
        "data": typed,
    }


def test_events_of_a_transaction_that_is_not_committed_leave_no_trace(worker: UnitOfWorkFactory) -> None:
    with worker() as uow:
        uow.record(event())
    with worker() as uow:
        assert uow.ledger.head() is None
        assert list(uow.ledger.entries()) == []


def test_worker_may_record_every_kind(worker: UnitOfWorkFactory) -> None:
    with worker() as uow:
        for kind in EventKind:
            uow.record(event(kind))
        uow.commit()
    with worker() as uow:
        entries = list(uow.ledger.entries())
    assert [entry.fields["kind"] for entry in entries] == [kind.value for kind in EventKind]
    assert entries[0].prev_hash == GENESIS


def test_events_of_writers_at_once_are_one_chain_without_gap(worker: UnitOfWorkFactory) -> None:
    def write(writer: int) -> None:
        for number in range(10):
            with worker() as uow:
                for part in range(3):
                    uow.record(event(writer=writer, number=number, part=part))
                uow.commit()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    with worker() as uow:
        entries = list(uow.ledger.entries())
        assert uow.ledger.head() == entries[-1]
        assert uow.ledger.tail(3) == entries[-3:]
        assert list(uow.ledger.entries(after=100)) == entries[100:]
    assert list(faults(entries)) == []
    assert [entry.seq for entry in entries] == list(range(1, 121))
    assert all(a.fields["at"] <= b.fields["at"] for a, b in pairwise(entries))


def test_entries_about_requests_and_grants_come_once_and_in_order(worker: UnitOfWorkFactory) -> None:
    with worker() as uow:
        for request, grant in ((1001, None), (1001, 2001), (1002, None), (None, 2001), (1003, 2003)):
            about = {"request_id": request, "grant_id": grant}
            uow.record(replace(event(), **about))  # type: ignore[arg-type]  # numbers are ids here
        uow.commit()
    with worker() as uow:
        ledger = uow.ledger
        assert [one.seq for one in ledger.about(requests=[1001], grants=[2001])] == [1, 2, 4]
        assert [one.seq for one in ledger.about(requests=[1002, 1003])] == [3, 5]
        assert [one.seq for one in ledger.about(requests=[1001], but_grants=[2001])] == [1]
        assert [one.seq for one in ledger.about(grants=[2001, 2003], but_grants=[2001])] == [5]
        assert ledger.about() == []


def test_entries_of_kinds_lie_between_two_places(worker: UnitOfWorkFactory) -> None:
    kinds = (EventKind.GROUP_CHANGED, EventKind.POLICY_LOADED, EventKind.GROUP_CHANGED, EventKind.STRAY_FOUND)
    with worker() as uow:
        for kind in kinds:
            uow.record(event(kind))
        uow.commit()
    with worker() as uow:
        both = [EventKind.GROUP_CHANGED, EventKind.POLICY_LOADED]
        assert [one.seq for one in uow.ledger.of_kinds(both, after=0, until=4)] == [1, 2, 3]
        assert [one.seq for one in uow.ledger.of_kinds(both, after=1, until=2)] == [2]
        assert [one.seq for one in uow.ledger.of_kinds(both[1:], after=0, until=9)] == [2]


def test_place_before_a_moment_is_that_of_the_last_entry_before_it(worker: UnitOfWorkFactory) -> None:
    with worker() as uow:
        assert uow.ledger.entry_range() == (0, 0, 0)
        assert uow.ledger.place_before(datetime.now(UTC)) == 0
    for _ in range(5):
        with worker() as uow:
            uow.record(event())
            uow.commit()
    with worker() as uow:
        times = [recorded_at(one.body) for one in uow.ledger.entries()]
        for at in times:
            for undated in (False, True):
                assert uow.ledger.place_before(at, undated=undated) == sum(time < at for time in times)
        assert uow.ledger.place_before(times[-1] + HOUR) == 5
        assert uow.ledger.entry_range() == (1, 5, 5)
        assert uow.ledger.entry_range().gaps == 0


def test_only_a_login_that_may_record_is_told_so(bot: UnitOfWorkFactory, worker: UnitOfWorkFactory) -> None:
    for begin in (bot, worker):
        with begin() as uow:
            assert uow.ledger.is_writable()


def test_ledger_holds_an_entry_in_its_place_only(worker: UnitOfWorkFactory) -> None:
    with worker() as uow:
        uow.record(event())
        uow.record(event())
        uow.commit()
    with worker() as uow:
        first, second = uow.ledger.entries()
        assert uow.ledger.holds(Expected(seq=1, hash=first.hash))
        assert not uow.ledger.holds(Expected(seq=1, hash=second.hash))
        assert not uow.ledger.holds(Expected(seq=3, hash=second.hash))
