"""The reach of grants' logins."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from dbaccess.domain.grant import Grant, GrantId, GrantState
from dbaccess.domain.reach import KnownReach, Reach, ReachedTable, TableUse, names_meant
from tests.fakes.database import Transaction
from tests.fakes.tables import GRANTS, REACHES, KeptReach


class MemoryReaches:
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def due(self, cluster: str, now: datetime, *, limit: int) -> list[Grant]:
        found = [
            grant
            for grant in self._transaction.rows(GRANTS)
            if grant.cluster == cluster
            and grant.state is GrantState.ACTIVE
            and (kept := self._of(grant.id)).reach is None
            and (kept.due_at is None or kept.due_at <= now)
        ]
        return sorted(found, key=lambda grant: grant.id)[:limit]

    def put(self, grant_ids: Collection[GrantId], reach: Reach, *, read_at: datetime) -> list[GrantId]:
        kept = self._open(grant_ids)
        for grant_id in kept:
            self._transaction.put(REACHES, grant_id, KeptReach(reach=reach, read_at=read_at))
        return kept

    def fail(self, grant_ids: Collection[GrantId], why: str, *, again_at: datetime) -> None:
        for grant_id in self._open(grant_ids):
            kept = replace(self._of(grant_id), why=why, due_at=again_at)
            self._transaction.put(REACHES, grant_id, kept)

    def of(
        self,
        grant_ids: Collection[GrantId],
        *,
        table: str | None = None,
        use: TableUse | None = None,
        first: int = 0,
    ) -> Mapping[GrantId, KnownReach]:
        return {
            grant_id: known_reach(self._of(grant_id), table, use, first)
            for grant_id in grant_ids
            if self._transaction.get(GRANTS, grant_id) is not None
        }

    def digests(self, grant_ids: Collection[GrantId]) -> Mapping[GrantId, str]:
        kept = {grant_id: self._of(grant_id).reach for grant_id in grant_ids}
        return {grant_id: reach.digest for grant_id, reach in kept.items() if reach is not None}

    def recorded(self, *, after: GrantId, limit: int) -> list[GrantId]:
        grants = sorted(grant.id for grant in self._transaction.rows(GRANTS) if grant.id > after)
        return [grant_id for grant_id in grants if self._of(grant_id).reach is not None][:limit]

    def has_table(self, table: str) -> bool:
        kept = self._transaction.rows(REACHES)
        return any(is_meant(one, table, None) for row in kept if row.reach for one in row.reach.tables)

    def _open(self, grant_ids: Collection[GrantId]) -> list[GrantId]:
        """Those that are still active and without a reading, locked."""
        return [
            grant_id
            for grant_id in sorted(grant_ids)
            if (grant := self._transaction.lock(GRANTS, grant_id)) is not None
            and grant.state is GrantState.ACTIVE
            and self._of(grant_id).reach is None
        ]

    def _of(self, grant_id: GrantId) -> KeptReach:
        return self._transaction.get(REACHES, grant_id) or KeptReach()


def known_reach(kept: KeptReach, table: str | None, use: TableUse | None, first: int = 0) -> KnownReach:
    if kept.reach is None:
        return KnownReach(why=kept.why) if kept.why else KnownReach()
    tables = kept.reach.tables
    found = tables[:first] if table is None else [one for one in tables if is_meant(one, table, use)]
    return KnownReach(
        tables=len(kept.reach.tables),
        digest=kept.reach.digest,
        unrecorded=kept.reach.unrecorded,
        read_at=kept.read_at,
        why="",
        found=tuple(found),
    )


def is_meant(one: ReachedTable, table: str, use: TableUse | None) -> bool:
    named = any(name == one.name and schema in {None, one.schema} for schema, name in names_meant(table))
    return named and (use is None or use in one.uses)
