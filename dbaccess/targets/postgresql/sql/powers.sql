-- The powers beyond data that these roles lead to, by any chain of memberships. The options of a membership do not
-- count: a later GRANT changes them, and before version 16 there are none.
with recursive reached (role, oid) as (
    select r.rolname, r.oid from pg_roles r
     where r.rolname = any(%s::text[]::name[])
        or %s and r.oid in (
            select m.roleid from pg_auth_members m
             where m.grantor = (select oid from pg_roles where rolname = current_user) and m.member <> m.grantor
        )
     union
    -- Here and below, `offset 0` keeps it a look into an index for each role: a join may read what every login has.
    select reached.role, m.roleid
      from reached
     cross join lateral (select m.roleid from pg_auth_members m where m.member = reached.oid offset 0) m
)
select reached.role::text, r.rolname::text, found.power
  from reached
 cross join lateral (select * from pg_roles there where there.oid = reached.oid offset 0) r
 cross join lateral (values
    (1, r.rolsuper, 'is a superuser'),
    (2, r.rolname::text in (session_user, current_user)
        or r.rolname ~ '^dbaccess_(admin|objects|worker_login)_'
        or r.rolname in ('dbaccess_owner', 'dbaccess_bot', 'dbaccess_worker', 'dbaccess_auditor'), 'is a role of dbaccess itself'),
    (3, r.rolcreaterole, 'can make roles'),
    (4, r.rolbypassrls, 'passes row security'),
    (5, r.rolreplication, 'can replicate'),
    (6, r.rolcreatedb, 'can make databases'),
    -- A member that becomes a role that can log in sets its password, and stays.
    (7, r.rolcanlogin, 'can log in'),
    -- The list names roles that read or write tables, or watch the server. Any other predefined role reaches
    -- files or programs, signals or locks out the worker, or like pg_read_all_data reads all password
    -- verifiers.
    (8, r.oid < 16384 and r.rolname ~ '^pg_' and r.rolname not in (
            'pg_monitor', 'pg_read_all_settings', 'pg_read_all_stats', 'pg_stat_scan_tables', 'pg_write_all_data'),
        'has power over the server'),
    (9, (select bool_or(m.admin_option) from pg_auth_members m where m.member = r.oid) is true,
        'may give roles to others'),
    (10, exists (
            select from pg_parameter_acl p cross join lateral aclexplode(p.paracl) a
             where a.grantee = r.oid and a.privilege_type = 'ALTER SYSTEM'), 'can change the server''s settings'),
    -- The statements of its holder could be hidden from the server's log, and so from everyone.
    (11, exists (
            select from pg_parameter_acl p cross join lateral aclexplode(p.paracl) a
             where a.grantee in (r.oid, 0) and a.privilege_type = 'SET'
               and p.parname in ('log_statement', 'log_min_messages', 'lc_messages')),
        'may switch the logging of statements off'),
    (12, exists (select from pg_database d where d.datdba = r.oid and d.datname ~ '^(dbaccess(_|$)|template1$)'),
        'owns a database that dbaccess or every new database depends on')
 ) found (place, there, power)
 where found.there
 order by reached.role, found.place, r.rolname
