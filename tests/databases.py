"""The values that fixtures give to a test: servers, and databases of its own on them."""

import atexit
import itertools
import re
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote, urlsplit

import psycopg
import pytest
from psycopg import sql

from tests.superuser import Connection, close_superusers_on

_ROLES = ("dbaccess_owner", "dbaccess_bot", "dbaccess_worker", "dbaccess_auditor")
_numbers = itertools.count(1)


class PostgresServer(Protocol):
    """`demo.servers.postgres.Postgres`, or a real server that an environment variable names."""

    @property
    def version(self) -> int: ...
    @property
    def port(self) -> int: ...
    @property
    def running(self) -> bool: ...
    def url(self, user: str = ..., password: str | None = None, database: str = "postgres") -> str: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def kill(self) -> None: ...
    def restart(self) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...


class RealPostgres:
    """A server that is not ours: tests that would stop it say so and are skipped."""

    def __init__(self, superuser_url: str, variable: str) -> None:
        self._parts = urlsplit(superuser_url)
        self._variable = variable
        with psycopg.connect(superuser_url, connect_timeout=10) as connection:
            self.version = connection.info.server_version // 10_000
        self.port = self._parts.port or 5432
        self.running = True

    def url(self, user: str = "", password: str | None = None, database: str = "postgres") -> str:
        if not user:
            login = self._parts.netloc.rpartition("@")[0]
        else:
            login = quote(user, safe="") + (f":{quote(password, safe='')}" if password is not None else "")
        host = self._parts.netloc.rpartition("@")[2]
        query = f"?{self._parts.query}" if self._parts.query else ""
        return f"postgresql://{login}@{host}/{quote(database, safe='')}{query}"

    def start(self) -> None:
        """It runs, or the fixture would have failed."""

    def stop(self) -> None:
        pytest.skip(f"stops the server, and {self._variable} names one that is not ours")

    kill = restart = pause = resume = stop


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlDatabase:
    """A migrated control database of one test, as each of the roles that exist on it."""

    owner_url: str
    bot_url: str
    worker_url: str
    auditor_url: str
    superuser_url: str
    name: str

    def let_in_unreadable(self) -> None:
        """Terms that this version cannot read are stored all the same, as another version's might be."""
        with psycopg.connect(self.superuser_url) as admin:
            admin.execute("alter table requests drop constraint requests_terms_are_readable")


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetDatabase:
    """A database with the schema `shop` and three group roles, of one test."""

    superuser_url: str
    name: str
    host: str
    port: int
    version: int
    read_role: str
    write_role: str
    owner_role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The objects on a server at some time, by name."""

    roles: frozenset[str]
    databases: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlTemplate:
    """`rights` gives a clone its own, in which `{database}` stands for its name."""

    name: str
    passwords: dict[str, str]
    rights: str


_administrators: dict[str, Connection] = {}
KEPT: set[str] = set()
"""Roles and databases that outlive the test that first needed them: its end drops none of them."""


def administrator(server: PostgresServer) -> Connection:
    """Start the server and return a superuser's session, the same one for each test until it breaks."""
    server.start()  # a test may have stopped it
    kept = _administrators.get(server.url())
    if kept is None or not _answers(kept):
        kept = _administrators[server.url()] = psycopg.connect(server.url(), autocommit=True)
        atexit.register(kept.close)
        # Clones copy the cache that the first session on a database writes for those that follow.
        psycopg.connect(server.url(database="template1")).close()
    return kept


def _answers(kept: Connection) -> bool:
    try:
        kept.execute("select 1")
    except psycopg.OperationalError:
        kept.close()
        return False
    return True


