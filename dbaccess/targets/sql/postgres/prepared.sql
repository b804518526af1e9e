-- Transactions that are prepared for a commit later, by these logins. They hold locks and need no session.
select p.ownerid::bigint, p.gid, d.datname::text
  from pg_prepared_xact() p
  join pg_database d on d.oid = p.dbid
 where p.ownerid::bigint = any(%s::bigint[])
 order by p.prepared
