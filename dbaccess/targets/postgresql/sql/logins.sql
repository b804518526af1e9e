-- By name, by oid or by tag, to find also a login that was renamed or whose comment was changed.
select r.oid::bigint, r.rolname::text, coalesce(d.description, ''), r.rolcanlogin, r.rolsuper
  from pg_roles r
  left join pg_shdescription d on d.objoid = r.oid and d.classoid = 'pg_authid'::regclass
 where r.rolname::text = any(%s::text[])
    or r.oid::bigint = any(%s::bigint[])
    or d.description = any(%s::text[])
