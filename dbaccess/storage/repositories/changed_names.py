"""The pinned names that Slack uses otherwise now."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import case, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dbaccess.storage.models.changed_names import ChangedNameRow as Row


class SqlChangedNames:
    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, name: str, what: str, *, at: datetime) -> datetime:
        row = insert(Row).values(name=name, what=what, since=at)
        since = case((Row.what == what, Row.since), else_=at)
        changed = row.on_conflict_do_update(
            constraint="changed_names_pk", set_={"what": what, "since": since}
        )
        return self._session.execute(changed.returning(Row.since)).scalar_one()

    def keep(self, names: Iterable[str]) -> None:
        self._session.execute(delete(Row).where(Row.name.not_in(sorted(names))))

    def count(self) -> int:
        return self._session.execute(select(func.count()).select_from(Row)).scalar_one()
