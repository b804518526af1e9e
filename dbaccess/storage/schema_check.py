"""The schema as facts from the catalogs, and how it differs from the one that this version records."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import psycopg
import structlog
from psycopg import sql

from dbaccess.storage.connecting import connect
from dbaccess.storage.migrations import PACKAGED, Migrations
from dbaccess.storage.url import Url

log = structlog.get_logger()

Driver = psycopg.Connection[tuple[Any, ...]]
Facts = dict[tuple[str, str], str]
"""The definition by kind and name: the same on every version of PostgreSQL."""

RULES: Final = (
    "alembic_version",
    "break_glass_review_transitions",
    "grant_transitions",
    "ledger_kinds",
    "request_transitions",
)
"""Tables that only migrations write: each row is a fact."""

_REVISION: Final = "alembic_version ("

_MADE_ANEW: Final = frozenset({"function", "trigger", "policy", "rule", "right", "row"})
"""Kinds that each migration replaces. Revisions make the others."""

_LOGGED: Final = 10
"""Differences that a process logs at its start; `doctor` shows more."""

MIGRATE: Final = "Run as the owner: dbaccess migrate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A fact that the database has otherwise, lacks, or has too much."""

    kind: str
    name: str
    recorded: str | None
    found: str | None

    @property
    def what(self) -> str:
        """Return what is wrong with which object, for a person."""
        if self.found is None:
            return f"{self.kind} {self.name} is missing"
        if self.recorded is None:
            return f"{self.kind} {self.name} is not of this version"
        return f"{self.kind} {self.name} differs from this version's"

    @property
    def undone(self) -> str:
        """Return how a migration undid it."""
        if self.found is None:
            return f"Put back: {self.kind} {self.name}, which was missing"
        if self.recorded is None:
            return f"Removed: {self.kind} {self.name}, which is not of this version"
        return f"Put back: {self.kind} {self.name}, which differed from this version's"

    @property
    def fix(self) -> str:
        """Return what the owner does about it."""
        if self.kind in _MADE_ANEW:
            return MIGRATE
        if self.recorded is None:
            return f"Drop {self.kind} {self.name} as the owner, or move it out of the schema public."
        return f"{MIGRATE}. If it stays, change it by hand to: {self.recorded}"


def read_facts(driver: Driver, migrations: Migrations = PACKAGED) -> Facts:
    """Return the facts of the database's schema, as any role reads them."""
    query = (migrations.sql / "facts.sql").read_text(encoding="utf-8")
    with driver.transaction():
        # The printed form of an expression depends on these; names are printed with their schema.
        driver.execute("select set_config('search_path', 'pg_catalog', true)")
        driver.execute("select set_config('quote_all_identifiers', 'off', true)")
        facts = {(kind, name): definition or "" for kind, name, definition in driver.execute(query.encode())}
        facts |= dict(_rows(driver))
        driver.execute("select set_config('search_path', 'public,pg_temp', true)")
    return facts


def _rows(driver: Driver) -> Iterator[tuple[tuple[str, str], str]]:
    for table in RULES:
        readable = "select coalesce(has_table_privilege(to_regclass('public.' || %s), 'SELECT'), false)"
        if driver.execute(readable, [table]).fetchone() == (True,):
            query = sql.SQL("select t::text from {} t").format(sql.Identifier("public", table))
            yield from ((("row", f"{table} {row}"), "") for (row,) in driver.execute(query).fetchall())


def differences(found: Facts, recorded: Facts) -> list[Difference]:
    """Return how a database's schema differs from the recorded one, by kind and name."""
    return [
        Difference(kind=kind, name=name, recorded=recorded.get((kind, name)), found=found.get((kind, name)))
        for kind, name in sorted(recorded.keys() | found.keys())
        if recorded.get((kind, name)) != found.get((kind, name))
    ]


def read_record(migrations: Migrations = PACKAGED) -> Facts:
    """Return the facts of a database that this version has just migrated."""
    lines = migrations.schema.read_text(encoding="utf-8").splitlines()
    return {(kind, name): definition for kind, name, definition in map(json.loads, lines)}


def log_differences(url: Url, *, application_name: str, migrations: Migrations = PACKAGED) -> None:
    """Log what differs from the recorded schema, at the start of a process.

    The process starts all the same, even where nothing could be compared. No change of the schema, and no
    unreadable file, may keep a worker from ending a grant or from leading.
    """
    try:
        with connect(url, application_name=application_name) as connection:
            found = differences(read_facts(connection, migrations), read_record(migrations))
    except Exception as error:  # noqa: BLE001 the start of a process: whatever it was, its work goes on
        log.warning("schema not compared", error=type(error).__name__)
        return
    for difference in found[:_LOGGED]:
        log.error("schema differs", what=difference.what, fix=difference.fix, differences=len(found))


def revision(facts: Facts) -> str | None:
    """Return the revision among the facts."""
    names = (name for kind, name in facts if kind == "row" and name.startswith(_REVISION))
    return next((name.removeprefix(_REVISION).rstrip(")") for name in names), None)


def written(facts: Facts) -> str:
    """Return the facts as the record holds them: one a line, in order."""
    return "".join(f"{line}\n" for line in _lines(facts))


def fingerprint(facts: Facts) -> str:
    """Return a hash that two databases share exactly where their facts are the same."""
    return hashlib.sha256(written(facts).encode()).hexdigest()


def _lines(facts: Facts) -> Iterable[str]:
    return (json.dumps([*key, definition], ensure_ascii=False) for key, definition in sorted(facts.items()))
