"""The entries of the ledger that a report reads, as facts."""

from collections.abc import Collection, Iterable, Iterator

from dbaccess.domain.events import EventKind
from dbaccess.domain.ledger import Entry
from dbaccess.domain.story import Fact, fact_of
from dbaccess.ports.records import Ledger


class Facts:
    """Entries that cannot be read, or are filed under another kind, are left out: `unreadable` has them."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.unreadable: set[int] = set()

    def about(
        self,
        *,
        requests: Collection[int] = (),
        grants: Collection[int] = (),
        but_grants: Collection[int] = (),
    ) -> Iterator[Fact]:
        """Yield those about any of these, in order, without those about `but_grants`."""
        return self._read(self._ledger.about(requests=requests, grants=grants, but_grants=but_grants))

    def of_kinds(self, kinds: Collection[EventKind], *, after: int, until: int) -> Iterator[Fact]:
        for fact in self._read(self._ledger.of_kinds(kinds, after=after, until=until)):
            if fact.kind in kinds:
                yield fact
            else:
                self.unreadable.add(fact.seq)

    def _read(self, entries: Iterable[Entry]) -> Iterator[Fact]:
        for entry in entries:
            fact = fact_of(entry)
            if fact.kind:
                yield fact
            else:
                self.unreadable.add(fact.seq)
