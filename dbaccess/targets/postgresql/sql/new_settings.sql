-- Settings that were made for these people's logins, or for everybody in the grants' databases, since the grants began.
select g.nr, r.setrole <> 0, coalesce(d.datname::text, '')
  from unnest(%(nrs)s::int[], %(roles)s::bigint[], %(since)s::bigint[], %(databases)s::text[]) g (nr, login, since, name)
  join pg_db_role_setting r on true
  left join pg_database d on d.oid = r.setdatabase
 where (r.setrole::bigint = g.login or r.setrole = 0 and d.datname = g.name)
   and mod(r.xmin::text::bigint - mod(g.since, 4294967296) + 4294967296, 4294967296)
       < pg_snapshot_xmax(pg_current_snapshot())::text::bigint - g.since
