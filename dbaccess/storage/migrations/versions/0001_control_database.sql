-- The control database: the only truth. Names of constraints are part of what the code reads.
-- A check that begins with BETWEEN is printed otherwise once it was dumped and restored, so none does.

create table intake (
    key text not null,
    taken_at timestamptz not null default now(),
    constraint intake_pk primary key (key),
    constraint intake_key_is_short check (length(key) between 1 and 500)
);
create index intake_taken_at on intake (taken_at);

create table directory_people (
    slack_id text not null,
    team_id text not null,
    name text not null,
    tz text not null,
    is_guest boolean not null,
    is_bot boolean not null,
    is_deactivated boolean not null,
    read_at timestamptz not null,
    constraint directory_people_pk primary key (slack_id)
);

-- One row: when the groups were last read whole, and how far the workspace's list of accounts is read.
-- list_cursor: where reading goes on, empty for the beginning; null while the list is not wanted.
create table directory_reads (
    id smallint not null default 1,
    read_at timestamptz not null,
    list_begun_at timestamptz,
    list_cursor text,
    constraint directory_reads_pk primary key (id),
    constraint directory_reads_one_row check (id = 1),
    constraint directory_reads_list_begun check (list_cursor is null or list_begun_at is not null)
);

-- One row: whose token the workers have. A worker that starts while Slack is silent goes by what it said last.
create table team (
    id smallint not null default 1,
    team_id text not null,
    url text not null,
    said_at timestamptz not null,
    constraint team_pk primary key (id),
    constraint team_one_row check (id = 1)
);

-- Clocks that differ from this database's: of a host, ahead by so many seconds, or of a cluster.
create table clock_skews (
    place text not null,
    seconds double precision not null,
    since timestamptz not null,
    measured_at timestamptz not null,
    constraint clock_skews_pk primary key (place)
);

-- One that a policy names and that is not here, or was read long ago, is not empty but unknown.
create table directory_sources (
    source_id text not null,
    read_at timestamptz not null,
    constraint directory_sources_pk primary key (source_id)
);

-- Who is missing from a source since the last reading has left it only when another one says so again.
create table directory_members (
    source_id text not null,
    slack_id text not null,
    missing_since timestamptz,
    constraint directory_members_pk primary key (source_id, slack_id),
    constraint directory_members_source_fk foreign key (source_id)
        references directory_sources (source_id) on delete cascade
);
create index directory_members_slack_id on directory_members (slack_id);

-- Who is in a group that reviews, as the channels were told last.
create table told_groups (
    group_name text not null,
    members text[] not null,
    constraint told_groups_pk primary key (group_name)
);

