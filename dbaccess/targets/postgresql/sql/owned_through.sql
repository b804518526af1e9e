-- The databases in which these roles own something, themselves or through roles that they are members of; empty for what
-- all databases share.
with recursive above (given, role) as (
    select r, r from unnest(%s::bigint[]::oid[]) r
     union
    -- `offset 0` keeps it a look into an index for each role: a join may read what every login has.
    select a.given, m.roleid
      from above a cross join lateral (select m.roleid from pg_auth_members m where m.member = a.role offset 0) m
)
select a.given::bigint, coalesce(d.datname::text, '')
  from above a
  join pg_shdepend s on s.refclassid = 'pg_authid'::regclass and s.refobjid = a.role and s.deptype = 'o'
  left join pg_database d on d.oid = s.dbid
 group by 1, 2
