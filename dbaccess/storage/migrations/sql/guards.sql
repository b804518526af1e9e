-- Rules that hold for every program. Every trigger is ENABLE ALWAYS, so that
-- session_replication_role does not switch it off. Names are qualified: a temporary table of the same name
-- must not be found first.

-- Return 'worker' for the worker's role and its members, 'bot' for all others: an unknown role has the fewest
-- rights. Its names are bound here, so it needs no search_path of its own: then PostgreSQL inlines it into the guards,
-- which call it for each row.
create function public.dbaccess_writer() returns text
    language sql stable
return case
    when pg_has_role(current_user, 'dbaccess_worker', 'usage') then 'worker'
    when pg_has_role(current_user, 'dbaccess_auditor', 'usage') then 'auditor'
    else 'bot'
end;

-- Return whether a time that a process writes is that of its transaction: a later one would never be over.
create function public.is_now(moment timestamptz) returns boolean
    language sql volatile set search_path = pg_catalog, pg_temp
return moment between clock_timestamp() - interval '2 min' and clock_timestamp();

-- Return whether this can be when Slack was read for a review. Reviews by the version before do not say.
create function public.is_reading(moment timestamptz) returns boolean
    language sql volatile set search_path = pg_catalog, pg_temp
return moment is null or moment between clock_timestamp() - interval '1 day' and clock_timestamp();

create function public.refuse_change() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception '% on % is refused', lower(tg_op), tg_table_name
        using errcode = '42501', constraint = tg_name;
end $$;

create function public.guard_request() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'INSERT' then
        if new.state <> 'pending' then
            raise exception 'a request starts pending' using errcode = '23514', constraint = 'requests_start_pending';
        end if;
        if not public.is_now(new.submitted_at) or new.decide_by > new.submitted_at + interval '366 days' then
            raise exception 'a request is submitted now, and decided within a year'
                using errcode = '23514', constraint = 'requests_times_are_readable';
        end if;
        perform public.guard_extension_request(new);
        return new;
    end if;
    if (new.id, new.requester_slack_id, new.terms, new.fingerprint, new.policy_hash, new.submitted_at, new.decide_by)
        is distinct from
       (old.id, old.requester_slack_id, old.terms, old.fingerprint, old.policy_hash, old.submitted_at, old.decide_by)
    then
        raise exception 'what was asked never changes' using errcode = '23514', constraint = 'requests_terms_stay';
    end if;
    if not exists (
        select from public.request_transitions t
         where t.from_state = old.state and t.to_state = new.state
           and (t.writer = 'both' or public.dbaccess_writer() = 'worker')
    ) then
        raise exception 'request % is %: it cannot become % by %',
            old.id, old.state, new.state, public.dbaccess_writer()
            using errcode = '23514', constraint = 'requests_legal_transition';
    end if;
    if public.dbaccess_writer() = 'bot' and new.decided_at is distinct from old.decided_at
        and not public.is_now(new.decided_at)
    then
        raise exception 'a request is decided now' using errcode = '23514', constraint = 'requests_times_are_readable';
    end if;
    if old.state = 'pending' and new.state = 'approved' then
        perform public.guard_approval(old);
    end if;
    return new;
end $$;

-- The holder requests more time, while the grant is active.
create function public.guard_extension_request(asked public.requests) returns void
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
    held public.grants;
    given jsonb;
begin
    if asked.terms ->> 'kind' <> 'extension' then
        return;
    end if;
    select * into held from public.grants g where g.id = (asked.terms ->> 'of_grant')::bigint;
    if (asked.terms ->> 'requester', asked.requester_slack_id, asked.terms ->> 'target', asked.terms ->> 'role')
        is distinct from (held.holder, held.holder_slack_id, held.target, held.role)
    then
        raise exception 'what is asked about a grant is its holder''s to ask'
            using errcode = '23514', constraint = 'requests_about_their_grant';
    end if;
    if held.state <> 'active' then
        raise exception 'grant % is %: it cannot be extended', held.id, held.state
            using errcode = '23514', constraint = 'requests_extend_active';
    end if;
    select r.terms into given from public.requests r where r.id = held.request_id;
    if (given ->> 'break_glass')::boolean then
        raise exception 'grant % was a break-glass: it stays short', held.id
            using errcode = '23514', constraint = 'requests_extend_no_break_glass';
    end if;
