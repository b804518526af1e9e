-- The tables that a login reaches in this database: by itself, and as each role that it may become. Predefined
-- roles, PUBLIC and columns count. A schema without USAGE hides its tables.
with recursive above (oid) as (
    select %(login)s::oid
     union
    -- `offset 0` keeps it a look into an index for each role: a join may read what every login has.
    select m.roleid
      from above
     cross join lateral (select m.roleid from pg_auth_members m where m.member = above.oid offset 0) m
), acting as (
    -- A role adds nothing if the login has its privileges anyway.
    select oid from above
     where oid = %(login)s::oid
        or pg_has_role(%(login)s::oid, oid, %(become)s) and not pg_has_role(%(login)s::oid, oid, 'usage')
), usable as (
    select a.oid as role, n.oid as namespace
      from acting a cross join pg_namespace n
     where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
       and has_schema_privilege(a.oid, n.oid, 'usage')
), by_column as (
    select distinct attrelid as oid from pg_attribute where attacl is not null and attnum > 0
), direct as (
    select c.oid,
           bool_or(has_table_privilege(u.role, c.oid, 'select')
                   or b.oid is not null and has_any_column_privilege(u.role, c.oid, 'select')) as reads,
           bool_or(has_table_privilege(u.role, c.oid, 'insert, update, delete, truncate')
                   or b.oid is not null and has_any_column_privilege(u.role, c.oid, 'insert, update')) as writes,
           -- An owner who has revoked a privilege from itself may grant it again.
           bool_or(pg_has_role(u.role, c.relowner, 'usage')) as owns
      from pg_class c
      join usable u on u.namespace = c.relnamespace
      left join by_column b on b.oid = c.oid
     where c.relkind in ('r', 'p', 'v', 'm', 'f')
     group by c.oid
), through (oid, reads, writes) as (
    -- The rows of a partition, or of a child, are reached through its parent without a privilege of its own.
    select oid, reads or owns, writes or owns from direct where reads or writes or owns
     union
    select i.inhrelid, t.reads, t.writes from through t join pg_inherits i on i.inhparent = t.oid
), reached as (
    select oid, bool_or(reads) as reads, bool_or(writes) as writes from through group by oid
)
select n.nspname::text, c.relname::text, r.reads, r.writes, coalesce(d.owns, false), count(*) over ()
  from reached r
  join pg_class c on c.oid = r.oid
  join pg_namespace n on n.oid = c.relnamespace
  left join direct d on d.oid = r.oid
 order by n.nspname collate "C", c.relname collate "C"
 limit %(most)s
