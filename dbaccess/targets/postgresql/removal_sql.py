"""SQL for the DBA that removes standing access, where the workers' rights do not reach."""

from typing import Final

from dbaccess.domain.standing_access import How, StandingRole
from dbaccess.targets.postgresql.direct_privileges import PUBLIC
from dbaccess.targets.postgresql.identity import oid_of
from dbaccess.targets.postgresql.objects import holder_role
from dbaccess.targets.postgresql.printed_block import block
from dbaccess.targets.postgresql.quoting import comment, identifier, text

_HEAD: Final = """\
-- {path}
-- Removes the first membership of that path, of every grantor but dbaccess itself. It is, in short:
--   revoke {role} from {login};
-- It changes nothing if login or membership are others now, or the login is a superuser's.
"""
_BODY: Final = """\
declare
  found record;
  many int := 0;
begin
  for found in
    select b.rolname as grantor
      from pg_auth_members m
      join pg_roles u on u.oid = m.member
      join pg_roles g on g.oid = m.roleid
      join pg_roles b on b.oid = m.grantor
     where u.oid = {oid} and u.rolname = {login_text} and g.rolname = {role_text}
       and not u.rolsuper and b.rolname <> {admin}
  loop
    if current_setting('server_version_num')::int >= 160000 then
      execute format('revoke %I from %I granted by %I', {role_text}, {login_text}, found.grantor);
    else
      execute format('revoke %I from %I', {role_text}, {login_text});
    end if;
    many := many + 1;
  end loop;
  if many = 0 then
    raise exception 'nothing was changed: % is no such member of % now', {login_text}, {role_text};
  end if;
end
"""


_PRIVILEGES_HEAD: Final = """\
-- {login} in database {database}: {privileges}
-- Connect to that database. Each privilege is revoked as the role that granted it, and none that dbaccess
-- gave. Nothing is changed if the login is another one now, or has none of them.
"""
_OWNS: Final = """\
-- The owner of a table keeps every privilege: give it another owner by hand.
--   alter table {table} owner to …;
"""
_MORE: Final = """\
-- More tables than these were found. The next access review lists the rest.
"""
_PRIVILEGES: Final = """\
declare
  found record;
  before text := current_setting('role');
  many int := 0;
begin
  if current_database() <> {database} then
    raise exception 'nothing was changed: connect to the database %', {database};
  end if;
  for found in
    select format('%I.%I', n.nspname, c.relname) as name, b.rolname as grantor,
           a.privilege_type || coalesce(' (' || quote_ident(a.attname) || ')', '') as privilege
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
     cross join lateral (
        select x.grantee, x.grantor, x.privilege_type, null::name as attname from aclexplode(c.relacl) x
         union all
        select x.grantee, x.grantor, x.privilege_type, t.attname
          from pg_attribute t cross join lateral aclexplode(t.attacl) x where t.attrelid = c.oid) a
      join pg_roles b on b.oid = a.grantor
      left join pg_roles u on u.oid = a.grantee
     where a.grantee = {oid} and coalesce(u.rolname, 'PUBLIC') = {login} and b.rolname <> {holder}
       and a.grantee <> c.relowner and format('%I.%I', n.nspname, c.relname) = any(array[{tables}]::text[])
  loop
    perform set_config('role', found.grantor, true);
    execute format('revoke %s on table %s from %s', found.privilege, found.name, {grantee});
    perform set_config('role', before, true);
    many := many + 1;
  end loop;
  if many = 0 then
    raise exception 'nothing was changed: % has none of these privileges now', {login};
  end if;
end
"""
_SUPERUSER_HEAD: Final = """\
-- {login} is a superuser. It is, in short:
--   alter role {role} nosuperuser;
-- The first role of a server stays a superuser: for that one this changes nothing.
-- Change its password instead, and lock the new one away.
"""
_SUPERUSER: Final = """\
begin
  if not exists (select from pg_roles where oid = {oid} and rolname = {login} and rolsuper) then
    raise exception 'nothing was changed: % is no such superuser now', {login};
  end if;
  if {oid} = 10 then
    raise exception 'nothing was changed: % is the first role of this server', {login};
  end if;
  execute format('alter role %I nosuperuser', {login});
end
"""


def removal_sql(standing: StandingRole, *, installation: str) -> str:
    """Return a block that removes the begin of the path, or these privileges, as found when it runs."""
    if standing.how is How.PRIVILEGE:
        return _privileges(standing, installation)
    if standing.how is How.SUPERUSER and len(standing.path) <= len(("login", "SUPERUSER")):
        login = standing.login
        head = _SUPERUSER_HEAD.format(login=comment(login), role=comment(identifier(login)))
        return head + block(_SUPERUSER.format(oid=oid_of(standing.login_identity), login=text(login)))
    return _membership(standing, installation)


def _privileges(standing: StandingRole, installation: str) -> str:
    found = [one.partition(" on ") for one in standing.path[1:] if not one.startswith("…")]
    more = _MORE if len(found) < len(standing.path) - 1 else ""
    owned = [table for privileges, _, table in found if "OWNER" in privileges.split(", ")]
    is_public = standing.login_identity == PUBLIC
    head = _PRIVILEGES_HEAD.format(
        login=comment(standing.login),
        database=comment(standing.database),
        privileges=comment("; ".join(standing.path[1:])),
    )
    body = _PRIVILEGES.format(
        database=text(standing.database),
        oid=0 if is_public else oid_of(standing.login_identity),
        login=text(standing.login),
        grantee=text("public" if is_public else identifier(standing.login)),
        holder=text(holder_role(installation)),
        tables=", ".join(text(table) for _, _, table in found),
    )
    return head + "".join(_OWNS.format(table=comment(table)) for table in owned) + more + block(body)


def _membership(standing: StandingRole, installation: str) -> str:
    login, role = standing.login, standing.path[1]
    head = _HEAD.format(
        path=comment(" -> ".join(standing.path)),
        role=comment(identifier(role)),
        login=comment(identifier(login)),
    )
    body = _BODY.format(
        oid=oid_of(standing.login_identity),
        login_text=text(login),
        role_text=text(role),
        admin=text(f"dbaccess_admin_{installation}"),
    )
    return head + block(body)
