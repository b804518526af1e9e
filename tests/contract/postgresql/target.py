"""A PostgreSQL target of the contract, worked on by the least-privilege role."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

import psycopg
from psycopg import sql

from dbaccess.domain.grant import Recipe
from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.targets.postgresql.timeouts import Timeouts
from tests.contract.postgresql.least_privilege import WorkerAccess, set_up
from tests.contract.postgresql.person import PostgresSession
from tests.contract.target import (
    Access,
    ConnectionRefused,
    in_an_hour,
    nothing,
    nothing_elsewhere,
    roles_held_elsewhere,
)
from tests.contract.target import Target as AnyTarget
from tests.databases import PostgresServer, TargetDatabase
from tests.engines.postgresql import postgres_targets
from tests.superuser import superuser_on

__all__ = ["Target", "in_an_hour", "nothing", "nothing_elsewhere", "roles_held_elsewhere", "target_on"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target(AnyTarget):
    """`server` None: it cannot be stopped."""

    worker: WorkerAccess
    server: PostgresServer | None = None

    @property
    def database(self) -> TargetDatabase:
        return self.worker.database

    @property
    def installation(self) -> str:
        return self.worker.installation

    @property
    def database_name(self) -> str:
        return self.database.name

    @property
    def read_role(self) -> str:
        return self.database.read_role

    @property
    def write_role(self) -> str:
        return self.database.write_role

    @property
    def owner_role(self) -> str:
        return self.database.owner_role

    @property
    def makes_logins(self) -> bool:
        return self.database.version >= 16

    def with_another_driver(self) -> Self:
        driver = postgres_targets({"main": self.worker.url}, self.installation).driver("main")
        return replace(self, driver=driver)

    def url_of(self, access: Access) -> str:
        return self.worker.login_url(access.login, access.password)

    def with_password(self, recipe: Recipe) -> str:
        """Sets a new one, and gives the URL to connect with."""
        return self.url_of(self.credentials(recipe))

    @contextmanager
    def connect(self, access: Access) -> Iterator[PostgresSession]:
        try:
            connection = psycopg.connect(self.url_of(access), autocommit=True)
        except psycopg.OperationalError as refused:
            raise ConnectionRefused(str(refused)) from None
        try:
            yield PostgresSession(connection)
        finally:
            connection.close()

    def person_login(self) -> Access:
        access = Access(login=f"person_{secrets.token_hex(4)}", password=secrets.token_urlsafe(12))
        with superuser_on(self.database.superuser_url) as connection:
            connection.execute(
                sql.SQL("create role {} login password {}").format(
                    sql.Identifier(access.login), sql.Literal(access.password)
                )
            )
        return access

    def person(self) -> tuple[str, str]:
        """A login of a person's own, and the URL to connect with."""
        access = self.person_login()
        return access.login, self.url_of(access)

    def dba(self, statement: str, **names: str) -> None:
        """Something the DBA does; `{name}` is an identifier."""
        with superuser_on(self.database.superuser_url) as connection:
            quoted = {key: sql.Identifier(name) for key, name in names.items()}
            connection.execute(sql.SQL(statement).format(**quoted))

    def look(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """The view of the DBA."""
        with superuser_on(self.database.superuser_url) as connection:
            return connection.execute(query, values).fetchall()

    def make_login(self, login: str, *, tag: str = "") -> None:
        self.dba("create role {login} login", login=login)
        self.mark(login, tag)

    def drop_login(self, login: str) -> None:
        self.dba("drop owned by {login}; drop role {login}", login=login)

    def rename_login(self, login: str, name: str) -> None:
        self.dba("alter role {login} rename to {name}", login=login, name=name)

    def mark(self, login: str, tag: str) -> None:
        self.dba(f"comment on role {{login}} is '{tag}'", login=login)

    def close_login(self, login: str) -> None:
        self.dba("alter role {login} nologin", login=login)

    def set_end(self, login: str, at: datetime) -> None:
        self.dba(f"alter role {{login}} valid until '{at.isoformat()}'", login=login)

    def make_superuser(self, login: str) -> None:
        self.dba("alter role {login} superuser", login=login)

    def make_role(self, role: str, *, grantable: bool = True) -> None:
        self.dba("create role {role}", role=role)
        if grantable:
            option = "with admin true" if self.makes_logins else "with admin option"
            self.dba("grant {role} to {admin} " + option, role=role, admin=self.worker.admin)

    def drop_role(self, role: str) -> None:
        self.dba("drop role {role}", role=role)

    def rename_role(self, role: str, name: str) -> None:
        self.rename_login(role, name)

    def empower(self, role: str) -> None:
        self.dba("alter role {role} createrole", role=role)

    def log_statements(self, login: str) -> None:
        self.dba("alter role {login} set log_statement = 'all'", login=login)

    def give(self, role: str, login: str) -> None:
        self.dba("grant {role} to {login}", role=role, login=login)

    def take(self, role: str, login: str) -> None:
        self.dba("revoke {role} from {login}", role=role, login=login)

    def give_as_worker(self, role: str, login: str) -> None:
        self.dba("set role {admin}; grant {role} to {login}", admin=self.worker.admin, role=role, login=login)

    def take_as_worker(self, role: str, login: str) -> None:
        self.dba(
            "revoke {role} from {login} granted by {admin}",
            role=role,
            login=login,
            admin=self.worker.admin,
        )

    def let_give(self, table: str, *privileges: str) -> None:
        on = ObjectPrivileges(schemas=(), tables=(table,), privileges=privileges)
        set_up(self.database, self.installation, objects=[on])

    def give_on(self, table: str, login: str, *privileges: str) -> None:
        schema, _, name = table.partition(".")
        for privilege in privileges:
            given = f"grant {privilege} on {{schema}}.{{name}} to {{login}}"
            self.dba(given, schema=schema, name=name, login=login)

    def make_table(self, table: str) -> None:
        schema, _, name = table.partition(".")
        self.dba("create table {schema}.{name} (id int)", schema=schema, name=name)

    @contextmanager
    def locking(self, login: str) -> Iterator[None]:
        with psycopg.connect(self.database.superuser_url) as dba:
            dba.execute(sql.SQL("alter role {} connection limit 5").format(sql.Identifier(login)))
            yield
            dba.rollback()

    @contextmanager
    def out_of_reach(self) -> Iterator[None]:
        assert self.server is not None
        self.server.stop()
        try:
            yield
        finally:
            self.server.start()

    def identity_of(self, name: str) -> str | None:
        found = self.look("select oid::text from pg_roles where rolname = %s", name)
        return str(found[0][0]) if found else None

    def owner_of(self, table: str) -> str:
        return str(
            self.look("select relowner::regrole::text from pg_class where oid = %s::regclass", table)[0][0]
        )

    def can_log_in(self, login: str) -> bool:
        return bool(self.look("select 1 from pg_roles where rolname = %s and rolcanlogin", login))

    def end_of(self, login: str) -> datetime | None:
        end: datetime | None = self.look("select rolvaliduntil from pg_roles where rolname = %s", login)[0][0]
        return end

    def roles_of(self, login: str) -> list[str]:
        return [
            role
            for (role,) in self.look(
                """select distinct g.rolname::text from pg_auth_members m join pg_roles g on g.oid = m.roleid
                     join pg_roles u on u.oid = m.member where u.rolname = %s order by 1""",
                login,
            )
        ]

    def sessions_of(self, login: str) -> int:
        count: int = self.look("select count(*) from pg_stat_activity where usename = %s", login)[0][0]
        return count


def target_on(worker: WorkerAccess, *, server: PostgresServer | None = None, **timeouts: Any) -> Target:
    """The cluster that the login works on, with a driver of its own."""
    targets = postgres_targets(
        {"main": worker.url},
        worker.installation,
        timeouts=Timeouts(**timeouts),
        lock_database=worker.named_database,
    )
    return Target(worker=worker, driver=targets.driver("main"), server=server)
