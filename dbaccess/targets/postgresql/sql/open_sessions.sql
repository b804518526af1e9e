-- How many sessions each login has, and where they come from. Parallel workers belong to a session that counts.
select s.usesysid::bigint, count(*)::int,
       coalesce(array_agg(distinct coalesce(host(s.client_addr), '[local]')), '{}')
  from pg_stat_activity s
 where s.usesysid::bigint = any(%s::bigint[]) and s.backend_type = 'client backend'
 group by s.usesysid
