"""A server: logins, roles, memberships, objects, and the sessions of the people who connect.

Each statement takes effect at once and none is rolled back, as in engines without transactional DDL.
"""

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from dbaccess.domain.ledger import Expected

_numbers = itertools.count(1)


class Refused(Exception):
    """The server refuses what a person asked for: a connection or a statement."""


@dataclass(slots=True, kw_only=True, eq=False)
class MemoryLogin:
    """`made` where the worker made it. `password` None: none opens it. `valid_until` None: no end."""

    name: str
    identity: str = field(default_factory=lambda: f"login/{next(_numbers)}")
    tag: str = ""
    made: bool = False
    can_login: bool = True
    superuser: bool = False
    password: str | None = None
    valid_until: datetime | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class MemoryRole:
    """`reads` and `writes` are names of tables. `power` says why the role gives more than data."""

    name: str
    identity: str = field(default_factory=lambda: f"role/{next(_numbers)}")
    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    power: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """`ours` where the worker gave it; a login may hold one role twice, given by two.

    `login` is the identity of a login, or of a role that is a member of the other.
    """

    login: str
    role: str
    ours: bool


class MemorySession:
    """One connection of a login. Its transaction is open from the first write on."""

    def __init__(self, server: "MemoryServer", login: MemoryLogin) -> None:
        self.id = f"session/{next(_numbers)}"
        self.login = login
        self.wrote_at: datetime | None = None
        self.alive = True
        self.client = "10.0.0.7"
        self.began_at = server.now()
        self._server = server

    def execute(self) -> None:
        """Run a statement that needs no right."""
        if not self.alive:
            raise Refused("the server ended this session")

    def read(self, name: str) -> None:
        self._use(name, write=False)

    def write(self, name: str) -> None:
        self._use(name, write=True)
        self.wrote_at = self.wrote_at or self._server.now()

    def create(self, name: str) -> None:
        """Make an object that the login owns."""
        self.execute()
        self._server.owners[name] = self.login.identity

    def roll_back(self) -> None:
        self.execute()
        self.wrote_at = None

    def close(self) -> None:
        self.alive = False
        self.wrote_at = None
        self._server.forget(self)

    def _use(self, name: str, *, write: bool) -> None:
        self.execute()
        if not self._server.may(self.login, name, write=write):
            raise Refused(f"{self.login.name} may not: {name}")


