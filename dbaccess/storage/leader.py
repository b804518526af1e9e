"""The one leader among all hosts, for as long as its connection lives."""

import time
from typing import Final

from dbaccess.storage.connecting import ControlConnection
from dbaccess.storage.url import Url
from dbaccess.storage.wakeup import Wakeup

LEADER: Final = 0x6C6561646572
"""`leader` in ASCII."""

SPEAKER: Final = 0x737065616B
"""`speak` in ASCII: one process in all paces the calls to Slack."""

_ASK_EVERY = 0.5


class Leader(Wakeup):
    """Entering waits until no other process leads. A pooler would share the lock."""

    application_name = "dbaccess-leader"
    # A leader that is stopped or cut off sends nothing, and the server frees its lock.
    idle_session_timeout = "4s"

    def __init__(self, url: Url, lock: int = LEADER) -> None:
        super().__init__(url)
        self._lock = lock

    def _begin(self, connection: ControlConnection) -> None:
        while connection.execute("select pg_try_advisory_lock(%s)", [self._lock]).fetchone() != (True,):
            time.sleep(_ASK_EVERY)
