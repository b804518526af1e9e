-- Every session of logins that were recorded, in one statement that needs no earlier look: it tells each login itself, by
-- oid and name or by oid and mark. It waits for no lock. A superuser's session raises 42501, so it is left out. A parallel
-- worker belongs to the session of its leader.
select s.pid, s.usesysid::bigint, coalesce(s.backend_start::text, ''), s.leader_pid is not null,
       pg_terminate_backend(s.pid)
  from unnest(%s::bigint[]::oid[], %s::text[]::name[], %s::text[]) known (login, name, tag)
  join pg_stat_activity s on s.usesysid = known.login
  join pg_roles r on r.oid = known.login
  left join pg_shdescription d on d.objoid = r.oid and d.classoid = 'pg_authid'::regclass
 where not r.rolsuper
   and (r.rolname = known.name or d.description = known.tag)