end $$;

-- An approval needs as many different people as the slots, and of each group as many as required. The program
-- decides who fills which slot; this only refuses too few. Break-glass needs no approval before.
create function public.guard_approval(asked public.requests) returns void
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
    slots jsonb := asked.terms -> 'approvals';
begin
    if (asked.terms ->> 'break_glass')::boolean then
        return;
    end if;
    if exists (
        select from (
            select null as name, sum((slot ->> 1)::bigint) as needed from jsonb_array_elements(slots) slot
             union all
            select slot ->> 0, sum((slot ->> 1)::bigint) from jsonb_array_elements(slots) slot group by 1
        ) wanted
         where wanted.needed > (
            select count(distinct r.reviewer) from public.reviews r
             where r.request_id = asked.id and r.verdict = 'approved' and r.fingerprint = asked.fingerprint
               and (wanted.name is null or wanted.name = any (r.groups))
               and not exists (select from public.voided_reviews v where v.review_id = r.id)
        )
    ) then
        raise exception 'request % has not been approved by enough people', asked.id
            using errcode = '23514', constraint = 'requests_quorum';
    end if;
end $$;

create function public.guard_review() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
    asked public.requests;
begin
    select * into asked from public.requests r where r.id = new.request_id;
    if new.reviewer = asked.requester or new.reviewer_slack_id = asked.requester_slack_id
        or exists (
            select from public.grants g where g.id = (asked.terms ->> 'of_grant')::bigint
               and (new.reviewer = g.holder or new.reviewer_slack_id = g.holder_slack_id)
        )
    then
        raise exception 'nobody reviews their own request'
            using errcode = '23514', constraint = 'reviews_not_own_request';
    end if;
    if not public.is_now(new.reviewed_at) then
        raise exception 'a review is of now' using errcode = '23514', constraint = 'reviews_time_is_readable';
    end if;
    if not public.is_reading(new.membership_read_at) then
        raise exception 'a review rests on a reading of this day'
            using errcode = '23514', constraint = 'reviews_reading_is_past';
    end if;
    if asked.state <> 'pending' then
        raise exception 'request % is decided', asked.id
            using errcode = '23514', constraint = 'reviews_while_pending';
    end if;
    if new.fingerprint <> asked.fingerprint then
        raise exception 'what was reviewed is not what was asked'
            using errcode = '23514', constraint = 'reviews_same_fingerprint';
    end if;
    if exists (
        select from unnest(new.groups) mine
         where not exists (
            select from jsonb_array_elements(asked.terms -> 'approvals') slot where slot ->> 0 = mine
        )
    ) then
        raise exception 'a review is in the name of groups that are asked'
            using errcode = '23514', constraint = 'reviews_in_asked_groups';
    end if;
    if new.verdict = 'approved' then
        perform public.guard_extent(asked, new);
    end if;
    return new;
end $$;

-- An approval covers no more than was asked, and no more than earlier approvals. Only access is approved for less.
create function public.guard_extent(asked public.requests, given public.reviews) returns void
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
    seconds bigint := (asked.terms ->> 'duration_seconds')::bigint;
begin
    if given.duration_seconds not between 1 and seconds
        or given.role <> asked.role and not exists (
            select from jsonb_array_elements(asked.terms -> 'narrower') instead where instead ->> 0 = given.role
        )
        or asked.kind <> 'access' and (given.role, given.duration_seconds) <> (asked.role, seconds)
    then
        raise exception 'nobody approves more than was asked'
            using errcode = '23514', constraint = 'reviews_never_more_than_asked';
    end if;
    if exists (
        select from public.reviews r
         where r.request_id = asked.id and r.verdict = 'approved'
           and (given.duration_seconds > r.duration_seconds or r.role not in (asked.role, given.role))
           and not exists (select from public.voided_reviews v where v.review_id = r.id)
    ) then
        raise exception 'nobody approves more than was approved before'
            using errcode = '23514', constraint = 'reviews_never_more_than_before';
    end if;
