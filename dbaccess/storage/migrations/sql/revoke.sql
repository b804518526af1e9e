-- Revokes every right on the database, the schema and its objects from all roles but the owner, whatever role
-- granted it. `rights.sql` then grants those of this version. A right on an object of an extension stays.

do $$
declare
    statement text;
begin
    for statement in
        with held (rights, object, name, grantee) as (
            select 'all', case c.relkind when 'S' then 'sequence' else 'table' end, format('%I.%I', n.nspname, c.relname), a.grantee
              from pg_class c join pg_namespace n on n.oid = c.relnamespace
             cross join lateral (
                select x.grantee from aclexplode(c.relacl) x
                 union
                select x.grantee from pg_attribute t cross join lateral aclexplode(t.attacl) x where t.attrelid = c.oid
             ) a
             where n.nspname = 'public' and a.grantee <> c.relowner
               and not exists (
                   select from pg_depend d
                    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
               )
             union
            select 'all', 'routine', p.oid::regprocedure::text, a.grantee
              from pg_proc p
             cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
             where p.pronamespace = 'public'::regnamespace and a.grantee <> p.proowner
               and not exists (
                   select from pg_depend d
                    where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
               )
             union
            select 'all', 'schema', 'public', a.grantee
              from pg_namespace n cross join lateral aclexplode(n.nspacl) a
             where n.nspname = 'public' and a.grantee <> n.nspowner
             union
            -- Another role, such as a monitor's, may keep its right to connect.
            select case a.grantee when 0 then 'all' else 'create, temporary' end, 'database', format('%I', d.datname), a.grantee
              from pg_database d cross join lateral aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
             where d.datname = current_database() and a.grantee <> d.datdba
               and (a.privilege_type <> 'CONNECT' or a.grantee = 0)
        )
        select format(
            'revoke %s on %s %s from %s cascade', rights, object, name,
            case grantee when 0 then 'public' else format('%I', pg_get_userbyid(grantee)) end
        ) from held
    loop
        execute statement;
    end loop;
end $$;
