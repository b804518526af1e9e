-- Logins that may stop the worker's sessions, and are no administrators or workers of any installation.
with recursive interrupting (oid) as (
    select r.oid from pg_roles r where r.rolname in ('pg_signal_backend', 'pg_maintain')
     union
    select m.member from interrupting i join pg_auth_members m on m.roleid = i.oid
)
select u.rolname::text
  from interrupting i
  join pg_roles u on u.oid = i.oid
 where u.rolcanlogin and not u.rolsuper and not u.rolcreaterole
   and u.rolname !~ '^dbaccess_(admin|objects|worker_login)_'
 order by 1