end $$;

-- A review belongs to a break-glass that began, and to its holder. It changes twice at most: a worker raises
-- the alarm when it is late, and one other person closes it.
create function public.guard_break_glass_review() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'INSERT' then
        perform public.guard_new_break_glass_review(new);
        return new;
    end if;
    if (new.request_id, new.grant_id, new.holder, new.holder_slack_id, new.review_by, new.opened_at, new.due_at)
        is distinct from
       (old.request_id, old.grant_id, old.holder, old.holder_slack_id, old.review_by, old.opened_at, old.due_at)
    then
        raise exception 'what is owed never changes'
            using errcode = '23514', constraint = 'break_glass_reviews_stay';
    end if;
    if not exists (
        select from public.break_glass_review_transitions t
         where t.from_state = old.state and t.to_state = new.state and t.writer = public.dbaccess_writer()
    ) then
        raise exception 'the review of break-glass % is %: it cannot become % by %',
            old.request_id, old.state, new.state, public.dbaccess_writer()
            using errcode = '23514', constraint = 'break_glass_reviews_legal_transition';
    end if;
    if new.overdue_at is distinct from old.overdue_at
        and (old.overdue_at is not null or new.state <> 'pending' or new.overdue_at >= old.due_at is not true)
    then
        raise exception 'a review is called overdue once, and after its time'
            using errcode = '23514', constraint = 'break_glass_reviews_alarm_is_true';
    end if;
    if new.state <> 'pending' and public.is_now(new.reviewed_at) is not true then
        raise exception 'a review is closed now'
            using errcode = '23514', constraint = 'break_glass_reviews_times_are_readable';
    end if;
    if new.state <> 'pending' and not public.is_reading(new.membership_read_at) then
        raise exception 'a review rests on a reading of this day'
            using errcode = '23514', constraint = 'break_glass_reviews_reading_is_past';
    end if;
    return new;
end $$;

create function public.guard_new_break_glass_review(opened public.break_glass_reviews) returns void
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    if opened.state <> 'pending' or opened.overdue_at is not null then
        raise exception 'a review starts pending'
            using errcode = '23514', constraint = 'break_glass_reviews_start_pending';
    end if;
    if not public.is_now(opened.opened_at) or opened.due_at <= opened.opened_at
        or opened.due_at > opened.opened_at + interval '366 days'
    then
        raise exception 'a review is opened now, and due within a year'
            using errcode = '23514', constraint = 'break_glass_reviews_times_are_readable';
    end if;
    if not exists (
        select from public.grants g join public.requests r on r.id = g.request_id
         where g.id = opened.grant_id and r.id = opened.request_id and (r.terms ->> 'break_glass')::boolean
           and g.holder = opened.holder and g.holder_slack_id = opened.holder_slack_id
    ) then
        raise exception 'request % and grant % are no break-glass of %',
            opened.request_id, opened.grant_id, opened.holder_slack_id
            using errcode = '23514', constraint = 'break_glass_reviews_of_a_break_glass';
    end if;
end $$;

create function public.guard_voided_review() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (
        select from public.reviews v join public.requests r on r.id = v.request_id
         where v.id = new.review_id and v.verdict = 'approved' and r.state = 'pending'
    ) then
        raise exception 'only an approval of what is not decided yet can stop counting'
            using errcode = '23514', constraint = 'voided_reviews_while_pending';
    end if;
    if public.dbaccess_writer() = 'bot' and not public.is_now(new.voided_at) then
        raise exception 'a review stops counting now'
            using errcode = '23514', constraint = 'voided_reviews_time_is_readable';
    end if;
    return new;
end $$;

-- Return whether an open lockdown covers the target.
create function public.locked_down(of_target text) returns boolean
    language sql stable set search_path = pg_catalog, pg_temp
