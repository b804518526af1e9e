-- The memberships of a login in a role of that name, one for each grantor.
select g.rolname::text, u.rolname::text, b.rolname::text, u.rolsuper,
       m.grantor = (select oid from pg_roles where rolname = current_user)
  from pg_auth_members m
  join pg_roles u on u.oid = m.member
  join pg_roles g on g.oid = m.roleid
  join pg_roles b on b.oid = m.grantor
 where u.oid = %s and g.rolname = %s
