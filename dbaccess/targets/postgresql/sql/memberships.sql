-- Before version 16 a membership has no options of its own: it can always be used by SET ROLE.
select m.member::bigint, m.roleid::bigint, g.rolname::text,
       m.grantor = (select oid from pg_roles where rolname = current_user) as ours,
       coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, true) as inherits,
       coalesce((to_jsonb(m) ->> 'set_option')::boolean, true) as settable,
       m.admin_option
  from pg_auth_members m
  join pg_roles g on g.oid = m.roleid
 where m.member = any(%s::bigint[]::oid[])
 order by 3
