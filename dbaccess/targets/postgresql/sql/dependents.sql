-- Where something belongs to these logins or names them, and whether something that could be lost belongs to them there.
-- Memberships go with the login itself; those that it gave are among these.
select s.refobjid::bigint, coalesce(d.datname::text, ''),
       bool_or(s.deptype = 'o' and s.classid not in ('pg_default_acl'::regclass, 'pg_user_mapping'::regclass))
  from pg_shdepend s
  left join pg_database d on d.oid = s.dbid
 where s.refclassid = 'pg_authid'::regclass
   and s.refobjid = any(%s::bigint[]::oid[])
 group by 1, 2
 order by 2
