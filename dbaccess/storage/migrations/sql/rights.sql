-- The least that each process needs. `revoke.sql` has taken everything else; the owner runs nothing.

do $$
begin
    execute format('grant connect on database %I to dbaccess_bot, dbaccess_worker, dbaccess_auditor', current_database());
end $$;
grant usage on schema public to dbaccess_bot, dbaccess_worker, dbaccess_auditor;
grant execute on function dbaccess_writer() to dbaccess_bot, dbaccess_worker, dbaccess_auditor;
grant execute on function guard_grant_from_bot(grants, grants), guard_approval(requests), guard_extension_request(requests), guard_start(grants),
    guard_new_break_glass_review(break_glass_reviews),
    guard_extent(requests, reviews), guard_body(ledger, text), is_plain_object(text, text),
    is_posted(bigint, text), is_now(timestamptz), is_reading(timestamptz), is_done(ledger, text), data_of(bytea), is_policy(ledger, text),
    moment_of(timestamptz), is_told_of_grant(grants, text, text, jsonb), is_told_of_request(requests, text, text, jsonb)
    to dbaccess_bot, dbaccess_worker;
-- A lockdown: any process declares and lifts it; the database dates both. Only the worker ends grants.
grant select on lockdowns to dbaccess_bot, dbaccess_worker;
grant insert (target, reason, declared_by, declared_slack_id),
      update (lifted_by, lifted_slack_id, lift_reason) on lockdowns to dbaccess_bot, dbaccess_worker;
grant update (enforced_at) on lockdowns to dbaccess_worker;
grant execute on function locked_down(text) to dbaccess_bot, dbaccess_worker;
grant select on request_transitions, grant_transitions, break_glass_review_transitions, ledger_kinds, alembic_version
    to dbaccess_bot, dbaccess_worker, dbaccess_auditor;
-- Both report the policy that they use, each its own.
grant select on policy_in_force, policy_versions to dbaccess_bot, dbaccess_worker;
grant insert (process, host, pid, hash, loaded_at, seen_at, refused),
      update (hash, loaded_at, seen_at, refused) on policy_in_force to dbaccess_bot, dbaccess_worker;
grant insert (hash, writer) on policy_versions to dbaccess_bot, dbaccess_worker;
grant delete on policy_in_force to dbaccess_worker;
grant select on notices to dbaccess_worker;
grant insert (key, kind, channel, data, next_attempt_at),
      update (next_attempt_at, attempts, posted_channel, posted_ts, rendered, posted_at),
      delete on notices to dbaccess_worker;

grant execute on function end_blockers(), end_hoarders() to dbaccess_worker;

-- The bot: records what people do in Slack, and reads.
grant select, insert (key) on intake to dbaccess_bot;
grant select on directory_people, directory_reads, directory_sources, directory_members to dbaccess_bot;
grant select on standing_readings, standing_roles to dbaccess_bot;
grant select on requests to dbaccess_bot;
grant insert (requester_slack_id, terms, fingerprint, policy_hash, state, submitted_at, decide_by)
    on requests to dbaccess_bot;
grant update (state, decided_at) on requests to dbaccess_bot;
grant select, insert on reviews, voided_reviews to dbaccess_bot;
grant select on break_glass_reviews to dbaccess_bot;
grant insert (request_id, grant_id, holder, holder_slack_id, review_by, state, opened_at, due_at)
    on break_glass_reviews to dbaccess_bot;
grant update (state, reviewer, reviewer_slack_id, note, reviewed_at, membership_read_at) on break_glass_reviews to dbaccess_bot;
grant select on grants to dbaccess_bot;
grant insert (request_id, holder, holder_slack_id, target, cluster, role, duration, state, created_at,
              next_attempt_at) on grants to dbaccess_bot;
grant update (state, revoking_at, end_cause, ended_by, end_note, attempts, next_attempt_at)
    on grants to dbaccess_bot;
grant select (seq, hash), insert on ledger to dbaccess_bot;
grant execute on function append_entries(text) to dbaccess_bot, dbaccess_worker, dbaccess_auditor;
grant select on outbox to dbaccess_bot;
grant insert (job, subject, due_at), update (dispatched_at) on outbox to dbaccess_bot;
grant select on extensions, announcements, messages to dbaccess_bot;
grant insert (request_id, kind, channel) on messages to dbaccess_bot;
grant select, insert, update (next_attempt_at) on message_streams to dbaccess_bot;
grant select, insert on credential_views to dbaccess_bot;
-- The bot records who opened the Home tab; the workers keep it true.
grant select, insert (slack_id, accounts, groups, shown, look_at),
      update (accounts, groups, shown, opened_at, look_at) on homes to dbaccess_bot;
grant select, update (accounts, groups, shown, look_at), delete on homes to dbaccess_worker;
grant select, delete on drafts to dbaccess_bot;
grant insert (slack_id, fields) on drafts to dbaccess_bot;

-- The worker: moves grants, keeps the snapshot, posts. It records no click, no request and no review. It may
-- record that an approval no longer counts, and that a break-glass was not reviewed in time.
grant select on requests, reviews, voided_reviews, break_glass_reviews, grants, ledger, outbox, messages, message_streams, credential_views,
    extensions, announcements to dbaccess_worker;
grant select, insert, update, delete
    on directory_people, directory_reads, directory_sources, directory_members to dbaccess_worker;