return exists (
    select from public.lockdowns l where l.lifted_at is null and (l.target is null or l.target = of_target)
);

-- A lockdown is declared now. Afterwards it changes once: it is lifted, now, and the worker records when it
-- was enforced.
create function public.guard_lockdown() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'INSERT' then
        if num_nonnulls(new.lifted_by, new.lifted_slack_id, new.lift_reason, new.lifted_at, new.enforced_at) > 0 then
            raise exception 'a lockdown starts declared' using errcode = '23514', constraint = 'lockdowns_start_declared';
        end if;
        return new;
    end if;
    if (new.id, new.target, new.reason, new.declared_by, new.declared_slack_id, new.declared_at)
        is distinct from
       (old.id, old.target, old.reason, old.declared_by, old.declared_slack_id, old.declared_at)
        or old.lifted_at is not null and (new.lifted_by, new.lifted_slack_id, new.lift_reason)
            is distinct from (old.lifted_by, old.lifted_slack_id, old.lift_reason)
    then
        raise exception 'a declaration and its lift never change'
            using errcode = '23514', constraint = 'lockdowns_stay';
    end if;
    new.lifted_at := case when new.lifted_by is null then null else coalesce(old.lifted_at, now()) end;
    return new;
end $$;

-- The bot records the answer of a person, now, to an item that has none, while its access review takes answers. Only the
-- command line, which has the worker's rights, changes an answer.
create function public.guard_access_review_answer() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    if public.dbaccess_writer() <> 'bot' then
        return new;
    end if;
    if old.answer is not null or new.answer in ('keep', 'remove') is not true or new.answered_slack_id is null
        or btrim(new.reason) = '' or public.is_now(new.answered_at) is not true
    then
        raise exception 'a person answers an item once, now, with a reason'
            using errcode = '23514', constraint = 'access_review_items_answered_once';
    end if;
    if not exists (
        select from public.access_reviews r where r.id = new.review_id and r.state = 'open' and r.ends_at > clock_timestamp()
    ) then
        raise exception 'access review % takes no answer any more', new.review_id
            using errcode = '23514', constraint = 'access_review_items_answered_in_time';
    end if;
    return new;
end $$;

-- Keep an access review from ending before this transaction does. As the owner: a lock of the row needs the right to
-- change it, which the bot has not.
create function public.hold_access_review(held bigint) returns void
    language sql volatile security definer set search_path = pg_catalog, pg_temp
begin atomic
    select from public.access_reviews r where r.id = held for share;
end;

-- A new grant holds exactly what was approved, and nothing of the target yet.
create function public.guard_new_grant() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
    asked public.requests;
    seconds bigint;
    roles text[];
begin
    if new.state <> 'provisioning' or new.attempts <> 0
        or num_nonnulls(new.expires_at, new.activated_at, new.recipe, new.receipt, new.lease_id, new.last_failure) > 0
    then
        raise exception 'a grant starts provisioning, with nothing done'
            using errcode = '23514', constraint = 'grants_start_provisioning';
    end if;
    -- The hour within which it has to become active is counted from here.
    if not public.is_now(new.created_at) or not coalesce(public.is_now(new.next_attempt_at), true) then
        raise exception 'a grant is created now' using errcode = '23514', constraint = 'grants_times_are_readable';
    end if;
    select * into asked from public.requests r where r.id = new.request_id;
    if asked.state is distinct from 'approved' then
        raise exception 'request % is not approved', new.request_id
            using errcode = '23514', constraint = 'grants_request_is_approved';
    end if;
    if asked.terms ->> 'kind' <> 'access' then
        raise exception 'request % asks for no grant', new.request_id
            using errcode = '23514', constraint = 'grants_request_is_for_access';
    end if;
    -- A policy may let break-glass pass: the worker knows it, and checks each grant by it.
    if public.locked_down(new.target) and not (asked.terms ->> 'break_glass')::boolean then
        raise exception '% is in lockdown', new.target
            using errcode = '23514', constraint = 'grants_not_in_lockdown';
    end if;
    if (new.holder, new.holder_slack_id, new.target, new.cluster)
        is distinct from (asked.requester, asked.requester_slack_id, asked.target, asked.terms ->> 'cluster')
    then
        raise exception 'a grant is what was approved' using errcode = '23514', constraint = 'grants_terms_are_approved';
    end if;
    -- The shortest time, and the narrower role where one approved that: never another than all who approved allow.
    select min(r.duration_seconds), array_agg(distinct r.role) filter (where r.role <> asked.role)
      into seconds, roles
      from public.reviews r
     where r.request_id = asked.id and r.verdict = 'approved'
       and not exists (select from public.voided_reviews v where v.review_id = r.id);
    if (array[new.role], new.duration) is distinct from (
        coalesce(roles, array[asked.role]),
        make_interval(secs => least(seconds, (asked.terms ->> 'duration_seconds')::bigint))
    ) then
        raise exception 'a grant is the least that was approved'
            using errcode = '23514', constraint = 'grants_are_the_least_approved';
    end if;
    return new;
