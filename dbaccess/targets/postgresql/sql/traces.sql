-- A key for each thing that these logins own, are named in by a privilege, or have set, and for the settings
-- of this database.
select s.refobjid::bigint, concat_ws('.', s.deptype, s.dbid, s.classid, s.objid), coalesce(d.datname::text, '')
  from pg_shdepend s
  left join pg_database d on d.oid = s.dbid
 where s.refclassid = 'pg_authid'::regclass
   and s.refobjid::bigint = any(%s::bigint[])
   and s.classid <> 'pg_auth_members'::regclass
 union all
select r.setrole::bigint, concat_ws('.', 'set', r.setdatabase, md5(r.setconfig::text)), coalesce(d.datname::text, '')
  from pg_db_role_setting r
  left join pg_database d on d.oid = r.setdatabase
 where r.setrole::bigint = any(%s::bigint[])
    or r.setrole = 0 and d.datname = any(%s::text[])
 order by 2
