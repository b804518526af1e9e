-- The logins among these in which the worker's role granted itself the membership, and has their privileges.
select l.rolname::text
  from pg_auth_members m
  join pg_roles l on l.oid = m.roleid
  join pg_roles me on me.rolname = current_user
 where m.roleid = any(%s::bigint[]::oid[])
   and m.member = me.oid
   and m.grantor = me.oid
