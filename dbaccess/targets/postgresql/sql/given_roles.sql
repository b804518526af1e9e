-- Memberships that the worker's role granted to others than itself, its own roles, and the logins that it
-- made. The server keeps what `pg_get_userbyid` read, and so terminates sessions of these logins where the
-- catalog of roles is locked.
select u.oid::bigint, pg_get_userbyid(u.oid)::text, g.oid::bigint, g.rolname::text
  from pg_auth_members m
  join pg_roles u on u.oid = m.member
  join pg_roles g on g.oid = m.roleid
 where m.grantor = (select oid from pg_roles where rolname = current_user)
   and u.rolname::text not in (session_user, current_user)
   and u.rolname !~ '^dbaccess_(admin|objects|worker_login)_'
   and not exists (
       select from pg_auth_members a
        where a.roleid = u.oid and a.admin_option and a.grantor = 10 and pg_has_role(current_user, a.member, 'member')
   )
 order by 2, 4
