-- Whether this database accepts connections, whether the worker's login may connect to it, and whether triggers
-- run at each login, which no version before 17 has. No row if there is no such database.
select d.datallowconn, has_database_privilege(session_user, d.oid, 'connect'),
       coalesce((to_jsonb(d) ->> 'dathasloginevt')::boolean, false)
  from pg_database d
 where d.datname = %s
