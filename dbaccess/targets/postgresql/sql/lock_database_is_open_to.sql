-- Whether PUBLIC may connect to this database, and which logins may besides superusers, an administrator who
-- owns it, and the worker's own. A second login of the worker's is a member of the role that it works as. A
-- login with CREATEDB alone can create this database before the administrator does, and hold the lock in it.
select has_database_privilege('public', d.oid, 'connect'),
       array(select r.rolname::text
               from pg_roles r
              where r.rolcanlogin and not r.rolsuper
                and not (r.oid = d.datdba and r.rolcreaterole)
                and not pg_has_role(r.oid, current_user, 'member')
                and has_database_privilege(r.oid, d.oid, 'connect')
              order by 1
              limit 5),
       pg_get_userbyid(d.datdba)::text
  from pg_database d
 where d.datname = current_database()
