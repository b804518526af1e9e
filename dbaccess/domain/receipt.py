"""The proof that a grant has ended: each line states one thing that was examined on the target."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Self

PRIMARY: Final = "primary"
"""The server that takes writes; the configuration names its replicas."""


NAMED: Final = 100
"""The most objects of one database that a receipt names.

A holder can create a million; one line counts the others.
"""


class RoleState(StrEnum):
    """The outcome for one role of the grant."""

    REMOVED = "removed"
    """The login is not a member; or the login itself is removed, and its memberships with it."""

    KEPT = "kept"
    """The login had it before, or another open grant gives it."""

    DROPPED = "dropped"
    """The role itself no longer exists, and its memberships went with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleSeen:
    """One role of the grant, looked for by `identity`; if that is None, by name, which proves less.

    `name_now` is set if the role was renamed since.
    """

    name: str
    identity: str | None
    state: RoleState
    name_now: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsSeen:
    """The sessions of the login on one server. `left` is None if not examined, or not visible."""

    server: str
    closed: int
    left: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The results of examining the target after an end; it states nothing that was not examined.

    `login_removed` is None for a personal login, which stays. It is False for a login made for the grant
    that privileges of others keep: it cannot log in, and `left` says what keeps it. `sessions` has one
    entry for each examined server; it is empty if every role stays, because then no session has to end.
    `handed_over` are the objects that now belong to another role, as `schema.name`, at most `NAMED` of a
    database; None if not examined. `rolled_back` are prepared transactions of the login. `left` describes
    what stays on the target and may need attention. `objects_removed` describes the login's privileges on
    single objects, which went with it.
    """

    seen_at: datetime
    roles: tuple[RoleSeen, ...]
    login_removed: bool | None
    sessions: tuple[SessionsSeen, ...]
    handed_over: tuple[str, ...] | None = None
    rolled_back: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    objects_removed: tuple[str, ...] = ()

    def names_of(self, *states: RoleState) -> tuple[str, ...]:
        """Return the names of the roles in one of these states, as they were granted."""
        return tuple(role.name for role in self.roles if role.state in states)

    @property
    def roles_removed(self) -> tuple[str, ...]:
        return self.names_of(RoleState.REMOVED)

    @property
    def roles_kept(self) -> tuple[str, ...]:
        return self.names_of(RoleState.KEPT)

    @property
    def sessions_closed(self) -> int:
        return sum(seen.closed for seen in self.sessions)

    @property
    def sessions_left(self) -> int | None:
        """The number of sessions left on all servers; None if it is unknown for one."""
        left = [seen.left for seen in self.sessions]
        return None if None in left else sum(one for one in left if one is not None)

    def as_json(self) -> dict[str, Any]:
        return {
            "seen_at": self.seen_at.isoformat(),
            "roles": [
                {
                    "name": role.name,
                    "identity": role.identity,
                    "state": role.state.value,
                    "name_now": role.name_now,
                }
                for role in self.roles
            ],
            "login_removed": self.login_removed,
            "sessions": [
                {"server": seen.server, "closed": seen.closed, "left": seen.left} for seen in self.sessions
            ],
            "handed_over": None if self.handed_over is None else list(self.handed_over),
            "rolled_back": list(self.rolled_back),
            "left": list(self.left),
            "objects_removed": list(self.objects_removed),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read a receipt of this version, or of the form before."""
        if "roles" not in data:
            data = _of_before(data)
        handed_over = data["handed_over"]
        return cls(
            seen_at=datetime.fromisoformat(data["seen_at"]),
            roles=tuple(RoleSeen(**{**role, "state": RoleState(role["state"])}) for role in data["roles"]),
            login_removed=data["login_removed"],
            sessions=tuple(SessionsSeen(**seen) for seen in data["sessions"]),
            handed_over=None if handed_over is None else tuple(handed_over),
            rolled_back=tuple(data["rolled_back"]),
            left=tuple(data["left"]),
            objects_removed=tuple(data["objects_removed"]),
        )


def _of_before(data: dict[str, Any]) -> dict[str, Any]:
    """Convert the old form, which compared names only and did not examine what a personal login owned."""
    states = {"roles_absent": RoleState.REMOVED, "roles_kept": RoleState.KEPT}
    made = data["login_gone"] is not None
    return {
        "seen_at": data["seen_at"],
        "roles": [
            {"name": name, "identity": None, "state": state}
            for key, state in states.items()
            for name in data[key]
        ],
        "login_removed": data["login_gone"],
        "sessions": [{"server": PRIMARY, "closed": data["sessions_closed"], "left": data["sessions_left"]}],
        "handed_over": data["reassigned"] if made else None,
        "rolled_back": [],
        "left": [],
        "objects_removed": data.get("objects_absent", []),
    }
