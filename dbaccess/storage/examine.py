"""The check that the control database has the rights and guards of the design, from the role that runs."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg

from dbaccess.domain.clock import SKEW_ALLOWED, skew
from dbaccess.ports import Finding
from dbaccess.storage.connecting import ENCODING, WRITABLE, connect, why_read_only, wrong_encoding
from dbaccess.storage.migrate import OWNER, RUNNING, WORKER
from dbaccess.storage.schema_check import (
    MIGRATE,
    Difference,
    differences,
    fingerprint,
    read_facts,
    read_record,
    revision,
)
from dbaccess.storage.url import Url

_SHOWN = 20
"""Differences of the schema that are listed one by one."""

_ROLES = """select r.rolname,
                   r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolreplication or r.rolbypassrls,
                   pg_has_role(r.rolname, d.datdba, 'member')
              from pg_roles r, pg_database d
             where r.rolname = any(%s) and d.datname = current_database()"""
_INHERITED = """select r.rolname, other.rolname
                  from pg_roles r
                  join pg_roles other on other.oid <> r.oid and pg_has_role(r.oid, other.oid, 'member')
                 where r.rolname = any(%s) and not r.rolsuper
                   and other.oid <> (select datdba from pg_database where datname = current_database())
                   and (has_schema_privilege(other.oid, 'public', 'CREATE')
                        or has_database_privilege(other.oid, current_database(), 'TEMPORARY')
                        or exists (
                            select from pg_class c
                             where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')
                               and (has_table_privilege(other.oid, c.oid, 'DELETE, TRUNCATE, TRIGGER')
                                    or has_any_column_privilege(other.oid, c.oid, 'SELECT, INSERT, UPDATE'))))
                 order by 1, 2"""
_CLEARS_WAY = """select coalesce(bool_and(pg_has_role(p.proowner, role, 'USAGE')), false)
                   from unnest(%s::text[]) role
                   cross join unnest(array['public.end_blockers()', 'public.end_hoarders()']) name
                   left join pg_proc p on p.oid = to_regprocedure(name)"""

Connection = psycopg.Connection[tuple[Any, ...]]


def examine(url: Url, *, for_workers: bool = False) -> list[Finding]:
    """Return all findings, good or bad; raises `psycopg.Error` if the database does not answer.

    `for_workers`: the address is the workers', so the bot's login is wrong there.
    """
    with connect(url, application_name="dbaccess-doctor") as connection:
        found = [_server(connection), _login(connection, for_workers=for_workers), _clock(connection)]
        found += _primary(connection)
        facts, recorded, known = read_facts(connection), read_record(), _known_roles(connection)
        if (now := revision(facts)) != (needed := revision(recorded)):
            what = f"Schema at revision {now or 'none'}, needs {needed}"
            return [*found, Finding(what=what, ok=False, fix=MIGRATE)]
        found += _schema(differences(facts, recorded), known.keys())
        found += _roles(known)
        found += _inherited(connection)
        found += _way(connection) if set(RUNNING) <= known.keys() else ()
    return found


def _server(connection: Connection) -> Finding:
    version = connection.info.server_version // 10_000
    return Finding(
        what=f"Control database {connection.info.dbname} on PostgreSQL {version}",
        ok=version >= 15,  # noqa: PLR2004 the oldest that is tested
        fix="Use PostgreSQL 15 or newer.",
    )


def _clock(connection: Connection) -> Finding:
    before = datetime.now(UTC)
    (said,) = connection.execute("select clock_timestamp()").fetchone() or (before,)
    seconds = abs(skew(before, said, datetime.now(UTC)).total_seconds())
    return _wants(
        seconds <= SKEW_ALLOWED.total_seconds(),
        "This host and the control database have one time",
        f"This host's clock differs by {seconds:.0f} s from the control database's",
        "Synchronise the clocks, for example with chrony.",
    )


def _login(connection: Connection, *, for_workers: bool) -> Finding:
    (user,) = connection.execute("select session_user::text").fetchone() or ("",)
    right = {WORKER} if for_workers else set(RUNNING)
    if user in right:
        return Finding(what=f"Connected as {user}", ok=True)
    why = "this environment has a cluster's URL" if for_workers else "no process runs as another role"
    fix = f"Use {' or '.join(sorted(right))} in DATABASE_URL: {why}. Leave the role {user} as it is."
    return Finding(what=f"DATABASE_URL logs in as {user}", ok=False, fix=fix)


def _primary(connection: Connection) -> Iterator[Finding]:
    found = why_read_only(*(connection.execute(WRITABLE).fetchone() or (False, False)))
    if found is not None:
        what, fix = found
        said = f"DATABASE_URL leads to {what}: nothing can be recorded"
        yield Finding(what=said, ok=False, fix=f"{fix[0].upper()}{fix[1:]}")
    if found := wrong_encoding(*(connection.execute(ENCODING).fetchone() or ("",))):
        what, fix = found
        yield Finding(what=f"DATABASE_URL leads to {what}", ok=False, fix=f"{fix[0].upper()}{fix[1:]}")


def _schema(found: list[Difference], roles: Collection[str]) -> Iterator[Finding]:
    if not set(RUNNING) <= set(roles):
        # The rights of a role that is missing are missing too.
        found = [difference for difference in found if difference.kind != "right"]
    if not found:
        hashed = fingerprint(read_record())
        yield Finding(what=f"Schema is that of this version, fingerprint {hashed[:12]}", ok=True)
    for difference in found[:_SHOWN]:
        yield Finding(what=f"Schema: {difference.what}", ok=False, fix=difference.fix)
    if len(found) > _SHOWN:
        yield Finding(what=f"Schema: {len(found) - _SHOWN} more differences", ok=False, fix=MIGRATE)


def _known_roles(connection: Connection) -> dict[str, tuple[bool, bool]]:
    """Return which of the roles exist: whether they have power over the server, and are the owner's."""
    return {name: (powerful, owner) for name, powerful, owner in connection.execute(_ROLES, [list(RUNNING)])}


