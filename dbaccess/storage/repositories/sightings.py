"""The last look at the sessions of each grant, one row each."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from dbaccess.domain.grant import GrantId, GrantState
from dbaccess.domain.use import WATCHED, Sighting
from dbaccess.storage.models.activity import SightingRow as Row
from dbaccess.storage.models.grants import GrantRow
from dbaccess.storage.repositories.id_filter import among

_PUT: Final = text("""
insert into activity_sightings (grant_id, looked_at, sessions, clients, first_seen_at, last_seen_at,
                                quiet_since, offered_at)
select * from jsonb_to_recordset(cast(:rows as jsonb)) made (
    grant_id bigint, looked_at timestamptz, sessions integer, clients text[], first_seen_at timestamptz,
    last_seen_at timestamptz, quiet_since timestamptz, offered_at timestamptz
) order by grant_id
    on conflict (grant_id) do update set
       looked_at = excluded.looked_at, sessions = excluded.sessions, clients = excluded.clients,
       first_seen_at = excluded.first_seen_at, last_seen_at = excluded.last_seen_at,
       quiet_since = excluded.quiet_since, offered_at = excluded.offered_at""")


_KEEP_QUIET: Final = text("""
  with quiet as (
       select grant_id from activity_sightings
        where grant_id = any(:ids) and quiet_since is not null and looked_at >= :since
        order by grant_id for update
       )
update activity_sightings s set looked_at = :now from quiet where s.grant_id = quiet.grant_id
returning s.grant_id""")


class SqlSightings:
    def __init__(self, session: Session) -> None:
        self._session = session

    def put_all(self, sightings: Sequence[Sighting]) -> None:
        if sightings:
            self._session.execute(_PUT, {"rows": json.dumps([_written(one) for one in sightings])})

    def keep_quiet(self, grant_ids: Collection[GrantId], *, now: datetime) -> set[GrantId]:
        looked = {"ids": sorted(grant_ids), "now": now, "since": now - WATCHED}
        return {GrantId(found) for found in self._session.scalars(_KEEP_QUIET, looked)}

    def of(self, grant_ids: Collection[GrantId], *, lock: bool = False) -> Mapping[GrantId, Sighting]:
        found = select(Row).where(among(Row.grant_id, grant_ids)).order_by(Row.grant_id)
        rows = self._session.scalars(
            found.with_for_update() if lock else found, execution_options={"populate_existing": True}
        )
        return {GrantId(row.grant_id): _sighting(row) for row in rows}

    def quiet(self, *, since: datetime, after: GrantId, limit: int) -> list[Sighting]:
        found = (
            select(Row)
            .join(GrantRow, GrantRow.id == Row.grant_id)
            .where(GrantRow.state == GrantState.ACTIVE, Row.quiet_since <= since, Row.grant_id > after)
        )
        rows = self._session.scalars(
            found.order_by(Row.grant_id).limit(limit), execution_options={"populate_existing": True}
        )
        return [_sighting(row) for row in rows]


def _sighting(row: Row) -> Sighting:
    values = {name: getattr(row, name) for name in Sighting.__slots__}
    return Sighting(**values | {"clients": tuple(row.clients)})


def _written(one: Sighting) -> dict[str, object]:
    values = {name: getattr(one, name) for name in Sighting.__slots__}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()
    }
