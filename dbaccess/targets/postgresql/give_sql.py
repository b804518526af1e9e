"""SQL that gives a role privileges on what a database holds, and lists what the administrator cannot give."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dbaccess.targets.postgresql.printed_block import block
from dbaccess.targets.postgresql.quoting import identifier, text

OF_PEOPLE: Final = r"""n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and not exists (
        select from pg_depend d
         where d.classid = 'pg_namespace'::regclass and d.objid = n.oid and d.deptype = 'e')"""
"""A condition on a schema `n`: neither PostgreSQL's nor an extension's."""

_THERE: Final = """\
select count(*) > 0 as dbaccess_may_connect from pg_database d
 where d.datname = {name} and d.datallowconn and has_database_privilege(d.oid, 'connect') \\gset
\\if :dbaccess_may_connect
\\connect {database}
begin;
{body}commit;
\\else
{missing}\\endif
"""

_BLOCK: Final = """\
declare
  part record;
  taken text[] := '{{}}';
  left_out text[] := '{{}}';
begin
{before}  for part in
{rows}
     order by 1
  loop
    begin
      if not part.may then
        raise 'not allowed';
      end if;
      execute part.statement;
    exception when others then
      left_out := left_out || part.object;
    end;
  end loop;
{after}  if left_out <> '{{}}' then
    raise notice 'left out in database %, where % may not give them to %: %. Run this again as their owner.',
      current_database(), current_user, {role}, array_to_string(left_out, ', ');
  end if;
end
"""

_SCHEMAS: Final = """\
    with n as (select n.oid, n.nspname, n.nspowner from pg_namespace n where {where})
    select format('schema %I', n.nspname) as object,
           format('grant {privileges} on schema %I to %I{option}', n.nspname, {role}) as statement,
           pg_has_role(n.nspowner, 'usage') or {may} as may
      from n"""

_TABLES: Final = """\
    select format('table %I.%I', n.nspname, c.relname),
           format('grant {privileges} on table %I.%I to %I{option}', n.nspname, c.relname, {role}),
           pg_has_role(c.relowner, 'usage') or {may}
      from n join pg_class c on c.relnamespace = n.oid
     where c.relkind in ('r', 'p', 'v', 'm', 'f') and ({where})"""

_SEQUENCES: Final = """\
    select format('sequence %I.%I', n.nspname, s.relname),
           format('grant usage on sequence %I.%I to %I{option}', n.nspname, s.relname, {role}),
           pg_has_role(s.relowner, 'usage') or has_sequence_privilege(s.oid, 'usage with grant option')
      from pg_class s join pg_namespace n on n.oid = s.relnamespace
     where s.relkind = 'S' and {where}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Privileges of one role on objects of one database; each `where` is a condition of SQL.

    `schemas` is on a schema `n`, `tables` on a table `c` of it, `sequences` on a sequence `s` of it. `more`
    are further rows of an object, a statement, and whether it is allowed. `before` and `after` are statements
    around all of them.
    """

    role: str
    schema_privileges: Sequence[str]
    schemas: str
    table_privileges: Sequence[str]
    tables: str
    sequences: str = ""
    grant_option: bool = False
    more: Sequence[str] = ()
    before: str = ""
    after: str = ""


def in_database(database: str, body: str) -> str:
    """Return the body as one transaction in that database, or a notice where it cannot be reached."""
    missing = f"left out: database {database} is not there, or you may not connect to it."
    return _THERE.format(
        name=text(database),
        database=identifier(database),
        body=body,
        missing=block(f"begin\n  raise notice '%', {text(missing)};\nend\n"),
    )


def give_sql(given: Given) -> str:
    """Return a block that gives what the one who runs it may give, and lists the rest in a notice."""
    common = {"role": text(given.role), "option": " with grant option" if given.grant_option else ""}
    rows = [
        _SCHEMAS.format(
            privileges=", ".join(given.schema_privileges),
            may=_may("has_schema_privilege", "n", given.schema_privileges),
            where=given.schemas,
            **common,
        ),
        _TABLES.format(
            privileges=", ".join(given.table_privileges),
            may=_may("has_table_privilege", "c", given.table_privileges),
            where=given.tables,
            **common,
        ),
    ]
    if given.sequences:
        rows.append(_SEQUENCES.format(where=given.sequences, **common))
    joined = "\n    union all\n".join([*rows, *given.more])
    return block(_BLOCK.format(rows=joined, role=text(given.role), before=given.before, after=given.after))


def _may(function: str, of: str, privileges: Sequence[str]) -> str:
    listed = ", ".join(map(text, privileges))
    lacking = f"not {function}({of}.oid, p || ' with grant option')"
    return f"not exists (select from unnest(array[{listed}]) p where {lacking})"
