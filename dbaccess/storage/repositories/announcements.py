"""Announcements of break-glasses: one place for each request, written once."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dbaccess.domain.break_glass import Announcement, Place
from dbaccess.domain.request import RequestId
from dbaccess.storage.models.requests import AnnouncementRow as Row


class SqlAnnouncements:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, announcement: Announcement) -> bool:
        values = {name: getattr(announcement, name) for name in Announcement.__slots__}
        row = insert(Row).values(values)
        made = row.on_conflict_do_nothing(constraint="announcements_pk").returning(Row.request_id)
        return self._session.scalar(made) is not None

    def of(self, request_id: RequestId) -> Announcement | None:
        row = self._session.scalar(select(Row).where(Row.request_id == request_id))
        if row is None:
            return None
        return Announcement(
            request_id=RequestId(row.request_id), place=Place(row.place), announced_at=row.announced_at
        )
