"""The time that one batch of ends may wait for locks of others."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from psycopg import sql

from dbaccess.domain.errors import TargetFailure
from dbaccess.targets.postgresql.transaction import Session

LOCKED: Final = "locked"
LOCK_NOT_AVAILABLE: Final = "55P03"
_WAIT_MS: Final = 100
_NO_WAIT_MS: Final = 5
_SECONDS: Final = 1.0


class Spare:
    """After a second in vain no lock is waited for, so that grants without a foreign lock go on at once."""

    def __init__(self) -> None:
        self._left = _SECONDS

    @contextmanager
    def waiting(self, opened: Session) -> Iterator[None]:
        """Limit every wait for a lock in this transaction; raises `TargetFailure` `locked`.

        The code differs from the server's, so that the same work is not retried at once.
        """
        milliseconds = _WAIT_MS if self._left > 0 else _NO_WAIT_MS
        opened.rows(sql.SQL("set local lock_timeout = {}").format(sql.Literal(milliseconds)))
        began = time.monotonic()
        try:
            yield
        except TargetFailure as failure:
            if failure.code != LOCK_NOT_AVAILABLE:
                raise
            self._left -= time.monotonic() - began
            text = str(failure)
        else:
            return
        raise TargetFailure(
            f"{text} Another transaction holds a lock that this needs.", code=LOCKED, touched=False
        )
