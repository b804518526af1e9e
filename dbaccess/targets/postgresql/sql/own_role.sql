-- The worker's attributes: of its login, and of the role it works as.
select r.rolname::text, r.rolname = current_user, r.rolsuper, r.rolbypassrls, r.rolreplication, r.rolcreatedb,
       r.rolcreaterole
  from pg_roles r
 where r.rolname in (session_user, current_user)
 order by 1
