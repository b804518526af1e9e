-- The roles that the worker's role gave to logins that may now stop the worker's sessions.
with recursive interrupting (oid) as (
    select r.oid from pg_roles r where r.rolsuper or r.rolname in ('pg_signal_backend', 'pg_maintain')
     union
    select m.member from interrupting i join pg_auth_members m on m.roleid = i.oid
)
select u.oid::bigint, u.rolname::text, g.oid::bigint, g.rolname::text
  from interrupting i
  join pg_auth_members m on m.member = i.oid
  join pg_roles u on u.oid = m.member
  join pg_roles g on g.oid = m.roleid
 where m.grantor = (select oid from pg_roles where rolname = current_user)
   and u.rolname::text not in (session_user, current_user)
