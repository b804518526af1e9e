-- The worker's login and role, and whether this login may stop their sessions: as a superuser or a member of
-- `pg_signal_backend`, or of `pg_maintain`, which locks catalogs; by any chain. The options of a membership do not count, because a later GRANT changes them.
select session_user::text, current_user::text,
       exists (select from pg_roles r
                where (r.rolsuper or r.rolname in ('pg_signal_backend', 'pg_maintain'))
                  and pg_has_role(%s::bigint::oid, r.oid, 'member'))
