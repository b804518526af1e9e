-- Logins that are superusers, without the worker's own.
select oid::bigint, rolname::text from pg_roles
 where rolsuper and rolcanlogin and rolname::text not in (session_user, current_user)
 order by 2
