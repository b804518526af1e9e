-- Every session of these logins of this server, while another transaction keeps this one from the catalogs: none is named
-- here. What the server looks up before it terminates a session may be at hand from an earlier look.
select s.pid, s.usesysid::bigint, coalesce(s.backend_start::text, ''), s.leader_pid is not null,
       pg_terminate_backend(s.pid)
  from unnest(%(clusters)s::text[], %(ended)s::bigint[]) known (cluster, login)
  join pg_stat_get_activity(null) s on s.usesysid::bigint = known.login
 where known.cluster in ('', (select system_identifier::text from pg_control_system()))