def make_control_template(server: PostgresServer) -> ControlTemplate:
    """Run the project's migrations once, as a plain owner, in a database that tests clone."""
    from dbaccess.storage.migrate import migrate

    name = f"dbaccess_template_{secrets.token_hex(4)}"
    passwords = {role: secrets.token_urlsafe(18) for role in _ROLES}
    admin = administrator(server)
    _make_owner(admin, passwords["dbaccess_owner"])
    admin.execute(sql.SQL("create database {} owner dbaccess_owner").format(sql.Identifier(name)))
    migrate(server.url("dbaccess_owner", passwords["dbaccess_owner"], name))
    for role, password in passwords.items():
        admin.execute(
            sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(password))
        )
    # A template with a session on it cannot be cloned.
    admin.execute(sql.SQL("alter database {} allow_connections false").format(sql.Identifier(name)))
    admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name])
    return ControlTemplate(name=name, passwords=passwords, rights=rights_on(admin, name))


@contextmanager
def control_database_on(server: PostgresServer, template: ControlTemplate) -> Iterator[ControlDatabase]:
    """Clone the template, rights on the database included; dropped at the end with all its sessions."""
    admin = administrator(server)
    name = f"dbaccess_{next(_numbers)}_{secrets.token_hex(4)}"
    clone_database(admin, name, template=template.name, owner="dbaccess_owner", rights=template.rights)
    urls = {role: server.url(role, password, name) for role, password in template.passwords.items()}
    try:
        yield ControlDatabase(
            owner_url=urls["dbaccess_owner"],
            bot_url=urls["dbaccess_bot"],
            worker_url=urls["dbaccess_worker"],
            auditor_url=urls["dbaccess_auditor"],
            superuser_url=server.url(database=name),
            name=name,
        )
    finally:
        drop_database(server, name)


@contextmanager
def target_database_on(server: PostgresServer) -> Iterator[TargetDatabase]:
    """A fresh target; at the end it goes, and with it every role that the test left on the cluster."""
    standing = standing_on(server)
    database = make_target_database(server)
    try:
        yield database
    finally:
        drop_target_database(server, database.name, standing)


def make_target_database(server: PostgresServer) -> TargetDatabase:
    """A fresh target, which stays until it is dropped."""
    admin = administrator(server)
    name = f"orders_{next(_numbers)}_{secrets.token_hex(2)}"
    roles = {kind: f"{name}_{kind}" for kind in ("read", "write", "owner")}
    for role in roles.values():
        admin.execute(sql.SQL("create role {} nologin").format(sql.Identifier(role)))
    admin.execute(
        sql.SQL("create database {} owner {} strategy file_copy").format(
            sql.Identifier(name), sql.Identifier(roles["owner"])
        )
    )
    _fill_shop(server.url(database=name), roles)
    parts = urlsplit(server.url())
    return TargetDatabase(
        superuser_url=server.url(database=name),
        name=name,
        host=parts.hostname or "127.0.0.1",
        port=server.port,
        version=server.version,
        read_role=roles["read"],
        write_role=roles["write"],
        owner_role=roles["owner"],
    )


def drop_target_database(server: PostgresServer, name: str, standing: Standing) -> None:
    """Drop it, and every role and lock database that is not among those that stood before."""
    admin = administrator(server)
    for made in [name, *_lock_databases_made_since(admin, standing)]:
        drop_database(server, made)
    drop_roles_made_since(admin, standing)


@contextmanager
def every_connection_in_use(url: str) -> Iterator[None]:
    """As many sessions as the server gives this login."""
    with ExitStack() as held:
        said = ""
        while not said:
            try:
                held.enter_context(psycopg.connect(url, autocommit=True))
            except psycopg.OperationalError as refused:
                said = str(refused)
        assert "connection slots" in said
        yield


def clone_database(admin: Connection, name: str, *, template: str, owner: str, rights: str) -> None:
    """Make a database like the template, which may have no session."""
    admin.execute(
        sql.SQL("create database {} template {} owner {} strategy file_copy").format(
            *map(sql.Identifier, (name, template, owner))
        )
    )
    admin.execute(sql.SQL(rights).format(database=sql.Identifier(name)))


def drop_database(server: PostgresServer, name: str) -> None:
    close_superusers_on(name)
    administrator(server).execute(
        sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
    )


