"""What became of approved extensions, and which wait to be carried out."""

from datetime import datetime

from sqlalchemy import exists, insert, or_, select
from sqlalchemy.orm import Session

from dbaccess.domain.extension import Extension
from dbaccess.domain.grant import GrantId, GrantState
from dbaccess.domain.request import RequestId, RequestState
from dbaccess.domain.terms import RequestKind
from dbaccess.storage.models.grants import ExtensionRow as Row
from dbaccess.storage.models.grants import GrantRow
from dbaccess.storage.models.requests import RequestRow


class SqlExtensions:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, extension: Extension) -> None:
        values = {name: getattr(extension, name) for name in Extension.__slots__}
        self._session.execute(insert(Row).values(values))

    def of(self, grant_id: GrantId) -> list[Extension]:
        rows = select(Row).where(Row.grant_id == grant_id).order_by(Row.request_id)
        return [_extension(row) for row in self._session.scalars(rows)]

    def due(self, now: datetime, *, limit: int) -> list[GrantId]:
        waits = exists().where(
            RequestRow.of_grant == GrantRow.id,
            RequestRow.kind == RequestKind.EXTENSION,
            RequestRow.state == RequestState.APPROVED,
            ~exists().where(Row.request_id == RequestRow.id),
        )
        due = select(GrantRow.id).where(
            GrantRow.state == GrantState.ACTIVE,
            GrantRow.expires_at > now,
            or_(GrantRow.next_attempt_at.is_(None), GrantRow.next_attempt_at <= now),
            or_(GrantRow.lease_until.is_(None), GrantRow.lease_until <= now),
            waits,
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
