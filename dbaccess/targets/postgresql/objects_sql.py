"""SQL for the DBA that lets the workers grant on single objects, one part for each database."""

from collections.abc import Mapping, Sequence
from typing import Final

from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.targets.postgresql.quoting import comment, identifier, text

HOLDER: Final = """
-- {holder} may give on the objects that roles name (below). Nobody logs in as it and nothing uses it
-- but the worker, which takes it for single transactions only: between them it can read none of these tables.
do $dbaccess$
begin
  if not exists (select from pg_roles where rolname = {holder_text}) then
    create role {holder};
  end if;
end
$dbaccess$;
alter role {holder} nologin noinherit;
grant {holder} to {admin} with admin true, inherit false, set false;
"""

_DATABASE: Final = """
\\connect {database}
begin;
-- The login made for a grant may connect, be it that PUBLIC may not.
grant connect on database {database} to {holder} with grant option;
{grants}
commit;
"""

_LATER: Final = """\
-- A table made later is not among them. Whoever makes tables there may run, with their own role in its place:
--   alter default privileges for role … in schema {schema}
--     grant {privileges} on tables to {holder} with grant option;
"""

_SEQUENCES: Final = """\
-- The sequences from which these tables' columns take their defaults.
do $dbaccess$
declare
  sequence regclass;
begin
  for sequence in
    select distinct d.refobjid::regclass
      from pg_attrdef a
      join pg_depend d on d.classid = 'pg_attrdef'::regclass and d.objid = a.oid
                      and d.refclassid = 'pg_class'::regclass
      join pg_class s on s.oid = d.refobjid and s.relkind = 'S'
      join pg_class c on c.oid = a.adrelid
      join pg_namespace n on n.oid = c.relnamespace
     where {tables}
  loop
    execute format('grant usage on sequence %s to %I with grant option', sequence, {holder_text});
  end loop;
end
$dbaccess$;
"""


def objects_sql(objects: Mapping[str, Sequence[ObjectPrivileges]], *, holder: str) -> str:
    """Return one transaction for each database, as psql connects to it; every name is quoted."""
    return "".join(
        _DATABASE.format(
            database=identifier(database),
            holder=identifier(holder),
            grants="".join(_grants(on, holder) for on in _distinct(several)).rstrip("\n"),
        )
        for database, several in sorted(objects.items())
    )


def _grants(on: ObjectPrivileges, holder: str) -> str:
    to = f"to {identifier(holder)} with grant option;\n"
    privileges = ", ".join(on.privileges).lower()
    schemas = sorted({*on.schemas, *[schema for schema, _ in on.named_tables]})
    said = [f"grant usage on schema {', '.join(map(identifier, schemas))} {to}"]
    for schema in on.schemas:
        said.append(f"grant {privileges} on all tables in schema {identifier(schema)} {to}")
        said.append(
            _LATER.format(
                schema=comment(identifier(schema)), privileges=privileges, holder=identifier(holder)
            )
        )
    if on.tables:
        tables = ", ".join(f"{identifier(schema)}.{identifier(name)}" for schema, name in on.named_tables)
        said.append(f"grant {privileges} on table {tables} {to}")
    if "INSERT" in on.privileges:
        said.append(_SEQUENCES.format(tables=_condition(on), holder_text=text(holder)))
    return "".join(said)


def _condition(on: ObjectPrivileges) -> str:
    named = [f"(n.nspname, c.relname) = ({text(schema)}, {text(name)})" for schema, name in on.named_tables]
    return " or ".join([*[f"n.nspname = {text(schema)}" for schema in on.schemas], *named])


def _distinct(several: Sequence[ObjectPrivileges]) -> list[ObjectPrivileges]:
    return list(dict.fromkeys(several))
