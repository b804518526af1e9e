-- Every session of these logins, in one statement that waits for no lock. A superuser's raises 42501, so it
-- is left out. A parallel worker belongs to the session of its leader.
select s.pid, s.usesysid::bigint, coalesce(s.backend_start::text, ''), s.leader_pid is not null,
       pg_terminate_backend(s.pid)
  from pg_stat_activity s
  left join pg_roles r on r.oid = s.usesysid
 where s.usesysid::bigint = any(%s::bigint[])
   and not coalesce(r.rolsuper, false)
