-- The logins that may become these, directly or through others. The worker makes itself such a member for a moment.
with recursive lent (login, member) as (
  select e, e from unnest(%s::bigint[]::oid[]) e
   union
  select l.login, m.member
    from lent l
    join pg_auth_members m on m.roleid = l.member
    join pg_roles r on r.oid = m.member
   where coalesce((to_jsonb(m) ->> 'set_option')::boolean, true)
     and not r.rolsuper and r.rolname not in (session_user, current_user)
)
select l.login::bigint, l.member::bigint from lent l where l.member <> l.login
