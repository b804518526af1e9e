-- Whether everybody may connect to this database, and which logins may besides superusers, its owner and the worker's
-- own: a second login of the worker's is a member of the role that it works as.
select has_database_privilege('public', d.oid, 'connect'),
       array(select r.rolname::text
               from pg_roles r
              where r.rolcanlogin and not r.rolsuper
                and r.oid <> d.datdba
                and not pg_has_role(r.oid, current_user, 'member')
                and has_database_privilege(r.oid, d.oid, 'connect')
              order by 1
              limit 5)
  from pg_database d
 where d.datname = current_database()
