-- Transactions prepared for a later commit by these logins, or by a role that one of them could become: of a login
-- made for a grant the role that it acted as, of a person's the roles of the grant where those could be set. They hold
-- locks and need no session. The last column: no other login can have prepared it, and its role goes with the grant.
with recursive given (every, made, acted_as) as (select %s::bigint[], %s::bigint[], %s::text[]),
becomes (login, role) as (
    select l.login, l.role
      from given, lateral (
          select e, e from unnest(every) e
           union
          select a.login, r.oid::bigint
            from unnest(made, acted_as) a (login, name) join pg_roles r on r.rolname::text = a.name
           union
          select * from unnest(%s::bigint[], %s::bigint[])
           ) l (login, role)
     where exists (select from pg_prepared_xact())
     union
    select b.login, m.roleid::bigint
      from given, becomes b
      join pg_auth_members m on m.member::bigint = b.role
     -- Roles that a person could become without the grant are not this grant's.
     where (b.login = any(made) or b.role <> b.login) and coalesce((to_jsonb(m) ->> 'set_option')::boolean, true)
),
used_by (role, login) as (
    select b.role, b.role from becomes b where b.role <> b.login
     union
    select u.role, m.member::bigint
      from used_by u
      join pg_auth_members m on m.roleid::bigint = u.login
      join pg_roles r on r.oid = m.member
     where coalesce((to_jsonb(m) ->> 'set_option')::boolean, true) and r.rolname not in (session_user, current_user)
)
select b.login, coalesce(o.rolname::text, ''), p.gid, d.datname::text,
       to_char(p.prepared at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS UTC'), b.role = b.login,
       (b.role = b.login or b.login = any(made)) and not exists (
           select from used_by u join pg_roles r on r.oid::bigint = u.login
            where u.role = b.role and r.rolcanlogin and u.login <> all(made)
       )
  from given, becomes b
  join pg_prepared_xact() p on p.ownerid::bigint = b.role
  join pg_database d on d.oid = p.dbid
  left join pg_roles o on o.oid = p.ownerid
 order by p.prepared
