-- Removes every trigger, function, policy and rewrite rule in the schema, whatever role made it. The other
-- files of this folder then make those of this version. Objects of extensions stay.

do $$
declare
    statement text;
begin
    for statement in
        select format('drop trigger %I on %I.%I', t.tgname, n.nspname, c.relname)
          from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = 'public' and not t.tgisinternal and t.tgparentid = 0
         union all
        select format('drop policy %I on %I.%I', p.polname, n.nspname, c.relname)
          from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = 'public'
         union all
        select format('alter table %I.%I disable row level security, no force row level security', n.nspname, c.relname)
          from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = 'public' and (c.relrowsecurity or c.relforcerowsecurity)
         union all
        select format('drop rule %I on %I.%I', r.rulename, n.nspname, c.relname)
          from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = 'public' and c.relkind in ('r', 'p') and r.rulename <> '_RETURN'
         union all
        -- All at once, because one may need another. Without cascade: PostgreSQL refuses where any other object needs one,
        -- such as a view in another schema, and names it.
        select 'drop routine ' || string_agg(p.oid::regprocedure::text, ', ')
          from pg_proc p
         where p.pronamespace = 'public'::regnamespace
           and not exists (
               select from pg_depend d
                where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
           )
        having count(*) > 0
    loop
        execute statement;
    end loop;
end $$;
