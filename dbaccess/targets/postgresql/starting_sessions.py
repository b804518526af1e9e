"""Backends that are still starting: they may have their login's settings already, and show no login."""

import time
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from dbaccess.domain.errors import TargetFailure
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.transaction import Session

REFUSED: Final = "42501"
# A client may set minutes (post_auth_delay). Other backends show their login within milliseconds, and get
# this long before they are terminated.
_GRACE_SECONDS: Final = 0.25
# Between authentication and the lock on the database are microseconds, which no client can stretch.
_AUTHENTICATING_SECONDS: Final = 0.03

_Key = tuple[int, str]
"""(pid, virtual transaction): a backend starts in one transaction, so the end of that shows that it has
started.
"""


@dataclass(slots=True)
class Starting:
    """The starting backends of the first look that have neither shown a login since nor gone.

    One that was still authenticating when access was removed is refused by the server itself, or begins
    without the role. It is harmless, and is neither terminated nor waited for. The server tells them apart:
    it lets the worker terminate a backend only after authentication.
    """

    _known: dict[_Key, bool] = field(default_factory=dict)
    _gone: set[int] = field(default_factory=set)
    _since: float | None = None

    @property
    def pids(self) -> list[int]:
        return [pid for pid, _ in self._known]

    def look(self, opened: Session) -> None:
        found = {(pid, transaction): past for pid, transaction, past in opened.at_once(statement("starting"))}
        if self._since is None:
            self._since = time.monotonic()
            self._known = found
        self._gone = {pid for pid, transaction in self._known if (pid, transaction) not in found}
        self._known = {key: found[key] for key in self._known if key in found}

    def identify(self, pids: Collection[int]) -> set[int]:
        """Remove those that show a login now; return the pids that have left the list."""
        shown = {pid for pid in self.pids if pid in pids} | self._gone
        self._known = {key: past for key, past in self._known.items() if key[0] not in pids}
        return shown

    def terminate(self, opened: Session) -> None:
        waited = time.monotonic() - (self._since or time.monotonic())
        for key, past in list(self._known.items()):
            if waited < (_GRACE_SECONDS if past else _AUTHENTICATING_SECONDS):
                continue
            pid, transaction = key
            try:
                opened.at_once(statement("terminate_starting"), [pid, pid, transaction, pid])
            except TargetFailure as failure:
                if failure.code != REFUSED:
                    raise
                del self._known[key]
