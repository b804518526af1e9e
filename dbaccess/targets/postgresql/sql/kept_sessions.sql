-- The connections to the lock database that other processes of ours keep open.
select count(*) from pg_stat_activity
 where usename = session_user and datname = current_database() and pid <> pg_backend_pid()
