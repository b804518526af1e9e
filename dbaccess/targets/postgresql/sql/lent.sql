-- The logins that may become these, directly or through others.
with recursive lent (login, member) as (
  select m.roleid, m.member from pg_auth_members m where m.roleid::bigint = any(%s::bigint[])
   union
  select l.login, m.member from lent l join pg_auth_members m on m.roleid = l.member
)
select l.login::bigint, l.member::bigint
  from lent l
  join pg_roles r on r.oid = l.member
 where not r.rolsuper and r.rolname not in (session_user, current_user)