end $$;

create function public.guard_grant() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
    by_whom text := public.dbaccess_writer();
begin
    if (new.id, new.request_id, new.holder, new.holder_slack_id, new.target, new.cluster, new.role, new.duration,
        new.created_at)
        is distinct from
       (old.id, old.request_id, old.holder, old.holder_slack_id, old.target, old.cluster, old.role, old.duration,
        old.created_at)
    then
        raise exception 'what was granted never changes' using errcode = '23514', constraint = 'grants_terms_stay';
    end if;
    if not exists (
        select from public.grant_transitions t
         where t.from_state = old.state and t.to_state = new.state
           and (t.writer = 'both' or by_whom = 'worker')
    ) then
        raise exception 'grant % is %: it cannot become % by %', old.id, old.state, new.state, by_whom
            using errcode = '23514', constraint = 'grants_legal_transition';
    end if;
    if old.state = 'provisioning' and new.state <> 'revoking' then
        perform public.guard_start(new);
    end if;
    if old.state <> 'provisioning' and (
        (new.activated_at, new.begun_at, new.recipe - array['login_identity', 'cluster_identity'])
        is distinct from (old.activated_at, old.begun_at, old.recipe - array['login_identity', 'cluster_identity'])
        -- The end moves only to where an approved extension puts it, and only while the grant is active.
        or new.expires_at is distinct from old.expires_at and (
            old.state <> 'active' or new.state <> 'active' or new.expires_at < old.expires_at or not exists (
                select from public.extensions e where e.grant_id = old.id and e.expires_at = new.expires_at
            )
        )
    ) then
        raise exception 'what was made on the target is fixed'
            using errcode = '23514', constraint = 'grants_made_stays';
    end if;
    -- What a login reached is read once, while nothing of the grant is taken away yet.
    if (new.reach_id, new.reach_read_at) is distinct from (old.reach_id, old.reach_read_at)
        and (old.reach_id is not null or old.state <> 'active' or new.state <> 'active')
    then
        raise exception 'the reach of a grant is recorded once, while it is active'
            using errcode = '23514', constraint = 'grants_reach_stays';
    end if;
    -- A proposal is confirmed as it was made: the second operator's yes is to this reason.
    if new.state = 'written_off' and (old.write_off_by, old.write_off_reason)
        is distinct from (new.write_off_by, new.write_off_reason)
        or new.state <> 'revoking' and old.write_off_by is distinct from new.write_off_by
    then
        raise exception 'a write-off is proposed for a revoking grant, and confirmed as proposed'
            using errcode = '23514', constraint = 'grants_write_off_is_proposed';
    end if;
    if old.state = 'revoking' and (
        (new.revoking_at, new.end_cause, new.ended_by, new.end_note)
        is distinct from (old.revoking_at, old.end_cause, old.ended_by, old.end_note)
    ) then
        raise exception 'why it ends is fixed' using errcode = '23514', constraint = 'grants_cause_stays';
    end if;
    if by_whom = 'bot' then
        perform public.guard_grant_from_bot(old, new);
    end if;
    return new;
