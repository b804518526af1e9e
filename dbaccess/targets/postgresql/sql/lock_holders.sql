-- Open transactions of others that have changed a catalog of the system or hold a lock on a role, the oldest first.
-- An end that found its lock taken waits for one of them. One that is prepared has no session.
select coalesce(a.pid::text, ''), coalesce(p.gid, ''), coalesce(a.usename, p.owner, '')::text,
       coalesce(a.datname, p.database, '')::text,
       -- Without track_activities a session's begin is not known.
       coalesce(to_char(coalesce(a.xact_start, p.prepared) at time zone 'UTC', '", since "YYYY-MM-DD HH24:MI:SS UTC'), '')
  from (select distinct l.pid, l.virtualtransaction
          from pg_locks l
         where l.granted
           and (l.locktype = 'relation' and l.relation::bigint < 16384 and l.mode not in ('AccessShareLock', 'RowShareLock')
                or l.locktype = 'object' and l.classid = 'pg_authid'::regclass)) held
  left join pg_stat_activity a on a.pid = held.pid and a.backend_type = 'client backend' and a.usename <> session_user
  left join pg_locks own on held.pid is null and own.pid is null and own.locktype = 'transactionid'
                        and own.virtualtransaction = held.virtualtransaction
  left join pg_prepared_xacts p on p.transaction = own.transactionid
 where a.pid is not null or p.prepared is not null
 order by coalesce(a.xact_start, p.prepared)