-- Who asks for what is taken out of the terms by the database, so that the two cannot differ.
create table requests (
    id bigint not null generated always as identity (start 1001),
    requester_slack_id text not null,
    requester text not null generated always as (terms ->> 'requester') stored,
    target text not null generated always as (terms ->> 'target') stored,
    role text not null generated always as (terms ->> 'role') stored,
    kind text not null generated always as (terms ->> 'kind') stored,
    of_grant bigint generated always as ((terms ->> 'of_grant')::bigint) stored,
    terms jsonb not null,
    fingerprint text not null,
    policy_hash text not null,
    state text not null,
    submitted_at timestamptz not null,
    decide_by timestamptz not null,
    decided_at timestamptz,
    stale_why text,
    constraint requests_pk primary key (id),
    constraint requests_known_state
        check (state in ('pending', 'approved', 'denied', 'withdrawn', 'lapsed', 'stale')),
    constraint requests_decided_has_time check ((state = 'pending') = (decided_at is null)),
    constraint requests_stale_has_reason check (
        (state = 'stale') = (stale_why is not null)
        and stale_why in ('policy_changed', 'policy_forbids', 'other_rule', 'no_rule', 'grant_ended')
    ),
    constraint requests_decide_by_is_later check (decide_by > submitted_at),
    -- Here and below: what the bot writes is read together with everybody else's, and a time that no program can
    -- read would keep all of it from being read.
    constraint requests_times_are_readable check (
        submitted_at >= '2000-01-01Z' and submitted_at <= '2200-01-01Z' and decide_by between '2000-01-01Z' and '2200-01-01Z'
        and coalesce(decided_at, submitted_at) between '2000-01-01Z' and '2200-01-01Z'
    ),
    constraint requests_terms_are_whole check (
        jsonb_typeof(terms) = 'object'
        and terms ?& array['kind', 'of_grant', 'break_glass', 'requester', 'target', 'cluster', 'database', 'env',
                           'login', 'personal_login', 'role', 'can', 'cannot', 'access', 'grants', 'act_as', 'on', 'narrower',
                           'duration_seconds', 'longest_seconds', 'reason', 'ticket', 'rule', 'rule_digest', 'approvals']
        and jsonb_typeof(terms -> 'duration_seconds') = 'number'
        and (terms ->> 'duration_seconds')::bigint between 1 and 31622400
        and (terms ->> 'longest_seconds')::bigint >= (terms ->> 'duration_seconds')::bigint
        and jsonb_typeof(terms -> 'approvals') = 'array'
        -- Strict: a lax path would look into the slots before it filters them.
        and not jsonb_path_exists(
            terms,
            'strict $.approvals[*] ? (!(@[0].type() == "string" && @[1] >= 1) || (@[1] >= 1) is unknown)',
            '{}', true
        )
    ),
    -- What is null here would pass the checks below.
    constraint requests_words_are_text check (
        not jsonb_path_exists(
            terms,
            'strict $.keyvalue() ? (@.key like_regex
                "^(kind|requester|target|cluster|database|env|login|role|can|cannot|access|reason|rule|rule_digest)$").value
                ? (@.type() != "string")'
        )
        and not jsonb_path_exists(
            terms,
            'strict $.keyvalue() ? (@.key like_regex "^(personal_login|act_as|ticket)$").value
                ? (@.type() != "string" && @.type() != "null")'
        )
        and jsonb_typeof(terms -> 'break_glass') = 'boolean' and jsonb_typeof(terms -> 'approvals') = 'array'
        and jsonb_typeof(terms -> 'longest_seconds') = 'number'
    ),
    -- Terms are read whole or not at all: a request that was approved and that no program can read would keep its grant
    -- from being given up, and others from being looked at beside it.
    constraint requests_terms_are_readable check (
        terms - array['kind', 'of_grant', 'break_glass', 'requester', 'target', 'cluster', 'database', 'env',
                      'login', 'personal_login', 'role', 'can', 'cannot', 'access', 'grants', 'act_as', 'on', 'narrower',
                      'duration_seconds', 'longest_seconds', 'reason', 'ticket', 'rule', 'rule_digest', 'approvals']
            = '{}'
        and jsonb_typeof(terms -> 'of_grant') in ('number', 'null')
        and jsonb_typeof(terms -> 'grants') = 'array' and jsonb_typeof(terms -> 'narrower') = 'array'
        and not jsonb_path_exists(terms, 'strict $.grants[*] ? (@.type() != "string")', '{}', true)
        -- That a slot is a name and a number is seen above.
        and not jsonb_path_exists(terms, 'strict $.approvals[*] ? (@.size() > 2)', '{}', true)
        and not jsonb_path_exists(
            terms,
            'strict $.narrower[*] ? (!(@.type() == "array" && @.size() == 2
                && @[0].type() == "string" && @[1].type() == "string"))',
            '{}', true
        )
        and case jsonb_typeof(terms -> 'on')
            when 'null' then true
            when 'object' then
                terms -> 'on' ?& array['schemas', 'tables', 'privileges']
                and not jsonb_path_exists(terms, 'strict $.on.* ? (@.type() != "array")', '{}', true)
                and not jsonb_path_exists(terms, 'lax $.on.*[*] ? (@.type() != "string")', '{}', true)
            else false
        end
    ),
    constraint requests_ddl_is_approved check (
        terms ->> 'access' <> 'ddl' or (terms ->> 'break_glass')::boolean
        or jsonb_array_length(terms -> 'approvals') > 0
    ),
    constraint requests_known_kind check (
        terms ->> 'kind' in ('access', 'extension')
        and (terms ->> 'kind' = 'access') = (terms -> 'of_grant' = 'null')
        and (terms ->> 'kind' = 'access' or not (terms ->> 'break_glass')::boolean)
    )
);
-- By the account: a name under [people] may be another's by now.
create unique index requests_one_pending on requests (requester_slack_id, target, role, kind) where state = 'pending';
create index requests_requester on requests (requester_slack_id, submitted_at);
create index requests_of_grant on requests (of_grant, id) where of_grant is not null;
create index requests_decide_by on requests (decide_by) where state = 'pending';
create index requests_state on requests (state, id);