end $$;

-- Before a grant touches a target, the worker has posted the request in Slack, or announced the break-glass
-- and recorded its pending review. The bot can forge all rows of an approval, but none of these.
create function public.guard_start(becomes public.grants) returns void
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    if num_nonnulls(becomes.recipe, becomes.expires_at) = 0 then
        return;
    end if;
    if exists (
        select from public.requests r where r.id = becomes.request_id and not (r.terms ->> 'break_glass')::boolean
    ) then
        if not public.is_posted(becomes.request_id, 'request') then
            raise exception 'nobody was told of grant %', becomes.id
                using errcode = '23514', constraint = 'grants_are_posted';
        end if;
    elsif not exists (select from public.announcements a where a.request_id = becomes.request_id)
        or not exists (select from public.break_glass_reviews r where r.grant_id = becomes.id)
    then
        raise exception 'nobody was told of grant %, or nobody is to review it', becomes.id
            using errcode = '23514', constraint = 'grants_break_glass_is_announced';
    end if;
end $$;

create function public.is_posted(asked bigint, message text) returns boolean
    language sql stable set search_path = pg_catalog, pg_temp
return exists (
    select from public.messages m where m.request_id = asked and m.kind = message and m.posted_ts is not null
);

-- Time is added once for each approved extension: exactly as much, in time, and never beyond the rule.
create function public.guard_extension() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
    asked public.requests;
    held public.grants;
begin
    select * into asked from public.requests r where r.id = new.request_id;
    select * into held from public.grants g where g.id = new.grant_id for update;
    if asked.state is distinct from 'approved' or asked.terms ->> 'kind' <> 'extension'
        or (asked.terms ->> 'of_grant')::bigint <> new.grant_id or held.state <> 'active'
    then
        raise exception 'request % extends nothing', new.request_id
            using errcode = '23514', constraint = 'extensions_are_approved';
    end if;
    if new.expires_at is not null and (
        new.added <> make_interval(secs => (asked.terms ->> 'duration_seconds')::bigint)
        or new.expires_at <> held.expires_at + make_interval(secs => (asked.terms ->> 'duration_seconds')::bigint)
        or held.expires_at <= now()
        or held.duration + new.added + coalesce(
            (select sum(e.added) from public.extensions e where e.grant_id = new.grant_id), interval '0'
        ) > make_interval(secs => (asked.terms ->> 'longest_seconds')::bigint)
    ) then
        raise exception 'extension % adds what was approved, in time and within the rule', new.request_id
            using errcode = '23514', constraint = 'extensions_within_the_rule';
    end if;
    if new.expires_at is not null and not public.is_posted(new.request_id, 'thread.extension') then
        raise exception 'nobody was told of extension %', new.request_id
            using errcode = '23514', constraint = 'extensions_are_posted';
    end if;
    return new;
end $$;

create function public.guard_announcement() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (
        select from public.requests r where r.id = new.request_id and (r.terms ->> 'break_glass')::boolean
    ) or (
        new.place = 'slack' and not public.is_posted(new.request_id, 'request')
    ) or (
        new.place = 'operators' and not public.is_posted(new.request_id, 'ops.break_glass')
    ) then
        raise exception 'request % was not announced there', new.request_id
            using errcode = '23514', constraint = 'announcements_are_true';
    end if;
    return new;
end $$;

-- The bot only starts a revocation, due at once, for a reason of its own.
create function public.guard_grant_from_bot(was public.grants, becomes public.grants) returns void
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    if (becomes.expires_at, becomes.activated_at, becomes.ended_at, becomes.recipe, becomes.receipt, becomes.lease_id, becomes.lease_until)
        is distinct from
       (was.expires_at, was.activated_at, was.ended_at, was.recipe, was.receipt, was.lease_id, was.lease_until)
    then
        raise exception 'only the worker writes what it did on a target'
            using errcode = '42501', constraint = 'grants_hands_off';
    end if;
    if not exists (
        select from public.grant_transitions t where t.event = 'grant.' || becomes.end_cause and t.writer = 'both'
    ) then
        raise exception 'the bot cannot end a grant as %', becomes.end_cause
            using errcode = '42501', constraint = 'grants_bot_cause';
    end if;
    -- What the worker cannot read or count on from would keep it from ending anything on this cluster.
    if becomes.attempts <> 0 or (public.is_now(becomes.next_attempt_at) and public.is_now(becomes.revoking_at)) is not true
    then
        raise exception 'the bot cannot put off an end' using errcode = '42501', constraint = 'grants_bot_no_delay';
    end if;
