"""Checkpoints are kept in the order of their entries, once for each."""

from dataclasses import replace

from dbaccess.domain.checkpoint import Checkpoint, SignedCheckpoint
from dbaccess.domain.events import EventKind
from dbaccess.domain.witness import WitnessState
from dbaccess.ports import UnitOfWork, UnitOfWorkFactory
from tests.integration.storage.facts import event


def signed_head(uow: UnitOfWork) -> SignedCheckpoint:
    head = uow.ledger.head()
    assert head is not None
    made = Checkpoint(
        installation="acme", seq=head.seq, head=head.hash, at=uow.now, key_id="0123456789abcdef"
    )
    return SignedCheckpoint(checkpoint=made, signature=bytes(range(64)))


def test_checkpoints_are_read_back_in_their_order(worker: UnitOfWorkFactory) -> None:
    kept = []
    for _ in range(3):
        with worker() as uow:
            uow.record(event())
            uow.record(event())
            uow.commit()
        with worker() as uow:
            kept.append(signed_head(uow))
            assert uow.checkpoints.add(kept[-1])
            assert not uow.checkpoints.add(replace(kept[-1], signature=bytes(64)))
            uow.commit()
    with worker() as uow:
        assert uow.checkpoints.last() == kept[-1]
        assert [signed.checkpoint.seq for signed in kept] == [2, 4, 6]
        assert uow.checkpoints.after(0, limit=10) == kept
        assert uow.checkpoints.after(2, limit=1) == [kept[1]]
        assert uow.checkpoints.after(6, limit=10) == []


def test_ledger_gives_the_next_entry(worker: UnitOfWorkFactory) -> None:
    with worker() as uow:
        assert uow.checkpoints.last() is None
        assert uow.ledger.first_after(0) is None
        for kind in (EventKind.GRANT_CREATED, EventKind.GRANT_ACTIVATED, EventKind.GRANT_ENDED):
            uow.record(event(kind))
        uow.commit()
    with worker() as uow:
        first, _, third = uow.ledger.entries()
        assert uow.ledger.first_after(0) == first
        assert uow.ledger.first_after(2) == third
        assert uow.ledger.first_after(3) is None


def test_state_of_each_witness_is_kept_by_its_place(worker: UnitOfWorkFactory) -> None:
    with worker() as uow:
        assert uow.witnesses.state("file:a") == WitnessState(place="file:a")
        failing = WitnessState(place="syslog:b", failing_since=uow.now, failure="refused")
        taken = WitnessState(place="file:a", seq=7, stored_at=uow.now)
        uow.witnesses.save(failing)
        uow.witnesses.save(replace(taken, failing_since=uow.now, failure="full"))
        uow.witnesses.save(taken)
        uow.commit()
    with worker() as uow:
        assert uow.witnesses.state("file:a") == taken
        assert uow.witnesses.all() == [taken, failing]
