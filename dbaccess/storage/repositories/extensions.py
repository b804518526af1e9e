"""Outcomes of approved extensions, and those that wait to be carried out."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, exists, insert, or_, select
from sqlalchemy.orm import Session

from dbaccess.domain.extension import Extension
from dbaccess.domain.grant import GrantId, GrantState
from dbaccess.domain.request import RequestId, RequestState
from dbaccess.domain.terms import RequestKind
from dbaccess.storage.models.grants import ExtensionRow as Row
from dbaccess.storage.models.grants import GrantRow
from dbaccess.storage.models.requests import RequestRow
from dbaccess.storage.repositories.grant_due import unleased
from dbaccess.storage.repositories.id_filter import among


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
        found = select(GrantRow.id).where(among(GrantRow.id, grant_ids), _unsettled())
        return {GrantId(grant_id) for grant_id in self._session.scalars(found)}

    def due(self, now: datetime, *, limit: int) -> list[GrantId]:
        due = select(GrantRow.id).where(
            GrantRow.state == GrantState.ACTIVE,
            GrantRow.expires_at > now,
            or_(GrantRow.next_attempt_at.is_(None), GrantRow.next_attempt_at <= now),
            unleased(now),
            _unsettled(),
        )
        ordered = due.order_by(GrantRow.expires_at, GrantRow.id).limit(limit)
        return [GrantId(grant_id) for grant_id in self._session.scalars(ordered)]


def _unsettled() -> ColumnElement[bool]:
    return exists().where(
        RequestRow.of_grant == GrantRow.id,
        RequestRow.kind == RequestKind.EXTENSION,
        RequestRow.state == RequestState.APPROVED,
        ~exists().where(Row.request_id == RequestRow.id),
    )


def _extension(row: Row) -> Extension:
    return Extension(
        request_id=RequestId(row.request_id),
        grant_id=GrantId(row.grant_id),
        added=row.added,
        expires_at=row.expires_at,
        why=row.why,
        settled_at=row.settled_at,
    )