end $$;

create function public.guard_credential_view() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'INSERT' then
        if new.state <> 'requested' or new.started_at is not null or new.shown_at is not null then
            raise exception 'a view starts requested'
                using errcode = '23514', constraint = 'credential_views_start_requested';
        end if;
        if not public.is_now(new.requested_at) then
            raise exception 'a view is requested now'
                using errcode = '23514', constraint = 'credential_views_time_is_readable';
        end if;
    elsif (new.id, new.grant_id, new.slack_id, new.view_id, new.requested_at)
        is distinct from (old.id, old.grant_id, old.slack_id, old.view_id, old.requested_at)
        or (old.state, new.state) not in
           (('requested', 'started'), ('requested', 'failed'), ('started', 'shown'), ('started', 'failed'))
    then
        raise exception 'view % is %: it cannot become %', old.id, old.state, new.state
            using errcode = '23514', constraint = 'credential_views_legal_transition';
    end if;
    return new;
end $$;

-- Bot and worker each report only themselves.
create function public.guard_policy_report() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    if (new.process = 'bot') <> (public.dbaccess_writer() = 'bot') then
        raise exception 'a process speaks of itself' using errcode = '42501', constraint = 'policy_in_force_own';
    end if;
    if not public.is_now(new.seen_at) or new.loaded_at > new.seen_at then
        raise exception 'a process is seen now' using errcode = '23514', constraint = 'policy_in_force_times_are_readable';
    end if;
    return new;
end $$;

create function public.guard_policy_version() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    if new.writer <> public.dbaccess_writer() then
        raise exception 'a process speaks of itself' using errcode = '42501', constraint = 'policy_versions_own';
    end if;
    return new;
end $$;

-- The bot may record that there is something to post, never that there is nothing or that it may wait.
create function public.guard_message_stream() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    if public.dbaccess_writer() = 'bot' and public.is_now(new.next_attempt_at) is not true then
        raise exception 'the bot cannot put off a message'
            using errcode = '42501', constraint = 'message_streams_bot_no_delay';
    end if;
    return new;
end $$;

-- The worker plans messages about what was done: one that was planned too early would be edited later, and
-- notify no one.
create function public.guard_message() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    if public.dbaccess_writer() = 'bot' and new.kind not in (
        'request', 'thread.approved', 'thread.voided', 'thread.extension', 'dm.submitted', 'dm.denied'
    ) then
        raise exception 'the bot plans no alarm and no outcome'
            using errcode = '42501', constraint = 'messages_bot_no_outcome';
    end if;
    if public.dbaccess_writer() = 'bot' and new.kind like 'dm.%' and new.channel !~ '^[UW]' then
        raise exception 'a direct message goes to a person'
            using errcode = '42501', constraint = 'messages_bot_to_persons';
    end if;
    return new;
end $$;

-- In place of a foreign key, which looks for the grant of each statement. No grant is deleted, and no number of
-- one changes.
create function public.guard_statements() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (
        select from (select distinct a.grant_id from added a) named
         where not exists (select from public.grants g where g.id = named.grant_id)
    ) then
        raise exception 'a statement is of a grant' using errcode = '23503', constraint = 'activity_statements_of_grants';
    end if;
    return null;
end $$;

-- A session that fills the lock table of the server blocks all work, new connections too. This names no
-- shared catalog, because its lock would need room in that table. So it works then over a connection that
-- called it before.
create function public.end_hoarders() returns bigint
    language sql volatile security definer set search_path = pg_catalog, pg_temp
