-- Whether the worker's login may connect to this database; no row where there is no such database.
select d.datallowconn and has_database_privilege(session_user, d.oid, 'connect')
  from pg_database d
 where d.datname = %s
