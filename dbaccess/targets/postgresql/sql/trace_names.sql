-- The names of these objects; only those of this database, or of all, have a name here.
select o.key, (pg_identify_object(o.class::oid, o.object::oid, 0)).identity
  from unnest(%s::text[], %s::bigint[], %s::bigint[]) o (key, class, object)
