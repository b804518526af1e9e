-- Privileges of logins on schemas, tables and sequences of this database, and on any database, given by this
-- grantor.
select s.refobjid::bigint, case c.relkind when 'S' then 'SEQUENCE' else 'TABLE' end,
       n.nspname::text, c.relname::text, a.privilege_type, a.is_grantable
  from pg_shdepend s
  join pg_class c on s.classid = 'pg_class'::regclass and c.oid = s.objid
  join pg_namespace n on n.oid = c.relnamespace
 cross join lateral aclexplode(c.relacl) a
 where s.refclassid = 'pg_authid'::regclass and s.refobjid = any(%s::bigint[]::oid[])
   and s.dbid = (select oid from pg_database where datname = current_database())
   and a.grantee = s.refobjid and a.grantor = (select oid from pg_roles where rolname = %s)
 union
select s.refobjid::bigint, 'SCHEMA', n.nspname::text, '', a.privilege_type, a.is_grantable
  from pg_shdepend s
  join pg_namespace n on s.classid = 'pg_namespace'::regclass and n.oid = s.objid
 cross join lateral aclexplode(n.nspacl) a
 where s.refclassid = 'pg_authid'::regclass and s.refobjid = any(%s::bigint[]::oid[])
   and s.dbid = (select oid from pg_database where datname = current_database())
   and a.grantee = s.refobjid and a.grantor = (select oid from pg_roles where rolname = %s)
 union
select s.refobjid::bigint, 'DATABASE', d.datname::text, '', a.privilege_type, a.is_grantable
  from pg_shdepend s
  join pg_database d on s.classid = 'pg_database'::regclass and d.oid = s.objid
 cross join lateral aclexplode(d.datacl) a
 where s.refclassid = 'pg_authid'::regclass and s.refobjid = any(%s::bigint[]::oid[])
   and a.grantee = s.refobjid and a.grantor = (select oid from pg_roles where rolname = %s)
 order by 2, 3, 4, 5
