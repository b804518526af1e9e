-- By oid: the session of a login that was dropped has no name. A backend that is still starting has no login
-- yet. A role that may not read others' statistics sees all these columns but the last three. A parallel worker
-- belongs to the session of its leader.
select s.pid, s.usesysid::bigint, coalesce(s.backend_start::text, ''),
       s.usesysid is not null or s.backend_type <> 'client backend', coalesce(r.rolsuper, false),
       s.leader_pid is not null
  from pg_stat_activity s
  left join pg_roles r on r.oid = s.usesysid
 where s.pid <> pg_backend_pid()
   and (s.usesysid::bigint = any(%s::bigint[]) or s.pid = any(%s::int[]))
