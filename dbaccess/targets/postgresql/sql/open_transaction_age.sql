-- How long the oldest transaction of this login that has written is open; null where there is none. Who may not read
-- others' statistics sees null too: it is the same silence.
select max(clock_timestamp() - xact_start)
  from pg_stat_activity
 where usesysid::bigint = %s
   and backend_type = 'client backend'
   and backend_xid is not null
