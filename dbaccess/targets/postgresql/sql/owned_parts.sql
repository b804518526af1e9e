-- Objects of this login in this database that may be very many: tables first, because their sequences go with them, and
-- large objects last.
select i.type, i.identity
  from (select s.classid, s.objid
          from pg_shdepend s
          left join pg_class c on s.classid = 'pg_class'::regclass and c.oid = s.objid
         where s.refclassid = 'pg_authid'::regclass
           and s.refobjid = %s::bigint::oid
           and s.deptype = 'o'
           and s.dbid = (select oid from pg_database where datname = current_database())
           and s.classid in ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass, 'pg_largeobject'::regclass)
         order by s.classid, c.relkind = 'S', s.objid
         limit %s) first
 cross join lateral pg_identify_object(first.classid, first.objid, 0) i
