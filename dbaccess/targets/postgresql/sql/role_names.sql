-- The present names of roles with these oids, and which of these names exist.
select r.oid::bigint, r.rolname::text
  from pg_roles r
 where r.oid = any(%s::bigint[]::oid[]) or r.rolname = any(%s::text[]::name[])
