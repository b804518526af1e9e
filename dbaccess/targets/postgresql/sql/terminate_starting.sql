-- The server refuses this for a backend that has not authenticated, and for a superuser's.
select pg_terminate_backend(%s)
 where exists (select from pg_locks where pid = %s and locktype = 'virtualxid' and virtualtransaction = %s)
   and not exists (select from pg_stat_activity where pid = %s and usesysid is not null)
