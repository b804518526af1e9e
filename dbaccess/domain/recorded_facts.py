"""Facts of the ledger and the tables about one grant, or one request, for a report."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from dbaccess.domain.activity_summary import KeptSummary, Mismatch
from dbaccess.domain.events import EventKind
from dbaccess.domain.ledger import Entry
from dbaccess.domain.ledger_body import UnreadableBody
from dbaccess.domain.people import SlackId
from dbaccess.domain.reach import UNREAD, KnownReach

Data = Mapping[str, Any]


class Fact(NamedTuple):
    """One entry of the ledger as it was read. `kind` is empty if it cannot be read.

    A tuple, for speed: a report reads hundreds of thousands.
    """

    seq: int
    at: str = ""
    kind: str = ""
    actor: str = ""
    request: int | None = None
    grant: int | None = None
    data: Data = MappingProxyType({})


def fact_of(entry: Entry) -> Fact:
    """Return the entry as a fact; one that cannot be read has its sequence alone."""
    try:
        return Fact(**entry.fields)
    except UnreadableBody:
        return Fact(seq=entry.seq)


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Accounts as Slack's last reading has them: displayed names, and whether each is a guest."""

    names: Mapping[SlackId, str] = field(default_factory=dict)
    guests: Mapping[SlackId, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFacts:
    """The facts about one request, in order. With a grant also those about it, and about its extensions."""

    request_id: int
    facts: tuple[Fact, ...]
    people: People = People()
    _by_kind: dict[str, list[Fact]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        # A row looks for some twenty kinds, and each look through all facts would cost more than the rest.
        for fact in self.facts:
            self._by_kind.setdefault(fact.kind, []).append(fact)

    def all(self, *kinds: EventKind) -> Iterator[Fact]:
        if len(kinds) == 1:
            return iter(self._by_kind.get(kinds[0], ()))
        return (fact for fact in self.facts if fact.kind in kinds)

    def first(self, *kinds: EventKind) -> Fact | None:
        return min((found[0] for found in self._of(kinds)), default=None)

    def last(self, *kinds: EventKind) -> Fact | None:
        return max((found[-1] for found in self._of(kinds)), default=None)

    def _of(self, kinds: tuple[EventKind, ...]) -> list[list[Fact]]:
        return [self._by_kind[kind] for kind in kinds if kind in self._by_kind]

    def own(self, *kinds: EventKind) -> Iterator[Fact]:
        """Yield the facts of the request itself, without those of its extensions."""
        return (fact for fact in self.all(*kinds) if fact.request == self.request_id)

    @property
    def asked(self) -> Fact | None:
        return next(self.own(EventKind.REQUEST_SUBMITTED), None)

    @property
    def terms(self) -> Data:
        """Return what was asked; empty if the entry is absent or has no terms."""
        found = self.asked.data.get("terms") if self.asked else None
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantFacts(RequestFacts):
    """`access` is the depth of the granted role, and empty if it is unknown.

    `reach` is what is on record of its login's reach, with some tables, and `summary` what is known of the
    statements, both beside the ledger. `mismatches` is None if it is unknown
    whether the statements fit the role.
    """

    grant_id: int
    access: str = ""
    reach: KnownReach = UNREAD
    summary: KeptSummary | None = None
    mismatches: tuple[Mismatch, ...] | None = None


def accounts_in(facts: Iterable[Fact]) -> set[str]:
    """Return the Slack ids that these facts name as actors of people."""
    found = {fact.data.get("slack_id") for fact in facts}
    return {account for account in found if isinstance(account, str)}
