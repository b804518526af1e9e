select r.rolcanlogin and not r.rolsuper and not r.rolcreaterole and not r.rolbypassrls
       and r.rolvaliduntil = %s and d.description = %s
  from pg_roles r
  left join pg_shdescription d on d.objoid = r.oid and d.classoid = 'pg_authid'::regclass
 where r.oid = %s::bigint::oid
