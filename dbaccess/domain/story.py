"""What the ledger and the tables tell of one grant, or of one request, for a report."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dbaccess.domain.activity_summary import KeptSummary, Mismatch
from dbaccess.domain.events import EventKind
from dbaccess.domain.ledger import Entry
from dbaccess.domain.ledger_body import UnreadableBody
from dbaccess.domain.people import SlackId
from dbaccess.domain.reach import UNREAD, KnownReach

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One entry of the ledger as it was read. `kind` is empty if it cannot be read."""

    seq: int
    at: str = ""
    kind: str = ""
    actor: str = ""
    request: int | None = None
    grant: int | None = None
    data: Data = field(default_factory=dict)


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
class Story:
    """The facts about one request, in order. With a grant also those about it, and about its extensions."""

    request_id: int
    facts: tuple[Fact, ...]
    people: People = People()

    def all(self, *kinds: EventKind) -> Iterator[Fact]:
        return (fact for fact in self.facts if fact.kind in kinds)

    def first(self, *kinds: EventKind) -> Fact | None:
        return next(self.all(*kinds), None)

    def last(self, *kinds: EventKind) -> Fact | None:
        return next((fact for fact in reversed(self.facts) if fact.kind in kinds), None)

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
class GrantStory(Story):
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
