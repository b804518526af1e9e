select count(*),
       extract(epoch from max(clock_timestamp() - xact_start) filter (where backend_xid is not null))::float8
  from pg_stat_activity
 where usesysid::bigint = %s and backend_type = 'client backend'
