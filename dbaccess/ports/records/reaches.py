"""Records of what the logins of grants reach."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.reach import KnownReach, Reach, TableUse


class Reaches(Protocol):
    """The reach of each grant, recorded once. The worker writes; the bot and auditors read."""

    def due(self, cluster: str, now: datetime, *, limit: int) -> list[Grant]:
        """Return active grants there without a recorded reach and with a due reading; not locked."""

    def put(self, grant_ids: Collection[GrantId], reach: Reach, *, read_at: datetime) -> list[GrantId]:
        """Store the reading with those of these grants that are still active, and return them (worker only).

        A reading of a grant that is ending may show a part that is gone already, so it is dropped.
        """

    def fail(self, grant_ids: Collection[GrantId], why: str, *, again_at: datetime) -> None:
        """Record why their reach is unknown, and when it is read again (worker only)."""

    def of(
        self,
        grant_ids: Collection[GrantId],
        *,
        table: str | None = None,
        use: TableUse | None = None,
        first: int = 0,
    ) -> Mapping[GrantId, KnownReach]:
        """Return what is on record of each of these grants, with the tables that the text names.

        Without a text, with the first ones by name.
        """

    def digests(self, grant_ids: Collection[GrantId]) -> Mapping[GrantId, str]:
        """Return the digest of what is on record of each grant with a reading, computed from its tables."""

    def recorded(self, *, after: GrantId, limit: int) -> list[GrantId]:
        """Return the next grants with a reading on record, by id."""

    def has_table(self, table: str) -> bool:
        """Return whether any recorded reach has a table of this name: if none has, it may be misspelt."""
