"""Grants that workers lock, lease and give back."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from dbaccess.domain.end_progress import EndProgress
from dbaccess.domain.events import EventKind
from dbaccess.domain.grant import EndCause, Grant
from dbaccess.domain.lifecycle import advance
from dbaccess.ports import Leases, UnitOfWorkFactory
from tests.integration.storage.facts import HOUR, active, granted, now, terms

LATER = timedelta(minutes=30)


def leaving(bot: UnitOfWorkFactory, worker: UnitOfWorkFactory, name: str = "maya", **changes: Any) -> Grant:
    """On its way out, due in an hour."""
    made = active(bot, worker, expires_at=now() + 9 * HOUR, asked=terms(name))
    with worker() as uow:
        gone = advance(
            made,
            EventKind.GRANT_INVALIDATED,
            revoking_at=uow.now,
            end_cause=EndCause.INVALIDATED,
            next_attempt_at=uow.now + HOUR,
        )
        gone = replace(gone, **changes)
        uow.grants.save(gone)
        uow.commit()
    return gone


def test_lease_counts_while_its_holder_lives(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory, leases: Leases
) -> None:
    made = granted(bot)
    with worker() as uow:
        at = uow.now
        assert uow.grants.is_free(made, at)
        with leases.hold() as lease:
            leased = replace(made, lease_id=lease, lease_until=at + HOUR)
            uow.grants.save(leased)
            assert not uow.grants.is_free(leased, at)
            assert uow.grants.is_free(leased, at + HOUR)
        assert uow.grants.is_free(leased, at)


def test_one_call_has_the_turn(leases: Leases) -> None:
    with leases.turn("cut off main") as mine, leases.turn("cut off other") as another:
        assert mine
        assert another
        with leases.turn("cut off main") as theirs:
            assert not theirs
    with leases.turn("cut off main") as free:
        assert free


def test_grant_that_is_locked_is_left_out(bot: UnitOfWorkFactory, worker: UnitOfWorkFactory) -> None:
    locked, free = (granted(bot, terms(name)) for name in ("maya", "tom"))
    with worker() as one, worker() as two:
        one.grants.lock(locked.id)
        assert two.grants.lock_free([locked.id, free.id]) == [free]
    with worker() as uow:
        assert uow.grants.lock_free([locked.id, free.id], wait=True) == [locked, free]


def test_grants_are_saved_together_and_only_where_they_were_changed(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory
) -> None:
    """A change that another transaction made since the reading stays."""
    made, other = (granted(bot, terms(name)) for name in ("maya", "tom"))
    with worker() as uow:
        read = uow.grants.get_all([made.id, other.id])
        with worker() as between:
            between.grants.save(replace(made, attempts=3))
            between.commit()
        uow.grants.save_all([replace(grant, last_failure="locked") for grant in read])
        uow.commit()
    with worker() as uow:
        found = uow.grants.get_all([made.id, other.id])
        assert [(grant.attempts, grant.last_failure) for grant in found] == [(3, "locked"), (0, "locked")]


def test_every_revoking_grant_of_a_hurried_cluster_is_due(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory
) -> None:
    gone, locked = leaving(bot, worker), leaving(bot, worker, "tom")
    with worker() as one, worker() as uow:
        one.grants.lock(locked.id)
        uow.grants.hurry("other", uow.now)
        assert uow.grants.due_to_end("main", uow.now, limit=9) == []
        uow.grants.hurry("main", uow.now)
        assert [grant.id for grant in uow.grants.due_to_end("main", uow.now, limit=9)] == [gone.id]


def test_grants_cut_off_under_a_lease_are_given_back(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory, leases: Leases
) -> None:
    with leases.hold() as lease:
        until: dict[str, Any] = {"lease_until": now() + HOUR, "next_attempt_at": None}
        mine = leaving(bot, worker, lease_id=lease, **until)
        theirs = leaving(bot, worker, "tom", lease_id="7", **until)
        with worker() as uow:
            uow.grants.give_back([mine.id, theirs.id], lease)
            assert uow.grants.get(mine.id) == replace(mine, lease_id=None, lease_until=None)
            assert uow.grants.get(theirs.id) == theirs


def test_progress_of_every_call_is_read_with_what_is_due(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory
) -> None:
    gone = leaving(bot, worker, next_attempt_at=None)
    for closed in ("7", "8"):
        with worker() as uow:
            uow.grants.add_progress({gone.id: EndProgress(closed={"primary": frozenset({closed})})})
            uow.commit()
    with worker() as uow:
        (due,) = uow.grants.due_to_end("main", uow.now, limit=9)
        (late,) = uow.grants.late("main", uow.now + LATER, after=type(gone.id)(0), limit=9)
        assert due.progress == late.progress == EndProgress(closed={"primary": frozenset({"7", "8"})})
        assert uow.grants.get(gone.id).progress == EndProgress()
