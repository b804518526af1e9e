"""Attribution: which grant ran a statement, by its login and its time alone."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

from dbaccess.activity.logged import LoggedStatement
from dbaccess.domain.activity import GrantLogin
from dbaccess.domain.capture import CaptureMode
from dbaccess.domain.coverage import Canary, CaptureLevel

_STRENGTH: Final = {"read": 1, "write": 2, "ddl": 3}


class Attribution:
    """The grants and canaries of a cluster with logins that occur in a part of its log."""

    def __init__(
        self, cluster: str, users: Collection[str], logins: Iterable[GrantLogin], canaries: Iterable[Canary]
    ) -> None:
        self.cluster, self.users = cluster, users
        self._grants: dict[str, list[GrantLogin]] = {}
        for login in logins:
            self._grants.setdefault(login.login, []).append(login)
        self._canaries: dict[str, list[Canary]] = {}
        for canary in canaries:  # those of people's own logins are all sent by the worker's
            self._canaries.setdefault(canary.login, []).append(canary)

    def agrees_with(self, other: "Attribution") -> bool:
        """Return whether both give each statement to the same grant or canary."""
        return self.cluster == other.cluster and self.found == other.found

    @property
    def found(self) -> tuple[dict[str, list[GrantLogin]], list[tuple[str, str]]]:
        """The grants of each login, and the login and marker of each canary."""
        sent = [(canary.login, canary.marker) for several in self._canaries.values() for canary in several]
        return self._grants, sent

    def knows(self, login: str) -> bool:
        """Return whether lines of this login can be a grant's or a canary's; others are never stored."""
        return login in self._grants or login in self._canaries

    def grant_of(self, logged: LoggedStatement) -> GrantLogin | None:
        """Return the grant that ran it; None if no grant of that login was open then.

        A person's own login may have several grants at once. Then it is the one on the same database that
        gives the most. So a statement that fits one of them does not look like a misuse of another.
        """
        held = [one for one in self._grants.get(logged.login, ()) if _is_in_time(one, logged.at)]
        if len(held) == 1:
            return held[0]
        return max(held, key=lambda one: _rank(one, logged.database), default=None)

    def mode_of(self, login: str) -> CaptureMode:
        """Return the strictest mode of this login's grants."""
        modes = {one.mode for one in self._grants.get(login, ())}
        return CaptureMode.FULL if modes == {CaptureMode.FULL} else CaptureMode.SHAPE

    def canary_in(self, logged: LoggedStatement) -> tuple[Canary, CaptureLevel] | None:
        """Return the canary that ran it, and the level that it proves; None for any other statement."""
        canaries = self._canaries.get(logged.login)
        if canaries is None:
            return None
        canary = next((one for one in canaries if one.marker in logged.sql), None)
        if canary is None:
            return None
        return canary, CaptureLevel.FULL if logged.is_nested else CaptureLevel.STATEMENTS


def _is_in_time(one: GrantLogin, at: datetime) -> bool:
    return (one.begins_at is None or one.begins_at <= at) and (one.ends_at is None or at <= one.ends_at)


def _rank(one: GrantLogin, database: str) -> tuple[bool, int, int]:
    return one.database == database, _STRENGTH.get(one.access, 0), one.grant_id
