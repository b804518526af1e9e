-- Event triggers of this database that run with a statement of ours and a function that a holder may replace: it belongs to
-- a role that the worker may give, or that such a role leads to.
with recursive owners (trigger, function, owner, role) as (
    select t.evtname, t.evtfoid, p.proowner, p.proowner
      from pg_event_trigger t
      join pg_proc p on p.oid = t.evtfoid
      join pg_roles r on r.oid = p.proowner and not r.rolsuper
     where t.evtenabled in ('O', 'A')
       and t.evtevent in ('ddl_command_start', 'ddl_command_end', 'sql_drop')
       and (t.evttags is null or t.evttags && array['GRANT', 'REVOKE', 'DROP OWNED'])
     union
    -- `offset 0` keeps it a look into an index for each role: a join may read what every login has.
    select o.trigger, o.function, o.owner, m.member
      from owners o cross join lateral (select m.member from pg_auth_members m where m.roleid = o.role offset 0) m
)
select quote_ident(o.trigger), o.function::regprocedure::text, pg_get_userbyid(o.owner)::text
  from owners o
 where exists (
        select from pg_auth_members m
         where m.roleid = o.role and m.admin_option and pg_has_role(session_user, m.member, 'member')
       )
 order by 1
 limit 1
