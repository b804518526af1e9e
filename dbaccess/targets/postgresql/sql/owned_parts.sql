-- Objects of this login in this database that may be very many, of one kind: tables first, because their sequences go with
-- them. With each goes the number of all that it owns here.
with owned as materialized (
    select s.classid, s.objid
      from pg_shdepend s
     where s.refclassid = 'pg_authid'::regclass
       and s.refobjid = %s::bigint::oid
       and s.deptype = 'o'
       and s.dbid = (select oid from pg_database where datname = current_database())
       and s.classid in ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass, 'pg_largeobject'::regclass)
), first as (
    select o.classid, o.objid
      from owned o left join pg_class c on o.classid = 'pg_class'::regclass and c.oid = o.objid
     order by o.classid, c.relkind = 'S', o.objid
     limit %s
)
select i.type, i.identity, (select count(*) from owned)
  from first f cross join lateral pg_identify_object(f.classid, f.objid, 0) i