def standing_on(server: PostgresServer) -> Standing:
    """The roles and databases that are there now."""
    admin = administrator(server)
    return Standing(
        roles=_names(admin, "rolname", "pg_roles"), databases=_names(admin, "datname", "pg_database")
    )


def drop_roles_made_since(admin: Connection, standing: Standing) -> None:
    """Drop the roles that are newer, with their sessions."""
    new = sorted(_names(admin, "rolname", "pg_roles") - standing.roles - KEPT - set(_ROLES))
    if not new:
        return
    admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = any(%s)", [new])
    roles = sql.SQL(", ").join(map(sql.Identifier, new))
    admin.execute(sql.SQL("drop owned by {}").format(roles))
    admin.execute(sql.SQL("drop role {}").format(roles))


def rights_on(admin: Connection, template: str) -> str:
    """Return what gives a clone its rights on the database, which CREATE DATABASE does not copy.

    `{database}` stands for its name. Settings made for it, the template has none.
    """
    assert not admin.execute(
        """select from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase
            where d.datname = %s""",
        [template],
    ).rowcount
    granted = admin.execute(
        """select format('grant %%s on database {database} to %%s%%s;', a.privilege_type,
                         case a.grantee when 0 then 'public' else quote_ident(r.rolname) end,
                         case when a.is_grantable then ' with grant option' end)
             from pg_database d
             cross join lateral aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
             left join pg_roles r on r.oid = a.grantee
            where d.datname = %s""",
        [template],
    ).fetchall()
    return "revoke all on database {database} from public;" + "".join(grant for (grant,) in granted)


def _make_owner(connection: Connection, password: str) -> None:
    exists = connection.execute("select 1 from pg_roles where rolname = 'dbaccess_owner'").fetchone()
    connection.execute(
        sql.SQL("{} role dbaccess_owner with login createrole nosuperuser password {}").format(
            sql.SQL("alter" if exists else "create"), sql.Literal(password)
        )
    )


SHOP = """
create schema shop;
create table shop.customers (
    id int primary key, name text not null, email text not null
);
create table shop.orders (
    id int primary key, customer_id int not null references shop.customers, state text not null,
    placed_at timestamptz not null
);
create table shop.order_items (
    order_id int references shop.orders, line int, article text not null, cents int not null,
    primary key (order_id, line)
);
insert into shop.customers values
    (1, 'Ada Holm', 'ada@example.com'), (2, 'Bo Lindgren', 'bo@example.com'),
    (3, 'Cy Varga', 'cy@example.com');
insert into shop.orders values
    (101, 1, 'paid', '2026-03-01 08:00+00'), (102, 2, 'paid', '2026-03-01 09:30+00'),
    (103, 1, 'shipped', '2026-02-27 16:10+00');
insert into shop.order_items values
    (101, 1, 'kettle', 4900), (101, 2, 'filter', 350), (102, 1, 'lamp', 2900), (103, 1, 'kettle', 4900);
"""


def _fill_shop(url: str, roles: dict[str, str]) -> None:
    names = {kind: sql.Identifier(role) for kind, role in roles.items()}
    with psycopg.connect(url) as connection:
        connection.execute(sql.SQL("set role {owner}").format(**names))
        connection.execute(SHOP)
        connection.execute(
            sql.SQL(
                """grant usage on schema shop to {read}, {write};
                   grant select on all tables in schema shop to {read}, {write};
                   grant insert, update, delete on all tables in schema shop to {write}"""
            ).format(**names)
        )


def _names(connection: Connection, column: str, catalog: str) -> frozenset[str]:
    query = sql.SQL("select {} from {}").format(sql.Identifier(column), sql.Identifier(catalog))
    return frozenset(name for (name,) in connection.execute(query).fetchall())


def _lock_databases_made_since(admin: Connection, standing: Standing) -> list[str]:
    """Return the private databases of the installations that the test set up."""
    new = _names(admin, "datname", "pg_database") - standing.databases - KEPT
    return sorted(name for name in new if re.fullmatch(r"dbaccess_[a-z][a-z0-9]*", name))