create table reviews (
    id bigint not null generated always as identity,
    request_id bigint not null,
    reviewer text not null,
    reviewer_slack_id text not null,
    verdict text not null,
    role text,
    duration_seconds bigint,
    groups text[] not null,
    note text not null,
    fingerprint text not null,
    policy_hash text not null,
    reviewed_at timestamptz not null,
    constraint reviews_pk primary key (id),
    constraint reviews_request_fk foreign key (request_id) references requests (id),
    constraint reviews_one_a_person unique (request_id, reviewer),
    constraint reviews_known_verdict check (verdict in ('approved', 'denied')),
    -- An approval says of how much; a denial is of everything.
    constraint reviews_approve_so_much
        check (num_nonnulls(role, duration_seconds) = case verdict when 'approved' then 2 else 0 end),
    constraint reviews_deny_with_a_reason check (verdict = 'approved' or btrim(note) <> ''),
    constraint reviews_in_a_name check (cardinality(groups) > 0),
    constraint reviews_groups_are_a_list check (array_ndims(groups) = 1),
    constraint reviews_time_is_readable check (reviewed_at between '2000-01-01Z' and '2200-01-01Z')
);

-- An approval stops counting when its reviewer is no longer eligible: a fact added to it, so that a review is
-- never rewritten. It does not come back.
create table voided_reviews (
    review_id bigint not null,
    why text not null,
    voided_at timestamptz not null,
    constraint voided_reviews_pk primary key (review_id),
    constraint voided_reviews_review_fk foreign key (review_id) references reviews (id),
    constraint voided_reviews_time_is_readable check (voided_at between '2000-01-01Z' and '2200-01-01Z')
);

create table grants (
    id bigint not null generated always as identity (start 1001),
    request_id bigint not null,
    holder text not null,
    holder_slack_id text not null,
    target text not null,
    cluster text not null,
    role text not null,
    duration interval not null,
    state text not null,
    created_at timestamptz not null,
    expires_at timestamptz,
    activated_at timestamptz,
    revoking_at timestamptz,
    ended_at timestamptz,
    end_cause text,
    ended_by text,
    end_note text,
    recipe jsonb,
    receipt jsonb,
    lease_id text,
    lease_until timestamptz,
    attempts integer not null default 0,
    next_attempt_at timestamptz,
    last_failure text,
    write_off_by text,
    write_off_reason text,
    written_off_by text,
    written_off_at timestamptz,
    constraint grants_pk primary key (id),
    constraint grants_request_fk foreign key (request_id) references requests (id),
    constraint grants_one_a_request unique (request_id),
    constraint grants_known_state check (state in ('provisioning', 'active', 'revoking', 'ended', 'written_off')),
    constraint grants_known_cause
        check (end_cause in ('expired', 'surrendered', 'revoked', 'invalidated', 'abandoned', 'locked_down')),
    constraint grants_active_has_end
        check (state <> 'active' or (expires_at is not null and activated_at is not null and recipe is not null)),
    constraint grants_revoking_has_cause check (
        (state in ('revoking', 'ended', 'written_off')) = (revoking_at is not null)
        and (state in ('revoking', 'ended', 'written_off')) = (end_cause is not null)
    ),
    constraint grants_ended_has_time check ((state = 'ended') = (ended_at is not null)),
    -- Without a recipe the target was never touched, and there is nothing to look for on it.
    constraint grants_ended_has_receipt check (
        case when state = 'ended' then receipt is not null or recipe is null else receipt is null end
    ),
    constraint grants_write_off_has_reason check ((write_off_by is null) = (write_off_reason is null)),
    -- Two operators: one login on two hosts is one person.
    constraint grants_written_off_by_two check (
        (state = 'written_off') = (written_off_at is not null) and (state = 'written_off') = (written_off_by is not null)
        and (state <> 'written_off' or coalesce(split_part(write_off_by, '@', 1) <> split_part(written_off_by, '@', 1), false))
    ),
    constraint grants_recipe_is_its_own check (
        recipe is null or ((recipe ->> 'grant_id')::bigint = id and recipe ->> 'cluster' = cluster)
    ),
    -- Everybody's grants are read together: one that no program can read would keep the others from ending.
    constraint grants_times_are_readable check (
        created_at >= '2000-01-01Z' and created_at <= '2200-01-01Z'
        and coalesce(next_attempt_at, created_at) between '2000-01-01Z' and '2200-01-01Z'
    ),
    constraint grants_lease_is_whole check ((lease_id is null) = (lease_until is null)),
    constraint grants_attempts_count check (attempts >= 0)
);
create index grants_open_holder on grants (holder_slack_id) where state not in ('ended', 'written_off');
create index grants_ended_holder on grants (holder_slack_id, ended_at desc) where state = 'ended';
create index grants_open_login on grants (cluster, (recipe ->> 'login'))
    where state not in ('ended', 'written_off');
