-- Every session of logins that were recorded, in one statement that needs no earlier look: it tells each login itself, by
-- oid and name. It waits for no lock, and names one catalog alone: maintenance of another one does not keep a session. A
-- superuser's session raises 42501, so it is left out. A parallel worker belongs to the session of its leader.
select s.pid, s.usesysid::bigint, coalesce(s.backend_start::text, ''), s.leader_pid is not null,
       pg_terminate_backend(s.pid)
  from unnest(%s::bigint[]::oid[], %s::text[]::name[]) known (login, name)
  join pg_stat_get_activity(null) s on s.usesysid = known.login
  join pg_roles r on r.oid = known.login
 where not r.rolsuper
   and r.rolname = known.name
