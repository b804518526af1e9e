-- The sequences from which columns of these tables take their defaults; identity columns need no right to
-- theirs.
select distinct s.oid::bigint, n.nspname::text, s.relname::text,
       array(select 'USAGE'
              where h.oid is null or not has_sequence_privilege(h.oid, s.oid, 'usage with grant option'))
  from pg_attrdef a
  join pg_depend d on d.classid = 'pg_attrdef'::regclass and d.objid = a.oid
                  and d.refclassid = 'pg_class'::regclass
  join pg_class s on s.oid = d.refobjid and s.relkind = 'S'
  join pg_namespace n on n.oid = s.relnamespace
  left join pg_roles h on h.rolname = %s
 where a.adrelid::bigint = any(%s::bigint[])
 order by 2, 3
