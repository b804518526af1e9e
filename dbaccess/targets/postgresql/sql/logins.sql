-- By name, by oid, or by mark: a login that was renamed before its oid was recorded has its mark left. Anyone with
-- CREATEROLE can copy a mark, so it only counts on a login that the worker's role made. Names and oids are looks into an
-- index: among 10,000 logins a scan of all of them costs more than most ends. Marks have none, and are read once: a look
-- into an index for each login costs ten times as much.
with me as (select oid from pg_roles where rolname = current_user)
select r.oid::bigint, r.rolname::text, coalesce(d.description, ''), r.rolcanlogin, r.rolsuper,
       exists (select from pg_auth_members m
                where m.roleid = r.oid and m.member = (select oid from me) and m.grantor = 10 and m.admin_option offset 0)
  from pg_roles r
  left join pg_shdescription d on d.objoid = r.oid and d.classoid = 'pg_authid'::regclass
 where r.oid in (
    select named.oid from pg_roles named where named.rolname = any(%(names)s::text[]::name[])
     union all
    select unnest(%(oids)s::bigint[]::oid[])
     union all
    select marked.objoid
      from (select objoid from pg_shdescription
             where cardinality(%(marks)s::text[]) > 0 and classoid = 'pg_authid'::regclass
               and description = any(%(marks)s::text[]) offset 0) marked
     where exists (select from pg_auth_members m
                    where m.roleid = marked.objoid and m.member = (select oid from me) and m.grantor = 10 and m.admin_option offset 0)
 )
