-- The present names of roles with these oids, and which of these names exist.
select r.oid::bigint, r.rolname::text
  from pg_roles r
 where r.oid::bigint = any(%s::bigint[]) or r.rolname::text = any(%s::text[])
