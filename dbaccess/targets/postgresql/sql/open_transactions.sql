-- The numbers of transactions that sessions of this login have begun and not ended: their low 32 bits.
select a.backend_xid::text::bigint
  from pg_stat_activity a
 where a.usesysid::bigint = %s and a.backend_xid is not null
