-- The event triggers of this database that run with a statement of ours, each with its function.
select quote_ident(t.evtname), t.evtfoid::regprocedure::text
  from pg_event_trigger t
 where t.evtenabled in ('O', 'A')
   and t.evtevent in ('ddl_command_start', 'ddl_command_end', 'sql_drop')
   and (t.evttags is null or t.evttags && array['GRANT', 'REVOKE', 'DROP OWNED'])
 order by 1
