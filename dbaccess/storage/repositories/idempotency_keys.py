"""Keys of Slack payloads, each taken once."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from dbaccess.domain.errors import DuplicateRequest

_TAKE = text("insert into intake (key) values (:key) on conflict do nothing returning key")


class SqlIdempotencyKeys:
    def __init__(self, session: Session) -> None:
        self._session = session

    def claim(self, key: str) -> None:
        # Waits for another transaction that holds the same key, and then knows whether it was committed.
        taken = self._session.scalar(_TAKE, {"key": key})
        if taken is None:
            raise DuplicateRequest("This was taken before; nothing was done a second time.")
