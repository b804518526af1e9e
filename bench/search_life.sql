-- From a request to the end of its grant: the rows alone, without guards, ledger and messages.
insert into requests (id, requester_slack_id, terms, fingerprint, policy_hash, state, submitted_at, decide_by, decided_at)
overriding system value
select last + n, requester_slack_id, terms, fingerprint, policy_hash, 'approved', now(), now() + interval '1 hour', now()
  from requests, generate_series(1, %(lives)s) n, (select max(id) as last from requests) before where id = 1;
insert into reviews (request_id, reviewer, reviewer_slack_id, verdict, role, duration_seconds, groups, note, fingerprint,
                     policy_hash, reviewed_at)
select id, 'priya', 'UPRIYA', 'approved', role, 7200, array['dba'], '', fingerprint, policy_hash, now()
  from requests where submitted_at = now();
insert into grants (id, request_id, holder, holder_slack_id, target, cluster, role, duration, state, created_at)
overriding system value
select id, id, requester, requester_slack_id, target, 'main', role, interval '2 hours', 'provisioning', now()
  from requests where submitted_at = now();
update grants g set begun_at = now(), expires_at = now() + g.duration, attempts = 1,
       recipe = first.recipe || jsonb_build_object('grant_id', g.id)
  from grants first where first.id = 1 and g.state = 'provisioning';
update grants set state = 'active', activated_at = now(), reach_id = (select min(id) from reaches), reach_read_at = now()
 where state = 'provisioning';
update grants set state = 'revoking', revoking_at = now(), end_cause = 'expired', ended_by = 'system'
 where state = 'active' and created_at = now();
update grants set state = 'ended', ended_at = now(), receipt = '{}' where state = 'revoking' and created_at = now()
