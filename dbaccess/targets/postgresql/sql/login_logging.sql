-- The settings that decide whether all that these logins run in a database is logged. The most particular one counts.
-- A value of the server is unknown where this session has one of its own. A session with a hidden begin may be of
-- any age.
select asked.name, clock_timestamp(),
       (select case when bool_or(s.backend_start is null) then to_timestamp(0) else min(s.backend_start) end
          from pg_stat_activity s
         where s.usesysid = r.oid and s.datid = d.oid and s.backend_type = 'client backend'),
       r.oid is not null, setting.log_statement, setting.log_min_messages, setting.lc_messages,
       coalesce(exists (
           select from pg_parameter_acl p, aclexplode(p.paracl) given
            where p.parname in ('log_statement', 'log_min_messages', 'lc_messages')
              and given.privilege_type in ('SET', 'ALTER SYSTEM')
              and (given.grantee = 0 or pg_has_role(r.oid, given.grantee, 'member'))
       ) or exists (
           select from pg_roles s where s.rolsuper and pg_has_role(r.oid, s.oid, 'member')
       ), false)
  from unnest(%(logins)s::text[]) asked (name)
  left join pg_roles r on r.rolname = asked.name
  left join pg_database d on d.datname = %(database)s,
       lateral (
           select max(value) filter (where name = 'log_statement') as log_statement,
                  max(value) filter (where name = 'log_min_messages') as log_min_messages,
                  max(value) filter (where name = 'lc_messages') as lc_messages
             from (select wanted.name, coalesce(own.value, server.setting) as value
                     from unnest(array['log_statement', 'log_min_messages', 'lc_messages']) wanted (name)
                     left join pg_settings server on server.name = wanted.name
                      and server.source not in ('user', 'database', 'database user', 'client', 'session')
                     left join lateral (
                         select substr(option, strpos(option, '=') + 1) as value
                           from pg_db_role_setting s, unnest(s.setconfig) option
                          where split_part(option, '=', 1) = wanted.name
                            and s.setrole in (r.oid, 0) and s.setdatabase in (d.oid, 0)
                          order by s.setrole <> 0 and s.setdatabase <> 0 desc, s.setrole <> 0 desc,
                                   s.setdatabase <> 0 desc
                          limit 1
                     ) own on true) effective
       ) setting
