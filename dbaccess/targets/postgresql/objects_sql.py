"""SQL for the DBA that lets the workers grant on single objects, one part for each database."""

from collections.abc import Mapping, Sequence
from typing import Final

from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.targets.postgresql.give_sql import Given, give_sql, in_database
from dbaccess.targets.postgresql.printed_block import attempt, attempts
from dbaccess.targets.postgresql.quoting import comment, identifier, text

HOLDER: Final = """
-- {holder} may give on the objects that roles name (below). No login may log in as it, and nothing uses it
-- but the worker, which takes it for single transactions only: between them it can read none of these tables.
{make_holder}alter role {holder} nologin noinherit;
grant {holder} to {admin} with admin true, inherit false, set false;
"""

_LATER: Final = """\
-- A table made later is not among them. A role that makes tables there may run, with its own name for …:
--   alter default privileges for role … in schema {schema}
--     grant {privileges} on tables to {holder} with grant option;
"""

_ABSENT_SCHEMAS: Final = """\
    select format('schema %I, which is not there', named.schema), '', false
      from (values {named}) named (schema)
     where not exists (select from pg_namespace n where n.nspname::text = named.schema)"""

_ABSENT_TABLES: Final = """\
    select format('table %I.%I, which is not there', named.schema, named.name), '', false
      from (values {named}) named (schema, name)
     where not exists (
        select from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname::text = named.schema and c.relname::text = named.name
           and c.relkind in ('r', 'p', 'v', 'm', 'f'))"""

# The sequences from which the tables' columns take their defaults.
_DEFAULTS: Final = """s.oid in (
            select d.refobjid
              from pg_attrdef a
              join pg_depend d on d.classid = 'pg_attrdef'::regclass and d.objid = a.oid
                              and d.refclassid = 'pg_class'::regclass
              join pg_class c on c.oid = a.adrelid
              join pg_namespace n on n.oid = c.relnamespace
             where {tables})"""


def objects_sql(objects: Mapping[str, Sequence[ObjectPrivileges]], *, holder: str) -> str:
    """Return one transaction for each database, as psql connects to it; every name is quoted."""
    return "".join(
        "\n"
        + in_database(
            database, _connect(database, holder) + "".join(_grants(on, holder) for on in _distinct(several))
        )
        for database, several in sorted(objects.items())
    )


def _connect(database: str, holder: str) -> str:
    right = f"connect on database {identifier(database)} to {identifier(holder)} with grant option"
    checked = (
        f"has_database_privilege({text(holder)}, current_database(), 'connect with grant option')"
        " or has_database_privilege('public', current_database(), 'connect')"
    )
    lost = f"Logins made for grants may connect to {database} only while PUBLIC may."
    said = "-- The login made for a grant may connect, even if PUBLIC may not.\n"
    return said + attempts(attempt(f"grant {right}", lost=lost, check=checked))


def _grants(on: ObjectPrivileges, holder: str) -> str:
    privileges = [privilege.lower() for privilege in on.privileges]
    schemas = sorted({*on.schemas, *[schema for schema, _ in on.named_tables]})
    tables = _condition(on)
    given = Given(
        role=holder,
        schema_privileges=["usage"],
        schemas=f"n.nspname in ({', '.join(map(text, schemas))})",
        table_privileges=privileges,
        tables=tables,
        sequences=_DEFAULTS.format(tables=tables) if "insert" in privileges else "",
        grant_option=True,
        more=_absent(on, schemas),
    )
    return _said(on, privileges, holder) + give_sql(given)


def _said(on: ObjectPrivileges, privileges: Sequence[str], holder: str) -> str:
    tables = [f"{identifier(schema)}.{identifier(name)}" for schema, name in on.named_tables]
    places = [*[f"all tables in schema {identifier(schema)}" for schema in on.schemas], *tables]
    said = f"-- {', '.join(privileges)} on {comment(', '.join(places))}\n"
    later = {"privileges": ", ".join(privileges), "holder": comment(identifier(holder))}
    return said + "".join(_LATER.format(schema=comment(identifier(schema)), **later) for schema in on.schemas)


def _absent(on: ObjectPrivileges, schemas: Sequence[str]) -> list[str]:
    tables = ", ".join(f"({text(schema)}, {text(name)})" for schema, name in on.named_tables)
    named = ", ".join(f"({text(schema)})" for schema in schemas)
    missing = [_ABSENT_SCHEMAS.format(named=named)]
    return [*missing, _ABSENT_TABLES.format(named=tables)] if tables else missing


def _condition(on: ObjectPrivileges) -> str:
    named = [f"(n.nspname, c.relname) = ({text(schema)}, {text(name)})" for schema, name in on.named_tables]
    return " or ".join([*[f"n.nspname = {text(schema)}" for schema in on.schemas], *named])


def _distinct(several: Sequence[ObjectPrivileges]) -> list[ObjectPrivileges]:
    return list(dict.fromkeys(several))
