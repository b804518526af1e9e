-- Those of these roles that the cluster has.
select r.rolname::text from pg_roles r where r.rolname = any(%s)
