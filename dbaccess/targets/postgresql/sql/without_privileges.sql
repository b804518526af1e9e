-- Those of these roles that give nothing in this database: neither they nor a role that they are in owns an
-- object here or may use one. PUBLIC's privileges are no role's, and the catalogs are everybody's.
with recursive reaches (role, other) as (
    select r.oid, r.oid from pg_roles r where r.rolname = any(%s)
    union
    select x.role, m.roleid from reaches x join pg_auth_members m on m.member = x.other
),
uses (role) as (
    select c.relowner from pg_class c where c.oid >= 16384 and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    union
    select a.grantee
      from pg_class c, aclexplode(c.relacl) a
     where c.oid >= 16384 and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    union
    select a.grantee from pg_attribute t, aclexplode(t.attacl) a where t.attrelid >= 16384
    union
    select p.proowner from pg_proc p where p.oid >= 16384
    union
    select a.grantee from pg_proc p, aclexplode(p.proacl) a where p.oid >= 16384
    union
    select n.nspowner from pg_namespace n where n.oid >= 16384
    union
    select a.grantee from pg_namespace n, aclexplode(n.nspacl) a where a.privilege_type = 'CREATE'
    union
    select d.datdba from pg_database d where d.datname = current_database()
    union
    select a.grantee
      from pg_database d, aclexplode(d.datacl) a
     where d.datname = current_database() and a.privilege_type = 'CREATE'
    union
    -- Roles that PostgreSQL brings along give without an entry of their own.
    select r.oid from pg_roles r where r.oid < 16384
)
select r.rolname::text
  from pg_roles r
 where r.rolname = any(%s)
   and not exists (select from reaches x join uses u on u.role = x.other where x.role = r.oid)
 order by 1
