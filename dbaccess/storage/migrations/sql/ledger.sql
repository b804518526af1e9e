-- The ledger refuses, from any program, an entry that does not follow the head, or that a program could not
-- read later. An entry stays for ever, so each one is read here as strictly as dbaccess/domain/ledger_body.py
-- reads.

-- Link each event to the head and record it. An event has actor, data, grant, kind and request as canonical JSON, divided by
-- U+001F, and U+001E divides events: JSON has both escaped. Nothing is read here, so that no error quotes a value. The lock
-- is taken here, and writers send their commit in the same message: a slow writer, or one that stops, holds it no longer
-- than the server works.
create function public.append_entries(events text) returns void
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
    said constant text[] := string_to_array(events, chr(30));
    added public.ledger[];
    entry public.ledger;
    event text;
    part text[];
    at text;
begin
    perform pg_advisory_xact_lock(119182731994482);  -- `ledger` in ASCII
    -- A statement of its own, after the lock: only then does READ COMMITTED see the last commit.
    select l.seq, l.hash into entry.seq, entry.hash from public.ledger l order by l.seq desc limit 1;
    entry.seq := coalesce(entry.seq, 0);
    entry.hash := coalesce(entry.hash, decode(repeat('00', 32), 'hex'));
    at := public.moment_of(clock_timestamp());
    foreach event in array said loop
        part := string_to_array(event, chr(31));
        entry.seq := entry.seq + 1;
        entry.prev_hash := entry.hash;
        entry.body := convert_to(
            '{"actor":' || part[1] || ',"at":"' || at || '","data":' || part[2] || ',"grant":' || part[3]
            || ',"kind":' || part[4] || ',"request":' || part[5] || ',"seq":' || entry.seq || '}', 'UTF8'
        );
        entry.hash := sha256(entry.prev_hash || entry.body);
        entry.kind := trim('"' from part[4]);
        entry.request_id := nullif(part[5], 'null');
        entry.grant_id := nullif(part[3], 'null');
        added := added || entry;
    end loop;
    -- One statement for any number of entries: the guard looks at all of them at once.
    insert into public.ledger (seq, prev_hash, hash, body, kind, request_id, grant_id)
        select a.seq, a.prev_hash, a.hash, a.body, a.kind, a.request_id, a.grant_id from unnest(added) a;
end $$;

-- After the statement, and not for each row: all writers wait meanwhile, and so the head is looked up once.
create function public.guard_ledger() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
    by_whom constant text := public.dbaccess_writer();
    allowed constant text[] := array(
        select k.kind from public.ledger_kinds k
         where case by_whom
             when 'worker' then true
             -- An auditor's command line records its own looks and reports, and nothing else.
             when 'auditor' then k.kind in ('activity.viewed', 'report.made')
             else k.writer = 'both'
         end
    );
    head_seq bigint;
    head_hash bytea;
    entry public.ledger;
    actor text;
begin
    select l.seq, l.hash into head_seq, head_hash from public.ledger l
     where l.seq < (select min(a.seq) from added a) order by l.seq desc limit 1;
    for entry in select * from added order by seq loop
        if entry.seq <> coalesce(head_seq, 0) + 1
            or entry.prev_hash <> coalesce(head_hash, decode(repeat('00', 32), 'hex'))
        then
            raise exception 'an entry follows the head' using errcode = '23514', constraint = 'ledger_follows_head';
        end if;
        if entry.hash <> sha256(entry.prev_hash || entry.body) then
            raise exception 'a hash fits its entry' using errcode = '23514', constraint = 'ledger_hash_fits';
        end if;
        -- A receipt of the worker may list much. The bot records what a person typed, and a policy.
        if octet_length(entry.body) > (case
            when by_whom = 'worker' then 16777216 when entry.kind = 'policy.loaded' then 1048576 else 65536
        end) then
            raise exception 'an entry is small' using errcode = '23514', constraint = 'ledger_body_is_small';
        end if;
        if entry.kind <> all (allowed) then
            raise exception '% is not for % to record', entry.kind, by_whom
                using errcode = '42501', constraint = 'ledger_kind_allowed';
        end if;
        actor := public.guard_body(entry, by_whom);
        if by_whom = 'bot' then  -- apart, because an auditor may not call the function
            if public.is_done(entry, actor) is not true then  -- null, where PostgreSQL cannot hold the data
                raise exception '% of request % and grant % is nothing that was done here',
                    entry.kind, entry.request_id, entry.grant_id
                    using errcode = '42501', constraint = 'ledger_says_what_is_done';
            end if;
        end if;
        head_seq := entry.seq;
        head_hash := entry.hash;
    end loop;
    -- A gap is not filled. Asked for any later entry, a plan that is kept for all calls reads the whole ledger.
    if (select l.seq from public.ledger l order by l.seq desc limit 1) <> head_seq then
        raise exception 'an entry follows the head' using errcode = '23514', constraint = 'ledger_follows_head';
    end if;
    return null;