def _roles(known: dict[str, tuple[bool, bool]]) -> Iterator[Finding]:
    for role in RUNNING:
        if role not in known:
            yield _wants(False, "", f"There is no role {role}", MIGRATE)
            continue
        powerful, owner = known[role]
        yield _wants(
            not powerful,
            f"Role {role} has no power over the server",
            f"Role {role} has power over the server",
            f"alter role {role} nosuperuser nocreaterole nocreatedb noreplication nobypassrls",
        )
        yield _wants(
            not owner,
            f"Role {role} cannot become the owner",
            f"Role {role} can become the owner",
            f"Revoke from {role} the role that owns the database, such as {OWNER}.",
        )


def _inherited(connection: Connection) -> Iterator[Finding]:
    """The schema's rights are compared by role; a membership gives those of another role besides."""
    for role, other in connection.execute(_INHERITED, [list(RUNNING)]):
        yield Finding(what=f"{role} has the rights of {other}", ok=False, fix=f"revoke {other} from {role}")


def _way(connection: Connection) -> Iterator[Finding]:
    """Yield whether a lock of the bot can hold up an end."""
    (clears,) = connection.execute(_CLEARS_WAY, [list(RUNNING)]).fetchone() or (False,)
    yield _wants(
        clears,
        "Sessions that keep a worker waiting can be ended",
        "A session of the bot can keep ends waiting for ever",
        MIGRATE,
    )
    (prepared,) = connection.execute("select current_setting('max_prepared_transactions')").fetchone() or (
        "0",
    )
    yield _wants(
        prepared == "0",
        "No prepared transaction can keep a lock",
        "A prepared transaction of the bot can keep ends waiting for ever",
        "Set max_prepared_transactions = 0 and start the control database's server again.",
    )


def _wants(there: bool, yes: str, no: str, fix: str) -> Finding:  # noqa: FBT001 the answer to a question
    return Finding(what=yes, ok=True) if there else Finding(what=no, ok=False, fix=fix)
