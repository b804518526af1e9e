"""The entries of the ledger that a report reads, as facts, and the policies among them."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from dbaccess.domain.events import EventKind
from dbaccess.domain.ledger import AFTER_ALL, Entry
from dbaccess.domain.recorded_facts import Fact, fact_of
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


class LoadedPolicies:
    """The depth of each role by the policy's hash. They are read at the first use, because most need none."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._read: dict[str, dict[tuple[str, str], str]] | None = None

    def access(self, policy_hash: str, target: str, role: str) -> str:
        """Return read, write or ddl; empty if no policy with that hash has the role."""
        if self._read is None:
            self._read = self._read_all()
        return self._read.get(policy_hash, {}).get((target, role), "")

    def _read_all(self) -> dict[str, dict[tuple[str, str], str]]:
        loaded = self._facts.of_kinds([EventKind.POLICY_LOADED], after=0, until=AFTER_ALL)
        return {str(one.data.get("hash")): _depths(one.data.get("policy")) for one in loaded}


def _depths(policy: Any) -> dict[tuple[str, str], str]:
    """Return the depth by target and role; nothing from content of another form."""
    try:
        return {
            (target, role): str(has["access"])
            for target, offers in policy["targets"].items()
            for role, has in offers["roles"].items()
        }
    except (TypeError, KeyError, AttributeError):
        return {}
