-- Whether the holder may grant CONNECT on this database, and whether PUBLIC has it anyway.
select coalesce((select has_database_privilege(h.oid, current_database(), 'connect with grant option')
                   from pg_roles h
                  where h.rolname = %s), false),
       has_database_privilege('public', current_database(), 'connect')
