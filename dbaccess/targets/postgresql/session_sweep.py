"""Termination of the sessions of logins that may no longer log in."""

import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from dbaccess.domain.errors import TargetFailure
from dbaccess.targets.postgresql.starting_sessions import REFUSED, Starting
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.transaction import Session, SessionKey

_FIRST_PAUSE: Final = 0.001
_LONGEST_PAUSE: Final = 0.04


def told(session: SessionKey) -> str:
    """Return what tells a session of a login from its others, in the records of terminated sessions."""
    pid, _, began = session
    return f"{pid} {began}"


@dataclass(slots=True, kw_only=True)
class Termination:
    """The sessions of one login on one server; `refused`: the worker may not terminate one.

    `unidentified`: sessions that began before access was removed and do not show their login.
    """

    closed: frozenset[str] = frozenset()
    left: int = 0
    refused: bool = False
    unidentified: int = 0

    @classmethod
    def of(cls, several: Iterable["Termination"]) -> Self:
        """Return the terminations of several logins as one."""
        found = list(several)
        return cls(
            closed=frozenset[str]().union(*(one.closed for one in found)),
            left=sum(one.left for one in found),
            refused=any(one.refused for one in found),
        )

    @property
    def is_clean(self) -> bool:
        return not self.left and not self.unidentified


@dataclass(slots=True, kw_only=True)
class SessionSweep:
    """Terminates all sessions of `every`, and those sessions of `earlier` that exist at the first look.

    Create it after access is removed and committed: a session that begins later cannot have had it.
    A parallel worker is terminated like a session, and counts as part of its leader's.
    """

    every: Collection[int]
    earlier: Collection[int]
    seen: set[SessionKey] = field(default_factory=set)
    open: set[SessionKey] = field(default_factory=set)
    terminated: set[SessionKey] = field(default_factory=set)
    parallel: set[SessionKey] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)
    starting: Starting = field(default_factory=Starting)
    looks: int = 0

    def run(self, opened: Session, *, seconds: float) -> dict[int, Termination]:
        """Look and terminate until one look finds none, or the time is over."""
        opened.doing = "terminating sessions"
        deadline = time.monotonic() + seconds
        pause = _FIRST_PAUSE
        self.look(opened)
        while self._busy and time.monotonic() < deadline:
            self._terminate(opened)
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
            self.look(opened)
        terminated, left = _by_login(self.terminated), _by_login(self.open)
        return {
            oid: self._termination(oid, terminated[oid], left[oid]) for oid in {*self.every, *self.earlier}
        }

    def look(self, opened: Session) -> None:
        """Find and terminate sessions.

        Locks first, because a backend shows its login before it drops its locks.
        """
        self.starting.look(opened)
        logins = {*self.every, *self.earlier}
        # Outside a transaction, which would see the list of sessions as it was at its first look.
        rows = opened.at_once(statement("sessions"), [list(logins), self.starting.pids])
        began_starting = self.starting.identify({pid for pid, *_, identified, _, _ in rows if identified})
        found = {(pid, owner, began) for pid, owner, began, *_ in rows if owner in logins}
        self.open = {
            session
            for session in found
            if session[1] in self.every
            or self.looks == 0
            or session in self.seen
            or session[0] in began_starting
        }
        self.refused |= {owner for _, owner, _, _, superuser, _ in rows if superuser and owner in logins}
        self.parallel |= {(pid, owner, began) for pid, owner, began, *_, is_parallel in rows if is_parallel}
        self.seen |= self.open
        self.looks += 1

    @property
    def unidentified(self) -> int:
        """The number of backends that began before access was removed and have not shown their login."""
        return len(self.starting.pids)

    @property
    def _busy(self) -> bool:
        return bool(self._endable or self.starting.pids)

    @property
    def _endable(self) -> list[SessionKey]:
        return sorted(session for session in self.open if session[1] not in self.refused)

    def _terminate(self, opened: Session) -> None:
        self.starting.terminate(opened)
        if not self._terminates(opened, self._endable):
            for session in self._endable:  # one by one, to learn which the server refuses
                if not self._terminates(opened, [session]):
                    self.refused.add(session[1])

    def _terminates(self, opened: Session, sessions: Collection[SessionKey]) -> bool:
        if not sessions:
            return True
        try:
            opened.at_once(
                statement("terminate"), [[pid for pid, *_ in sessions], [owner for _, owner, _ in sessions]]
            )
        except TargetFailure as failure:
            if failure.code != REFUSED:
                raise
            return False
        self.terminated |= set(sessions)  # no receipt is made before they are gone
        return True

    def _termination(self, oid: int, terminated: list[SessionKey], left: list[SessionKey]) -> Termination:
        sessions = [session for session in left if session not in self.parallel]
        return Termination(
            closed=frozenset(told(session) for session in terminated if session not in self.parallel),
            left=len(sessions) or min(1, len(left)),  # a parallel worker may outlive its leader
            refused=oid in self.refused and bool(left),
        )


def _by_login(sessions: Iterable[SessionKey]) -> Mapping[int, list[SessionKey]]:
    """Return a list of sessions for each login."""
    found: dict[int, list[SessionKey]] = defaultdict(list)
    for session in sessions:
        found[session[1]].append(session)
    return found
