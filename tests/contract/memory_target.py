"""A target of the contract on the engine in memory."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from tests.contract.target import CUSTOMERS, ORDER_ITEMS, ORDERS, Access, ConnectionRefused, Target
from tests.engines.memory import MemoryDriver, MemoryServer, MemorySession, Refused
from tests.engines.memory.server import MemoryLogin, MemoryRole

_TABLES = frozenset({ORDERS, ORDER_ITEMS, CUSTOMERS})


class MemoryPerson:
    def __init__(self, session: MemorySession) -> None:
        self._session = session

    def is_open(self) -> bool:
        return self._session.alive

    def can_read(self, table: str) -> bool:
        try:
            self._session.read(table)
        except Refused:
            assert self._session.alive
            return False
        return True

    def can_write(self, table: str) -> bool:
        try:
            self._session.write(table)
        except Refused:
            assert self._session.alive
            return False
        self._session.roll_back()
        return True

    def leave_written(self, table: str) -> None:
        self._session.write(table)

    def roll_back(self) -> None:
        self._session.roll_back()

    def create(self, table: str) -> None:
        self._session.create(table)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryTarget(Target):
    server: MemoryServer

    @property
    def installation(self) -> str:
        return "acme"

    @property
    def database_name(self) -> str:
        return "orders"

    @property
    def read_role(self) -> str:
        return "orders_read"

    @property
    def write_role(self) -> str:
        return "orders_write"

    @property
    def owner_role(self) -> str:
        return "orders_owner"

    @property
    def makes_logins(self) -> bool:
        return True

    def with_another_driver(self) -> Self:
        return replace(self, driver=_driver(self.server))

    @contextmanager
    def connect(self, access: Access) -> Iterator[MemoryPerson]:
        try:
            session = self.server.open_session(access.login, access.password)
        except Refused as refused:
            raise ConnectionRefused(str(refused)) from None
        try:
            yield MemoryPerson(session)
        finally:
            session.close()

    def person_login(self) -> Access:
        access = Access(login=f"person_{secrets.token_hex(4)}", password=secrets.token_urlsafe(12))
        self.server.add_login(MemoryLogin(name=access.login, password=access.password))
        return access

    def make_login(self, login: str, *, tag: str = "") -> None:
        self.server.add_login(MemoryLogin(name=login, tag=tag))

    def log_statements(self, login: str) -> None:
        self.server.logged.add(login)

    def drop_login(self, login: str) -> None:
        self.server.drop_login(self._login(login))

    def rename_login(self, login: str, name: str) -> None:
        self._login(login).name = name

    def mark(self, login: str, tag: str) -> None:
        self._login(login).tag = tag

    def close_login(self, login: str) -> None:
        self._login(login).can_login = False

    def set_end(self, login: str, at: datetime) -> None:
        self._login(login).valid_until = at

    def make_superuser(self, login: str) -> None:
        self._login(login).superuser = True

    def make_role(self, role: str, *, grantable: bool = True) -> None:  # noqa: ARG002 each role may be given
        self.server.add_role(MemoryRole(name=role))

    def drop_role(self, role: str) -> None:
        self.server.drop_role(self._role(role))

    def rename_role(self, role: str, name: str) -> None:
        self._role(role).name = name

    def empower(self, role: str) -> None:
        self._role(role).power = "may make other logins"

    def give(self, role: str, login: str) -> None:
        self.server.give(self._role(role), self.server.login(login) or self._role(login))

    def take(self, role: str, login: str) -> None:
        self.server.take(self._role(role), self.server.login(login) or self._role(login))

    def give_as_worker(self, role: str, login: str) -> None:
        self.server.give(self._role(role), self._login(login), ours=True)

    def take_as_worker(self, role: str, login: str) -> None:
        self.server.take(self._role(role), self._login(login), ours=True)

    def let_give(self, table: str, *privileges: str) -> None:
        self.server.tables[table] = frozenset(privileges)

    def give_on(self, table: str, login: str, *privileges: str) -> None:
        self.server.give_on([table], privileges, self._login(login))

    def make_table(self, table: str) -> None:
        self.server.tables[table] = frozenset()

    @contextmanager
    def locking(self, login: str) -> Iterator[None]:
        locked = self._login(login)
        self.server.lock(locked, "a DBA")
        try:
            yield
        finally:
            self.server.unlock(locked)

    @contextmanager
    def out_of_reach(self) -> Iterator[None]:
        self.server.running = False
        try:
            yield
        finally:
            self.server.running = True

    def identity_of(self, name: str) -> str | None:
        found = self.server.login(name) or self.server.role(name)
        return found.identity if found else None

    def owner_of(self, table: str) -> str:
        owner = self.server.owners[table]
        return (self.server.roles.get(owner) or self.server.logins[owner]).name

    def can_log_in(self, login: str) -> bool:
        found = self.server.login(login)
        return found is not None and found.can_login

    def end_of(self, login: str) -> datetime | None:
        return self._login(login).valid_until

    def roles_of(self, login: str) -> list[str]:
        found = self.server.login(login)
        return sorted(role.name for role in self.server.roles_of(found)) if found else []

    def sessions_of(self, login: str) -> int:
        return sum(session.login.name == login for session in self.server.sessions.values())

    def _login(self, name: str) -> MemoryLogin:
        found = self.server.login(name)
        assert found is not None
        return found

    def _role(self, name: str) -> MemoryRole:
        found = self.server.role(name)
        assert found is not None
        return found


def memory_target() -> MemoryTarget:
    server = MemoryServer()
    server.tables.update(dict.fromkeys(_TABLES, frozenset()))
    server.add_role(MemoryRole(name="orders_read", reads=_TABLES))
    server.add_role(MemoryRole(name="orders_write", reads=_TABLES, writes=_TABLES))
    server.add_role(MemoryRole(name="orders_owner", reads=_TABLES, writes=_TABLES))
    return MemoryTarget(server=server, driver=_driver(server))


def _driver(server: MemoryServer) -> MemoryDriver:
    return MemoryDriver(cluster="main", server=server, installation="acme")
