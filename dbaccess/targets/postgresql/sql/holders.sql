-- The logins to which the worker's role granted these roles.
select u.oid::bigint, u.rolname::text, g.oid::bigint, g.rolname::text
  from pg_auth_members m
  join pg_roles u on u.oid = m.member
  join pg_roles g on g.oid = m.roleid
 where m.grantor = (select oid from pg_roles where rolname = current_user)
   and m.member <> m.grantor
   and g.rolname::text = any(%s::text[])
