-- Whether this role may connect to this database; no row if there is no such database.
select d.datallowconn and has_database_privilege(%s::oid, d.oid, 'connect')
  from pg_database d
 where d.datname = %s
