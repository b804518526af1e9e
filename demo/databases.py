"""The two target databases with their data, and an empty control database."""

import secrets
from pathlib import Path

import psycopg
from psycopg import sql

from demo.psql import run_psql
from demo.servers.postgres import Postgres

DATA = Path(__file__).with_name("data")
TARGETS = ("orders", "billing")
OWNER = "dbaccess_owner"
READER = "demo_reader"
PROGRAMS = ("dbaccess_bot", "dbaccess_worker")


def fill_targets(server: Postgres) -> int:
    """The databases that are not there yet are made and filled; the number of rows in those made now.

    One has its name only once it is whole: what a killed start left is never taken for it.
    """
    rows = 0
    for name in TARGETS:
        whole, begun = sql.Identifier(name), sql.Identifier(f"{name}_new")
        with psycopg.connect(server.url(), autocommit=True) as connection:
            if connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
                continue
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(begun))
            _drop_roles(connection, name)
            connection.execute(sql.SQL("create database {}").format(begun))
        with psycopg.connect(server.url(database=f"{name}_new")) as connection:
            connection.execute((DATA / f"{name}.sql").read_bytes())
            (made,) = connection.execute(
                "select sum(n_tup_ins) from pg_stat_xact_user_tables"
            ).fetchone() or (0,)
            rows += int(made)
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute(sql.SQL("alter database {} rename to {}").format(begun, whole))
    return rows


def forget_last_start(server: Postgres, installation: str) -> None:
    """Remove the logins of the last start and its ledger's head.

    The new ledger knows neither, and workers grant nothing on a cluster that knows more than their ledger.
    """
    with psycopg.connect(server.url(), autocommit=True) as connection:
        begin = f"jit_{installation}_"
        found = "select rolname from pg_roles where starts_with(rolname, %s)"
        logins = [sql.Identifier(name) for (name,) in connection.execute(found, [begin]).fetchall()]
        databases = connection.execute("select datname from pg_database where datallowconn").fetchall()
        for (database,) in databases if logins else ():
            with psycopg.connect(server.url(database=database), autocommit=True) as inside:
                inside.execute(sql.SQL("drop owned by {} cascade").format(sql.SQL(", ").join(logins)))
        for login in logins:
            try:
                connection.execute(sql.SQL("drop role {}").format(login))
            except psycopg.errors.DependentObjectsStillExist:
                # DROP OWNED leaves what a worker granted to it: it stays under another name, without use.
                past = sql.Identifier(f"past_{secrets.token_hex(6)}")
                connection.execute(sql.SQL("alter role {} nologin").format(login))
                connection.execute(sql.SQL("comment on role {} is null").format(login))
                connection.execute(sql.SQL("alter role {} rename to {}").format(login, past))
    with psycopg.connect(server.url(database=f"dbaccess_{installation}"), autocommit=True) as connection:
        if connection.execute("select to_regclass('dbaccess.ledger_head')").fetchone() != (None,):
            connection.execute("delete from dbaccess.ledger_head")


def _drop_roles(connection: "psycopg.Connection[tuple[object, ...]]", name: str) -> None:
    """Roles belong to the cluster: those of a first start that was killed are still there."""
    for kind in ("read", "write", "owner"):
        role = sql.Identifier(f"{name}_{kind}")
        connection.execute(sql.SQL("drop role if exists {}").format(role))


def make_control(server: Postgres, name: str) -> str:
    """An empty database owned by a plain role; the owner's URL, with a password of this start."""
    password = secrets.token_urlsafe(24)
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
        if not connection.execute("select 1 from pg_roles where rolname = %s", [OWNER]).fetchone():
            connection.execute("create role dbaccess_owner login createrole")
        _set_password(connection, OWNER, password)
        create = sql.SQL("create database {} owner dbaccess_owner")
        connection.execute(create.format(sql.Identifier(name)))
    return server.url(OWNER, password, name)


def take_control(server: Postgres, name: str) -> None:
    """The database made under that name is the control database now; the one before is gone."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("drop database if exists dbaccess with (force)")
        connection.execute(sql.SQL("alter database {} rename to dbaccess").format(sql.Identifier(name)))


def give_passwords(server: Postgres) -> dict[str, str]:
    """The URL of each program's role on the control database, with a password of this start."""
    urls = {}
    with psycopg.connect(server.url(), autocommit=True) as connection:
        for role in PROGRAMS:
            password = secrets.token_urlsafe(24)
            _set_password(connection, role, password)
            urls[role] = server.url(role, password, "dbaccess")
    return urls


def people_are_known(server: Postgres) -> bool:
    """Whether the workers have read people and groups from Slack."""
    with psycopg.connect(server.url(database="dbaccess")) as connection:
        return connection.execute("select 1 from directory_reads").fetchone() is not None


def make_reader(server: Postgres, database: str = "dbaccess") -> str:
    """A login with the rights of an auditor, for the page that shows the ledger; its URL."""
    password = secrets.token_urlsafe(24)
    with psycopg.connect(server.url(database=database), autocommit=True) as connection:
        if not connection.execute("select 1 from pg_roles where rolname = %s", [READER]).fetchone():
            connection.execute("create role demo_reader login connection limit 5 in role dbaccess_auditor")
        _set_password(connection, READER, password)
    return server.url(READER, password, database)


def set_up_worker(server: Postgres, printed: str) -> None:
    """Runs what `dbaccess targets setup-sql` printed, as the cluster's DBA would with psql."""
    run_psql(server.url(), printed)


def worker_url(server: Postgres, login: str) -> str:
    """The workers' login on the cluster, with a password of this start."""
    password = secrets.token_urlsafe(24)
    with psycopg.connect(server.url(), autocommit=True) as connection:
        _set_password(connection, login, password)
    return server.url(login, password)


def _set_password(connection: "psycopg.Connection[tuple[object, ...]]", role: str, password: str) -> None:
    verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    connection.execute(
        sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(verifier))
    )