exception when data_exception or statement_too_complex then
    -- It is no UTF-8, no JSON, or JSON that PostgreSQL cannot hold.
    raise exception 'a body is an event as one is written'
        using errcode = '23514', constraint = 'ledger_body_is_an_event';
end $$;

-- Some entries need no row that only they show: a bot in enemy hands, or an auditor, could fill the ledger with them.
-- So they are counted by hour as they are recorded. That sees every entry, whatever savepoint it was written in. A refused
-- attempt has an entry for each count of its account and no more. As the owner: no other role may write the counts.
-- A login that has to become the auditor first, by SET ROLE, is one as well.
create function public.limit_entries() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    present constant timestamptz := date_trunc('hour', now(), 'UTC');
    by_whom constant text := case when pg_has_role(session_user, 'dbaccess_auditor', 'member') then 'auditor' else 'bot' end;
    whose text;
    most record;
    counted bigint;
    entry record;
begin
    for entry in
        select a.kind, a.body from added a
         where a.kind in ('attempt.refused', 'activity.viewed', 'policy.loaded', 'report.made') order by a.seq
    loop
        whose := case
            when by_whom = 'auditor' then session_user
            when entry.kind = 'attempt.refused' then public.data_of(entry.body) ->> 'slack_id'
            when entry.kind = 'policy.loaded' then 'bot'
            else split_part(convert_from(entry.body, 'UTF8'), '","at":"', 1)  -- begins with the actor
        end;
        select l.of_each, l.of_all into most from (values
            ('attempt.refused', 'bot', (
                select coalesce(sum(a.recorded), 0) from public.refused_attempts a where a.hour = present and a.slack_id = whose
            ), 500),
            ('activity.viewed', 'bot', 500, 2000),
            ('policy.loaded', 'bot', 100, 100),
            ('activity.viewed', 'auditor', 2000, 5000),
            ('report.made', 'auditor', 100, 300)
        ) l (kind, writer, of_each, of_all) where (l.kind, l.writer) = (entry.kind, by_whom);
        insert into public.counted_entries as c (hour, kind, writer, who, entries) values (present, entry.kind, by_whom, whose, 1)
            on conflict on constraint counted_entries_pk do update set entries = c.entries + 1
            returning c.entries into counted;
        if counted > most.of_each or most.of_all < (
            select sum(c.entries) from public.counted_entries c where (c.hour, c.kind, c.writer) = (present, entry.kind, by_whom)
        ) then
            raise exception 'the ledger takes no more % before %', entry.kind, present + interval '1 hour'
                using errcode = '23514', constraint = 'ledger_entries_are_limited';
        end if;
    end loop;
    return null;
end $$;

-- A report costs the workers minutes and the ledger an entry: a bot in enemy hands could order one after the other. As
-- the owner: no other role may write the counts.
create function public.limit_report_orders() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    present constant timestamptz := date_trunc('hour', now(), 'UTC');
    counted bigint;
begin
    insert into public.counted_entries as c (hour, kind, writer, who, entries)
        values (present, 'report.ordered', 'bot', new.slack_id, 1)
        on conflict on constraint counted_entries_pk do update set entries = c.entries + 1
        returning c.entries into counted;
    if counted > 20 or 60 < (
        select sum(c.entries) from public.counted_entries c
         where (c.hour, c.kind, c.writer) = (present, 'report.ordered', 'bot')
    ) then
        raise exception 'no more reports are ordered before %', present + interval '1 hour'
            using errcode = '23514', constraint = 'report_orders_are_limited';
    end if;
    return new;
end $$;

