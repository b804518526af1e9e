"""Whether the control database holds what the design promises, seen from the role that runs."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg

from dbaccess.domain.clock import SKEW_ALLOWED, skew
from dbaccess.ports import Finding
from dbaccess.storage.connecting import connect
from dbaccess.storage.migrate import BOT, OWNER, WORKER, head_revision
from dbaccess.storage.migrations.script import read_script
from dbaccess.storage.url import Url

_MIGRATE = "Run as the owner: dbaccess migrate"
_ROLES = """select r.rolname,
                   r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolreplication or r.rolbypassrls,
                   pg_has_role(r.rolname, d.datdba, 'member')
              from pg_roles r, pg_database d
             where r.rolname = any(%s) and d.datname = current_database()"""
_FORBIDDEN = """select p.role, p.what || ' ' || p.relation
                  from (select role, relation, what
                          from unnest(%s::text[]) role,
                               unnest(array['ledger', 'reviews', 'voided_reviews']) relation,
                               unnest(array['UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) what) p
                 where has_table_privilege(p.role, p.relation, p.what)
                    or (p.what = 'UPDATE' and has_any_column_privilege(p.role, p.relation, p.what))
                 union all
                select %s, 'UPDATE grants.' || c
                  from unnest(array['recipe', 'receipt', 'expires_at', 'activated_at', 'lease_id']) c
                 where has_column_privilege(%s, 'grants', c, 'UPDATE')
                 union all
                -- Nothing is given before somebody was told, and that is the worker's to say.
                select 'dbaccess_bot', what || ' messages.posted_ts'
                  from unnest(array['INSERT', 'UPDATE']) what
                 where has_column_privilege('dbaccess_bot', 'messages', 'posted_ts', what)
                 union all
                select 'dbaccess_bot', 'INSERT ' || relation
                  from unnest(array['announcements', 'extensions', 'grant_progress']) relation
                 where has_any_column_privilege('dbaccess_bot', relation, 'INSERT')
                 union all
                select role, 'CREATE in schema public' from unnest(%s::text[]) role
                 where has_schema_privilege(role, 'public', 'CREATE')
                 union all
                select role, 'TEMPORARY tables' from unnest(%s::text[]) role
                 where has_database_privilege(role, current_database(), 'TEMPORARY')
                 union all
                select 'dbaccess_bot', what || ' ' || relation
                  from unnest(array['directory_people', 'directory_reads', 'directory_sources',
                                    'directory_members', 'observations']) relation,
                       unnest(array['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) what
                 where has_table_privilege('dbaccess_bot', relation, what)
                 union all
                select 'dbaccess_bot', 'dbaccess_worker'
                 where pg_has_role('dbaccess_bot', 'dbaccess_worker', 'member')"""
_LACKING = """select n.role, string_agg(n.what || ' ' || relation, ', ' order by n.place, relation)
                from (values (1, %s, 'INSERT',
                              array['intake', 'requests', 'reviews', 'grants', 'ledger', 'outbox', 'messages',
                                    'message_streams', 'credential_views', 'drafts']),
                             (2, %s, 'INSERT', array['ledger', 'outbox', 'messages', 'directory_people']),
                             (3, %s, 'UPDATE', array['requests', 'grants', 'messages', 'credential_views'])
                     ) n (place, role, what, relations), unnest(n.relations) relation
               where not has_any_column_privilege(n.role, relation, n.what)
               group by n.role order by n.role"""
_GUARDS = """select t.tgrelid::regclass || '.' || t.tgname, t.tgenabled = 'A'
               from pg_trigger t join pg_class c on c.oid = t.tgrelid
              where c.relnamespace = 'public'::regnamespace and not t.tgisinternal"""
_MADE = re.compile(r"^create (?:constraint )?trigger (\w+) [^;]*?\bon (\w+)\b", re.MULTILINE)
_CLEARS_WAY = """select coalesce(bool_and(has_function_privilege('dbaccess_worker', p.oid, 'EXECUTE')
                                         and pg_has_role(p.proowner, role, 'USAGE')), false)
                   from unnest(%s::text[]) role
                   cross join unnest(array['public.end_blockers()', 'public.end_hoarders()']) name
                   left join pg_proc p on p.oid = to_regprocedure(name)"""

Connection = psycopg.Connection[tuple[Any, ...]]


def examine(url: Url) -> list[Finding]:
    """What was seen, well or not; raises `psycopg.Error` where the database does not answer."""
    with connect(url, application_name="dbaccess-doctor") as connection:
        found = [_server(connection), _login(connection), _clock(connection)]
        schema = _schema(connection)
        found.append(schema)
        if schema.ok:
            known = _known_roles(connection)
            found += _roles(known)
            # PostgreSQL knows no rights of a role that is not there.
            found += _rights(connection) if {BOT, WORKER} <= known.keys() else ()
            found += _guards(connection)
            found += _way(connection) if {BOT, WORKER} <= known.keys() else ()
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


def _login(connection: Connection) -> Finding:
    user = connection.info.user
    return Finding(
        what=f"Connected as {user}",
        ok=user in {BOT, WORKER},
        fix=f"Use {BOT} or {WORKER} in DATABASE_URL: the owner and administrators run nothing.",
    )


def _schema(connection: Connection) -> Finding:
    (readable,) = connection.execute(
        """select coalesce(has_table_privilege(to_regclass('public.alembic_version'), 'SELECT'), false)"""
    ).fetchone() or (False,)
    row = connection.execute("select version_num from alembic_version").fetchone() if readable else None
    now, head = row[0] if row else None, head_revision()
    return Finding(what=f"Schema at revision {now or 'none'}, needs {head}", ok=now == head, fix=_MIGRATE)


def _known_roles(connection: Connection) -> dict[str, tuple[bool, bool]]:
    """Those of the two that there are: whether they have power over the server, and are the owner's."""
    return {name: (powerful, owner) for name, powerful, owner in connection.execute(_ROLES, [[BOT, WORKER]])}


def _roles(known: dict[str, tuple[bool, bool]]) -> Iterator[Finding]:
    for role in (BOT, WORKER):
        if role not in known:
            yield _wants(False, "", f"There is no role {role}", _MIGRATE)
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


def _rights(connection: Connection) -> Iterator[Finding]:
    both = [BOT, WORKER]
    found = connection.execute(_FORBIDDEN, [both, BOT, BOT, both, both]).fetchall()
    if not found:
        yield Finding(what="Neither role may change the ledger, and the bot moves no grant forward", ok=True)
    for role, right in found:
        yield Finding(what=f"{role} has the right {right}", ok=False, fix=f"Revoke {right} from {role}.")
    for role, lacking in connection.execute(_LACKING, [BOT, WORKER, WORKER]):
        yield Finding(what=f"{role} lacks the right {lacking}", ok=False, fix=_MIGRATE)


def _way(connection: Connection) -> Iterator[Finding]:
    """Whether what the bot locks can keep an end waiting."""
    (clears,) = connection.execute(_CLEARS_WAY, [[BOT, WORKER]]).fetchone() or (False,)
    yield _wants(
        clears,
        "Sessions that keep a worker waiting can be ended",
        "A session of the bot can keep ends waiting for ever",
        _MIGRATE,
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


def _guards(connection: Connection) -> Iterator[Finding]:
    """Each trigger that the migration makes is there and on, whatever a session sets."""
    guards: dict[str, bool] = dict(connection.execute(_GUARDS).fetchall())
    made = {f"{table}.{trigger}" for trigger, table in _MADE.findall(read_script("0001_triggers.sql"))}
    if made <= guards.keys() and all(guards.values()):
        yield Finding(what=f"{len(guards)} guards are always on", ok=True)
    for name in sorted(made - guards.keys()):
        fix = "Make it again as dbaccess/storage/migrations/sql/0001_triggers.sql does."
        yield Finding(what=f"Guard {name} is not there", ok=False, fix=fix)
    for name in sorted(name for name, is_on in guards.items() if not is_on):
        table, _, trigger = name.partition(".")
        yield Finding(
            what=f"Guard {name} is not always on",
            ok=False,
            fix=f"alter table {table} enable always trigger {trigger}",
        )


def _wants(there: bool, yes: str, no: str, fix: str) -> Finding:  # noqa: FBT001 the answer to a question
    return Finding(what=yes, ok=True) if there else Finding(what=no, ok=False, fix=fix)