create index grants_open_cluster on grants (cluster) where state not in ('ended', 'written_off');
create index grants_expires_at on grants (expires_at) where state = 'active';
create index grants_next_attempt_at on grants (next_attempt_at) where state in ('provisioning', 'revoking');
create index grants_state on grants (state, id);
create index grants_ended_at on grants (ended_at) where state = 'ended';

-- The review that a break-glass owes: opened with its grant, closed once by another person, and never given up.
-- overdue_at: when a worker raised the alarm.
create table break_glass_reviews (
    request_id bigint not null,
    grant_id bigint not null,
    holder text not null,
    holder_slack_id text not null,
    review_by text not null,
    state text not null,
    opened_at timestamptz not null,
    due_at timestamptz not null,
    overdue_at timestamptz,
    reviewer text,
    reviewer_slack_id text,
    note text,
    reviewed_at timestamptz,
    constraint break_glass_reviews_pk primary key (request_id),
    constraint break_glass_reviews_one_a_grant unique (grant_id),
    constraint break_glass_reviews_request_fk foreign key (request_id) references requests (id),
    constraint break_glass_reviews_grant_fk foreign key (grant_id) references grants (id),
    constraint break_glass_reviews_known_state check (state in ('pending', 'justified', 'not_justified')),
    constraint break_glass_reviews_name_a_group check (btrim(review_by) <> ''),
    constraint break_glass_reviews_verdict_is_whole check (
        num_nonnulls(reviewer, reviewer_slack_id, note, reviewed_at) = case state when 'pending' then 0 else 4 end
    ),
    constraint break_glass_reviews_say_why check (btrim(note) <> ''),
    constraint break_glass_reviews_not_own check (reviewer <> holder and reviewer_slack_id <> holder_slack_id),
    constraint break_glass_reviews_times_are_readable check (
        opened_at >= '2000-01-01Z' and opened_at <= '2200-01-01Z' and due_at between '2000-01-01Z' and '2200-01-01Z'
        and coalesce(reviewed_at, opened_at) between '2000-01-01Z' and '2200-01-01Z'
    )
);
-- One pending review a name, and one an account: neither a new name nor a new account is a way out of it.
create unique index break_glass_reviews_one_a_name on break_glass_reviews (holder) where state = 'pending';
create unique index break_glass_reviews_one_an_account on break_glass_reviews (holder_slack_id) where state = 'pending';
create index break_glass_reviews_due_at on break_glass_reviews (due_at) where state = 'pending';

-- What one call did on the target about a grant's end: sessions closed, objects handed over. The receipt tells of all of
-- it, whichever process writes it. Rows are only added, and refer to no locked row: no lock on a grant keeps one out.
create table grant_progress (
    id bigint not null generated always as identity,
    grant_id bigint not null,
    done jsonb not null,
    made_at timestamptz not null default now(),
    constraint grant_progress_pk primary key (id),
    constraint grant_progress_is_an_object check (jsonb_typeof(done) = 'object')
);
create index grant_progress_grant_id on grant_progress (grant_id);

-- Which target takes no request (null: no target does), who stopped it and who let it go on. Only the time and the
-- names that the guards check are ever added. enforced_at: the workers found no grant left that it has to end.
create table lockdowns (
    id bigint not null generated always as identity,
    target text,
    reason text not null,
    declared_by text not null,
    declared_slack_id text,
    declared_at timestamptz not null default now(),
    lifted_by text,
    lifted_slack_id text,
    lift_reason text,
    lifted_at timestamptz,
    enforced_at timestamptz,
    constraint lockdowns_pk primary key (id),
    constraint lockdowns_say_why check (btrim(reason) <> '' and length(reason) <= 1000),
    constraint lockdowns_lift_is_whole check (num_nonnulls(lifted_by, lift_reason, lifted_at) in (0, 3)),
    constraint lockdowns_lift_says_why check (btrim(lift_reason) <> '' and length(lift_reason) <= 1000),
    -- Another person lifts it: another name (a user of the command line on whatever host), and another account where
    -- both acted in Slack.
    constraint lockdowns_lifted_by_another check (
        split_part(lifted_by, '@', 1) <> split_part(declared_by, '@', 1)
        and (lifted_slack_id <> declared_slack_id) is not false
    )
);
-- One at a time for a target, and one for all of them.
create unique index lockdowns_one_open on lockdowns (target) nulls not distinct where lifted_at is null;
create index lockdowns_lifted_at on lockdowns (lifted_at);

