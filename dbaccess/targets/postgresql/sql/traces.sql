-- Objects that were made or changed in this database, or are shared by all, since the grants of these people began.
-- They belong to the person's login or name it, or belong to a role that the grant gave, directly or through others.
-- Of other roles that the person may become, those with a changed owner.
-- A row of a catalog tells by its transaction when it was written, so nothing has to be recorded before but one number.
with recursive given (nr, role, since, kind) as (
    select * from unnest(%(nrs)s::int[], %(roles)s::bigint[], %(since)s::bigint[], %(kinds)s::text[])
     union
    select g.nr, m.roleid::bigint, g.since, case g.kind when 'granted' then 'granted' else 'other' end
      from given g join pg_auth_members m on m.member = g.role::oid
), clock as (
    select pg_snapshot_xmax(pg_current_snapshot())::text::bigint as now, (select min(since) from given) as since
), written (classid, objid, objsubid, of_class, of_object, acl, word, xid) as materialized (
    select 'pg_class'::regclass::oid, oid, 0, 'pg_class'::regclass::oid, oid, relacl, '', xmin::text::bigint
      from pg_class where relpersistence <> 't' and relkind <> 't'
     union all
    select 'pg_class'::regclass, attrelid, attnum::int, 'pg_class'::regclass, attrelid, attacl, '', xmin::text::bigint
      from pg_attribute where attacl is not null
     union all
    select 'pg_proc'::regclass, oid, 0, 'pg_proc'::regclass, oid, proacl, '', xmin::text::bigint from pg_proc
     union all
    select 'pg_type'::regclass, oid, 0, 'pg_type'::regclass, oid, typacl, '', xmin::text::bigint from pg_type
     union all
    select 'pg_namespace'::regclass, oid, 0, 'pg_namespace'::regclass, oid, nspacl, '', xmin::text::bigint
      from pg_namespace
     union all
    select 'pg_language'::regclass, oid, 0, 'pg_language'::regclass, oid, lanacl, '', xmin::text::bigint
      from pg_language
     union all
    select 'pg_largeobject'::regclass, oid, 0, 'pg_largeobject'::regclass, oid, lomacl, '', xmin::text::bigint
      from pg_largeobject_metadata
     union all
    select 'pg_foreign_data_wrapper'::regclass, oid, 0, 'pg_foreign_data_wrapper'::regclass, oid, fdwacl, '',
           xmin::text::bigint from pg_foreign_data_wrapper
     union all
    select 'pg_foreign_server'::regclass, oid, 0, 'pg_foreign_server'::regclass, oid, srvacl, '', xmin::text::bigint
      from pg_foreign_server
     union all
    select 'pg_database'::regclass, oid, 0, 'pg_database'::regclass, oid, datacl, '', xmin::text::bigint
      from pg_database
     union all
    select 'pg_tablespace'::regclass, oid, 0, 'pg_tablespace'::regclass, oid, spcacl, '', xmin::text::bigint
      from pg_tablespace
     union all
    select 'pg_parameter_acl'::regclass, oid, 0, 'pg_parameter_acl'::regclass, oid, paracl, '', xmin::text::bigint
      from pg_parameter_acl
     union all
    select 'pg_default_acl'::regclass, oid, 0, 'pg_default_acl'::regclass, oid, defaclacl, '', xmin::text::bigint
      from pg_default_acl
     union all
    select 'pg_trigger'::regclass, oid, 0, 'pg_class'::regclass, tgrelid, null, '', xmin::text::bigint
      from pg_trigger where not tgisinternal
     union all
    select 'pg_policy'::regclass, oid, 0, 'pg_class'::regclass, polrelid, null, '', xmin::text::bigint from pg_policy
     union all
    select 'pg_rewrite'::regclass, oid, 0, 'pg_class'::regclass, ev_class, null, '', xmin::text::bigint from pg_rewrite
     union all
    select classoid, objoid, objsubid, classoid, objoid, null, 'comment on ', xmin::text::bigint from pg_description
     union all
    select classoid, objoid, 0, classoid, objoid, null, 'comment on ', xmin::text::bigint from pg_shdescription
     union all
    select classoid, objoid, objsubid, classoid, objoid, null, 'security label of ', xmin::text::bigint from pg_seclabel
     union all
    select classoid, objoid, 0, classoid, objoid, null, 'security label of ', xmin::text::bigint from pg_shseclabel
), changed as materialized (
    -- The numbers wrap at 32 bits; the caller makes sure that the grant is younger than half of them.
    select w.* from written w, clock c
     where mod(w.xid - mod(c.since, 4294967296) + 4294967296, 4294967296) < c.now - c.since
), named as materialized (
    select g.nr, g.kind, g.since, g.role, s.classid, s.objid, s.objsubid, s.deptype, s.xmin::text::bigint as xid
      from given g
      join pg_shdepend s on s.refclassid = 'pg_authid'::regclass and s.refobjid = g.role::oid
     where s.dbid in (0, (select oid from pg_database where datname = current_database()))
       and s.classid <> 'pg_auth_members'::regclass
       and (g.kind = 'login' or s.deptype = 'o')
), found as (
    select n.nr, n.role, n.classid, n.objid, n.objsubid, n.deptype::text as how, null::aclitem[] as acl, '' as word
      from named n, clock c
     where n.kind = 'login' and mod(n.xid - mod(n.since, 4294967296) + 4294967296, 4294967296) < c.now - n.since
     union all
    select n.nr, n.role, w.classid, w.objid, w.objsubid, case n.deptype when 'o' then 'changed' else 'named' end,
           w.acl, w.word
      from clock c, named n
      join changed w on n.classid = w.of_class and n.objid = w.of_object
                    and (n.deptype = 'o' or (n.classid, n.objid, n.objsubid) = (w.classid, w.objid, w.objsubid))
     where n.kind <> 'other' and mod(w.xid - mod(n.since, 4294967296) + 4294967296, 4294967296) < c.now - n.since
     union all
    -- An object in a schema is made with a row about that, so an older row tells that the object is older.
    select n.nr, n.role, n.classid, n.objid, n.objsubid, 'moved', null, ''
      from named n, clock c
     where n.kind = 'other' and mod(n.xid - mod(n.since, 4294967296) + 4294967296, 4294967296) < c.now - n.since
       and exists (
           select from pg_depend d
            where d.classid = n.classid and d.objid = n.objid and d.refclassid = 'pg_namespace'::regclass
              and mod(d.xmin::text::bigint - mod(n.since, 4294967296) + 4294967296, 4294967296) >= c.now - n.since
       )
), several as (
    -- Something new is told once, as what it is to the person; what became of it for others is told besides.
    select f.*, count(*) over (partition by f.nr) as all_of_them,
           row_number() over (partition by f.nr order by f.how <> 'o', f.classid, f.objid, f.objsubid) as place
      from (select distinct on (nr, classid, objid, objsubid, word, how in ('o', 'changed'), how = 'moved') * from found
             order by nr, classid, objid, objsubid, word, how in ('o', 'changed'), how = 'moved',
                      how in ('changed', 'named'), role) f
)
select s.nr, s.all_of_them, s.how, s.word, coalesce(o.type, 'object'), coalesce(o.identity, s.objid::text), r.rolname::text,
       (select string_agg(format('%%s for %%s', p.privileges, p.grantee), ', ' order by p.grantee)
          from (select coalesce(e.rolname::text, 'everybody') as grantee,
                       string_agg(distinct a.privilege_type, ', ') as privileges
                  from aclexplode(s.acl) a left join pg_roles e on e.oid = a.grantee
                 where case s.how when 'named' then a.grantee::bigint = s.role or a.grantor::bigint = s.role
                                  else a.grantee::bigint <> s.role end
                 group by 1) p)
  from several s
 cross join lateral pg_identify_object(s.classid, s.objid, s.objsubid) o
  left join pg_roles r on r.oid::bigint = s.role
 where s.place <= %(named)s
 order by s.nr, s.place
