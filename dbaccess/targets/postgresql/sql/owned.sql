-- The objects of the login in this database or in all of them: so many by name, and their number. Default
-- privileges and user mappings hold nothing that could be lost: REASSIGN OWNED leaves them and DROP OWNED
-- removes them.
select (pg_identify_object(o.classid, o.objid, o.objsubid)).identity, o.all_of_them
  from (select s.classid, s.objid, s.objsubid, count(*) over () as all_of_them
          from pg_shdepend s
         where s.refclassid = 'pg_authid'::regclass
           and s.refobjid = %s::bigint::oid
           and s.deptype = 'o'
           and s.dbid in (0, (select oid from pg_database where datname = current_database()))
           and s.classid not in (
               'pg_default_acl'::regclass, 'pg_user_mapping'::regclass, 'pg_auth_members'::regclass)
         order by 1, 2, 3
         limit %s) o
 order by 1
