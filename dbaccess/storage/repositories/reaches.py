"""The tables that the logins of grants reach: each distinct reading is stored once."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.reach import KnownReach, Reach, ReachedTable, TableUse, names_meant
from dbaccess.storage.models.grants import GrantRow
from dbaccess.storage.models.reaches import ReachedTableRow as Row
from dbaccess.storage.models.reaches import ReachRow
from dbaccess.storage.repositories.grant_row import grant_of
from dbaccess.storage.repositories.id_filter import among

_UNREAD: Final = text("grants.state = 'active' and grants.reach_id is null")
"""Written as in the partial index, so that the planner finds it."""

# One text for any number of rows.
_ADD_TABLES: Final = text(
    """insert into reached_tables (reach_id, schema_name, name, reads, writes, owns)
       select :reach_id, made.* from unnest(cast(:schemas as text[]), cast(:names as text[]),
              cast(:reads as boolean[]), cast(:writes as boolean[]), cast(:owns as boolean[])) made"""
)

# Locked in the order of their ids, as everywhere. A grant that is revoking keeps no reading: a part of
# what was read may have been taken away before.
_OF_ACTIVE: Final = """
  from (select id from grants where id = any(cast(:ids as bigint[])) and state = 'active' and reach_id is null
         order by id for no key update) active
 where grants.id = active.id"""
_PUT: Final = text(
    f"""update grants set reach_id = :reach_id, reach_read_at = cast(:read_at as timestamptz),
               reach_why = null, reach_due_at = null {_OF_ACTIVE} returning grants.id"""  # noqa: S608 a constant
)
_FAIL: Final = text(
    f"update grants set reach_why = :why, reach_due_at = cast(:again_at as timestamptz) {_OF_ACTIVE}"  # noqa: S608 a constant
)
_FIRST: Final = text(
    """select part.* from unnest(cast(:reaches as bigint[])) asked (id), lateral (
           select * from reached_tables where reach_id = asked.id order by schema_name, name limit :limit
       ) part"""
)
_ALLOWS: Final = {TableUse.READ: Row.reads, TableUse.WRITE: Row.writes, TableUse.OWN: Row.owns}


class SqlReaches:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._digests: dict[int, str] = {}

    def due(self, cluster: str, now: datetime, *, limit: int) -> list[Grant]:
        is_due = or_(GrantRow.reach_due_at.is_(None), GrantRow.reach_due_at <= now)
        found = select(*GrantRow.__table__.columns).where(_UNREAD, GrantRow.cluster == cluster, is_due)
        return [grant_of(row) for row in self._session.execute(found.order_by(GrantRow.id).limit(limit))]

    def put(self, grant_ids: Collection[GrantId], reach: Reach, *, read_at: datetime) -> list[GrantId]:
        if not grant_ids:
            return []
        values = {"ids": sorted(grant_ids), "reach_id": self._stored(reach), "read_at": read_at}
        return sorted(map(GrantId, self._session.scalars(_PUT, values)))

    def fail(self, grant_ids: Collection[GrantId], why: str, *, again_at: datetime) -> None:
        self._session.execute(_FAIL, {"ids": sorted(grant_ids), "why": why, "again_at": again_at})

    def of(
        self,
        grant_ids: Collection[GrantId],
        *,
        table: str | None = None,
        use: TableUse | None = None,
        first: int = 0,
    ) -> Mapping[GrantId, KnownReach]:
        known = select(
            GrantRow.id,
            GrantRow.reach_id,
            GrantRow.reach_read_at,
            GrantRow.reach_why,
            ReachRow.tables,
            ReachRow.digest,
            ReachRow.unrecorded,
        ).outerjoin(ReachRow, ReachRow.id == GrantRow.reach_id)
        rows = self._session.execute(known.where(among(GrantRow.id, grant_ids))).all()
        reaches = {row.reach_id for row in rows if row.reach_id is not None}
        found = self._first(reaches, first) if table is None else self._named(reaches, table, use)
        return {GrantId(row.id): _known(row, found) for row in rows}

    def digests(self, grant_ids: Collection[GrantId]) -> Mapping[GrantId, str]:
        known = select(GrantRow.id, GrantRow.reach_id).where(
            among(GrantRow.id, grant_ids), GrantRow.reach_id.is_not(None)
        )
        of = {GrantId(row.id): row.reach_id for row in self._session.execute(known)}
        for reach_id in {*of.values()} - self._digests.keys():  # many grants share few readings
            self._digests[reach_id] = self._digest(reach_id)
        return {grant_id: self._digests[reach_id] for grant_id, reach_id in of.items()}

    def recorded(self, *, after: GrantId, limit: int) -> list[GrantId]:
        found = select(GrantRow.id).where(GrantRow.id > after, GrantRow.reach_id.is_not(None))
        return list(map(GrantId, self._session.scalars(found.order_by(GrantRow.id).limit(limit))))

    def _digest(self, reach_id: int) -> str:
        tables = self._session.scalars(select(Row).where(Row.reach_id == reach_id))
        unrecorded = self._session.scalar(select(ReachRow.unrecorded).where(ReachRow.id == reach_id))
        return Reach(tables=tuple(map(_table, tables)), unrecorded=unrecorded or 0).digest

    def has_table(self, table: str) -> bool:
        # Counted, because the planner would look for a first one without the index.
        named = select(func.count()).select_from(Row).where(is_named(table, None))
        return bool(self._session.scalar(named))

    def _stored(self, reach: Reach) -> int:
        values = {"digest": reach.digest, "tables": len(reach.tables), "unrecorded": reach.unrecorded}
        new = insert(ReachRow).values(values).on_conflict_do_nothing(constraint="reaches_once")
        made: int | None = self._session.scalar(new.returning(ReachRow.id))
        if made is None:
            return self._session.scalars(select(ReachRow.id).where(ReachRow.digest == reach.digest)).one()
        columns = {
            "schemas": [one.schema for one in reach.tables],
            "names": [one.name for one in reach.tables],
            "reads": [one.reads for one in reach.tables],
            "writes": [one.writes for one in reach.tables],
            "owns": [one.owns for one in reach.tables],
        }
        self._session.execute(_ADD_TABLES, {"reach_id": made, **columns})
        return made

    def _named(
        self, reaches: Collection[int], table: str, use: TableUse | None
    ) -> Mapping[int, list[ReachedTable]]:
        found: dict[int, list[ReachedTable]] = defaultdict(list)
        rows = select(Row).where(among(Row.reach_id, reaches), is_named(table, use))
        for row in self._session.scalars(rows.order_by(Row.schema_name, Row.name)):
            found[row.reach_id].append(_table(row))
        return found

    def _first(self, reaches: Collection[int], limit: int) -> Mapping[int, list[ReachedTable]]:
        found: dict[int, list[ReachedTable]] = defaultdict(list)
        if limit:
            for row in self._session.execute(_FIRST, {"reaches": sorted(reaches), "limit": limit}):
                found[row.reach_id].append(_table(row))
        return found


def is_named(table: str, use: TableUse | None) -> ColumnElement[bool]:
    """Return whether a reached table is one that the text names, and may be used so."""
    named = [
        Row.name == name if schema is None else and_(Row.name == name, Row.schema_name == schema)
        for schema, name in names_meant(table)
    ]
    return or_(*named) if use is None else and_(or_(*named), _ALLOWS[use])


def _table(row: Any) -> ReachedTable:
    return ReachedTable(
        schema=row.schema_name, name=row.name, reads=row.reads, writes=row.writes, owns=row.owns
    )


def _known(row: Any, found: Mapping[int, list[ReachedTable]]) -> KnownReach:
    if row.reach_id is None:
        return KnownReach(why=row.reach_why) if row.reach_why else KnownReach()
    return KnownReach(
        tables=row.tables,
        digest=row.digest,
        unrecorded=row.unrecorded,
        read_at=row.reach_read_at,
        why="",
        found=tuple(found.get(row.reach_id, ())),
    )
