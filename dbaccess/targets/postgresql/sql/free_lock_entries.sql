select pg_advisory_unlock(pg_backend_pid(), l.objid::int)
  from pg_lock_status() l
 where l.pid = pg_backend_pid() and l.locktype = 'advisory' and l.objsubid = 2 and l.objid::int > %s
