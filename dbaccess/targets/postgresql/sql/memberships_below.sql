-- All memberships that lead to these roles, by any chain. The worker's own login and role are walked through, and
-- are no logins that hold anything. Since version 16 a membership may give neither the role's privileges nor
-- SET ROLE, but the right to grant it. Such a member may give itself the rest.
with recursive named (oid) as (
    select r.oid from pg_roles r where r.rolname = any(%s::text[]::name[])
), reached (oid) as (
    select oid from named
     union
    select m.member
      from reached
     cross join lateral (select m.member from pg_auth_members m where m.roleid = reached.oid offset 0) m
)
select m.member::bigint, u.rolname::text, u.rolcanlogin and u.rolname::text not in (session_user, current_user),
       m.roleid::bigint, g.rolname::text, g.oid in (select oid from named),
       m.grantor = (select oid from pg_roles where rolname = current_user),
       coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, true)
       or coalesce((to_jsonb(m) ->> 'set_option')::boolean, true)
  from reached
  join pg_auth_members m on m.roleid = reached.oid
  join pg_roles u on u.oid = m.member
  join pg_roles g on g.oid = m.roleid
 order by 2, 5
