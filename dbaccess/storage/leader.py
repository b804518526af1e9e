"""One leader among all hosts, for as long as its connection lives."""

import time
from typing import Final

from dbaccess.storage.connecting import ControlConnection
from dbaccess.storage.wakeup import Wakeup

_LOCK: Final = 0x6C6561646572
"""`leader` in ASCII."""

_ASK_EVERY = 0.5


class Leader(Wakeup):
    """Entering waits until no other process leads. A pooler would share the lock."""

    application_name = "dbaccess-leader"
    # A leader that is stopped or cut off says nothing: the server takes the lead from it.
    idle_session_timeout = "4s"

    def _begin(self, connection: ControlConnection) -> None:
        while connection.execute("select pg_try_advisory_lock(%s)", [_LOCK]).fetchone() != (True,):
            time.sleep(_ASK_EVERY)
