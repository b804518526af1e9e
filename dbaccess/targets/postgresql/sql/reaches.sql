-- Whether this database accepts connections, and whether the worker's login may connect to it; no row if
-- there is no such database.
select d.datallowconn, has_database_privilege(session_user, d.oid, 'connect')
  from pg_database d
 where d.datname = %s
