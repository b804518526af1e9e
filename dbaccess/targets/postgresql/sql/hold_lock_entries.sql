-- Entries of the server's lock table that this session keeps for itself, where there are several times as many. No other
-- session has these keys: the pid is part of them, and the database is private.
select pg_try_advisory_lock(pg_backend_pid(), n) from generate_series({first}, 512) n;
select pg_advisory_unlock(pg_backend_pid(), n) from generate_series({most} + 1, 512) n