class MemoryServer:
    """`clock` tells the server's time. `stall` seconds of silence end a statement sequence under the lock."""

    def __init__(
        self,
        *,
        identity: str = "memory-1",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        stall: float = 3.0,
    ) -> None:
        self.identity = identity
        self.now = clock
        self.stall = stall
        self.running = True
        self.shows_sessions = True
        self.logins: dict[str, MemoryLogin] = {}
        self.roles: dict[str, MemoryRole] = {}
        self.memberships: set[Membership] = set()
        self.tables: dict[str, frozenset[str]] = {}
        """The privileges that the worker may give on each table, named `schema.table`."""
        self.rights: dict[tuple[str, str], frozenset[str]] = {}
        """The privileges of each login, by identity, on each table."""
        self.owners: dict[str, str] = {}
        """The identity of each object's owner, a login or a role."""
        self.closed: set[str] = set()
        """Databases that do not let the worker in."""
        self.head: Expected | None = None
        self.marked: list[tuple[str, str]] = []
        """The marked statements that ran: login and marker."""
        self.logged: set[str] = set()
        """People's own logins of which the server logs all."""
        self.sessions: dict[str, MemorySession] = {}
        self._locks: dict[str, str] = {}
        self._data = threading.RLock()
        self._turn = threading.Condition()
        self._holder: Work | None = None

    def login(self, name: str) -> MemoryLogin | None:
        return next((one for one in list(self.logins.values()) if one.name == name), None)

    def role(self, name: str) -> MemoryRole | None:
        return next((one for one in list(self.roles.values()) if one.name == name), None)

    def add_login(self, login: MemoryLogin) -> MemoryLogin:
        with self._data:
            assert self.login(login.name) is None, f"{login.name} is there"
            self.logins[login.identity] = login
        return login

    def add_role(self, role: MemoryRole) -> MemoryRole:
        with self._data:
            self.roles[role.identity] = role
        return role

    def give(self, role: MemoryRole, member: MemoryLogin | MemoryRole, *, ours: bool = False) -> None:
        with self._data:
            self.memberships.add(Membership(login=member.identity, role=role.identity, ours=ours))

    def give_on(self, tables: Sequence[str], privileges: Sequence[str], login: MemoryLogin) -> None:
        with self._data:
            self.rights.update({(login.identity, table): frozenset(privileges) for table in tables})

    def take_on(self, tables: Sequence[str], login: MemoryLogin) -> None:
        with self._data:
            for table in tables:
                self.rights.pop((login.identity, table), None)

    def may(self, login: MemoryLogin, name: str, *, write: bool) -> bool:
        with self._data:
            own = self.rights.get((login.identity, name), frozenset())
            by_itself = bool(own - {"SELECT"}) if write else "SELECT" in own
            roles = self.roles_of(login)
            return by_itself or any(name in (role.writes if write else role.reads) for role in roles)

    def take(self, role: MemoryRole, member: MemoryLogin | MemoryRole, *, ours: bool = False) -> None:
        with self._data:
            self.memberships.discard(Membership(login=member.identity, role=role.identity, ours=ours))

    def drop_login(self, login: MemoryLogin) -> None:
        """Its memberships go too; its sessions stay, as in most engines."""
        with self._data:
            self.logins.pop(login.identity, None)
            self.memberships = {one for one in self.memberships if one.login != login.identity}
            self.rights = {key: can for key, can in self.rights.items() if key[0] != login.identity}

    def drop_role(self, role: MemoryRole) -> None:
        with self._data:
            self.roles.pop(role.identity, None)
            gone = role.identity
            self.memberships = {one for one in self.memberships if gone not in {one.role, one.login}}

    def memberships_of(self, login: MemoryLogin) -> list[Membership]:
        with self._data:
            return [one for one in self.memberships if one.login == login.identity]

    def roles_of(self, login: MemoryLogin) -> list[MemoryRole]:
        with self._data:
            held = {one.role for one in self.memberships if one.login == login.identity}
            return [role for identity, role in self.roles.items() if identity in held]

    def owned_by(self, identity: str) -> list[str]:
        with self._data:
            return sorted(name for name, owner in self.owners.items() if owner == identity)

    def sessions_of(self, identity: str) -> list[MemorySession]:
        with self._data:
            return [one for one in self.sessions.values() if one.login.identity == identity]

    def open_session(self, name: str, password: str) -> MemorySession:
        """Let a person in, or raise `Refused`."""
        with self._data:
            login = self.login(name)
            if not self.running or login is None or not self._lets_in(login, password):
                raise Refused(f"{name} is not let in")
            session = MemorySession(self, login)
            self.sessions[session.id] = session
            return session

    def _lets_in(self, login: MemoryLogin, password: str) -> bool:
        in_time = login.valid_until is None or self.now() < login.valid_until
        return login.can_login and in_time and login.password == password

    def lock(self, login: MemoryLogin, owner: str) -> None:
        """`owner` has the login until `unlock`, or until its session ends: no worker changes it meanwhile."""
        with self._data:
            self._locks[login.identity] = owner

    def unlock(self, login: MemoryLogin) -> None:
        with self._data:
            self._locks.pop(login.identity, None)

    def is_locked(self, login: MemoryLogin) -> bool:
        with self._data:
            return login.identity in self._locks

    def forget(self, session: MemorySession) -> None:
        with self._data:
            self.sessions.pop(session.id, None)
            self._locks = {login: owner for login, owner in self._locks.items() if owner != session.id}

    def _has_changed(self, holder: "Work") -> bool:
        return self._holder is not holder

    @contextmanager
    def work(self) -> Iterator["Work"]:
        """The one lock under which a worker changes logins and roles.

        A worker that waits for it breaks a holder that was silent for `stall` seconds, as a server ends a
        connection that says nothing: what that holder runs later fails.
        """
        mine = Work()
        with self._turn:
            while self._holder is not None:
                holder = self._holder
                freed = self._turn.wait_for(partial(self._has_changed, holder), timeout=self.stall)
                if not freed and holder.silent:
                    holder.broken = True
                    self._holder = None
            self._holder = mine
        try:
            yield mine
        finally:
            with self._turn:
                if self._holder is mine:
                    self._holder = None
                self._turn.notify_all()


class Work:
    """The acts of a worker while it has the lock. It is `silent` while it asks elsewhere whether to go on."""

    def __init__(self) -> None:
        self.silent = False
        self.broken = False