-- Refused attempts are counted one by one, in the present hour. The ledger takes 20 of an account and 500 of all: a bot
-- in enemy hands can make accounts up.
create function public.guard_refused_attempts() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'INSERT' then
        if new.recorded <> 0 or new.left_out <> 0 or octet_length(new.slack_id) > 32
            or new.hour not in (date_trunc('hour', now(), 'UTC'), date_trunc('hour', clock_timestamp(), 'UTC'))
        then
            raise exception 'a count begins with nothing, now' using errcode = '23514', constraint = 'refused_attempts_begin';
        end if;
    elsif (new.hour, new.slack_id) is distinct from (old.hour, old.slack_id)
        or new.recorded < old.recorded or new.left_out < old.left_out
        or new.recorded + new.left_out <> old.recorded + old.left_out + 1
    then
        raise exception 'one attempt is counted' using errcode = '23514', constraint = 'refused_attempts_count_one';
    elsif new.recorded > old.recorded and (
        new.recorded > 20 or new.left_out > 0
        or (select sum(a.recorded) from public.refused_attempts a where a.hour = new.hour and a.recorded > 0) >= 500
    ) then
        raise exception 'the ledger takes no more refused attempts of this hour'
            using errcode = '23514', constraint = 'refused_attempts_are_limited';
    end if;
    return new;
end $$;

-- A checkpoint is signed elsewhere, and PostgreSQL knows no Ed25519. Here it must be of an entry that is there, later than
-- every checkpoint before it.
create function public.guard_checkpoint() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    if public.dbaccess_writer() <> 'worker' then
        raise exception 'a checkpoint is the worker''s to record' using errcode = '42501', constraint = 'ledger_checkpoints_writer';
    end if;
    if not exists (select from public.ledger l where l.seq = new.seq and l.hash = new.head) then
        raise exception 'a checkpoint is of an entry that is there'
            using errcode = '23514', constraint = 'ledger_checkpoints_are_on_the_chain';
    end if;
    -- The same one again is left to the primary key.
    if (select c.seq from public.ledger_checkpoints c order by c.seq desc limit 1) > new.seq then
        raise exception 'a checkpoint follows the last one'
            using errcode = '23514', constraint = 'ledger_checkpoints_rise';
    end if;
    if not public.is_now(new.at) then
        raise exception 'a checkpoint is dated now' using errcode = '23514', constraint = 'ledger_checkpoints_dated_now';
    end if;
    return new;
end $$;

-- A body is {"actor":…,"at":…,"data":{…},"grant":…,"kind":…,"request":…,"seq":…}, each key once and in this
-- order. Its beginning and its end are compared as text, and the part between them is one JSON object by
-- itself. So no key can be there twice, or differ from the columns. Returns the actor; raises a data exception for
-- what is no UTF-8 and no JSON.
create function public.guard_body(entry public.ledger, by_whom text) returns text
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
    body constant text := convert_from(entry.body, 'UTF8');
    actor text;
    actor_ends integer;
    data_begins integer;
    ends constant text := format(',"grant":%s,"kind":%s,"request":%s,"seq":%s}',
        coalesce(entry.grant_id::text, 'null'), to_json(entry.kind), coalesce(entry.request_id::text, 'null'), entry.seq);
begin
    if right(body, length(ends)) <> ends then
        raise exception 'columns say what the body says' using errcode = '23514', constraint = 'ledger_columns_fit';
    end if;
    -- A match without groups: to find where groups lie costs PostgreSQL ten times as much.
    if left(body, 1000) !~ ('^\{"actor":"(?:[^"\\[:cntrl:]]|\\["\\])+","at":"'
        '[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}\+00:00","data":\{')
    then
        raise exception 'a body is an event as one is written'
            using errcode = '23514', constraint = 'ledger_body_is_an_event';
    end if;
    -- An actor has no quote that is not escaped, so this text is first found where the actor ends.
    actor_ends := position('","at":"' in body);
    actor := substr(body, length('{"actor":"') + 1, actor_ends - length('{"actor":"') - 1);
    data_begins := actor_ends + length('","at":"YYYY-MM-DDTHH:MM:SS.000000+00:00","data":');
    if not public.is_plain_object(
        substr(body, data_begins, length(body) - data_begins + 1 - length(ends)), by_whom
    ) then
        raise exception 'a body is an event as one is written'
            using errcode = '23514', constraint = 'ledger_body_is_an_event';
    end if;
    -- By the clock and not by the begin of the transaction, which its writer may hold open. A clock that was set back
    -- must not keep anybody from writing: so there is no comparison with the head.
    if substr(body, actor_ends + length('","at":"'), 32)::timestamptz
        not between clock_timestamp() - interval '10 s' and clock_timestamp() + interval '1 s'
    then
        raise exception 'an entry is dated now' using errcode = '23514', constraint = 'ledger_dated_now';
    end if;
    if by_whom = 'auditor' and actor not like 'cli:%' then
        raise exception '% is no actor of an auditor', actor
            using errcode = '42501', constraint = 'ledger_actor_allowed';
    end if;
    if by_whom = 'bot' and not (case
        when entry.kind = 'policy.loaded' then actor like 'bot@%'
        when entry.kind in ('request.auto_approved', 'grant.created', 'review.voided') then actor = 'system'
        else actor not in ('system', 'worker') and actor !~ '^(?:bot@|worker@|cli:)'
    end) then
        raise exception '% is no actor of the bot', actor
            using errcode = '42501', constraint = 'ledger_actor_allowed';
    end if;
    return actor;
