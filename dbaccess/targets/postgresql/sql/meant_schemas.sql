-- These schemas, and the privileges on them that the holder may not grant.
select n.oid::bigint, n.nspname::text, '',
       array(select 'USAGE'
              where h.oid is null or not has_schema_privilege(h.oid, n.oid, 'usage with grant option'))
  from pg_namespace n
  left join pg_roles h on h.rolname = %s
 where n.nspname::text = any(%s::text[])
 order by 2
