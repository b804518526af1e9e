-- Sessions with many locks end: of logins whose grants are over, and of any login that the installation made those with a
-- twentieth of all locks. No catalog that all databases share is named here: the lock table has no room for its lock.
-- Some of the entries that this session kept are freed once the locks are counted. Others may take them at any moment, and
-- from then on only the few locks are needed by which the server looks up roles and their members.
with held as materialized (
    select l.pid, count(*) as locks from pg_lock_status() l where not l.fastpath group by l.pid
), hoarders as materialized (
    select held.pid, held.locks from held
     where held.locks > 50 and held.pid <> pg_backend_pid()
     order by held.locks desc
)
select h.pid, a.usesysid::bigint, coalesce(a.backend_start::text, ''),
       case when a.usesysid = any(%s::bigint[]::oid[])
                 or h.locks > (select sum(locks) from held) / 20
                    and starts_with(pg_get_userbyid(a.usesysid)::text, %s)
            then pg_terminate_backend(h.pid)
       end
  from hoarders h
 cross join lateral pg_stat_get_activity(
           case when (select bool_and(pg_advisory_unlock(pg_backend_pid(), n)) from generate_series(%s::int, %s::int) n)
                     is distinct from false
                then h.pid
           end) a
 where a.usesysid is not null
