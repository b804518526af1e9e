-- Objects of this database, or shared by all, that name this login. With privileges go their grantor, whether the worker may
-- become that role, and how they are revoked. Where only those count, the objects that it owns are left out: a holder can
-- make a million.
with named as materialized (
    select s.classid, s.objid, s.objsubid
      from pg_shdepend s
     where s.refclassid = 'pg_authid'::regclass
       and s.refobjid = %(login)s::bigint::oid
       and not (%(revocable)s and s.deptype = 'o')
       and s.dbid in (0, (select oid from pg_database where datname = current_database()))
), lists (classid, objid, objsubid, acl, revoked_on) as (
    select n.*, c.relacl, 'table' from named n
      join pg_class c on n.classid = 'pg_class'::regclass and n.objsubid = 0 and c.oid = n.objid
     union all
    select n.*, a.attacl, format('(%%I) on table', a.attname) from named n
      join pg_attribute a on n.classid = 'pg_class'::regclass and n.objsubid = a.attnum and a.attrelid = n.objid
     union all
    select n.*, p.proacl, 'routine' from named n
      join pg_proc p on n.classid = 'pg_proc'::regclass and p.oid = n.objid
     union all
    select n.*, t.typacl, 'type' from named n
      join pg_type t on n.classid = 'pg_type'::regclass and t.oid = n.objid
     union all
    select n.*, s.nspacl, 'schema' from named n
      join pg_namespace s on n.classid = 'pg_namespace'::regclass and s.oid = n.objid
     union all
    select n.*, l.lanacl, 'language' from named n
      join pg_language l on n.classid = 'pg_language'::regclass and l.oid = n.objid
     union all
    select n.*, m.lomacl, 'large object' from named n
      join pg_largeobject_metadata m on n.classid = 'pg_largeobject'::regclass and m.oid = n.objid
     union all
    select n.*, w.fdwacl, 'foreign data wrapper' from named n
      join pg_foreign_data_wrapper w on n.classid = 'pg_foreign_data_wrapper'::regclass and w.oid = n.objid
     union all
    select n.*, s.srvacl, 'foreign server' from named n
      join pg_foreign_server s on n.classid = 'pg_foreign_server'::regclass and s.oid = n.objid
     union all
    select n.*, d.datacl, 'database' from named n
      join pg_database d on n.classid = 'pg_database'::regclass and d.oid = n.objid
     union all
    select n.*, t.spcacl, 'tablespace' from named n
      join pg_tablespace t on n.classid = 'pg_tablespace'::regclass and t.oid = n.objid
     union all
    select n.*, p.paracl, 'parameter' from named n
      join pg_parameter_acl p on n.classid = 'pg_parameter_acl'::regclass and p.oid = n.objid
), given as (
    select l.classid, l.objid, l.objsubid, l.revoked_on, a.grantor,
           string_agg(a.privilege_type, ', ' order by a.privilege_type) as privileges
      from lists l cross join lateral aclexplode(l.acl) a
     where a.grantee::bigint = %(login)s
     group by 1, 2, 3, 4, 5
)
select replace(o.type, 'parameter ACL', 'parameter') || ' ' || o.identity as object, g.privileges, r.rolname::text as grantor,
       not r.rolsuper and exists (
           select from pg_auth_members m
            where m.roleid = r.oid and m.admin_option and m.member = (select oid from pg_roles where rolname = current_user)
       ) as borrowable,
       case when g.objsubid > 0
            then format('all %%s %%s', g.revoked_on, (pg_identify_object(g.classid, g.objid, 0)).identity)
            else format('all on %%s %%s', g.revoked_on, o.identity)
       end as revoked
  from named n
  left join given g using (classid, objid, objsubid)
  left join pg_roles r on r.oid = g.grantor
 cross join lateral pg_identify_object(n.classid, n.objid, n.objsubid) o
 where not %(revocable)s or g.grantor is not null
 order by 3, 1
 limit %(most)s
