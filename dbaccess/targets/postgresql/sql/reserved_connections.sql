-- How many connections are reserved, and whether the worker's login may use those. The server checks that
-- right at the connection, before the session sets the role that it works as.
select current_setting('reserved_connections')::int, pg_has_role(session_user, 'pg_use_reserved_connections', 'USAGE')
