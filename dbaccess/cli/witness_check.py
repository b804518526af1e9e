"""The witnesses' part of `dbaccess ledger verify`: what each holds is compared with the ledger."""

from dataclasses import asdict, dataclass
from typing import Any

from dbaccess.audit.checkpoint_check import CheckpointCheck
from dbaccess.cli.witness_findings import configured_witnesses
from dbaccess.domain.checkpoint import UnreadableCheckpoint, parse_checkpoint
from dbaccess.domain.errors import WitnessFailure
from dbaccess.domain.ledger import Fault, FaultKind
from dbaccess.ports import UnitOfWorkFactory, Witness


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessReading:
    """The content of a witness: `last` is its latest entry, 0 without one.

    `fault` says why it proves nothing.

    `unreadable` lines are no checkpoints, such as one that a crash cut off. `checkpoints` is None for a
    witness that cannot be read back.
    """

    place: str
    checkpoints: int | None = None
    unreadable: int = 0
    last: int = 0
    fault: Fault | None = None

    def data(self) -> dict[str, Any]:
        """Return the reading for programs; `fault` is None where nothing is wrong."""
        return asdict(self) | {"fault": self.fault.what if self.fault else None}

    def __str__(self) -> str:
        if self.checkpoints is None:
            return f"Witness {self.place}: not read back."
        torn = f", {self.unreadable} lines are none" if self.unreadable else ""
        return (
            f"Witness {self.place}: {self.checkpoints} checkpoints{torn}; the last is of entry {self.last}."
        )


def read_witnesses(begin: UnitOfWorkFactory, check: CheckpointCheck) -> list[WitnessReading]:
    """Give `check` every checkpoint that a witness of this environment holds.

    No transaction is open meanwhile: a witness may answer slowly.
    """
    witnesses = configured_witnesses()
    if not witnesses:
        return []
    with begin() as uow:
        taken = {state.place: state.seq for state in uow.witnesses.all()}
    return [_read(check, witness, taken.get(witness.place, 0)) for witness in witnesses]


def _read(check: CheckpointCheck, witness: Witness, taken: int) -> WitnessReading:
    count, unreadable, last = 0, 0, 0
    try:
        lines = witness.lines()
        if lines is None:
            return WitnessReading(place=witness.place)
        for line in lines:
            try:
                signed = parse_checkpoint(line)
            except UnreadableCheckpoint:
                unreadable += 1
                continue
            check.take(signed, source=f"that {witness.place} kept")
            count, last = count + 1, max(last, signed.checkpoint.seq)
    except WitnessFailure as error:
        return _silent(witness, 0, f"cannot be read: {error}")
    if last < taken:
        return _silent(
            witness, taken, f"holds no checkpoint of entry {taken}, which it took: it lost or hides some"
        )
    return WitnessReading(place=witness.place, checkpoints=count, unreadable=unreadable, last=last)


def _silent(witness: Witness, seq: int, what: str) -> WitnessReading:
    fault = Fault(seq=seq, kind=FaultKind.WITNESS, what=f"{witness.place} {what}")
    return WitnessReading(place=witness.place, checkpoints=0, fault=fault)