end $$;

-- Return whether the text is one JSON object that any program reads: at most 16 deep, with no number that
-- some program cannot hold. All programs must read the bot's alike too: it has no key twice, and no number
-- with an exponent. Raises a data exception for what is no JSON.
create function public.is_plain_object(value text, by_whom text) returns boolean
    language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
    -- A NUL is legal in a body and not in PostgreSQL's JSON.
    read constant jsonb := replace(value, '\u0000', '\u0001')::jsonb;
begin
    return jsonb_typeof(read) = 'object'
        -- Few brackets nest nothing deeply, and digits without an exponent have to be many. To look into each part costs
        -- several times as much, and all writers wait meanwhile.
        and (length(value) - length(translate(value, '{[', '')) < 16 or not jsonb_path_exists(read, 'strict $.**{16}'))
        and (
            value !~ '[:,[][[:space:]]*-?(?:[0-9]{38}|[0-9.]+[eE])'
            or not jsonb_path_exists(read, 'strict $.** ? (@.type() == "number" && (@ > 1e38 || @ < -1e38))', '{}', true)
        )
        -- jsonb keeps the last of two equal keys, and writes nothing longer than it was but a number with an exponent.
        -- It has more blanks outside of strings, and as many inside.
        and (by_whom = 'worker' or length(replace(value, ' ', '')) = length(replace(read::text, ' ', '')) and not (
            value ~ '[:,\[] *-?[0-9.]+[eE]'
            and regexp_replace(value, '"(?:[^"\\]|\\.)*"', '', 'g') ~ '[0-9][eE]'
        ));
end $$;

-- Return the data of an entry, or null where PostgreSQL cannot hold it. No row holds that data either.
-- Values of it are compared as JSON, never cast: an odd value is a refusal and no other error.
create function public.data_of(body bytea) returns jsonb
    language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
begin
    return convert_from(body, 'UTF8')::jsonb -> 'data';
exception when data_exception or statement_too_complex then
    return null;
end $$;

-- Return whether the entry has the policy of this hash, whole and with no more. Its text is compared, because jsonb
-- cannot hold all that a policy may.
create function public.is_policy(entry public.ledger, policy_hash text) returns boolean
    language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
    body constant text := convert_from(entry.body, 'UTF8');
    begins constant text := format(',"data":{"hash":%s,"policy":', to_json(policy_hash));
    ends constant text := format('},"grant":null,"kind":"policy.loaded","request":null,"seq":%s}', entry.seq);
    policy_begins constant integer := position(begins in body) + length(begins);
    policy constant text := substr(body, policy_begins, greatest(0, length(body) - length(ends) - policy_begins + 1));
begin
    return position(begins in body) > 0 and right(body, length(ends)) = ends and public.is_plain_object(policy, 'bot')
        and encode(sha256(convert_to(policy, 'UTF8')), 'hex') = policy_hash;
end $$;

-- Return a time as entries have it.
create function public.moment_of(moment timestamptz) returns text
    language sql stable set search_path = pg_catalog, pg_temp
return to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"');

-- Return whether an event with this data is what the grant's row shows. One that was never active is abandoned.
create function public.is_told_of_grant(given public.grants, event text, actor text, said jsonb) returns boolean
    language sql stable set search_path = pg_catalog, pg_temp