-- What became of an approved extension: a later end, or why not. Without a row it waits to be carried out.
create table extensions (
    request_id bigint not null,
    grant_id bigint not null,
    added interval not null,
    expires_at timestamptz,
    why text,
    settled_at timestamptz not null,
    constraint extensions_pk primary key (request_id),
    constraint extensions_request_fk foreign key (request_id) references requests (id),
    constraint extensions_grant_fk foreign key (grant_id) references grants (id),
    constraint extensions_done_or_not check (
        (expires_at is null) = (why is not null) and (expires_at is null) = (added = interval '0')
    )
);
create index extensions_grant_id on extensions (grant_id, request_id);

-- Where a break-glass was announced. Without a row nothing is given.
create table announcements (
    request_id bigint not null,
    place text not null,
    announced_at timestamptz not null,
    constraint announcements_pk primary key (request_id),
    constraint announcements_request_fk foreign key (request_id) references requests (id),
    constraint announcements_known_place check (place in ('slack', 'syslog', 'webhook'))
);

-- No sequence: a number is taken only by an entry that was committed.
create table ledger (
    seq bigint not null,
    prev_hash bytea not null,
    hash bytea not null,
    body bytea not null,
    kind text not null,
    request_id bigint,
    grant_id bigint,
    constraint ledger_pk primary key (seq),
    constraint ledger_no_fork unique (prev_hash),
    constraint ledger_hash_once unique (hash)
);
create index ledger_request_id on ledger (request_id, seq) where request_id is not null;
create index ledger_grant_id on ledger (grant_id, seq) where grant_id is not null;
-- A worker that starts without a valid file looks for the last policy of the workers, however long the ledger is.
create index ledger_policies on ledger (seq) where kind = 'policy.loaded';

create table outbox (
    id bigint not null generated always as identity,
    job text not null,
    subject bigint not null,
    due_at timestamptz,
    created_at timestamptz not null default now(),
    dispatched_at timestamptz,
    constraint outbox_pk primary key (id),
    constraint outbox_known_job
        check (job in ('provision', 'revoke', 'extend', 'credentials', 'directory', 'lockdown')),
    constraint outbox_due_at_is_readable check (due_at between '2000-01-01Z' and '2200-01-01Z')
);
create index outbox_waiting on outbox (created_at, id) where dispatched_at is null;
create index outbox_dispatched_at on outbox (dispatched_at) where dispatched_at is not null;

create table messages (
    id bigint not null generated always as identity,
    request_id bigint not null,
    kind text not null,
    channel text not null,
    posted_channel text,
    posted_ts text,
    rendered text,
    posted_at timestamptz,
    attempts integer not null default 0,
    constraint messages_pk primary key (id),
    constraint messages_request_fk foreign key (request_id) references requests (id),
    constraint messages_one_a_kind unique (request_id, kind),
    constraint messages_known_kind check (kind in (
        'request', 'thread.waiting', 'thread.escalated', 'thread.approved', 'thread.voided', 'thread.active',
        'thread.extension', 'thread.extended', 'thread.ended', 'thread.overdue', 'thread.reviewed',
        'dm.submitted', 'dm.active', 'dm.reminder', 'dm.extended', 'dm.denied', 'dm.lapsed', 'dm.stale', 'dm.ended',
        'dm.reviewed', 'dm.problem', 'dm.never_active', 'ops.problem', 'ops.overdue', 'ops.ended_late',
        'channel.overdue'
    ))
);

create index messages_waiting on messages (kind, request_id) where posted_ts is null;

-- Whether what Slack shows of a request is to be looked at again, and when.
create table message_streams (
    request_id bigint not null,
    next_attempt_at timestamptz,
    constraint message_streams_pk primary key (request_id),
    constraint message_streams_request_fk foreign key (request_id) references requests (id)
);
create index message_streams_next_attempt_at on message_streams (next_attempt_at)
    where next_attempt_at is not null;

