-- Whether the holder may give CONNECT on this database, and whether everybody has it anyway.
select coalesce((select has_database_privilege(h.oid, current_database(), 'connect with grant option')
                   from pg_roles h
                  where h.rolname = %s), false),
       has_database_privilege('public', current_database(), 'connect')
