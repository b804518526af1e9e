-- Disable logins and remove memberships, each in a subtransaction of its own. One that waits for a lock, or
-- fails for any other reason, never stops the others. Names stay on this side: one may be unreadable in the
-- client's encoding. `dbaccess.ends`: [{"login": oid, "made": bool, "roles": [oid]}]. `dbaccess.failed`:
-- {login's oid: SQLSTATE}.
do $dbaccess$
declare
  me constant oid := (select oid from pg_roles where rolname = current_user);
  first_wait constant text := '10ms';
  -- Others wait for the cluster's lock meanwhile: once this has passed in vain, no lock is waited for.
  spare_ms double precision := 250;
  failed jsonb := '{}';
  began timestamptz;
  one record;
  several record;
begin
  for one in
    select r.oid, r.rolname
      from jsonb_array_elements(current_setting('dbaccess.ends')::jsonb) e
      join pg_roles r on r.oid = (e ->> 'login')::oid
     where (e ->> 'made')::boolean and (r.rolcanlogin or r.rolvaliduntil is null or r.rolvaliduntil > now())
     order by 1
  loop
    began := clock_timestamp();
    perform set_config('lock_timeout', case when spare_ms > 0 then first_wait else '1ms' end, true);
    begin
      execute format('alter role %I nologin password null valid until %L', one.rolname, 'now');
    exception when others then
      -- A session of its own may hold the row. It is terminated, and this waits first in the queue.
      begin
        perform pg_stat_clear_snapshot();
        perform pg_terminate_backend(pid) from pg_stat_activity where usesysid = one.oid;
        perform set_config('lock_timeout', case when spare_ms > 0 then '100ms' else '1ms' end, true);
        execute format('alter role %I nologin password null valid until %L', one.rolname, 'now');
      exception when others then
        failed := failed || jsonb_build_object(one.oid::text, sqlstate);
        spare_ms := spare_ms - 1000 * extract(epoch from clock_timestamp() - began);
      end;
    end;
  end loop;
  for several in
    select g.rolname as role, array_agg(u.rolname order by u.oid) as logins, array_agg(u.oid order by u.oid) as oids,
           array_agg((e ->> 'made')::boolean order by u.oid) as made
      from jsonb_array_elements(current_setting('dbaccess.ends')::jsonb) e
      join pg_auth_members m on m.member = (e ->> 'login')::oid and m.grantor = me
      join pg_roles g on g.oid = m.roleid
      join pg_roles u on u.oid = m.member
     where (e ->> 'made')::boolean or e -> 'roles' @> to_jsonb(m.roleid::bigint)
     group by g.oid, g.rolname
     order by g.oid
  loop
    perform set_config('lock_timeout', case when spare_ms > 0 then '50ms' else '1ms' end, true);
    began := clock_timestamp();
    begin
      -- One list: since version 16 each statement costs time for every login that the worker has made.
      execute format('revoke %I from %s', several.role,
                     (select string_agg(format('%I', l), ', ') from unnest(several.logins) l));
    exception when others then
      spare_ms := spare_ms - 1000 * extract(epoch from clock_timestamp() - began);
      for one in
        select * from unnest(several.logins, several.oids, several.made) as u(login, oid, made)
      loop
        began := clock_timestamp();
        perform set_config('lock_timeout', case when spare_ms > 0 then first_wait else '1ms' end, true);
        begin
          -- With what the login gave on: an administrator may have let it.
          execute format('revoke %I from %I cascade', several.role, one.login);
        exception when others then
          spare_ms := spare_ms - 1000 * extract(epoch from clock_timestamp() - began);
          -- A login made for its grant loses the membership when it is dropped, at the latest.
          if not one.made then
            failed := failed || jsonb_build_object(one.oid::text, sqlstate);
          end if;
        end;
      end loop;
    end;
  end loop;
  perform set_config('dbaccess.failed', failed::text, true);
end
$dbaccess$
