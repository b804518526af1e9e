"""Closing the sessions of logins that may not log in any more."""

import time
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from psycopg import sql

from dbaccess.domain.errors import TargetFailure
from dbaccess.targets.session import Session
from dbaccess.targets.statement import statement

# A session that was authenticating when the login was closed is seen only when it is through: one look that
# finds nobody proves little.
_QUIET_LOOKS: Final = 4
_PAUSE_SECONDS: Final = 0.04


@dataclass(slots=True, kw_only=True)
class Closing:
    """What became of one login's sessions. `refused`: the server does not let the worker end one."""

    closed: int = 0
    left: int = 0
    looks: int = 0
    refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """Whose sessions must go: all those of `every`, and those of `earlier` that began by `until`."""

    every: frozenset[int]
    earlier: frozenset[int]
    until: datetime

    def sessions(self, opened: Session) -> set[tuple[int, int, str]]:
        """(pid, login's oid, begin) of each that is open."""
        rows = opened.rows(statement("sessions"), [list(self.every), list(self.earlier), self.until])
        return {(pid, owner, began) for pid, owner, began in rows}


@dataclass(slots=True)
class _Looking:
    seen: set[tuple[int, int, str]] = field(default_factory=set)
    open: set[tuple[int, int, str]] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)
    looks: int = 0
    quiet: int = 0

    @property
    def hopeless(self) -> bool:
        """What is open will not be ended by the worker."""
        return bool(self.open) and all(owner in self.refused for _, owner, _ in self.open)


def concerned(opened: Session, *, every: Collection[int], earlier: Collection[int]) -> Concerned:
    """To be called once the roles are taken: a session that begins later cannot have had them."""
    (until,) = opened.row(sql.SQL("select clock_timestamp()"))
    return Concerned(every=frozenset(every), earlier=frozenset(earlier), until=until)


def close_sessions(opened: Session, whose: Concerned, *, seconds: float) -> dict[int, Closing]:
    """Each is told to end, until several looks in a row see none or the time is over."""
    looking = _Looking()
    deadline = time.monotonic() + seconds
    opened.doing = "closing sessions"
    while looking.quiet < _QUIET_LOOKS and not looking.hopeless and time.monotonic() < deadline:
        _look(opened, whose, looking)
        time.sleep(_PAUSE_SECONDS)
    return {
        oid: Closing(
            closed=sum(1 for _, owner, _ in looking.seen - looking.open if owner == oid),
            left=sum(1 for _, owner, _ in looking.open if owner == oid),
            looks=looking.looks,
            refused=oid in looking.refused,
        )
        for oid in whose.every | whose.earlier
    }


def _look(opened: Session, whose: Concerned, looking: _Looking) -> None:
    looking.open = whose.sessions(opened)
    opened.commit()  # what a transaction saw of the sessions stays as it was until its end
    looking.looks += 1
    looking.seen |= looking.open
    looking.quiet = 0 if looking.open else looking.quiet + 1
    for pid, owner, _ in sorted(looking.open):
        if owner not in looking.refused:
            _terminate(opened, pid, owner, looking)


def _terminate(opened: Session, pid: int, owner: int, looking: _Looking) -> None:
    try:
        opened.rows(statement("terminate"), [pid, owner])
        opened.commit()
    except TargetFailure as failure:
        if failure.code != "42501":
            raise
        looking.refused.add(owner)
        opened.rollback()
