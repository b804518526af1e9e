"""Each Slack payload is taken once."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dbaccess.domain.errors import Replayed
from dbaccess.storage.models import IntakeRow


class SqlIntake:
    def __init__(self, session: Session) -> None:
        self._session = session

    def take(self, key: str) -> None:
        # Waits for another transaction that holds the same key, and knows then whether it was committed.
        taken = self._session.scalar(
            insert(IntakeRow).values(key=key).on_conflict_do_nothing().returning(IntakeRow.key)
        )
        if taken is None:
            raise Replayed("This was taken before; nothing was done a second time.")