create table credential_views (
    id bigint not null generated always as identity,
    grant_id bigint not null,
    slack_id text not null,
    view_id text not null,
    state text not null,
    requested_at timestamptz not null,
    started_at timestamptz,
    shown_at timestamptz,
    constraint credential_views_pk primary key (id),
    constraint credential_views_grant_fk foreign key (grant_id) references grants (id),
    constraint credential_views_known_state check (state in ('requested', 'started', 'shown', 'failed')),
    constraint credential_views_started_has_time check (state <> 'started' or started_at is not null),
    constraint credential_views_shown_has_time check (state <> 'shown' or shown_at is not null),
    constraint credential_views_time_is_readable check (requested_at between '2000-01-01Z' and '2200-01-01Z')
);
create index credential_views_shown_at on credential_views (grant_id, shown_at);
create index credential_views_waiting on credential_views (requested_at) where state in ('requested', 'started');

create table drafts (
    id bigint not null generated always as identity,
    slack_id text not null,
    fields jsonb not null,
    created_at timestamptz not null default now(),
    constraint drafts_pk primary key (id),
    constraint drafts_are_small check (jsonb_typeof(fields) = 'object' and length(fields::text) <= 20000)
);
create index drafts_created_at on drafts (created_at);
create index drafts_slack_id on drafts (slack_id, id);

-- Which policy each process goes by. One that was not seen lately has ended.
create table policy_in_force (
    process text not null,
    host text not null,
    pid bigint not null,
    hash text not null,
    loaded_at timestamptz not null,
    seen_at timestamptz not null,
    refused text,
    constraint policy_in_force_pk primary key (process, host, pid),
    constraint policy_in_force_times_are_readable check (
        loaded_at >= '2000-01-01Z' and loaded_at <= '2200-01-01Z' and seen_at between '2000-01-01Z' and '2200-01-01Z'
    )
);

-- Whose text is in the ledger. Once for each of the two who may say so: the worker does not go by the bot's word.
create table policy_versions (
    hash text not null,
    writer text not null,
    loaded_at timestamptz not null default now(),
    constraint policy_versions_pk primary key (hash, writer)
);

-- What channels are told of no single request; each once, by its key. next_attempt_at: when it is looked at again.
create table notices (
    id bigint not null generated always as identity,
    key text not null,
    kind text not null,
    channel text not null,
    data jsonb not null,
    created_at timestamptz not null default now(),
    next_attempt_at timestamptz default now(),
    attempts integer not null default 0,
    posted_channel text,
    posted_ts text,
    rendered text,
    posted_at timestamptz,
    constraint notices_pk primary key (id),
    constraint notices_once unique (key, channel),
    constraint notices_known_kind check (
        kind in ('stray_left', 'orphaned_role', 'decoy', 'observing', 'clock_skew', 'policy_refused', 'group_changed', 'still_overdue',
                 'many_overdue', 'many_ended_late', 'ended', 'lockdown', 'lockdown_lifted')
    )
);
create index notices_next_attempt_at on notices (next_attempt_at) where next_attempt_at is not null;

-- What the last look at each cluster found. While one has a reason, nothing is granted and nothing is swept.
create table observations (
    cluster text not null,
    looked_at timestamptz not null,
    why text,
    since timestamptz,
    unknown text[] not null,
    accepted text[] not null,
    constraint observations_pk primary key (cluster),
    constraint observations_known_why check (why in ('ledger_behind', 'unknown_logins')),
    constraint observations_since_when check ((why is null) = (since is null))
);

-- The legal transitions, each with its writer. The triggers read the rows, which `sql/rules.sql` writes.
create table request_transitions (
    from_state text not null,
    event text not null,
    to_state text not null,
    writer text not null,
    constraint request_transitions_pk primary key (from_state, event),
    constraint request_transitions_writer check (writer in ('both', 'worker'))
);

create table grant_transitions (
    from_state text not null,
    event text not null,
    to_state text not null,
    writer text not null,
    constraint grant_transitions_pk primary key (from_state, event),
    constraint grant_transitions_writer check (writer in ('both', 'worker'))
);

-- The same event may lead to either verdict.
create table break_glass_review_transitions (
    from_state text not null,
    event text not null,
    to_state text not null,
    writer text not null,
    constraint break_glass_review_transitions_pk primary key (from_state, event, to_state),
    constraint break_glass_review_transitions_writer check (writer in ('bot', 'worker'))
);

create table ledger_kinds (
    kind text not null,
    writer text not null,
    constraint ledger_kinds_pk primary key (kind),
    constraint ledger_kinds_writer check (writer in ('both', 'worker'))
);