grant select, insert, update (team_id, url, said_at) on team to dbaccess_worker;
-- A bot with the token of another workspace does not start.
grant select on team to dbaccess_bot;
grant select, insert, delete on told_groups to dbaccess_worker;
grant select, insert, update (what, since), delete on changed_names to dbaccess_worker;
grant select, insert, update (seconds, measured_at), delete on clock_skews to dbaccess_worker;
grant update (state, decided_at, stale_why) on requests to dbaccess_worker;
grant insert on voided_reviews, extensions, announcements to dbaccess_worker;
grant update (overdue_at) on break_glass_reviews to dbaccess_worker;
grant update (state, expires_at, activated_at, revoking_at, ended_at, end_cause, ended_by, end_note, recipe,
              receipt, lease_id, lease_until, attempts, next_attempt_at, last_failure, write_off_by, write_off_reason,
              written_off_by, written_off_at, begun_at, reach_id, reach_read_at, reach_why, reach_due_at) on grants
    to dbaccess_worker;
-- The reach of logins: a reading is added, and never changed.
grant select, insert (digest, tables, unrecorded) on reaches to dbaccess_worker;
grant select, insert on reached_tables to dbaccess_worker;
grant select on reaches, reached_tables to dbaccess_bot, dbaccess_auditor;
grant select, insert, update on observations to dbaccess_worker;
grant select, insert (grant_id, done), delete on grant_progress to dbaccess_worker;
grant select, insert, update (read_at, unknown_since, left_out, failure), delete on standing_readings to dbaccess_worker;
grant select, insert, update, delete on standing_roles to dbaccess_worker;
-- Items of an access review never change, but for their answers and removals.
grant select, insert, update (state, asked_at, reminded_at, closed_at, closed_by) on access_reviews to dbaccess_worker;
grant select, insert, update (answer, reason, answered_by, answered_slack_id, answered_at, removal, removal_note)
    on access_review_items to dbaccess_worker;
-- The bot records what an owner of the group answered; an item takes one such answer.
grant select on access_reviews, access_review_items to dbaccess_bot;
grant update (answer, reason, answered_by, answered_slack_id, answered_at) on access_review_items to dbaccess_bot;
grant execute on function hold_access_review(bigint) to dbaccess_bot;
grant insert on ledger to dbaccess_worker;
grant select, insert on ledger_checkpoints to dbaccess_worker;
-- The bot counts refused attempts, and the worker forgets them.
grant select, insert (hour, slack_id), update (recorded, left_out) on refused_attempts to dbaccess_bot;
grant select, delete on refused_attempts to dbaccess_worker;
grant select, delete on counted_entries to dbaccess_worker;
grant select, insert, update (seq, stored_at, failing_since, failure) on ledger_witnesses to dbaccess_worker;
grant insert (job, subject, due_at), update (dispatched_at), delete on outbox to dbaccess_worker;
grant insert (request_id, kind, channel),
      update (posted_channel, posted_ts, rendered, posted_at, attempts, refused, refused_channel, refused_at, maybe_posted) on messages to dbaccess_worker;
grant insert, update (next_attempt_at) on message_streams to dbaccess_worker;
grant update (state, started_at, shown_at) on credential_views to dbaccess_worker;
grant select (key, taken_at), delete on intake to dbaccess_worker;
grant select (id, created_at), delete on drafts to dbaccess_worker;

-- Reports: the bot orders them, and the worker makes and sends them. The database dates an order.
grant insert (slack_id, since, until, target, form) on report_orders to dbaccess_bot;
grant select (id) on report_orders to dbaccess_bot;
grant select, delete on report_orders to dbaccess_worker;
grant update (state, next_attempt_at, attempts, posted_channel, posted_ts, file_id, digest, rows, why)
    on report_orders to dbaccess_worker;

-- Activity: the worker reads the logs and stores what they say. It deletes statements when they are purged, and
-- the figures stay. A later line adds to a statement, and never gives it to another grant. The bot shows both.
grant select, insert, update (duration, rows, sqlstate, error), delete on activity_statements to dbaccess_worker;
grant select, insert, update, delete on activity_canaries to dbaccess_worker;
grant select, insert, update on activity_positions, activity_gaps, activity_coverage, activity_summaries, activity_sightings
    to dbaccess_worker;
grant select on activity_statements, activity_gaps, activity_canaries, activity_coverage, activity_summaries,
    activity_sightings to dbaccess_bot;
grant select (cluster, caught_up_at) on activity_positions to dbaccess_bot;

-- An auditor: reads who may ask, who asked, who allowed it, and how it ended. They read no draft, no message, no queue
-- and no key of a payload.
grant select on requests, reviews, voided_reviews, break_glass_reviews, grants, extensions, announcements, lockdowns,
    ledger, ledger_checkpoints, ledger_witnesses, standing_readings, standing_roles, access_reviews,
    access_review_items to dbaccess_auditor;
grant select on activity_statements, activity_gaps, activity_canaries, activity_coverage, activity_summaries,
    activity_sightings to dbaccess_auditor;
grant select (cluster, caught_up_at) on activity_positions to dbaccess_auditor;
grant select on directory_people, directory_members, directory_sources to dbaccess_auditor;
grant select (read_at) on directory_reads to dbaccess_auditor;
grant select (process, host, hash, seen_at) on policy_in_force to dbaccess_auditor;
-- Each look at statements and each report is recorded: the guard of the ledger takes no other kind from an auditor.
grant insert on ledger to dbaccess_auditor;
grant execute on function guard_body(ledger, text), is_plain_object(text, text), moment_of(timestamptz) to dbaccess_auditor;
