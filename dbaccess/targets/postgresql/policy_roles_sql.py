"""SQL for the DBA that makes the roles which the policy grants, and gives them what their access implies."""

from collections.abc import Mapping, Sequence
from typing import Final

from dbaccess.domain.target import Access
from dbaccess.targets.postgresql.ephemeral_login import FIRST_VERSION
from dbaccess.targets.postgresql.give_sql import OF_PEOPLE, Given, give_sql, in_database
from dbaccess.targets.postgresql.names import role_name
from dbaccess.targets.postgresql.printed_block import block
from dbaccess.targets.postgresql.quoting import comment, identifier, text

TABLE_PRIVILEGES: Final = {
    Access.READ: ("select",),
    Access.WRITE: ("select", "insert", "update", "delete"),
    Access.DDL: ("select", "insert", "update", "delete", "truncate"),
}

_DATABASE: Final = """
-- Database {database}: privileges for the roles of the policy, by their access, on every schema of yours.
-- Edit the conditions to give less. A role that has any privilege here, or is a member of another role, is
-- left as it is. So this may run again, and widens no role that you made.
"""

_ROLE: Final = "-- {role}: access {access}, {privileges}{ownership}\n"
_OWNERSHIP: Final = ", and may make objects.\n-- It changes objects that are there only if it owns them."

# A master user without superuser takes the owners' privileges within this transaction only: to give on what
# they own, and by default on what they make later. A membership that is there already stays as it is.
_TAKE: Final = """\
  for part in
    select r.oid, r.rolname from pg_roles r
     where r.rolname in ({owners}) and not pg_has_role(r.oid, 'usage') and not exists (
        select from pg_auth_members m join pg_roles me on me.oid = m.member and me.rolname = current_user
         where m.roleid = r.oid and {kept})
  loop
    begin
      execute format('grant %I to current_user{options}', part.rolname);
      taken := taken || part.rolname::text;
    exception when others then
      null; -- what it owns is listed below
    end;
  end loop;
"""

# Since 16 each grantor has a membership of its own. The server's first role, with oid 10, makes the one that
# comes with a new role.
_TAKE_16: Final = {"options": " with inherit true, set false", "kept": "m.grantor <> 10"}
_TAKE_15: Final = {"options": "", "kept": "true"}

_GIVE_BACK: Final = """\
  for part in select unnest(taken) as rolname loop
    execute format('revoke %I from current_user', part.rolname);
  end loop;
"""

# To own default privileges is none: this may have made them, for another role.
_UNTOUCHED: Final = """\
  if exists (select from pg_shdepend d join pg_roles r on r.oid = d.refobjid and r.rolname = {role}
              where d.refclassid = 'pg_authid'::regclass
                and (d.classid <> 'pg_default_acl'::regclass or d.deptype <> 'o')
                and d.dbid = (select oid from pg_database where datname = current_database()))
     or exists (select from pg_auth_members m join pg_roles r on r.oid = m.member where r.rolname = {role})
  then
    return;
  end if;
"""

_LATER: Final = """\
    select format('{kind} that %I makes later in schema %I', o.rolname, n.nspname),
           format('alter default privileges for role %I in schema %I grant {privileges} on {kind} to %I',
                  o.rolname, n.nspname, {role}),
           pg_has_role(o.oid, 'usage')
      from n cross join pg_roles o
     where (o.rolname = current_user{owners}) and o.rolname <> {role}"""

_OURS: Final = """not exists (
        select from pg_depend d
         where d.classid = 'pg_class'::regclass and d.objid = {of}.oid and d.deptype = 'e')"""


_MAKE: Final = """\
  if not exists (select from pg_roles where rolname = {name}) then
{question}    create role {role} nologin;
  end if;
"""
_QUESTION: Final = """\
    raise warning 'role % was not there, and is made: check its spelling. Roles that are there: %', {name},
      (select coalesce(string_agg(t.rolname, ', '), 'none')
         from (select rolname from pg_roles where not rolcanlogin and rolname !~ '^(pg|dbaccess)_'
                order by left(rolname, 3) <> left({name}, 3), rolname limit 8) t);
"""


def make_roles_sql(roles: Sequence[str], *, question: bool = False) -> str:
    """Return a block that makes each role which is not there, without login and without any privilege.

    With `question` a warning names each: a misspelt name would become a role beside the one that is meant.
    """
    asks = _QUESTION if question else ""
    made = [
        _MAKE.format(name=text(role), role=identifier(role), question=asks.format(name=text(role)))
        for role in roles
    ]
    return block(f"begin\n{''.join(made)}end\n")


def policy_roles_sql(
    accesses: Mapping[str, Mapping[str, Access]], *, version: int, owners: Sequence[str]
) -> str:
    """Return one transaction for each database of `accesses`, with the access of each role in it."""
    return "".join(
        _DATABASE.format(database=comment(database))
        + in_database(
            database,
            "".join(
                _role(role_name(role), access, version, owners) for role, access in sorted(roles.items())
            ),
        )
        for database, roles in sorted(accesses.items())
        if roles
    )


def _role(role: str, access: Access, version: int, owners: Sequence[str]) -> str:
    privileges = TABLE_PRIVILEGES[access]
    writes, makes = access is not Access.READ, access is Access.DDL
    others = [owner for owner in owners if owner != role]
    listed = ", ".join(map(text, owners))
    take = _TAKE_16 if version >= FIRST_VERSION else _TAKE_15
    given = Given(
        role=role,
        schema_privileges=["usage", *(["create"] if makes else [])],
        schemas=OF_PEOPLE,
        table_privileges=privileges,
        tables=_OURS.format(of="c"),
        sequences=f"{OF_PEOPLE} and {_OURS.format(of='s')}" if writes else "",
        more=[
            _later("tables", ", ".join(privileges), role, others),
            *([_later("sequences", "usage", role, others)] if writes else []),
        ],
        before=_UNTOUCHED.format(role=text(role)) + (_TAKE.format(owners=listed, **take) if owners else ""),
        after=_GIVE_BACK if owners else "",
    )
    said = {"role": comment(role), "access": access.value, "privileges": ", ".join(privileges)}
    return _ROLE.format(**said, ownership=_OWNERSHIP if makes else "") + give_sql(given)


def _later(kind: str, privileges: str, role: str, owners: Sequence[str]) -> str:
    return _LATER.format(
        kind=kind,
        privileges=privileges,
        role=text(role),
        owners=f" or o.rolname in ({', '.join(map(text, owners))})" if owners else "",
    )
