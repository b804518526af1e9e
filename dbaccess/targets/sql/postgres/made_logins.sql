select r.rolname::text, d.description
  from pg_roles r
  join pg_shdescription d on d.objoid = r.oid and d.classoid = 'pg_authid'::regclass
 where starts_with(d.description, %s)
 order by 1
