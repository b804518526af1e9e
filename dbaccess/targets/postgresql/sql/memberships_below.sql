-- All memberships that lead, by any chain, to these roles, to superusers, and to the server's roles for all data; with how
-- the role counts, if it is one of them. The worker's own login and role are walked through, and are no logins that hold
-- anything. Since version 16 a membership may give neither the role's privileges nor SET ROLE, but the right to grant it.
-- Such a member may give itself the rest.
with recursive named (oid, how) as (
    select r.oid,
           case when r.rolname = any(%(roles)s::text[]::name[]) then 'member'
                when r.rolsuper then 'superuser'
                else 'all_data' end
      from pg_roles r
     where r.rolname = any(%(roles)s::text[]::name[]) or r.rolsuper
        or r.rolname in ('pg_read_all_data', 'pg_write_all_data')
), reached (oid) as (
    select oid from named
     union
    select m.member
      from reached
     cross join lateral (select m.member from pg_auth_members m where m.roleid = reached.oid offset 0) m
)
select m.member::bigint, u.rolname::text, u.rolcanlogin and u.rolname::text not in (session_user, current_user),
       m.roleid::bigint, g.rolname::text, (select how from named where named.oid = g.oid),
       m.grantor = (select oid from pg_roles where rolname = current_user),
       coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, true)
       or coalesce((to_jsonb(m) ->> 'set_option')::boolean, true)
  from reached
  join pg_auth_members m on m.roleid = reached.oid
  join pg_roles u on u.oid = m.member
  join pg_roles g on g.oid = m.roleid
 order by 2, 5
