"""Comparison of checkpoints with the chain that they were made of."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from dbaccess.audit.trust import Trust
from dbaccess.audit.verifying import is_genuine
from dbaccess.domain.checkpoint import SignedCheckpoint
from dbaccess.domain.ledger import Entry, Fault, FaultKind


class _Claim(NamedTuple):
    """A genuine checkpoint, as short as it can be: there are many."""

    seq: int
    head: bytes
    source: str


@dataclass(slots=True, kw_only=True)
class CheckpointCheck:
    """Takes checkpoints from any source, then sees the entries pass, then says what does not fit.

    `proved` is the last entry that a genuine checkpoint has as the chain has it. `kept_to` is the last entry
    of a genuine checkpoint from outside the control database, 0 without one.
    """

    trust: Trust
    installation: str | None
    proved: int = 0
    kept_to: int = 0
    _claims: list[_Claim] = field(default_factory=list)
    _missed: list[_Claim] = field(default_factory=list)
    _faults: list[Fault] = field(default_factory=list)

    def take(self, signed: SignedCheckpoint, *, source: str, outside: bool = True) -> None:
        """Check the signature; only a genuine checkpoint of this installation is compared with the chain."""
        found = signed.checkpoint
        key = self.trust.keys.get(found.key_id)
        if self.installation is not None and found.installation != self.installation:
            said = f"is of installation {found.installation}, and not of {self.installation}"
            self._fault(found.seq, FaultKind.INSTALLATION, source, said)
        elif key is None:
            said = f"was made with key {found.key_id}, to which no trusted key leads"
            self._fault(found.seq, FaultKind.KEY, source, said)
        elif not is_genuine(signed, key):
            said = f"was changed, or was not made with key {found.key_id}"
            self._fault(found.seq, FaultKind.SIGNATURE, source, said)
        elif self.trust.replaced.get(found.key_id, found.seq + 1) <= found.seq:
            replaced = self.trust.replaced[found.key_id]
            said = f"was made with key {found.key_id}, which entry {replaced} replaced"
            self._fault(found.seq, FaultKind.KEY, source, said)
        else:
            self._claims.append(_Claim(found.seq, found.head, source))
            self.kept_to = max(self.kept_to, found.seq if outside else 0)

    def passing(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Yield the entries on, and compare those that checkpoints are of."""
        claims = iter(sorted(self._claims))
        claim = next(claims, None)
        for entry in entries:
            while claim is not None and claim.seq <= entry[0]:
                if claim.seq == entry[0]:
                    self._compare(claim, entry[3])
                claim = next(claims, None)
            yield entry

    def faults(self, *, last: int) -> list[Fault]:
        """Return what does not fit, after the chain has passed; it ended with the entry `last`."""
        if later := [claim for claim in self._claims if claim.seq > last]:
            furthest = max(later)
            said = f"has an entry after entry {last}, which is the last here: the end was cut off"
            self._fault(furthest.seq, FaultKind.CUT, furthest.source, said)
        if self._missed:
            first = self._missed[0]
            begin = f"entries {self.proved + 1}" if self.proved else "all entries up"
            said = f"shows that {begin} to {first.seq} were made anew: they are not what was signed"
            self._fault(first.seq, FaultKind.REWRITTEN, first.source, said)
        return [*self.trust.faults, *self._faults]

    def _compare(self, claim: _Claim, found: bytes) -> None:
        if claim.head != found:
            self._missed.append(claim)
            return
        for other in self._missed:  # the signed entries stand before it and after it
            said = "is not on the chain: it was made of another ledger"
            self._fault(other.seq, FaultKind.CHECKPOINT, other.source, said)
        self._missed.clear()
        self.proved = claim.seq

    def _fault(self, seq: int, kind: FaultKind, source: str, said: str) -> None:
        self._faults.append(Fault(seq=seq, kind=kind, what=f"the checkpoint {source} {said}"))
