-- The privileges of this role on this database, and on its schemas, tables and sequences.
select case c.relkind when 'S' then 'SEQUENCE' else 'TABLE' end, n.nspname::text, c.relname::text, a.privilege_type
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
 cross join lateral aclexplode(c.relacl) a
  join pg_roles r on r.oid = a.grantee
 where r.rolname = %s
 union
select 'SCHEMA', n.nspname::text, '', a.privilege_type
  from pg_namespace n
 cross join lateral aclexplode(n.nspacl) a
  join pg_roles r on r.oid = a.grantee
 where r.rolname = %s
 union
select 'DATABASE', d.datname::text, '', a.privilege_type
  from pg_database d
 cross join lateral aclexplode(d.datacl) a
  join pg_roles r on r.oid = a.grantee
 where d.datname = current_database() and r.rolname = %s
 order by 1, 2, 3, 4