return case
    when event = 'grant.created' then said = jsonb_build_object(
        'reviewers', coalesce((
            select jsonb_agg(r.reviewer order by r.id) from public.reviews r
             where r.request_id = given.request_id and r.verdict = 'approved'
               and not exists (select from public.voided_reviews v where v.review_id = r.id)
        ), '[]'),
        'fingerprint', (select r.fingerprint from public.requests r where r.id = given.request_id),
        'role', given.role,
        'duration_seconds', extract(epoch from given.duration)::bigint
    )
    else given.state = 'revoking' and given.ended_by = actor and (given.end_cause <> 'surrendered' or actor = given.holder)
        and event = 'grant.' || case when given.activated_at is null then 'abandoned' else given.end_cause end
        and said = jsonb_strip_nulls(jsonb_build_object('cause', given.end_cause, 'note', nullif(given.end_note, '')))
end;

-- Return whether an event with this data is what the request's row shows. Where a person decided, a review of theirs
-- says so.
create function public.is_told_of_request(asked public.requests, event text, actor text, said jsonb) returns boolean
    language sql stable set search_path = pg_catalog, pg_temp
return case event
    when 'request.submitted' then actor = asked.requester and said = jsonb_build_object(
        'slack_id', asked.requester_slack_id, 'terms', asked.terms, 'fingerprint', asked.fingerprint,
        'policy_hash', asked.policy_hash, 'decide_by', public.moment_of(asked.decide_by)
    )
    when 'request.withdrawn' then asked.state = 'withdrawn' and actor = asked.requester and said = '{}'
    when 'request.auto_approved' then asked.state = 'approved' and not (asked.terms ->> 'break_glass')::boolean
        and asked.terms -> 'approvals' = '[]' and said = jsonb_build_object('rule', asked.terms -> 'rule')
    when 'request.break_glass_invoked' then asked.state = 'approved' and (asked.terms ->> 'break_glass')::boolean
        and actor = asked.requester
        and said = jsonb_build_object('slack_id', asked.requester_slack_id, 'rule', asked.terms -> 'rule')
    else said = '{}' and event = 'request.' || asked.state and exists (
        select from public.reviews r
         where r.request_id = asked.id and r.reviewer = actor and r.verdict = asked.state
           and not exists (select from public.voided_reviews v where v.review_id = r.id)
    )
end;

-- Return whether the transaction itself has done what an entry of the bot says, with the data of the rows that it
-- wrote and with no more, and by the actor if a row names one. So the bot records nothing later, nothing without a row
-- that shows it, and nothing else than that row shows.
create function public.is_done(entry public.ledger, actor text) returns boolean
    language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
    this_one constant xid := pg_current_xact_id()::xid;
    said constant jsonb := public.data_of(entry.body);
