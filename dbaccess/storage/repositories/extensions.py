"""Outcomes of approved extensions, and those that wait to be carried out."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import insert, or_, select, text
from sqlalchemy.orm import Session

from dbaccess.domain.extension import Extension
from dbaccess.domain.grant import GrantId, GrantState
from dbaccess.domain.request import RequestId
from dbaccess.storage.models.grants import ExtensionRow as Row
from dbaccess.storage.models.grants import GrantRow
from dbaccess.storage.repositories.grant_due import unleased

_UNSETTLED: Final = """exists (
    select from requests asked
     where asked.of_grant = grants.id and asked.kind = 'extension' and asked.state = 'approved'
       and not exists (select from extensions settled where settled.request_id = asked.id)
)"""

# A text, because an end waits for it: SQLAlchemy builds a query for longer than the server needs.
_UNSETTLED_AMONG: Final = text(
    f"select grants.id from grants where grants.id = any(cast(:ids as bigint[])) and {_UNSETTLED}"  # noqa: S608 a constant
)


class SqlExtensions:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, extension: Extension) -> None:
        values = {name: getattr(extension, name) for name in Extension.__slots__}
        self._session.execute(insert(Row).values(values))

    def of(self, grant_id: GrantId) -> list[Extension]:
        rows = select(Row).where(Row.grant_id == grant_id).order_by(Row.request_id)
        return [_extension(row) for row in self._session.scalars(rows)]

    def unsettled(self, grant_ids: Collection[GrantId]) -> set[GrantId]:
        found = self._session.scalars(_UNSETTLED_AMONG, {"ids": sorted(grant_ids)})
        return {GrantId(grant_id) for grant_id in found}

    def due(self, now: datetime, *, limit: int) -> list[GrantId]:
        due = select(GrantRow.id).where(
            GrantRow.state == GrantState.ACTIVE,
            GrantRow.expires_at > now,
            or_(GrantRow.next_attempt_at.is_(None), GrantRow.next_attempt_at <= now),
            unleased(now),
            text(_UNSETTLED),
        )
        ordered = due.order_by(GrantRow.expires_at, GrantRow.id).limit(limit)
        return [GrantId(grant_id) for grant_id in self._session.scalars(ordered)]


def _extension(row: Row) -> Extension:
    return Extension(
        request_id=RequestId(row.request_id),
        grant_id=GrantId(row.grant_id),
        added=row.added,
        expires_at=row.expires_at,
        why=row.why,
        settled_at=row.settled_at,
    )
