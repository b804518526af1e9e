"""SQL for the DBA that removes standing access, where the workers' rights do not reach."""

from typing import Final

from dbaccess.domain.standing_access import StandingRole
from dbaccess.targets.postgresql.identity import oid_of
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


def removal_sql(standing: StandingRole, *, installation: str) -> str:
    """Return a block that removes the membership at the begin of the path, as it is found when it runs."""
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
