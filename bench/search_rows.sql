-- Two years of an installation: grants with their requests, reviews, reaches, ledger entries and statements.
-- The guards are off, and indexes that cost most are built at the end. Numbers decide everything, so that each
-- run has the same rows.

create temporary table made as
select n,
       now() - interval '730 days' * (1 - n / %(grants)s::float) as created_at,
       'person' || case when n %% 1000 = 7 and n < %(grants)s / 24 then -1
                        else (500 * power((n * 7919 %% 10007) / 10007.0, 2))::int end as person,
       'target-' || case when n %% 500 = 3 and n < %(grants)s / 12 then 99 else n * 31 %% 20 end as target,
       case when n %% 50 = 0 then 'migrate' when n %% 5 = 0 then 'write' else 'read' end as role,
       'reviewer' || n * 13 %% 30 as reviewer,
       case when n %% 3 = 0 then 'OPS-' || n end as ticket
  from generate_series(1, %(grants)s) n;

insert into reaches (digest, tables, unrecorded)
select md5(n::text) || md5(n::text), 500, case when n %% 240 = 0 then 3 else 0 end from generate_series(1, 480) n;
insert into reached_tables (reach_id, schema_name, name, reads, writes, owns)
select r.id, 'shop', case t when 1 then 'orders' else 'table_' || t end, true, r.id %% 3 = 0, false
  from reaches r, generate_series(1, 500) t;
insert into reached_tables (reach_id, schema_name, name, reads, writes, owns)
select id, 'vault', 'cards', true, false, false from reaches where id = (select min(id) + 7 from reaches);

insert into requests (id, requester_slack_id, terms, fingerprint, policy_hash, state, submitted_at, decide_by, decided_at)
overriding system value
select n, 'U' || upper(person),
       cast(%(terms)s as jsonb) || jsonb_strip_nulls(jsonb_build_object(
           'requester', person, 'target', target, 'role', role, 'ticket', ticket)),
       repeat('f', 64), repeat('p', 64), 'approved', created_at, created_at + interval '1 hour', created_at
  from made;
insert into reviews (request_id, reviewer, reviewer_slack_id, verdict, role, duration_seconds, groups, note,
                     fingerprint, policy_hash, reviewed_at)
select n, reviewer, 'U' || upper(reviewer), 'approved', role, 7200, array['dba'], '', repeat('f', 64), repeat('p', 64), created_at
  from made;
insert into grants (id, request_id, holder, holder_slack_id, target, cluster, role, duration, state, created_at, begun_at,
                    expires_at, activated_at, revoking_at, ended_at, end_cause, ended_by, recipe, receipt,
                    reach_id, reach_read_at)
overriding system value
select n, n, person, 'U' || upper(person), target, 'main', role, interval '2 hours',
       case when is_over then 'ended' else 'active' end, created_at, created_at + interval '1 second',
       created_at + interval '2 hours', created_at + interval '2 seconds',
       case when is_over then created_at + interval '2 hours' end,
       case when is_over then created_at + interval '121 minutes' end,
       case when is_over then 'expired' end, case when is_over then 'system' end,
       jsonb_build_object('grant_id', n, 'cluster', 'main', 'cluster_identity', '7', 'database', 'orders',
           'login_kind', 'ephemeral', 'login', 'jit_acme_' || person || '_' || n, 'login_identity', n::text,
           'tag', 'dbaccess:acme:grant:' || n, 'roles', jsonb_build_array('orders_' || role), 'act_as', null,
           'standing', '[]'::jsonb, 'on', null, 'role_identities', '[]'::jsonb, 'traces', null),
       case when is_over then cast(%(receipt)s as jsonb) end,
       case when n %% 100 > 0 then reach end, case when n %% 100 > 0 then created_at + interval '3 seconds' end
  from (select made.*, created_at + interval '121 minutes' < now() as is_over,
               (select min(id) from reaches) + (n * 31 %% 20) * 24 + n * 24 / (%(grants)s + 1) as reach
          from made) made;

insert into ledger (seq, prev_hash, hash, body, kind, request_id, grant_id)
select last + n, sha256(int8send(n - 1)), sha256(int8send(n)),
       convert_to(format('{"actor":"worker","at":"2026-01-01T00:00:00+00:00","kind":"grant.activated","seq":%%s}', n), 'utf8')
           || convert_to(repeat('x', 200), 'utf8'),
       'grant.activated', 1 + n %% %(grants)s, 1 + n %% %(grants)s
  from generate_series(1, %(events)s) n, (select coalesce(max(seq), 0) as last from ledger) already;
