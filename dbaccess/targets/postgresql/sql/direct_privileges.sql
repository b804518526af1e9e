-- Privileges on tables that roles of the policy cover in this database, which logins and PUBLIC have without any role: granted
-- to them, on columns too, or as the owner. Those of grants are left out: given by the holder, or owned by a login that the
-- worker made. Superusers are left out, because they need no privilege. A table counts with its parents and its children:
-- the rows of a child are reached through its parent.
with recursive held (relation, grantee, privilege) as (
    select c.oid, a.grantee, a.privilege_type
      from pg_class c cross join lateral aclexplode(c.relacl) a
     where a.grantee <> c.relowner and a.grantor <> all(select oid from pg_roles where rolname = %(holder)s)
     union
    select t.attrelid, a.grantee, a.privilege_type || ' (columns)'
      from pg_attribute t join pg_class c on c.oid = t.attrelid cross join lateral aclexplode(t.attacl) a
     where t.attacl is not null and t.attnum > 0 and not t.attisdropped and a.grantee <> c.relowner
       and a.grantor <> all(select oid from pg_roles where rolname = %(holder)s)
     union
    select c.oid, c.relowner, 'OWNER'
      from pg_class c join pg_roles u on u.oid = c.relowner
     where not (starts_with(u.rolname, %(made)s) and exists (
            select from pg_auth_members m
             where m.roleid = u.oid and m.admin_option and m.grantor = 10
               and pg_has_role(current_user, m.member, 'member')))
), direct as (
    select h.relation, h.grantee, h.privilege, u.rolname, n.nspname, c.relname,
           case when h.grantee = 0 then has_schema_privilege('public', n.oid, 'usage')
                else has_schema_privilege(u.oid, n.oid, 'usage')
                     and has_database_privilege(u.oid, current_database(), 'connect') end as usable
      from held h
      join pg_class c on c.oid = h.relation and c.relkind in ('r', 'p', 'v', 'm', 'f')
      join pg_namespace n on n.oid = c.relnamespace and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      left join pg_roles u on u.oid = h.grantee
     where h.privilege ~ '^(SELECT|INSERT|UPDATE|DELETE|TRUNCATE|OWNER)'
       and (h.grantee = 0
            or u.rolcanlogin and not u.rolsuper and u.rolname::text not in (session_user, current_user))
       and not exists (select from pg_depend d
                        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
), above (relation, kin) as (
    select distinct relation, relation from direct
     union
    select a.relation, i.inhparent from above a join pg_inherits i on i.inhrelid = a.kin
), below (relation, kin) as (
    select distinct relation, relation from direct
     union
    select b.relation, i.inhrelid from below b join pg_inherits i on i.inhparent = b.kin
), kin as (
    select relation, kin from above union select relation, kin from below
), covered (key, role, relation) as (
    select r.oid::bigint::text, r.rolname::text, k.relation
      from kin k join pg_class c on c.oid = k.kin join pg_roles r on r.rolname = any(%(roles)s::text[]::name[])
     where has_table_privilege(r.oid, c.oid, 'select, insert, update, delete, truncate')
        or has_any_column_privilege(r.oid, c.oid, 'select, insert, update')
        or pg_has_role(r.oid, c.relowner, 'usage')
     union
    select o.role, o.role, k.relation
      from kin k join pg_class c on c.oid = k.kin join pg_namespace n on n.oid = c.relnamespace
      join unnest(%(on_roles)s::text[], %(schemas)s::text[], %(tables)s::text[]) o (role, schema, name)
        on n.nspname::text = o.schema and (o.name is null or c.relname::text = o.name)
), of_table as (
    select d.grantee, coalesce(d.rolname, 'PUBLIC')::text as login, v.key, v.role,
           string_agg(d.privilege, ', ' order by d.privilege) || ' on ' || format('%%I.%%I', d.nspname, d.relname) as has,
           bool_or(d.usable) as usable
      from direct d join covered v using (relation)
     group by 1, 2, 3, 4, d.nspname, d.relname
)
select (select oid::bigint from pg_database where datname = current_database()), grantee::bigint, login, key, role, has,
       usable_anywhere, tables
  from (select *, row_number() over (partition by grantee, key order by has collate "C") as place,
               count(*) over (partition by grantee, key) as tables,
               bool_or(usable) over (partition by grantee, key) as usable_anywhere
          from of_table) o
 where place <= %(most)s
 order by login, role, place
