"""The hash chain."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.ledger import GENESIS, Entry, EntryRange, Expected, Filed, link
from dbaccess.domain.ledger_body import UnreadableBody, recorded_at
from tests.fakes.database import Transaction
from tests.fakes.tables import LEDGER


class MemoryLedger:
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def head(self) -> Entry | None:
        found = self.tail(1)
        return found[0] if found else None

    def entries(self, *, after: int = 0) -> Iterator[Entry]:
        return (entry for entry in self._transaction.rows(LEDGER) if entry.seq > after)

    def filed(self) -> Iterator[Filed]:
        for entry in self.entries():
            said = entry.fields
            yield Filed(*entry, kind=said["kind"], request=said["request"], grant=said["grant"])

    def tail(self, limit: int) -> list[Entry]:
        return self._transaction.rows(LEDGER)[-limit:]

    def first_after(self, seq: int) -> Entry | None:
        return next(self.entries(after=seq), None)

    def holds(self, expected: Expected) -> bool:
        found = self._transaction.get(LEDGER, expected.seq) if expected.seq is not None else None
        return found is not None and found.hash == expected.hash

    def entry_range(self) -> EntryRange:
        seqs = [entry.seq for entry in self.entries()]
        return EntryRange(first=min(seqs, default=0), last=max(seqs, default=0), entries=len(seqs))

    def about(
        self,
        *,
        requests: Collection[int] = (),
        grants: Collection[int] = (),
        but_grants: Collection[int] = (),
    ) -> list[Entry]:
        def is_about(fields: dict[str, Any]) -> bool:
            is_named = fields["request"] in requests or fields["grant"] in grants
            return is_named and fields["grant"] not in but_grants

        return [entry for entry in self.entries() if is_about(entry.fields)]

    def of_kinds(self, kinds: Collection[EventKind], *, after: int, until: int) -> Iterator[Entry]:
        several = (entry for entry in self.entries(after=after) if entry.seq <= until)
        return (entry for entry in several if entry.fields["kind"] in kinds)

    def place_before(self, moment: datetime, *, undated: bool = False) -> int:
        dated = [(entry.seq, at) for entry in self.entries() if (at := _time_of(entry)) is not None]
        if undated:
            later = (seq - 1 for seq, at in dated if at >= moment)
            return min(later, default=self.entry_range().last)
        return max((seq for seq, at in dated if at < moment), default=0)

    def is_writable(self) -> bool:
        return True

    def append(self, events: Sequence[Event], *, at: datetime) -> None:
        """Each event is linked to the one before; one writer at a time, from here to its end."""
        self._transaction.claim("ledger", "head")
        head = self.head()
        seq, prev_hash = (head.seq, head.hash) if head else (0, GENESIS)
        for event in events:
            entry = link(event, seq=seq + 1, prev_hash=prev_hash, at=at)
            self._transaction.put(LEDGER, entry.seq, entry)
            seq, prev_hash = entry.seq, entry.hash


def _time_of(entry: Entry) -> datetime | None:
    try:
        return recorded_at(entry.body)
    except UnreadableBody:
        return None
