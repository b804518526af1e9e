-- The age of this login's oldest open transaction that has written. Null if there is none, and also for a
-- role that may not read others' statistics.
select max(clock_timestamp() - xact_start)
  from pg_stat_activity
 where usesysid::bigint = %s
   and backend_type = 'client backend'
   and backend_xid is not null
