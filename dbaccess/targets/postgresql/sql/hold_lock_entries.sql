-- Take a few more entries of the server's lock table, which this session keeps for itself. It counts first: a session that
-- fills the table harms every other one. The first lock, for this transaction alone, keeps two sessions from counting at once.
-- No other session has these keys: the pid is part of them, and the database is private.
select pg_try_advisory_xact_lock(0, 0);
with counted as materialized (
    select count(*) filter (where not l.fastpath and l.mode <> 'SIReadLock') as used,
           count(*) filter (where l.locktype = 'advisory' and l.objsubid = 2 and l.classid::bigint = l.pid
                                  and l.database = a.datid) as kept,
           coalesce(bool_or(l.locktype = 'advisory' and l.objsubid = 2 and l.classid = 0 and l.objid = 0
                            and l.pid = pg_backend_pid()), false) as counts_alone
      from pg_lock_status() l
     cross join pg_stat_get_activity(pg_backend_pid()) a
), size as materialized (
    select current_setting('max_locks_per_transaction')::bigint
           * (current_setting('max_connections')::bigint + current_setting('max_prepared_transactions')::bigint) as entries
)
select pg_try_advisory_lock(pg_backend_pid(), n)
  from counted, size, generate_series({first}, {last}) n
 where counts_alone
   and not pg_is_in_recovery()
   and used < entries / 2
   and kept + n - {first} < greatest({most}, entries * 2 / 100)
