"""The entries of the ledger that a report reads, as facts."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from dbaccess.domain.events import EventKind
from dbaccess.domain.ledger import Entry
from dbaccess.domain.story import Fact, fact_of
from dbaccess.ports.records import Ledger

NOTHING: Final[Mapping[int, Fact]] = {}


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
        known: Mapping[int, Fact] = NOTHING,
    ) -> Iterator[Fact]:
        """Yield those about any of these, in order; those that are `known` are not read again."""
        return self._read(self._ledger.about(requests=requests, grants=grants), known)

    def of_kinds(self, kinds: Collection[EventKind], *, after: int, until: int) -> Iterator[Fact]:
        for fact in self._read(self._ledger.of_kinds(kinds, after=after, until=until), NOTHING):
            if fact.kind in kinds:
                yield fact
            else:
                self.unreadable.add(fact.seq)

    def _read(self, entries: Iterable[Entry], known: Mapping[int, Fact]) -> Iterator[Fact]:
        for entry in entries:
            fact = known.get(entry.seq) or fact_of(entry)
            if fact.kind:
                yield fact
            else:
                self.unreadable.add(fact.seq)
