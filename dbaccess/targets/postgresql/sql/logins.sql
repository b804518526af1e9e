-- By name, by oid or by tag, to find also a login that was renamed or whose comment was changed. Each part has the
-- type of its index: among 10,000 logins a scan of all of them costs more than most ends.
select r.oid::bigint, r.rolname::text, coalesce(d.description, ''), r.rolcanlogin, r.rolsuper
  from pg_roles r
  left join pg_shdescription d on d.objoid = r.oid and d.classoid = 'pg_authid'::regclass
 where r.oid in (
    select named.oid from pg_roles named where named.rolname = any(%s::text[]::name[])
     union all
    select unnest(%s::bigint[]::oid[])
     union all
    select marked.objoid from pg_shdescription marked
     where marked.classoid = 'pg_authid'::regclass and marked.description = any(%s::text[])
 )
