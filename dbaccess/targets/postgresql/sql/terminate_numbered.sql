-- Every session of these logins of this server, while another transaction keeps this one from the catalogs: none is named
-- here. The server may still know from an earlier look all that it needs to terminate a session.
select s.pid, s.usesysid::bigint, coalesce(s.backend_start::text, ''), s.leader_pid is not null,
       pg_terminate_backend(s.pid)
  from unnest(%(clusters)s::text[], %(ended)s::bigint[]) known (cluster, login)
  join pg_stat_get_activity(null) s on s.usesysid::bigint = known.login
 where known.cluster in ('', (select system_identifier::text from pg_control_system()))
