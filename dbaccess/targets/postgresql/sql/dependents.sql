-- The databases with objects of these logins, or objects that name them. Memberships go with the login
-- itself.
select distinct s.refobjid::bigint, coalesce(d.datname::text, '')
  from pg_shdepend s
  left join pg_database d on d.oid = s.dbid
 where s.refclassid = 'pg_authid'::regclass
   and s.refobjid::bigint = any(%s::bigint[])
   and s.classid <> 'pg_auth_members'::regclass
 order by 2
