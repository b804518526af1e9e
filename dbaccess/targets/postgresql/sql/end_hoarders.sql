-- Sessions with many locks end: those of logins with grants that are over on this server, and only where no such login has
-- many locks, or its sessions do not go, those of logins that the worker made and that have a twentieth of all locks. No
-- catalog that all databases share is named here: the lock table has no room for its lock. Some of the entries that this
-- session kept are freed once the locks are counted. Others may take them at any moment, and from then on only the few
-- locks are needed by which the server looks up roles and their members.
with held as materialized (
    select l.pid, count(*) as locks from pg_lock_status() l where not l.fastpath group by l.pid
), freed as materialized (
    select bool_and(pg_advisory_unlock(pg_backend_pid(), n)) is distinct from false as done
      from generate_series(%(first)s::int, %(last)s::int) n
     where (select count(*) from held) > 0
), sessions as materialized (
    select h.pid, h.locks, a.usesysid as login, a.backend_start, a.leader_pid, sum(h.locks) over (partition by a.usesysid) as of_login
      from held h
     cross join lateral pg_stat_get_activity(case when (select done from freed) then h.pid else -1 end) a
     where h.pid <> pg_backend_pid() and a.usesysid is not null
), hoarders as materialized (
    select s.*,
           exists (select from unnest(%(clusters)s::text[], %(ended)s::bigint[]) e (cluster, login)
                    where e.login = s.login::bigint
                      and e.cluster in ('', (select system_identifier::text from pg_control_system()))) as ended
      from sessions s
     where s.of_login > 50
     order by s.of_login desc, s.locks desc
)
select h.pid, h.login::bigint, coalesce(h.backend_start::text, ''), h.locks, h.ended, h.leader_pid is not null,
       pg_terminate_backend(h.pid)
  from hoarders h
 where h.ended
    or (%(others)s or not exists (select from hoarders e where e.ended))
       and h.login::bigint = any(%(made)s::bigint[])
       and h.of_login > (select sum(locks) from held) / 20
