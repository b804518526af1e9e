-- The roles that the worker's own role may grant, and those it holds itself, without the roles that it made.
select g.rolname::text, bool_or(m.admin_option),
       bool_or(coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, true)
               or coalesce((to_jsonb(m) ->> 'set_option')::boolean, true))
  from pg_auth_members m
  join pg_roles g on g.oid = m.roleid
 where m.member = (select oid from pg_roles where rolname = current_user)
   and not g.rolcanlogin
   and g.rolname !~ '^(jit|dbaccess_left)_'
 group by 1
 order by 1
