-- The pid alone could belong to another backend by this time. A backend that is still starting has no login.
select pg_terminate_backend(s.pid)
  from unnest(%s::int[], %s::bigint[]) t (pid, login)
  join pg_stat_activity s on s.pid = t.pid and s.usesysid::bigint = t.login