begin
    case
        when entry.kind = 'policy.loaded' then
            return exists (
                select from public.policy_versions p
                 where p.writer = 'bot' and p.xmin = this_one and public.is_policy(entry, p.hash)
            );
        when entry.kind in ('lockdown.declared', 'lockdown.lifted') then
            return exists (
                select from public.lockdowns l
                  cross join lateral (values
                      ('lockdown.declared', l.declared_by, l.declared_slack_id, l.reason),
                      ('lockdown.lifted', l.lifted_by, l.lifted_slack_id, l.lift_reason)
                  ) step (kind, who, slack_id, why)
                 where l.xmin = this_one and step.kind = entry.kind and step.who = actor
                   and said = jsonb_build_object(
                       'lockdown', l.id, 'target', l.target, 'slack_id', step.slack_id, 'reason', step.why
                   )
            );
        when entry.kind in ('review.approved', 'review.denied') then
            return exists (
                select from public.reviews r
                 where r.request_id = entry.request_id and r.reviewer = actor and 'review.' || r.verdict = entry.kind
                   and r.xmin = this_one
                   -- A denial has neither role nor duration.
                   and said = jsonb_strip_nulls(jsonb_build_object(
                       'slack_id', r.reviewer_slack_id, 'groups', r.groups, 'note', r.note, 'fingerprint', r.fingerprint,
                       'policy_hash', r.policy_hash, 'role', r.role, 'duration_seconds', r.duration_seconds,
                       'membership_read_at', public.moment_of(r.membership_read_at)
                   ))
            );
        when entry.kind = 'review.voided' then
            return exists (
                select from public.reviews r join public.voided_reviews v on v.review_id = r.id
                 where r.request_id = entry.request_id and v.xmin = this_one and said = jsonb_build_object(
                     'reviewer', r.reviewer, 'slack_id', r.reviewer_slack_id, 'why', v.why
                 )
            );
        when entry.kind in ('break_glass.review_opened', 'break_glass.reviewed') then
            return exists (
                select from public.break_glass_reviews r
                 where r.request_id = entry.request_id and r.grant_id = entry.grant_id and r.xmin = this_one
                   and case when entry.kind = 'break_glass.reviewed' then
                       r.state <> 'pending' and actor = r.reviewer and said @> jsonb_build_object(
                           'justified', r.state = 'justified', 'note', r.note,
                           'slack_id', r.reviewer_slack_id, 'group', r.review_by
                       )
                       and said ->> 'membership_read_at' is not distinct from public.moment_of(r.membership_read_at)
                   else
                       r.state = 'pending' and actor = r.holder and said = jsonb_build_object(
                           'review_by', r.review_by, 'due', public.moment_of(r.due_at)
                       )
                   end
            );
        when entry.kind = 'credentials.requested' then
            return said = '{}' and exists (
                select from public.credential_views v join public.grants g on g.id = v.grant_id
                 where v.grant_id = entry.grant_id and g.request_id = entry.request_id and g.holder = actor
                   and v.xmin = this_one
            );
        when entry.kind = 'activity.viewed' and entry.grant_id is null then
            -- An auditor's search for words in the statements of any grant. The entry has the question without the words,
            -- and the grants that were shown, which are there.
            -- The version before says neither of the first three.
            return entry.request_id is null and octet_length(entry.body) <= 16384
                and said - '{grant,use,channel}'::text[] = jsonb_build_object(
                    'has_words', true, 'target', said -> 'target', 'role', said -> 'role', 'table', said -> 'table',
                    'ticket', said -> 'ticket', 'holder', said -> 'holder', 'reviewer', said -> 'reviewer',
                    'at', said -> 'at', 'since', said -> 'since', 'until', said -> 'until',
                    'statements', said -> 'statements', 'grants', said -> 'grants'
                )
                and not exists (
                    select from jsonb_each(said) one
                     where jsonb_typeof(one.value) <> all (case
                         when one.key = 'has_words' then '{boolean}' when one.key = 'statements' then '{number}'
                         when one.key = 'grants' then '{array}' when one.key in ('holder', 'reviewer') then '{array,"null"}'
                         when one.key = 'grant' then '{number,"null"}'
                         else '{string,"null"}'
                     end::text[])
                )
                and not exists (
                    select from jsonb_path_query(said, '$.grants[*]') shown
                     where not exists (select from public.grants g where to_jsonb(g.id) = shown)
                )
                and exists (select from public.intake i where i.xmin = this_one);
        when entry.kind = 'activity.viewed' then
            -- A look writes no row but the key of its click. The entry names a grant that is there, and the holder's own
            -- look is no entry. Its data is the filter and a number.
            return said = jsonb_build_object('kind', said -> 'kind', 'table', said -> 'table', 'target', said -> 'target',
                    'role', said -> 'role', 'has_words', said -> 'has_words', 'errors_only', said -> 'errors_only',
                    'since', said -> 'since', 'until', said -> 'until', 'statements', said -> 'statements')
                and not exists (
                    select from jsonb_each(said) one
                     where jsonb_typeof(one.value) <> all (case one.key
                         when 'has_words' then '{boolean}' when 'errors_only' then '{boolean}'
                         when 'statements' then '{number}' else '{string,"null"}'
                     end::text[])
                )
                and exists (select from public.intake i where i.xmin = this_one)
                and exists (
                    select from public.grants g
                     where g.id = entry.grant_id and g.request_id = entry.request_id and g.holder <> actor
                );
        when entry.kind = 'attempt.refused' then
            -- Within the limits that the count's guard holds. It has names of ours and numbers.
            return octet_length(entry.body) <= 1024 and entry.request_id is null and entry.grant_id is null
                and said = jsonb_build_object('slack_id', said -> 'slack_id', 'surface', said -> 'surface',
                    'what', said -> 'what', 'about', said -> 'about', 'why', said -> 'why')
                and exists (
                    select from public.refused_attempts a
                     where a.slack_id = said ->> 'slack_id' and a.left_out = 0 and a.xmin = this_one
                );
        when entry.kind = 'access_review.answered' then
            return entry.request_id is null and entry.grant_id is null and exists (
                select from public.access_review_items i
                 where i.review_id = case
                         when said ->> 'review' ~ '^AR-[0-9]{1,18}$' then substr(said ->> 'review', 4)::bigint
                     end
                   and i.xmin = this_one and i.answered_by = actor and said = jsonb_build_object(
                       'review', 'AR-' || i.review_id, 'item', i.number, 'answer', i.answer, 'reason', i.reason,
                       'about', i.about, 'slack_id', i.answered_slack_id
                   )
            );
        when entry.kind like 'grant.%' then
            return exists (
                select from public.grants g
                 where g.id = entry.grant_id and g.request_id = entry.request_id and g.xmin = this_one
                   and public.is_told_of_grant(g, entry.kind, actor, said)
            );
        else
            return exists (
                select from public.requests r
                 where r.id = entry.request_id and r.xmin = this_one
                   and public.is_told_of_request(r, entry.kind, actor, said)
            );
    end case;