begin atomic
    with others as materialized (
        -- What the server looks up before it terminates a session is looked up at each call, and at hand afterwards.
        select r.oid from (values (to_regrole('dbaccess_bot')::oid), (to_regrole('dbaccess_auditor')::oid)) r (oid)
         where pg_get_userbyid(r.oid) in ('dbaccess_bot', 'dbaccess_auditor') and pg_has_role(r.oid, 'usage')
    ), held as materialized (
        -- Not from pg_stat_get_activity(): its columns, and so the body as PostgreSQL prints it, differ by version.
        select l.pid, count(*) as locks
          from pg_lock_status() l
          join pg_stat_get_backend_idset() b (id)
            on pg_stat_get_backend_pid(b.id) = l.pid and pg_stat_get_backend_userid(b.id) in (select oid from others)
         where not l.fastpath
         group by l.pid
    ), found as materialized (
        -- No click of a person needs a hundredth of the first number.
        select held.pid from held where (select sum(locks) from held) > 1000 and held.locks > 50
    )
    -- Once a session is gone, there is room again; for that this waits, a second each at most.
    -- Counted, and not `exists`, which would look at one role and leave the other's look-up for the day without room.
    select case when (select count(*) from others) > 0 then
        (select count(*) from found where pg_terminate_backend(found.pid, 1000))
    else 0 end;
end;

-- The bot may lock what an end needs: a grant's row, a message, the lock of the ledger. An auditor may take advisory
-- locks. In hostile hands, or stopped, they could keep an end waiting for ever, and so could a worker that has stopped.
-- The function ends sessions of bots and auditors that keep a worker waiting, and workers' that keep an end waiting and
-- do nothing. Its owner is a member of these roles for this alone.
create function public.end_blockers() returns bigint
    language sql volatile security definer set search_path = pg_catalog, pg_temp
begin atomic
    with recursive waiting as (
        -- Workers lock rows of these tables while they ask Slack or Redis, and no end waits for one. Whoever waits
        -- for a row has its tuple locked, or waits for that.
        select w.pid, not exists (
                   select from pg_locks line
                    where line.pid = w.pid and line.locktype = 'tuple'
                      and line.relation in ('public.messages'::regclass, 'public.notices'::regclass,
                                            'public.outbox'::regclass)
               ) as may_be_end
          from pg_locks waits
          join pg_stat_activity w on w.pid = waits.pid
         where not waits.granted and waits.waitstart < clock_timestamp() - interval '1 s'
           and w.datname = current_database() and w.usename = 'dbaccess_worker'
    ), blocking as (
        select blocker.pid, waiting.may_be_end
          from waiting cross join lateral unnest(pg_blocking_pids(waiting.pid)) as blocker (pid)
         union
        -- What a blocker waits for itself keeps the first one waiting too, whatever it is.
        select blocker.pid, blocking.may_be_end
          from blocking cross join lateral unnest(pg_blocking_pids(blocking.pid)) as blocker (pid)
    ), found as materialized ( -- else the planner may move the call below into a scan, and end every session
        select b.pid
          from blocking join pg_stat_activity b on b.pid = blocking.pid
         where b.usename in ('dbaccess_bot', 'dbaccess_auditor')
            or b.usename = 'dbaccess_worker' and blocking.may_be_end
               and b.state_change < clock_timestamp() - interval '3 s'
               and (b.state like 'idle in transaction%' or b.wait_event = 'ClientWrite')
         union
        -- These locks are never waited for, and only workers may take them: 'leader' and 'speak' in ASCII.
        select l.pid
          from pg_locks l join pg_stat_activity a on a.pid = l.pid
         where l.locktype = 'advisory' and (l.classid, l.objid, l.objsubid) in ((27749, 1633969522, 1), (115, 1885692267, 1))
           and a.datname = current_database() and a.usename in ('dbaccess_bot', 'dbaccess_auditor')
    )
    select count(*) from found where pg_terminate_backend(found.pid);
end;
