"""Which requests, grants and reviews a list shows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from dbaccess.domain.people import PersonId, SlackId


@dataclass(frozen=True, slots=True, kw_only=True)
class Identities:
    """All names and Slack accounts under which records may have one person."""

    persons: frozenset[PersonId]
    accounts: frozenset[SlackId]

    def has(self, person: PersonId, account: SlackId) -> bool:
        return person in self.persons or account in self.accounts


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFilter:
    """None admits every record; otherwise each part that is given must hold.

    A grant is between `since` and `until` if it was held at any moment of that time. A request or a review
    is if it began then. `before` is the id of the last record of the page before.
    """

    state: str | None = None
    kind: str | None = None
    target: str | None = None
    rule: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    who: Identities | None = None
    before: int | None = None


EVERY: Final = RecordFilter()
