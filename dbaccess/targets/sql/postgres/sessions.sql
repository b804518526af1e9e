-- By oid: the session of a login that was dropped has no name any more. A personal login may connect again, now
-- without the role: only what began before it was taken counts there.
select pid, usesysid::bigint, backend_start::text
  from pg_stat_activity
 where pid <> pg_backend_pid()
   and (usesysid::bigint = any(%s::bigint[]) or usesysid::bigint = any(%s::bigint[]) and backend_start <= %s)
