-- The logins among these whose privileges the worker's role has, because it granted itself the membership.
select l.rolname::text
  from pg_auth_members m
  join pg_roles l on l.oid = m.roleid
  join pg_roles me on me.rolname = current_user
 where m.roleid = any(%s::bigint[]::oid[])
   and m.member = me.oid
   and m.grantor = me.oid
