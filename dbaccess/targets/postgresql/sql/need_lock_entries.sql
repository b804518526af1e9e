-- Names what an end looks at first. The server locks each of these and their indexes here, so a full lock table shows
-- before anything is done. They are shared by all databases, so no fast path keeps their locks out of that table.
select
  from pg_roles r, pg_shdescription c, pg_auth_members m, pg_database d
 where false;
-- The server keeps what it read of the worker's memberships, so that it need not read them where the table is full.
select pg_has_role('pg_signal_backend', 'USAGE'), pg_has_role('pg_read_all_stats', 'USAGE')
