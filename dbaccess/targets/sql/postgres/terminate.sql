-- The pid alone could be somebody else's by now.
select pg_terminate_backend(pid) from pg_stat_activity where pid = %s and usesysid::bigint = %s