end $$;

-- And the other way about: nothing is decided, given or ended without an entry by the transaction that does it. It is
-- looked for at the commit, because the entries are written last, under the ledger's lock. As the owner, for the bot may
-- not read the ledger. Only the last entries of a request or grant are looked at: however many there are, it takes no
-- longer, or a bot in enemy hands could make an end take long.
create function public.require_entry() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    asked bigint;
    held bigint;
    stopped text;
    answered jsonb;
    kinds text[];
begin
    case tg_table_name
        when 'requests' then
            asked := new.id;
            kinds := case when tg_op = 'INSERT' then array['request.submitted'] else array(
                select t.event from public.request_transitions t where t.from_state = old.state and t.to_state = new.state
            ) end;
        when 'reviews' then
            asked := new.request_id;
            kinds := array['review.' || new.verdict];
        when 'voided_reviews' then
            select r.request_id into asked from public.reviews r where r.id = new.review_id;
            kinds := array['review.voided'];
        when 'break_glass_reviews' then
            asked := new.request_id;
            kinds := case when tg_op = 'INSERT' then array['break_glass.review_opened'] else array(
                select t.event from public.break_glass_review_transitions t
                 where t.from_state = old.state and t.to_state = new.state
            ) end;
        when 'announcements' then
            asked := new.request_id;
            kinds := array['break_glass.announced'];
        when 'extensions' then
            held := new.grant_id;
            kinds := array['grant.extended', 'grant.not_extended'];
        when 'credential_views' then
            held := new.grant_id;
            kinds := array['credentials.requested'];
        when 'grants' then
            held := new.id;
            kinds := case when tg_op = 'INSERT' then array['grant.created'] else array(
                select t.event from public.grant_transitions t where t.from_state = old.state and t.to_state = new.state
            ) end;
        when 'lockdowns' then
            stopped := new.id::text;
            kinds := array[case when tg_op = 'INSERT' then 'lockdown.declared' else 'lockdown.lifted' end];
        when 'access_review_items' then
            answered := jsonb_build_object('review', 'AR-' || new.review_id, 'item', new.number, 'answer', new.answer);
            kinds := array['access_review.answered'];
    end case;
    if not exists (
        select from (
            (select l.kind, l.xmin from public.ledger l where l.request_id = asked order by l.seq desc limit 50)
             union all
            (select l.kind, l.xmin from public.ledger l where l.grant_id = held order by l.seq desc limit 50)
             union all
            -- No column names a lockdown, the data begins with it. The transaction holds the lock: its entries are the last.
            select l.kind, l.xmin
              from (select kind, body, xmin from public.ledger where stopped is not null order by seq desc limit 50) l
             where split_part(convert_from(l.body, 'UTF8'), ',"data":', 2) like '{"lockdown":' || stopped || ',%'
             union all
            select l.kind, l.xmin
              from (select kind, body, xmin from public.ledger where answered is not null order by seq desc limit 50) l
             where l.kind = 'access_review.answered' and public.data_of(l.body) @> answered
        ) last
         where last.kind = any (kinds) and last.xmin = pg_current_xact_id()::xid
    ) then
        raise exception 'the ledger does not have what % of % does', tg_op, tg_table_name || coalesce(' ' || coalesce(held, asked), '')
            using errcode = '23514', constraint = tg_table_name || '_are_recorded';
    end if;
    return null;
end $$;
