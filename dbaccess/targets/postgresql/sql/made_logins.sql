-- Roles with the installation's mark, and whether the worker's role made them. Since version 16 the server
-- itself, as the bootstrap superuser, makes a role's maker its administrator. A mark or a name alone proves
-- nothing, because anyone can write it. The server keeps what `pg_get_userbyid` read, and so terminates sessions
-- of these logins where the lock table is full.
select made.oid::bigint, pg_get_userbyid(made.oid)::text, made.tag, made.ours
  from (select r.oid, r.rolname::text as name, coalesce(d.description, '') as tag,
               starts_with(r.rolname, %s) and exists (
                   select from pg_auth_members m
                    where m.roleid = r.oid and m.admin_option and m.grantor = 10
                      and pg_has_role(current_user, m.member, 'member')
               ) as ours
          from pg_roles r
          left join pg_shdescription d on d.objoid = r.oid and d.classoid = 'pg_authid'::regclass
         where starts_with(r.rolname, %s) or starts_with(d.description, %s)) made
 where made.ours or starts_with(made.tag, %s)
 order by 2
