-- Backends in a transaction: one that is still starting is in one too, and may be visible nowhere else. Once
-- past authentication, it holds the lock on its database or waits for it.
select l.pid, l.virtualtransaction, bool_or(l.locktype = 'object')
  from pg_locks l
 where l.pid <> pg_backend_pid()
   and (l.locktype = 'virtualxid' and l.virtualxid = l.virtualtransaction
        or l.locktype = 'object' and l.classid = 'pg_database'::regclass)
 group by 1, 2
