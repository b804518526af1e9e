-- Every table, partition, view and foreign table of some schemas, and those named one by one, each with the
-- privileges that the holder may not grant.
select c.oid::bigint, n.nspname::text, c.relname::text,
       array(select p from unnest(%s::text[]) p
              where h.oid is null or not has_table_privilege(h.oid, c.oid, p || ' with grant option'))
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_roles h on h.rolname = %s
 where c.relkind in ('r', 'p', 'v', 'm', 'f')
   and (n.nspname::text = any(%s::text[])
        or (n.nspname::text, c.relname::text) in (select * from unnest(%s::text[], %s::text[])))
 order by 2, 3
