--
-- PostgreSQL database dump
--


-- Dumped from database version 18.6
-- Dumped by pg_dump version 18.6

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: dbaccess_writer(); Type: FUNCTION; Schema: public; Owner: dbaccess_owner
--

CREATE FUNCTION public.dbaccess_writer() RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    RETURN CASE WHEN pg_has_role(CURRENT_USER, 'dbaccess_worker'::name, 'usage'::text) THEN 'worker'::text ELSE 'bot'::text END;


ALTER FUNCTION public.dbaccess_writer() OWNER TO dbaccess_owner;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: messages; Type: TABLE; Schema: public; Owner: dbaccess_owner
--

CREATE TABLE public.messages (
    id bigint NOT NULL,
    request_id bigint NOT NULL,
    kind text NOT NULL,
    channel text NOT NULL,
    posted_channel text,
    posted_ts text,
    rendered text,
    posted_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    CONSTRAINT messages_known_kind CHECK ((kind = ANY (ARRAY['request'::text, 'thread.waiting'::text, 'thread.escalated'::text, 'thread.approved'::text, 'thread.voided'::text, 'thread.active'::text, 'thread.extension'::text, 'thread.extended'::text, 'thread.ended'::text, 'thread.overdue'::text, 'thread.reviewed'::text, 'dm.submitted'::text, 'dm.active'::text, 'dm.reminder'::text, 'dm.extended'::text, 'dm.denied'::text, 'dm.lapsed'::text, 'dm.stale'::text, 'dm.ended'::text, 'dm.reviewed'::text, 'dm.problem'::text, 'dm.never_active'::text, 'ops.problem'::text, 'ops.overdue'::text, 'ops.ended_late'::text, 'channel.overdue'::text])))
);


ALTER TABLE public.messages OWNER TO dbaccess_owner;

--
-- Name: notices; Type: TABLE; Schema: public; Owner: dbaccess_owner
--

CREATE TABLE public.notices (
    id bigint NOT NULL,
    key text NOT NULL,
    kind text NOT NULL,
    channel text NOT NULL,
    data jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    next_attempt_at timestamp with time zone DEFAULT now(),
    attempts integer DEFAULT 0 NOT NULL,
    posted_channel text,
    posted_ts text,
    rendered text,
    posted_at timestamp with time zone,
    CONSTRAINT notices_known_kind CHECK ((kind = ANY (ARRAY['stray_left'::text, 'orphaned_role'::text, 'decoy'::text, 'observing'::text, 'clock_skew'::text, 'policy_refused'::text, 'group_changed'::text, 'still_overdue'::text, 'many_overdue'::text, 'many_ended_late'::text, 'ended'::text, 'lockdown'::text, 'lockdown_lifted'::text])))
);


ALTER TABLE public.notices OWNER TO dbaccess_owner;

--
-- Name: outbox; Type: TABLE; Schema: public; Owner: dbaccess_owner
--

CREATE TABLE public.outbox (
    id bigint NOT NULL,
    job text NOT NULL,
    subject bigint NOT NULL,
    due_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    dispatched_at timestamp with time zone,
    CONSTRAINT outbox_due_at_is_readable CHECK (((due_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (due_at <= '2200-01-01 00:00:00+00'::timestamp with time zone))),
    CONSTRAINT outbox_known_job CHECK ((job = ANY (ARRAY['provision'::text, 'revoke'::text, 'extend'::text, 'credentials'::text, 'directory'::text, 'lockdown'::text])))
);


ALTER TABLE public.outbox OWNER TO dbaccess_owner;

--
-- Name: end_blockers(); Type: FUNCTION; Schema: public; Owner: dbaccess_owner
--

CREATE FUNCTION public.end_blockers() RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 WITH RECURSIVE waiting AS (
          SELECT w.pid,
             (NOT (EXISTS ( SELECT
                    FROM pg_locks line
                   WHERE ((line.pid = w.pid) AND (line.locktype = 'tuple'::text) AND (line.relation = ANY (ARRAY[('public.messages'::regclass)::oid, ('public.notices'::regclass)::oid, ('public.outbox'::regclass)::oid])))))) AS may_be_end
            FROM (pg_locks waits
              JOIN pg_stat_activity w ON ((w.pid = waits.pid)))
           WHERE ((NOT waits.granted) AND (waits.waitstart < (clock_timestamp() - '00:00:01'::interval)) AND (w.datname = current_database()) AND (w.usename = 'dbaccess_worker'::name))
         ), blocking AS (
          SELECT blocker.pid,
             waiting.may_be_end
            FROM (waiting
              CROSS JOIN LATERAL unnest(pg_blocking_pids(waiting.pid)) blocker(pid))
         UNION
          SELECT blocker.pid,
             blocking.may_be_end
            FROM (blocking
              CROSS JOIN LATERAL unnest(pg_blocking_pids(blocking.pid)) blocker(pid))
         ), found AS MATERIALIZED (
          SELECT b.pid
            FROM (blocking
              JOIN pg_stat_activity b ON ((b.pid = blocking.pid)))
           WHERE ((b.usename = 'dbaccess_bot'::name) OR ((b.usename = 'dbaccess_worker'::name) AND blocking.may_be_end AND (b.state_change < (clock_timestamp() - '00:00:03'::interval)) AND ((b.state ~~ 'idle in transaction%'::text) OR (b.wait_event = 'ClientWrite'::text))))
         UNION
          SELECT l.pid
            FROM (pg_locks l
              JOIN pg_stat_activity a ON ((a.pid = l.pid)))
           WHERE ((l.locktype = 'advisory'::text) AND (((l.classid = (27749)::oid) AND (l.objid = (1633969522)::oid) AND (l.objsubid = 1)) OR ((l.classid = (115)::oid) AND (l.objid = (1885692267)::oid) AND (l.objsubid = 1))) AND (a.datname = current_database()) AND (a.usename = 'dbaccess_bot'::name))
         )
  SELECT count(*) AS count
    FROM found
   WHERE pg_terminate_backend(found.pid);
END;


ALTER FUNCTION public.end_blockers() OWNER TO dbaccess_owner;

--
-- Name: end_hoarders(); Type: FUNCTION; Schema: public; Owner: dbaccess_owner
--

CREATE FUNCTION public.end_hoarders() RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 WITH bot AS MATERIALIZED (
          SELECT r.oid
            FROM ( SELECT (to_regrole('dbaccess_bot'::text))::oid AS to_regrole) r(oid)
           WHERE ((pg_get_userbyid(r.oid) = 'dbaccess_bot'::name) AND pg_has_role(r.oid, 'usage'::text))
         ), held AS MATERIALIZED (
          SELECT l.pid,
             count(*) AS locks
            FROM (pg_lock_status() l(locktype, database, relation, page, tuple, virtualxid, transactionid, classid, objid, objsubid, virtualtransaction, pid, mode, granted, fastpath, waitstart)
              JOIN pg_stat_get_backend_idset() b(id) ON (((pg_stat_get_backend_pid(b.id) = l.pid) AND (pg_stat_get_backend_userid(b.id) = ( SELECT bot.oid
                    FROM bot)))))
           WHERE (NOT l.fastpath)
           GROUP BY l.pid
         ), found AS MATERIALIZED (
          SELECT held.pid
            FROM held
           WHERE ((( SELECT sum(held_1.locks) AS sum
                    FROM held held_1) > (1000)::numeric) AND (held.locks > 50))
         )
  SELECT
         CASE
             WHEN (EXISTS ( SELECT
                FROM bot)) THEN ( SELECT count(*) AS count
                FROM found
               WHERE pg_terminate_backend(found.pid, (1000)::bigint))
             ELSE (0)::bigint
         END AS "case";
END;


ALTER FUNCTION public.end_hoarders() OWNER TO dbaccess_owner;

--
-- Name: guard_announcement(); Type: FUNCTION; Schema: public; Owner: dbaccess_owner
--

CREATE FUNCTION public.guard_announcement() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if not exists (
        select from public.requests r where r.id = new.request_id and (r.terms ->> 'break_glass')::boolean
    ) or (
        new.place = 'slack' and not public.is_posted(new.request_id, 'request')
    ) then
        raise exception 'request % was not announced there', new.request_id
            using errcode = '23514', constraint = 'announcements_are_true';
    end if;
    return new;
end $$;


ALTER FUNCTION public.guard_announcement() OWNER TO dbaccess_owner;

--
-- Name: requests; Type: TABLE; Schema: public; Owner: dbaccess_owner
--

CREATE TABLE public.requests (
    id bigint NOT NULL,
    requester_slack_id text NOT NULL,
    requester text GENERATED ALWAYS AS ((terms ->> 'requester'::text)) STORED NOT NULL,
    target text GENERATED ALWAYS AS ((terms ->> 'target'::text)) STORED NOT NULL,
    role text GENERATED ALWAYS AS ((terms ->> 'role'::text)) STORED NOT NULL,
    kind text GENERATED ALWAYS AS ((terms ->> 'kind'::text)) STORED NOT NULL,
    of_grant bigint GENERATED ALWAYS AS (((terms ->> 'of_grant'::text))::bigint) STORED,
    terms jsonb NOT NULL,
    fingerprint text NOT NULL,
    policy_hash text NOT NULL,
    state text NOT NULL,
    submitted_at timestamp with time zone NOT NULL,
    decide_by timestamp with time zone NOT NULL,
    decided_at timestamp with time zone,
    stale_why text,
    CONSTRAINT requests_ddl_is_approved CHECK ((((terms ->> 'access'::text) <> 'ddl'::text) OR ((terms ->> 'break_glass'::text))::boolean OR (jsonb_array_length((terms -> 'approvals'::text)) > 0))),
    CONSTRAINT requests_decide_by_is_later CHECK ((decide_by > submitted_at)),
    CONSTRAINT requests_decided_has_time CHECK (((state = 'pending'::text) = (decided_at IS NULL))),
    CONSTRAINT requests_known_kind CHECK ((((terms ->> 'kind'::text) = ANY (ARRAY['access'::text, 'extension'::text])) AND (((terms ->> 'kind'::text) = 'access'::text) = ((terms -> 'of_grant'::text) = 'null'::jsonb)) AND (((terms ->> 'kind'::text) = 'access'::text) OR (NOT ((terms ->> 'break_glass'::text))::boolean)))),
    CONSTRAINT requests_known_state CHECK ((state = ANY (ARRAY['pending'::text, 'approved'::text, 'denied'::text, 'withdrawn'::text, 'lapsed'::text, 'stale'::text]))),
    CONSTRAINT requests_stale_has_reason CHECK ((((state = 'stale'::text) = (stale_why IS NOT NULL)) AND (stale_why = ANY (ARRAY['policy_changed'::text, 'policy_forbids'::text, 'other_rule'::text, 'no_rule'::text, 'grant_ended'::text])))),
    CONSTRAINT requests_terms_are_readable CHECK ((((terms - ARRAY['kind'::text, 'of_grant'::text, 'break_glass'::text, 'requester'::text, 'target'::text, 'cluster'::text, 'database'::text, 'env'::text, 'login'::text, 'personal_login'::text, 'role'::text, 'can'::text, 'cannot'::text, 'access'::text, 'grants'::text, 'act_as'::text, 'on'::text, 'narrower'::text, 'duration_seconds'::text, 'longest_seconds'::text, 'reason'::text, 'ticket'::text, 'rule'::text, 'rule_digest'::text, 'approvals'::text]) = '{}'::jsonb) AND (jsonb_typeof((terms -> 'of_grant'::text)) = ANY (ARRAY['number'::text, 'null'::text])) AND (jsonb_typeof((terms -> 'grants'::text)) = 'array'::text) AND (jsonb_typeof((terms -> 'narrower'::text)) = 'array'::text) AND (NOT jsonb_path_exists(terms, 'strict $."grants"[*]?(@.type() != "string")'::jsonpath, '{}'::jsonb, true)) AND (NOT jsonb_path_exists(terms, 'strict $."approvals"[*]?(@.size() > 2)'::jsonpath, '{}'::jsonb, true)) AND (NOT jsonb_path_exists(terms, 'strict $."narrower"[*]?(!(((@.type() == "array" && @.size() == 2) && @[0].type() == "string") && @[1].type() == "string"))'::jsonpath, '{}'::jsonb, true)) AND
CASE jsonb_typeof((terms -> 'on'::text))
    WHEN 'null'::text THEN true
    WHEN 'object'::text THEN (((terms -> 'on'::text) ?& ARRAY['schemas'::text, 'tables'::text, 'privileges'::text]) AND (NOT jsonb_path_exists(terms, 'strict $."on".*?(@.type() != "array")'::jsonpath, '{}'::jsonb, true)) AND (NOT jsonb_path_exists(terms, '$."on".*[*]?(@.type() != "string")'::jsonpath, '{}'::jsonb, true)))
    ELSE false
END)),
    CONSTRAINT requests_terms_are_whole CHECK (((jsonb_typeof(terms) = 'object'::text) AND (terms ?& ARRAY['kind'::text, 'of_grant'::text, 'break_glass'::text, 'requester'::text, 'target'::text, 'cluster'::text, 'database'::text, 'env'::text, 'login'::text, 'personal_login'::text, 'role'::text, 'can'::text, 'cannot'::text, 'access'::text, 'grants'::text, 'act_as'::text, 'on'::text, 'narrower'::text, 'duration_seconds'::text, 'longest_seconds'::text, 'reason'::text, 'ticket'::text, 'rule'::text, 'rule_digest'::text, 'approvals'::text]) AND (jsonb_typeof((terms -> 'duration_seconds'::text)) = 'number'::text) AND ((((terms ->> 'duration_seconds'::text))::bigint >= 1) AND (((terms ->> 'duration_seconds'::text))::bigint <= 31622400)) AND (((terms ->> 'longest_seconds'::text))::bigint >= ((terms ->> 'duration_seconds'::text))::bigint) AND (jsonb_typeof((terms -> 'approvals'::text)) = 'array'::text) AND (NOT jsonb_path_exists(terms, 'strict $."approvals"[*]?(!(@[0].type() == "string" && @[1] >= 1) || (@[1] >= 1) is unknown)'::jsonpath, '{}'::jsonb, true)))),
    CONSTRAINT requests_times_are_readable CHECK (((submitted_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (submitted_at <= '2200-01-01 00:00:00+00'::timestamp with time zone) AND ((decide_by >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (decide_by <= '2200-01-01 00:00:00+00'::timestamp with time zone)) AND ((COALESCE(decided_at, submitted_at) >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (COALESCE(decided_at, submitted_at) <= '2200-01-01 00:00:00+00'::timestamp with time zone)))),
    CONSTRAINT requests_words_are_text CHECK (((NOT jsonb_path_exists(terms, 'strict $.keyvalue()?(@."key" like_regex "^(kind|requester|target|cluster|database|env|login|role|can|cannot|access|reason|rule|rule_digest)$")."value"?(@.type() != "string")'::jsonpath)) AND (NOT jsonb_path_exists(terms, 'strict $.keyvalue()?(@."key" like_regex "^(personal_login|act_as|ticket)$")."value"?(@.type() != "string" && @.type() != "null")'::jsonpath)) AND (jsonb_typeof((terms -> 'break_glass'::text)) = 'boolean'::text) AND (jsonb_typeof((terms -> 'approvals'::text)) = 'array'::text) AND (jsonb_typeof((terms -> 'longest_seconds'::text)) = 'number'::text)))
);


ALTER TABLE public.requests OWNER TO dbaccess_owner;

--
-- Name: guard_approval(public.requests); Type: FUNCTION; Schema: public; Owner: dbaccess_owner
--

CREATE FUNCTION public.guard_approval(asked public.requests) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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


ALTER FUNCTION public.guard_approval(asked public.requests) OWNER TO dbaccess_owner;

--
-- Name: ledger; Type: TABLE; Schema: public; Owner: dbaccess_owner
--

CREATE TABLE public.ledger (
    seq bigint NOT NULL,
    prev_hash bytea NOT NULL,
    hash bytea NOT NULL,
    body bytea NOT NULL,
    kind text NOT NULL,
    request_id bigint,
    grant_id bigint
);


ALTER TABLE public.ledger OWNER TO dbaccess_owner;

--
-- Name: guard_body(public.ledger, text); Type: FUNCTION; Schema: public; Owner: dbaccess_owner
--

CREATE FUNCTION public.guard_body(entry public.ledger, by_whom text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    body text;
    actor text;
    actor_ends integer;
    data_begins integer;
    ends text := format(',"grant":%s,"kind":%s,"request":%s,"seq":%s}',
        coalesce(entry.grant_id::text, 'null'), to_json(entry.kind), coalesce(entry.request_id::text, 'null'), entry.seq);
    at timestamptz;
begin
    begin
        body := convert_from(entry.body, 'UTF8');
    exception when data_exception then
        raise exception 'an entry is UTF-8' using errcode = '23514', constraint = 'ledger_body_is_an_event';
    end;
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
    begin
        at := substr(body, actor_ends + length('","at":"'), 32)::timestamptz;
    exception when data_exception then
        at := null;
    end;
    -- By the clock and not by the begin of the transaction, which its writer may hold open. A clock that was set back
    -- must not keep anybody from writing: so there is no comparison with the head.
    if at is null or at not between clock_timestamp() - interval '10 s' and clock_timestamp() + interval '1 s' then
        raise exception 'an entry is dated now' using errcode = '23514', constraint = 'ledger_dated_now';
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


ALTER FUNCTION public.guard_body(entry public.ledger, by_whom text) OWNER TO dbaccess_owner;

--
-- Name: guard_break_glass_review(); Type: FUNCTION; Schema: public; Owner: dbaccess_owner
--

CREATE FUNCTION public.guard_break_glass_review() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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
    return new;
end $$;


ALTER FUNCTION public.guard_break_glass_review() OWNER TO dbaccess_owner;

--
-- Name: guard_credential_view(); Type: FUNCTION; Schema: public; Owner: dbaccess_owner
--

CREATE FUNCTION public.guard_credential_view() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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


ALTER FUNCTION public.guard_credential_view() OWNER TO dbaccess_owner;

--
-- Name: guard_extension(); Type: FUNCTION; Schema: public; Owner: dbaccess_owner
--

CREATE FUNCTION public.guard_extension() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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


ALTER FUNCTION public.guard_extension() OWNER TO dbaccess_owner;

--
-- Name: guard_extension_request(public.requests); Type: FUNCTION; Schema: public; Owner: dbaccess_owner
--

CREATE FUNCTION public.guard_extension_request(asked public.requests) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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


ALTER FUNCTION public.guard_extension_request(asked public.requests) OWNER TO dbaccess_owner;

--
-- Name: reviews; Type: TABLE; Schema: public; Owner: dbaccess_owner
--

CREATE TABLE public.reviews (
    id bigint NOT NULL,
    request_id bigint NOT NULL,
    reviewer text NOT NULL,
    reviewer_slack_id text NOT NULL,
    verdict text NOT NULL,
    role text,
    duration_seconds bigint,
    groups text[] NOT NULL,
    note text NOT NULL,
    fingerprint text NOT NULL,
    policy_hash text NOT NULL,
    reviewed_at timestamp with time zone NOT NULL,
    CONSTRAINT reviews_approve_so_much CHECK ((num_nonnulls(role, duration_seconds) =
CASE verdict
    WHEN 'approved'::text THEN 2
    ELSE 0
END)),
    CONSTRAINT reviews_deny_with_a_reason CHECK (((verdict = 'approved'::text) OR (btrim(note) <> ''::text))),
    CONSTRAINT reviews_groups_are_a_list CHECK ((array_ndims(groups) = 1)),
    CONSTRAINT reviews_in_a_name CHECK ((cardinality(groups) > 0)),
    CONSTRAINT reviews_known_verdict CHECK ((verdict = ANY (ARRAY['approved'::text, 'denied'::text]))),
    CONSTRAINT reviews_time_is_readable CHECK (((reviewed_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (reviewed_at <= '2200-01-01 00:00:00+00'::timestamp with time zone)))
);


ALTER TABLE public.reviews OWNER TO dbaccess_owner;

--
-- Name: guard_extent(public.requests, public.reviews); Type: FUNCTION; Schema: public; Owner: dbaccess_owner
--

CREATE FUNCTION public.guard_extent(asked public.requests, given public.reviews) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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


ALTER FUNCTION public.guard_extent(asked public.requests, given public.reviews) OWNER TO dbaccess_owner;

--
-- Name: guard_grant(); Type: FUNCTION; Schema: public; Owner: dbaccess_owner
--

CREATE FUNCTION public.guard_grant() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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
        (new.activated_at, new.recipe - array['login_identity', 'cluster_identity'])
        is distinct from (old.activated_at, old.recipe - array['login_identity', 'cluster_identity'])
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


ALTER FUNCTION public.guard_grant() OWNER TO dbaccess_owner;

--
-- Name: grants; Type: TABLE; Schema: public; Owner: dbaccess_owner
--

CREATE TABLE public.grants (
    id bigint NOT NULL,
    request_id bigint NOT NULL,
    holder text NOT NULL,
    holder_slack_id text NOT NULL,
    target text NOT NULL,
    cluster text NOT NULL,
    role text NOT NULL,
    duration interval NOT NULL,
    state text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    activated_at timestamp with time zone,
    revoking_at timestamp with time zone,
    ended_at timestamp with time zone,
    end_cause text,
    ended_by text,
    end_note text,
    recipe jsonb,
    receipt jsonb,
    lease_id text,
    lease_until timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    next_attempt_at timestamp with time zone,
    last_failure text,
    write_off_by text,
    write_off_reason text,
    written_off_by text,
    written_off_at timestamp with time zone,
    CONSTRAINT grants_active_has_end CHECK (((state <> 'active'::text) OR ((expires_at IS NOT NULL) AND (activated_at IS NOT NULL) AND (recipe IS NOT NULL)))),
    CONSTRAINT grants_attempts_count CHECK ((attempts >= 0)),
    CONSTRAINT grants_ended_has_receipt CHECK (
CASE
    WHEN (state = 'ended'::text) THEN ((receipt IS NOT NULL) OR (recipe IS NULL))
    ELSE (receipt IS NULL)
END),
    CONSTRAINT grants_ended_has_time CHECK (((state = 'ended'::text) = (ended_at IS NOT NULL))),
    CONSTRAINT grants_known_cause CHECK ((end_cause = ANY (ARRAY['expired'::text, 'surrendered'::text, 'revoked'::text, 'invalidated'::text, 'abandoned'::text, 'locked_down'::text]))),
    CONSTRAINT grants_known_state CHECK ((state = ANY (ARRAY['provisioning'::text, 'active'::text, 'revoking'::text, 'ended'::text, 'written_off'::text]))),
    CONSTRAINT grants_lease_is_whole CHECK (((lease_id IS NULL) = (lease_until IS NULL))),
    CONSTRAINT grants_recipe_is_its_own CHECK (((recipe IS NULL) OR ((((recipe ->> 'grant_id'::text))::bigint = id) AND ((recipe ->> 'cluster'::text) = cluster)))),
    CONSTRAINT grants_revoking_has_cause CHECK ((((state = ANY (ARRAY['revoking'::text, 'ended'::text, 'written_off'::text])) = (revoking_at IS NOT NULL)) AND ((state = ANY (ARRAY['revoking'::text, 'ended'::text, 'written_off'::text])) = (end_cause IS NOT NULL)))),
    CONSTRAINT grants_times_are_readable CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at <= '2200-01-01 00:00:00+00'::timestamp with time zone) AND ((COALESCE(next_attempt_at, created_at) >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (COALESCE(next_attempt_at, created_at) <= '2200-01-01 00:00:00+00'::timestamp with time zone)))),
    CONSTRAINT grants_write_off_has_reason CHECK (((write_off_by IS NULL) = (write_off_reason IS NULL))),
    CONSTRAINT grants_written_off_by_two CHECK ((((state = 'written_off'::text) = (written_off_at IS NOT NULL)) AND ((state = 'written_off'::text) = (written_off_by IS NOT NULL)) AND ((state <> 'written_off'::text) OR COALESCE((split_part(write_off_by, '@'::text, 1) <> split_part(written_off_by, '@'::text, 1)), false))))
);


ALTER TABLE public.grants OWNER TO dbaccess_owner;

--
-- Name: guard_grant_from_bot(public.grants, public.grants); Type: FUNCTION; Schema: public; Owner: dbaccess_owner
--

CREATE FUNCTION public.guard_grant_from_bot(was public.grants, becomes public.grants) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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


ALTER FUNCTION public.guard_grant_from_bot(was public.grants, becomes public.grants) OWNER TO dbaccess_owner;

--
-- Name: guard_ledger(); Type: FUNCTION; Schema: public; Owner: dbaccess_owner
--

CREATE FUNCTION public.guard_ledger() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    head_seq bigint;
    head_hash bytea;
    by_whom text := public.dbaccess_writer();
    actor text;
begin
    select l.seq, l.hash into head_seq, head_hash from public.ledger l order by l.seq desc limit 1;
    if new.seq <> coalesce(head_seq, 0) + 1
        or new.prev_hash <> coalesce(head_hash, decode(repeat('00', 32), 'hex'))
    then
        raise exception 'an entry follows the head' using errcode = '23514', constraint = 'ledger_follows_head';
    end if;
    if new.hash <> sha256(new.prev_hash || new.body) then
        raise exception 'a hash fits its entry' using errcode = '23514', constraint = 'ledger_hash_fits';
    end if;
    -- A receipt of the worker may list much. The bot records what a person typed, and a policy.
    if octet_length(new.body) > (case
        when by_whom = 'worker' then 16777216 when new.kind = 'policy.loaded' then 1048576 else 65536
    end) then
        raise exception 'an entry is small' using errcode = '23514', constraint = 'ledger_body_is_small';
    end if;
    if not exists (
        select from public.ledger_kinds k where k.kind = new.kind and (k.writer = 'both' or by_whom = 'worker')
    ) then
        raise exception '% is not for % to record', new.kind, by_whom
            using errcode = '42501', constraint = 'ledger_kind_allowed';
    end if;
    actor := public.guard_body(new, by_whom);
    if by_whom = 'bot' and not public.is_done(new, actor) then
        raise exception '% of request % and grant % is nothing that was done here', new.kind, new.request_id, new.grant_id
            using errcode = '42501', constraint = 'ledger_says_what_is_done';
    end if;
    return new;
end $$;


ALTER FUNCTION public.guard_ledger() OWNER TO dbaccess_owner;

--
-- Name: guard_lockdown(); Type: FUNCTION; Schema: public; Owner: dbaccess_owner
--

CREATE FUNCTION public.guard_lockdown() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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


ALTER FUNCTION public.guard_lockdown() OWNER TO dbaccess_owner;

--
-- Name: guard_message(); Type: FUNCTION; Schema: public; Owner: dbaccess_owner
--

CREATE FUNCTION public.guard_message() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if public.dbaccess_writer() = 'bot' and new.kind not in (
        'request', 'thread.approved', 'thread.voided', 'thread.extension', 'dm.submitted', 'dm.denied'
    ) then
        raise exception 'the bot plans no alarm and no outcome'
            using errcode = '42501', constraint = 'messages_bot_no_outcome';
    end if;
    return new;
end $$;


ALTER FUNCTION public.guard_message() OWNER TO dbaccess_owner;

--
-- Name: guard_message_stream(); Type: FUNCTION; Schema: public; Owner: dbaccess_owner
--

CREATE FUNCTION public.guard_message_stream() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if public.dbaccess_writer() = 'bot' and public.is_now(new.next_attempt_at) is not true then
        raise exception 'the bot cannot put off a message'
            using errcode = '42501', constraint = 'message_streams_bot_no_delay';
    end if;
    return new;
end $$;


ALTER FUNCTION public.guard_message_stream() OWNER TO dbaccess_owner;

--
-- Name: break_glass_reviews; Type: TABLE; Schema: public; Owner: dbaccess_owner
--

CREATE TABLE public.break_glass_reviews (
    request_id bigint NOT NULL,
    grant_id bigint NOT NULL,
    holder text NOT NULL,
    holder_slack_id text NOT NULL,
    review_by text NOT NULL,
    state text NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    overdue_at timestamp with time zone,
    reviewer text,
    reviewer_slack_id text,
    note text,
    reviewed_at timestamp with time zone,
    CONSTRAINT break_glass_reviews_known_state CHECK ((state = ANY (ARRAY['pending'::text, 'justified'::text, 'not_justified'::text]))),
    CONSTRAINT break_glass_reviews_name_a_group CHECK ((btrim(review_by) <> ''::text)),
    CONSTRAINT break_glass_reviews_not_own CHECK (((reviewer <> holder) AND (reviewer_slack_id <> holder_slack_id))),
    CONSTRAINT break_glass_reviews_say_why CHECK ((btrim(note) <> ''::text)),
    CONSTRAINT break_glass_reviews_times_are_readable CHECK (((opened_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (opened_at <= '2200-01-01 00:00:00+00'::timestamp with time zone) AND ((due_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (due_at <= '2200-01-01 00:00:00+00'::timestamp with time zone)) AND ((COALESCE(reviewed_at, opened_at) >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (COALESCE(reviewed_at, opened_at) <= '2200-01-01 00:00:00+00'::timestamp with time zone)))),
    CONSTRAINT break_glass_reviews_verdict_is_whole CHECK ((num_nonnulls(reviewer, reviewer_slack_id, note, reviewed_at) =
CASE state
    WHEN 'pending'::text THEN 0
    ELSE 4
END))
);


ALTER TABLE public.break_glass_reviews OWNER TO dbaccess_owner;

--
-- Name: guard_new_break_glass_review(public.break_glass_reviews); Type: FUNCTION; Schema: public; Owner: dbaccess_owner
--

CREATE FUNCTION public.guard_new_break_glass_review(opened public.break_glass_reviews) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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


ALTER FUNCTION public.guard_new_break_glass_review(opened public.break_glass_reviews) OWNER TO dbaccess_owner;

--
-- Name: guard_new_grant(); Type: FUNCTION; Schema: public; Owner: dbaccess_owner
--

CREATE FUNCTION public.guard_new_grant() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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


ALTER FUNCTION public.guard_new_grant() OWNER TO dbaccess_owner;

--
-- Name: guard_policy_report(); Type: FUNCTION; Schema: public; Owner: dbaccess_owner
--

CREATE FUNCTION public.guard_policy_report() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if (new.process = 'bot') <> (public.dbaccess_writer() = 'bot') then
        raise exception 'a process speaks of itself' using errcode = '42501', constraint = 'policy_in_force_own';
    end if;
    if not public.is_now(new.seen_at) or new.loaded_at > new.seen_at then
        raise exception 'a process is seen now' using errcode = '23514', constraint = 'policy_in_force_times_are_readable';
    end if;
    return new;
end $$;


ALTER FUNCTION public.guard_policy_report() OWNER TO dbaccess_owner;

--
-- Name: guard_policy_version(); Type: FUNCTION; Schema: public; Owner: dbaccess_owner
--

CREATE FUNCTION public.guard_policy_version() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if new.writer <> public.dbaccess_writer() then
        raise exception 'a process speaks of itself' using errcode = '42501', constraint = 'policy_versions_own';
    end if;
    return new;
end $$;


ALTER FUNCTION public.guard_policy_version() OWNER TO dbaccess_owner;

--
-- Name: guard_request(); Type: FUNCTION; Schema: public; Owner: dbaccess_owner
--

CREATE FUNCTION public.guard_request() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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


ALTER FUNCTION public.guard_request() OWNER TO dbaccess_owner;

--
-- Name: guard_review(); Type: FUNCTION; Schema: public; Owner: dbaccess_owner
--

CREATE FUNCTION public.guard_review() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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


ALTER FUNCTION public.guard_review() OWNER TO dbaccess_owner;

--
-- Name: guard_start(public.grants); Type: FUNCTION; Schema: public; Owner: dbaccess_owner
--

CREATE FUNCTION public.guard_start(becomes public.grants) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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


ALTER FUNCTION public.guard_start(becomes public.grants) OWNER TO dbaccess_owner;

--
-- Name: guard_voided_review(); Type: FUNCTION; Schema: public; Owner: dbaccess_owner
--

CREATE FUNCTION public.guard_voided_review() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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


ALTER FUNCTION public.guard_voided_review() OWNER TO dbaccess_owner;

--
-- Name: is_done(public.ledger, text); Type: FUNCTION; Schema: public; Owner: dbaccess_owner
--

CREATE FUNCTION public.is_done(entry public.ledger, actor text) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    this_one constant xid := pg_current_xact_id()::xid;
begin
    case
        when entry.kind = 'policy.loaded' then
            return exists (select from public.policy_versions p where p.writer = 'bot' and p.xmin = this_one);
        when entry.kind in ('lockdown.declared', 'lockdown.lifted') then
            return exists (
                select from public.lockdowns l
                 where l.xmin = this_one and actor = case entry.kind when 'lockdown.declared' then l.declared_by else l.lifted_by end
            );
        when entry.kind in ('review.approved', 'review.denied') then
            return exists (
                select from public.reviews r
                 where r.request_id = entry.request_id and r.reviewer = actor and 'review.' || r.verdict = entry.kind
                   and r.xmin = this_one
            );
        when entry.kind = 'review.voided' then
            return exists (
                select from public.reviews r join public.voided_reviews v on v.review_id = r.id
                 where r.request_id = entry.request_id and v.xmin = this_one
            );
        when entry.kind in ('break_glass.review_opened', 'break_glass.reviewed') then
            return exists (
                select from public.break_glass_reviews r
                 where r.request_id = entry.request_id and r.grant_id = entry.grant_id and r.xmin = this_one
                   and actor = case entry.kind when 'break_glass.reviewed' then r.reviewer else r.holder end
            );
        when entry.kind = 'credentials.requested' then
            return exists (
                select from public.credential_views v where v.grant_id = entry.grant_id and v.xmin = this_one
            );
        when entry.kind = 'grant.created' then
            return exists (
                select from public.grants g
                 where g.id = entry.grant_id and g.request_id = entry.request_id and g.xmin = this_one
            );
        when entry.kind like 'grant.%' then
            return exists (
                select from public.grants g
                 where g.id = entry.grant_id and g.state = 'revoking' and g.ended_by = actor and g.xmin = this_one
            );
        else
            return exists (
                select from public.requests r
                 where r.id = entry.request_id and r.xmin = this_one and (
                    entry.kind = 'request.submitted' or exists (
                        select from public.request_transitions t where t.event = entry.kind and t.to_state = r.state
                    )
                )
            );
    end case;
end $$;


ALTER FUNCTION public.is_done(entry public.ledger, actor text) OWNER TO dbaccess_owner;

--
-- Name: is_now(timestamp with time zone); Type: FUNCTION; Schema: public; Owner: dbaccess_owner
--

CREATE FUNCTION public.is_now(moment timestamp with time zone) RETURNS boolean
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    RETURN ((moment >= (clock_timestamp() - '00:02:00'::interval)) AND (moment <= clock_timestamp()));


ALTER FUNCTION public.is_now(moment timestamp with time zone) OWNER TO dbaccess_owner;

--
-- Name: is_plain_object(text, text); Type: FUNCTION; Schema: public; Owner: dbaccess_owner
--

CREATE FUNCTION public.is_plain_object(value text, by_whom text) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
    read jsonb;
begin
    -- A NUL is legal in a body and not in PostgreSQL's JSON.
    read := replace(value, '\u0000', '\u0001')::jsonb;
    return jsonb_typeof(read) = 'object'
        and not jsonb_path_exists(read, 'strict $.**{16}')
        and not jsonb_path_exists(read, 'strict $.** ? (@.type() == "number" && (@ > 1e38 || @ < -1e38))', '{}', true)
        -- jsonb keeps the last of two equal keys, and writes nothing longer than it was but a number with an exponent.
        -- It has more blanks outside of strings, and as many inside.
        and (by_whom = 'worker' or length(replace(value, ' ', '')) = length(replace(read::text, ' ', '')) and not (
            value ~ '[:,\[] *-?[0-9.]+[eE]'
            and regexp_replace(value, '"(?:[^"\\]|\\.)*"', '', 'g') ~ '[0-9][eE]'
        ));
exception when data_exception or statement_too_complex then
    return false;
end $_$;


ALTER FUNCTION public.is_plain_object(value text, by_whom text) OWNER TO dbaccess_owner;

--
-- Name: is_posted(bigint, text); Type: FUNCTION; Schema: public; Owner: dbaccess_owner
--

CREATE FUNCTION public.is_posted(asked bigint, message text) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    RETURN (EXISTS (SELECT FROM public.messages m WHERE ((m.request_id = is_posted.asked) AND (m.kind = is_posted.message) AND (m.posted_ts IS NOT NULL))));


ALTER FUNCTION public.is_posted(asked bigint, message text) OWNER TO dbaccess_owner;

--
-- Name: lockdowns; Type: TABLE; Schema: public; Owner: dbaccess_owner
--

CREATE TABLE public.lockdowns (
    id bigint NOT NULL,
    target text,
    reason text NOT NULL,
    declared_by text NOT NULL,
    declared_slack_id text,
    declared_at timestamp with time zone DEFAULT now() NOT NULL,
    lifted_by text,
    lifted_slack_id text,
    lift_reason text,
    lifted_at timestamp with time zone,
    enforced_at timestamp with time zone,
    CONSTRAINT lockdowns_lift_is_whole CHECK ((num_nonnulls(lifted_by, lift_reason, lifted_at) = ANY (ARRAY[0, 3]))),
    CONSTRAINT lockdowns_lift_says_why CHECK (((btrim(lift_reason) <> ''::text) AND (length(lift_reason) <= 1000))),
    CONSTRAINT lockdowns_lifted_by_another CHECK (((split_part(lifted_by, '@'::text, 1) <> split_part(declared_by, '@'::text, 1)) AND ((lifted_slack_id <> declared_slack_id) IS NOT FALSE))),
    CONSTRAINT lockdowns_say_why CHECK (((btrim(reason) <> ''::text) AND (length(reason) <= 1000)))
);


ALTER TABLE public.lockdowns OWNER TO dbaccess_owner;

--
-- Name: locked_down(text); Type: FUNCTION; Schema: public; Owner: dbaccess_owner
--

CREATE FUNCTION public.locked_down(of_target text) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    RETURN (EXISTS (SELECT FROM public.lockdowns l WHERE ((l.lifted_at IS NULL) AND ((l.target IS NULL) OR (l.target = locked_down.of_target)))));


ALTER FUNCTION public.locked_down(of_target text) OWNER TO dbaccess_owner;

--
-- Name: refuse_change(); Type: FUNCTION; Schema: public; Owner: dbaccess_owner
--

CREATE FUNCTION public.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    raise exception '% on % is refused', lower(tg_op), tg_table_name
        using errcode = '42501', constraint = tg_name;
end $$;


ALTER FUNCTION public.refuse_change() OWNER TO dbaccess_owner;

--
-- Name: require_entry(); Type: FUNCTION; Schema: public; Owner: dbaccess_owner
--

CREATE FUNCTION public.require_entry() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    asked bigint;
    held bigint;
    stopped text;
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
        ) last
         where last.kind = any (kinds) and last.xmin = pg_current_xact_id()::xid
    ) then
        raise exception 'the ledger does not have what % of % does', tg_op, tg_table_name || coalesce(' ' || coalesce(held, asked), '')
            using errcode = '23514', constraint = tg_table_name || '_are_recorded';
    end if;
    return null;
end $$;


ALTER FUNCTION public.require_entry() OWNER TO dbaccess_owner;

--
-- Name: alembic_version; Type: TABLE; Schema: public; Owner: dbaccess_owner
--

CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);


ALTER TABLE public.alembic_version OWNER TO dbaccess_owner;

--
-- Name: announcements; Type: TABLE; Schema: public; Owner: dbaccess_owner
--

CREATE TABLE public.announcements (
    request_id bigint NOT NULL,
    place text NOT NULL,
    announced_at timestamp with time zone NOT NULL,
    CONSTRAINT announcements_known_place CHECK ((place = ANY (ARRAY['slack'::text, 'syslog'::text, 'webhook'::text])))
);


ALTER TABLE public.announcements OWNER TO dbaccess_owner;

--
-- Name: break_glass_review_transitions; Type: TABLE; Schema: public; Owner: dbaccess_owner
--

CREATE TABLE public.break_glass_review_transitions (
    from_state text NOT NULL,
    event text NOT NULL,
    to_state text NOT NULL,
    writer text NOT NULL,
    CONSTRAINT break_glass_review_transitions_writer CHECK ((writer = ANY (ARRAY['bot'::text, 'worker'::text])))
);


ALTER TABLE public.break_glass_review_transitions OWNER TO dbaccess_owner;

--
-- Name: clock_skews; Type: TABLE; Schema: public; Owner: dbaccess_owner
--

CREATE TABLE public.clock_skews (
    place text NOT NULL,
    seconds double precision NOT NULL,
    since timestamp with time zone NOT NULL,
    measured_at timestamp with time zone NOT NULL
);


ALTER TABLE public.clock_skews OWNER TO dbaccess_owner;

--
-- Name: credential_views; Type: TABLE; Schema: public; Owner: dbaccess_owner
--

CREATE TABLE public.credential_views (
    id bigint NOT NULL,
    grant_id bigint NOT NULL,
    slack_id text NOT NULL,
    view_id text NOT NULL,
    state text NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    shown_at timestamp with time zone,
    CONSTRAINT credential_views_known_state CHECK ((state = ANY (ARRAY['requested'::text, 'started'::text, 'shown'::text, 'failed'::text]))),
    CONSTRAINT credential_views_shown_has_time CHECK (((state <> 'shown'::text) OR (shown_at IS NOT NULL))),
    CONSTRAINT credential_views_started_has_time CHECK (((state <> 'started'::text) OR (started_at IS NOT NULL))),
    CONSTRAINT credential_views_time_is_readable CHECK (((requested_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (requested_at <= '2200-01-01 00:00:00+00'::timestamp with time zone)))
);


ALTER TABLE public.credential_views OWNER TO dbaccess_owner;

--
-- Name: credential_views_id_seq; Type: SEQUENCE; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE public.credential_views ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.credential_views_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: directory_members; Type: TABLE; Schema: public; Owner: dbaccess_owner
--

CREATE TABLE public.directory_members (
    source_id text NOT NULL,
    slack_id text NOT NULL,
    missing_since timestamp with time zone
);


ALTER TABLE public.directory_members OWNER TO dbaccess_owner;

--
-- Name: directory_people; Type: TABLE; Schema: public; Owner: dbaccess_owner
--

CREATE TABLE public.directory_people (
    slack_id text NOT NULL,
    team_id text NOT NULL,
    name text NOT NULL,
    tz text NOT NULL,
    is_guest boolean NOT NULL,
    is_bot boolean NOT NULL,
    is_deactivated boolean NOT NULL,
    read_at timestamp with time zone NOT NULL
);


ALTER TABLE public.directory_people OWNER TO dbaccess_owner;

--
-- Name: directory_reads; Type: TABLE; Schema: public; Owner: dbaccess_owner
--

CREATE TABLE public.directory_reads (
    id smallint DEFAULT 1 NOT NULL,
    read_at timestamp with time zone NOT NULL,
    list_begun_at timestamp with time zone,
    list_cursor text,
    CONSTRAINT directory_reads_list_begun CHECK (((list_cursor IS NULL) OR (list_begun_at IS NOT NULL))),
    CONSTRAINT directory_reads_one_row CHECK ((id = 1))
);


ALTER TABLE public.directory_reads OWNER TO dbaccess_owner;

--
-- Name: directory_sources; Type: TABLE; Schema: public; Owner: dbaccess_owner
--

CREATE TABLE public.directory_sources (
    source_id text NOT NULL,
    read_at timestamp with time zone NOT NULL
);


ALTER TABLE public.directory_sources OWNER TO dbaccess_owner;

--
-- Name: drafts; Type: TABLE; Schema: public; Owner: dbaccess_owner
--

CREATE TABLE public.drafts (
    id bigint NOT NULL,
    slack_id text NOT NULL,
    fields jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT drafts_are_small CHECK (((jsonb_typeof(fields) = 'object'::text) AND (length((fields)::text) <= 20000)))
);


ALTER TABLE public.drafts OWNER TO dbaccess_owner;

--
-- Name: drafts_id_seq; Type: SEQUENCE; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE public.drafts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.drafts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: extensions; Type: TABLE; Schema: public; Owner: dbaccess_owner
--

CREATE TABLE public.extensions (
    request_id bigint NOT NULL,
    grant_id bigint NOT NULL,
    added interval NOT NULL,
    expires_at timestamp with time zone,
    why text,
    settled_at timestamp with time zone NOT NULL,
    CONSTRAINT extensions_done_or_not CHECK ((((expires_at IS NULL) = (why IS NOT NULL)) AND ((expires_at IS NULL) = (added = '00:00:00'::interval))))
);


ALTER TABLE public.extensions OWNER TO dbaccess_owner;

--
-- Name: grant_progress; Type: TABLE; Schema: public; Owner: dbaccess_owner
--

CREATE TABLE public.grant_progress (
    id bigint NOT NULL,
    grant_id bigint NOT NULL,
    done jsonb NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT grant_progress_is_an_object CHECK ((jsonb_typeof(done) = 'object'::text))
);


ALTER TABLE public.grant_progress OWNER TO dbaccess_owner;

--
-- Name: grant_progress_id_seq; Type: SEQUENCE; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE public.grant_progress ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.grant_progress_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: grant_transitions; Type: TABLE; Schema: public; Owner: dbaccess_owner
--

CREATE TABLE public.grant_transitions (
    from_state text NOT NULL,
    event text NOT NULL,
    to_state text NOT NULL,
    writer text NOT NULL,
    CONSTRAINT grant_transitions_writer CHECK ((writer = ANY (ARRAY['both'::text, 'worker'::text])))
);


ALTER TABLE public.grant_transitions OWNER TO dbaccess_owner;

--
-- Name: grants_id_seq; Type: SEQUENCE; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE public.grants ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.grants_id_seq
    START WITH 1001
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: intake; Type: TABLE; Schema: public; Owner: dbaccess_owner
--

CREATE TABLE public.intake (
    key text NOT NULL,
    taken_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT intake_key_is_short CHECK (((length(key) >= 1) AND (length(key) <= 500)))
);


ALTER TABLE public.intake OWNER TO dbaccess_owner;

--
-- Name: ledger_kinds; Type: TABLE; Schema: public; Owner: dbaccess_owner
--

CREATE TABLE public.ledger_kinds (
    kind text NOT NULL,
    writer text NOT NULL,
    CONSTRAINT ledger_kinds_writer CHECK ((writer = ANY (ARRAY['both'::text, 'worker'::text])))
);


ALTER TABLE public.ledger_kinds OWNER TO dbaccess_owner;

--
-- Name: lockdowns_id_seq; Type: SEQUENCE; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE public.lockdowns ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.lockdowns_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: message_streams; Type: TABLE; Schema: public; Owner: dbaccess_owner
--

CREATE TABLE public.message_streams (
    request_id bigint NOT NULL,
    next_attempt_at timestamp with time zone
);


ALTER TABLE public.message_streams OWNER TO dbaccess_owner;

--
-- Name: messages_id_seq; Type: SEQUENCE; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE public.messages ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.messages_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: notices_id_seq; Type: SEQUENCE; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE public.notices ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.notices_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: observations; Type: TABLE; Schema: public; Owner: dbaccess_owner
--

CREATE TABLE public.observations (
    cluster text NOT NULL,
    looked_at timestamp with time zone NOT NULL,
    why text,
    since timestamp with time zone,
    unknown text[] NOT NULL,
    accepted text[] NOT NULL,
    CONSTRAINT observations_known_why CHECK ((why = ANY (ARRAY['ledger_behind'::text, 'unknown_logins'::text]))),
    CONSTRAINT observations_since_when CHECK (((why IS NULL) = (since IS NULL)))
);


ALTER TABLE public.observations OWNER TO dbaccess_owner;

--
-- Name: outbox_id_seq; Type: SEQUENCE; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE public.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: policy_in_force; Type: TABLE; Schema: public; Owner: dbaccess_owner
--

CREATE TABLE public.policy_in_force (
    process text NOT NULL,
    host text NOT NULL,
    pid bigint NOT NULL,
    hash text NOT NULL,
    loaded_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    refused text,
    CONSTRAINT policy_in_force_times_are_readable CHECK (((loaded_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (loaded_at <= '2200-01-01 00:00:00+00'::timestamp with time zone) AND ((seen_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (seen_at <= '2200-01-01 00:00:00+00'::timestamp with time zone))))
);


ALTER TABLE public.policy_in_force OWNER TO dbaccess_owner;

--
-- Name: policy_versions; Type: TABLE; Schema: public; Owner: dbaccess_owner
--

CREATE TABLE public.policy_versions (
    hash text NOT NULL,
    writer text NOT NULL,
    loaded_at timestamp with time zone DEFAULT now() NOT NULL
);


ALTER TABLE public.policy_versions OWNER TO dbaccess_owner;

--
-- Name: request_transitions; Type: TABLE; Schema: public; Owner: dbaccess_owner
--

CREATE TABLE public.request_transitions (
    from_state text NOT NULL,
    event text NOT NULL,
    to_state text NOT NULL,
    writer text NOT NULL,
    CONSTRAINT request_transitions_writer CHECK ((writer = ANY (ARRAY['both'::text, 'worker'::text])))
);


ALTER TABLE public.request_transitions OWNER TO dbaccess_owner;

--
-- Name: requests_id_seq; Type: SEQUENCE; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE public.requests ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.requests_id_seq
    START WITH 1001
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: reviews_id_seq; Type: SEQUENCE; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE public.reviews ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.reviews_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: team; Type: TABLE; Schema: public; Owner: dbaccess_owner
--

CREATE TABLE public.team (
    id smallint DEFAULT 1 NOT NULL,
    team_id text NOT NULL,
    url text NOT NULL,
    said_at timestamp with time zone NOT NULL,
    CONSTRAINT team_one_row CHECK ((id = 1))
);


ALTER TABLE public.team OWNER TO dbaccess_owner;

--
-- Name: told_groups; Type: TABLE; Schema: public; Owner: dbaccess_owner
--

CREATE TABLE public.told_groups (
    group_name text NOT NULL,
    members text[] NOT NULL
);


ALTER TABLE public.told_groups OWNER TO dbaccess_owner;

--
-- Name: voided_reviews; Type: TABLE; Schema: public; Owner: dbaccess_owner
--

CREATE TABLE public.voided_reviews (
    review_id bigint NOT NULL,
    why text NOT NULL,
    voided_at timestamp with time zone NOT NULL,
    CONSTRAINT voided_reviews_time_is_readable CHECK (((voided_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (voided_at <= '2200-01-01 00:00:00+00'::timestamp with time zone)))
);


ALTER TABLE public.voided_reviews OWNER TO dbaccess_owner;

--
-- Data for Name: alembic_version; Type: TABLE DATA; Schema: public; Owner: dbaccess_owner
--

INSERT INTO public.alembic_version VALUES
	('0001');


--
-- Data for Name: announcements; Type: TABLE DATA; Schema: public; Owner: dbaccess_owner
--

INSERT INTO public.announcements VALUES
	(1019, 'slack', '2026-11-30 10:11:21.49497+00'),
	(1020, 'slack', '2026-11-30 10:11:21.674626+00'),
	(1021, 'slack', '2026-11-30 10:11:21.914772+00');


--
-- Data for Name: break_glass_review_transitions; Type: TABLE DATA; Schema: public; Owner: dbaccess_owner
--

INSERT INTO public.break_glass_review_transitions VALUES
	('pending', 'break_glass.overdue', 'pending', 'worker'),
	('pending', 'break_glass.reviewed', 'justified', 'bot'),
	('pending', 'break_glass.reviewed', 'not_justified', 'bot');


--
-- Data for Name: break_glass_reviews; Type: TABLE DATA; Schema: public; Owner: dbaccess_owner
--

INSERT INTO public.break_glass_reviews VALUES
	(1019, 1010, 'breaker', 'UBREAKER', 'dba', 'pending', '2026-11-30 10:11:21.398933+00', '2026-11-30 11:11:21.398937+00', NULL, NULL, NULL, NULL, NULL),
	(1020, 1011, 'justified', 'UJUSTIFIED', 'dba', 'justified', '2026-11-30 10:11:21.576696+00', '2026-11-30 11:11:21.576701+00', NULL, 'priya', 'UPRIYA', 'seen', '2026-11-30 10:11:21.704555+00'),
	(1021, 1012, 'not-justified', 'UNOT-JUSTIFIED', 'dba', 'not_justified', '2026-11-30 10:11:21.841424+00', '2026-11-30 11:11:21.84143+00', NULL, 'priya', 'UPRIYA', 'seen', '2026-11-30 10:11:21.943847+00');


--
-- Data for Name: clock_skews; Type: TABLE DATA; Schema: public; Owner: dbaccess_owner
--

INSERT INTO public.clock_skews VALUES
	('host-2', 3.5, '2026-11-30 10:11:22.386114+00', '2026-11-30 10:11:22.386114+00');


--
-- Data for Name: credential_views; Type: TABLE DATA; Schema: public; Owner: dbaccess_owner
--

INSERT INTO public.credential_views OVERRIDING SYSTEM VALUE VALUES
	(1, 1013, 'UVIEWER', 'V0', 'requested', '2026-11-30 10:11:22.085458+00', NULL, NULL),
	(2, 1013, 'UVIEWER', 'V1', 'started', '2026-11-30 10:11:22.106785+00', '2026-11-30 10:11:22.173765+00', NULL),
	(3, 1013, 'UVIEWER', 'V2', 'shown', '2026-11-30 10:11:22.129932+00', '2026-11-30 10:11:22.173765+00', '2026-11-30 10:11:22.190301+00'),
	(4, 1013, 'UVIEWER', 'V3', 'failed', '2026-11-30 10:11:22.146679+00', NULL, NULL);


--
-- Data for Name: directory_members; Type: TABLE DATA; Schema: public; Owner: dbaccess_owner
--

INSERT INTO public.directory_members VALUES
	('S0DBA', 'UPRIYA', NULL),
	('S0DBA', 'USAM', '2026-11-30 10:11:22.369372+00');


--
-- Data for Name: directory_people; Type: TABLE DATA; Schema: public; Owner: dbaccess_owner
--

INSERT INTO public.directory_people VALUES
	('UMAYA', 'T0', 'maya', 'Europe/Oslo', false, false, false, '2026-11-30 10:11:22.339143+00'),
	('UBEN', 'T0', 'ben', 'UTC', true, false, true, '2026-11-30 10:11:22.339143+00');


--
-- Data for Name: directory_reads; Type: TABLE DATA; Schema: public; Owner: dbaccess_owner
--

INSERT INTO public.directory_reads VALUES
	(1, '2026-11-30 10:11:22.345712+00', '2026-11-30 10:11:22.345712+00', 'next');


--
-- Data for Name: directory_sources; Type: TABLE DATA; Schema: public; Owner: dbaccess_owner
--

INSERT INTO public.directory_sources VALUES
	('S0DBA', '2026-11-30 10:11:22.353509+00');


--
-- Data for Name: drafts; Type: TABLE DATA; Schema: public; Owner: dbaccess_owner
--

INSERT INTO public.drafts OVERRIDING SYSTEM VALUE VALUES
	(1, 'UMAYA', '{"reason": "looking into #4512"}', '2026-11-30 10:11:22.298731+00');


--
-- Data for Name: extensions; Type: TABLE DATA; Schema: public; Owner: dbaccess_owner
--

INSERT INTO public.extensions VALUES
	(1014, 1007, '01:00:00', '2026-11-30 12:11:20.133134+00', NULL, '2026-11-30 10:11:20.451488+00'),
	(1016, 1008, '00:00:00', NULL, 'the login is gone', '2026-11-30 10:11:21.005758+00');


--
-- Data for Name: grant_progress; Type: TABLE DATA; Schema: public; Owner: dbaccess_owner
--

INSERT INTO public.grant_progress OVERRIDING SYSTEM VALUE VALUES
	(1, 1004, '{"sessions_closed": 2}', '2026-11-30 10:11:22.415108+00');


--
-- Data for Name: grant_transitions; Type: TABLE DATA; Schema: public; Owner: dbaccess_owner
--

INSERT INTO public.grant_transitions VALUES
	('provisioning', 'grant.provision_started', 'provisioning', 'worker'),
	('provisioning', 'grant.provision_failed', 'provisioning', 'worker'),
	('provisioning', 'grant.activated', 'active', 'worker'),
	('provisioning', 'grant.abandoned', 'revoking', 'both'),
	('active', 'grant.extend_started', 'active', 'worker'),
	('active', 'grant.extend_failed', 'active', 'worker'),
	('active', 'grant.extended', 'active', 'worker'),
	('active', 'grant.not_extended', 'active', 'worker'),
	('active', 'grant.expired', 'revoking', 'worker'),
	('active', 'grant.surrendered', 'revoking', 'both'),
	('active', 'grant.revoked', 'revoking', 'both'),
	('active', 'grant.invalidated', 'revoking', 'worker'),
	('active', 'grant.locked_down', 'revoking', 'worker'),
	('revoking', 'grant.revoke_started', 'revoking', 'worker'),
	('revoking', 'grant.revoke_failed', 'revoking', 'worker'),
	('revoking', 'grant.ended', 'ended', 'worker'),
	('revoking', 'grant.write_off_proposed', 'revoking', 'worker'),
	('revoking', 'grant.written_off', 'written_off', 'worker'),
	('provisioning', 'grant.adopted', 'provisioning', 'worker'),
	('active', 'grant.adopted', 'active', 'worker'),
	('revoking', 'grant.adopted', 'revoking', 'worker');


--
-- Data for Name: grants; Type: TABLE DATA; Schema: public; Owner: dbaccess_owner
--

INSERT INTO public.grants OVERRIDING SYSTEM VALUE VALUES
	(1001, 1007, 'provisioning', 'UPROVISIONING', 'orders-prod', 'main', 'read', '02:00:00', 'provisioning', '2026-11-30 10:11:18.643792+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, '2026-11-30 10:11:18.643792+00', NULL, NULL, NULL, NULL, NULL),
	(1002, 1008, 'active', 'UACTIVE', 'orders-prod', 'main', 'read', '02:00:00', 'active', '2026-11-30 10:11:18.820555+00', '2026-11-30 12:11:18.746873+00', '2026-11-30 10:11:18.910025+00', NULL, NULL, NULL, NULL, NULL, '{"on": null, "tag": "dbaccess acme G-1001", "login": "jit_acme_maya_7f3a", "roles": ["orders_read"], "act_as": null, "traces": null, "cluster": "main", "database": "orders", "grant_id": 1002, "standing": [], "login_kind": "ephemeral", "login_identity": null, "role_identities": [], "cluster_identity": "7"}', NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(1003, 1009, 'due', 'UDUE', 'orders-prod', 'main', 'read', '02:00:00', 'active', '2026-11-30 10:11:19.039716+00', '2026-11-30 10:11:19.982351+00', '2026-11-30 10:11:19.129791+00', NULL, NULL, NULL, NULL, NULL, '{"on": null, "tag": "dbaccess acme G-1001", "login": "jit_acme_maya_7f3a", "roles": ["orders_read"], "act_as": null, "traces": null, "cluster": "main", "database": "orders", "grant_id": 1003, "standing": [], "login_kind": "ephemeral", "login_identity": null, "role_identities": [], "cluster_identity": "7"}', NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(1004, 1010, 'revoking', 'UREVOKING', 'orders-prod', 'main', 'read', '02:00:00', 'revoking', '2026-11-30 10:11:19.252976+00', '2026-11-30 12:11:18.746873+00', '2026-11-30 10:11:19.340396+00', '2026-11-30 10:11:19.402375+00', NULL, 'expired', 'system', NULL, '{"on": null, "tag": "dbaccess acme G-1001", "login": "jit_acme_maya_7f3a", "roles": ["orders_read"], "act_as": null, "traces": null, "cluster": "main", "database": "orders", "grant_id": 1004, "standing": [], "login_kind": "ephemeral", "login_identity": null, "role_identities": [], "cluster_identity": "7"}', NULL, NULL, NULL, 0, '2026-11-30 10:11:19.402375+00', NULL, NULL, NULL, NULL, NULL),
	(1005, 1011, 'ended', 'UENDED', 'orders-prod', 'main', 'read', '02:00:00', 'ended', '2026-11-30 10:11:19.540968+00', '2026-11-30 12:11:18.746873+00', '2026-11-30 10:11:19.665689+00', '2026-11-30 10:11:19.73545+00', '2026-11-30 10:11:19.811372+00', 'expired', 'system', NULL, '{"on": null, "tag": "dbaccess acme G-1001", "login": "jit_acme_maya_7f3a", "roles": ["orders_read"], "act_as": null, "traces": null, "cluster": "main", "database": "orders", "grant_id": 1005, "standing": [], "login_kind": "ephemeral", "login_identity": null, "role_identities": [], "cluster_identity": "7"}', '{"left": [], "roles": [], "seen_at": "2026-11-30T10:11:19.811324+00:00", "sessions": [{"left": 0, "closed": 1, "server": "main"}], "handed_over": null, "rolled_back": [], "login_removed": true, "objects_removed": []}', NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(1007, 1013, 'extended', 'UEXTENDED', 'orders-prod', 'main', 'read', '02:00:00', 'active', '2026-11-30 10:11:20.191769+00', '2026-11-30 12:11:20.133134+00', '2026-11-30 10:11:20.286177+00', NULL, NULL, NULL, NULL, NULL, '{"on": null, "tag": "dbaccess acme G-1001", "login": "jit_acme_maya_7f3a", "roles": ["orders_read"], "act_as": null, "traces": null, "cluster": "main", "database": "orders", "grant_id": 1007, "standing": [], "login_kind": "ephemeral", "login_identity": null, "role_identities": [], "cluster_identity": "7"}', NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(1006, 1012, 'written-off', 'UWRITTEN-OFF', 'orders-prod', 'main', 'read', '02:00:00', 'written_off', '2026-11-30 10:11:19.88512+00', '2026-11-30 12:11:18.746873+00', '2026-11-30 10:11:19.959552+00', '2026-11-30 10:11:19.999065+00', NULL, 'expired', 'system', NULL, '{"on": null, "tag": "dbaccess acme G-1001", "login": "jit_acme_maya_7f3a", "roles": ["orders_read"], "act_as": null, "traces": null, "cluster": "main", "database": "orders", "grant_id": 1006, "standing": [], "login_kind": "ephemeral", "login_identity": null, "role_identities": [], "cluster_identity": "7"}', NULL, NULL, NULL, 0, NULL, NULL, 'cli:ada@ops-1', 'The server burnt down', 'cli:bo@ops-1', '2026-11-30 10:11:20.101168+00'),
	(1008, 1015, 'not-extended', 'UNOT-EXTENDED', 'orders-prod', 'main', 'read', '02:00:00', 'active', '2026-11-30 10:11:20.6903+00', '2026-11-30 11:11:20.628302+00', '2026-11-30 10:11:20.780043+00', NULL, NULL, NULL, NULL, NULL, '{"on": null, "tag": "dbaccess acme G-1001", "login": "jit_acme_maya_7f3a", "roles": ["orders_read"], "act_as": null, "traces": null, "cluster": "main", "database": "orders", "grant_id": 1008, "standing": [], "login_kind": "ephemeral", "login_identity": null, "role_identities": [], "cluster_identity": "7"}', NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(1009, 1017, 'to-extend', 'UTO-EXTEND', 'orders-prod', 'main', 'read', '02:00:00', 'active', '2026-11-30 10:11:21.114492+00', '2026-11-30 11:11:21.061971+00', '2026-11-30 10:11:21.188187+00', NULL, NULL, NULL, NULL, NULL, '{"on": null, "tag": "dbaccess acme G-1001", "login": "jit_acme_maya_7f3a", "roles": ["orders_read"], "act_as": null, "traces": null, "cluster": "main", "database": "orders", "grant_id": 1009, "standing": [], "login_kind": "ephemeral", "login_identity": null, "role_identities": [], "cluster_identity": "7"}', NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(1010, 1019, 'breaker', 'UBREAKER', 'orders-prod', 'main', 'read', '02:00:00', 'provisioning', '2026-11-30 10:11:21.367905+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, '2026-11-30 10:11:21.367905+00', NULL, NULL, NULL, NULL, NULL),
	(1011, 1020, 'justified', 'UJUSTIFIED', 'orders-prod', 'main', 'read', '02:00:00', 'provisioning', '2026-11-30 10:11:21.560392+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, '2026-11-30 10:11:21.560392+00', NULL, NULL, NULL, NULL, NULL),
	(1012, 1021, 'not-justified', 'UNOT-JUSTIFIED', 'orders-prod', 'main', 'read', '02:00:00', 'provisioning', '2026-11-30 10:11:21.818011+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, '2026-11-30 10:11:21.818011+00', NULL, NULL, NULL, NULL, NULL),
	(1013, 1022, 'viewer', 'UVIEWER', 'orders-prod', 'main', 'read', '02:00:00', 'active', '2026-11-30 10:11:21.995586+00', '2026-11-30 11:11:21.9595+00', '2026-11-30 10:11:22.067734+00', NULL, NULL, NULL, NULL, NULL, '{"on": null, "tag": "dbaccess acme G-1001", "login": "jit_acme_maya_7f3a", "roles": ["orders_read"], "act_as": null, "traces": null, "cluster": "main", "database": "orders", "grant_id": 1013, "standing": [], "login_kind": "ephemeral", "login_identity": null, "role_identities": [], "cluster_identity": "7"}', NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL);


--
-- Data for Name: intake; Type: TABLE DATA; Schema: public; Owner: dbaccess_owner
--

INSERT INTO public.intake VALUES
	('action:17.2:U0MAYA:approve', '2026-11-30 10:11:22.291504+00');


--
-- Data for Name: ledger; Type: TABLE DATA; Schema: public; Owner: dbaccess_owner
--

INSERT INTO public.ledger VALUES
	(1, '\x0000000000000000000000000000000000000000000000000000000000000000', '\x94c50a0e595c895b0c0b33794b5218ba254927f2b6279624f787886f905cbe68', '\x7b226163746f72223a2270656e64696e67222c226174223a22323032362d31312d33305431303a31313a31372e3833373937352b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313030312c22736571223a317d', 'request.submitted', 1001, NULL),
	(2, '\x94c50a0e595c895b0c0b33794b5218ba254927f2b6279624f787886f905cbe68', '\x135db2654e39df06c3897d1e7cf86c4f933f3062e75cfe0736bf6438b9c6523b', '\x7b226163746f72223a22617070726f7665642d62792d6f6e65222c226174223a22323032362d31312d33305431303a31313a31372e3931393536312b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313030322c22736571223a327d', 'request.submitted', 1002, NULL),
	(3, '\x135db2654e39df06c3897d1e7cf86c4f933f3062e75cfe0736bf6438b9c6523b', '\x5fae71431d91a61f9e455f3e6eb73c1ca2250c7ff863a0b7fe5d68dc12235b2b', '\x7b226163746f72223a227072697961222c226174223a22323032362d31312d33305431303a31313a31372e3939393038352b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a227265766965772e617070726f766564222c2272657175657374223a313030322c22736571223a337d', 'review.approved', 1002, NULL),
	(4, '\x5fae71431d91a61f9e455f3e6eb73c1ca2250c7ff863a0b7fe5d68dc12235b2b', '\x1d12ec1557e9febaf35b1fbf663da91833fbaaafc9ce7944c530fa5e15b2d73f', '\x7b226163746f72223a2264656e696564222c226174223a22323032362d31312d33305431303a31313a31382e3032393832372b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313030332c22736571223a347d', 'request.submitted', 1003, NULL),
	(5, '\x1d12ec1557e9febaf35b1fbf663da91833fbaaafc9ce7944c530fa5e15b2d73f', '\xa90954c8b305bdf219fcc8cdca879efe4f4332160d456fbdb7c6e0ed441b5ff5', '\x7b226163746f72223a2264656e696564222c226174223a22323032362d31312d33305431303a31313a31382e3130313936302b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313030332c22736571223a357d', 'request.submitted', 1003, NULL),
	(6, '\xa90954c8b305bdf219fcc8cdca879efe4f4332160d456fbdb7c6e0ed441b5ff5', '\xbe9997e449858c96be4bf1367178e359bcfe1e99eca138cde31180bf26b2a3c6', '\x7b226163746f72223a227072697961222c226174223a22323032362d31312d33305431303a31313a31382e3130333633322b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a227265766965772e64656e696564222c2272657175657374223a313030332c22736571223a367d', 'review.denied', 1003, NULL),
	(7, '\xbe9997e449858c96be4bf1367178e359bcfe1e99eca138cde31180bf26b2a3c6', '\x692feaaf1aa018fdaa6015a5e61596aa5acabc29104d0120e3a4114eb4f38da5', '\x7b226163746f72223a2264656e696564222c226174223a22323032362d31312d33305431303a31313a31382e3130343635322b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e64656e696564222c2272657175657374223a313030332c22736571223a377d', 'request.denied', 1003, NULL),
	(8, '\x692feaaf1aa018fdaa6015a5e61596aa5acabc29104d0120e3a4114eb4f38da5', '\x713476ff30e7dc5bf018bfe50a38514dfc2c434e7630a3a7069252105e450478', '\x7b226163746f72223a2277697468647261776e222c226174223a22323032362d31312d33305431303a31313a31382e3134393934332b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313030342c22736571223a387d', 'request.submitted', 1004, NULL),
	(9, '\x713476ff30e7dc5bf018bfe50a38514dfc2c434e7630a3a7069252105e450478', '\x62102c01f7aac7c6cd08a92b257a858241216a9c10e810f4eab3819bcf95f01f', '\x7b226163746f72223a2277697468647261776e222c226174223a22323032362d31312d33305431303a31313a31382e3138363430332b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313030342c22736571223a397d', 'request.submitted', 1004, NULL),
	(10, '\x62102c01f7aac7c6cd08a92b257a858241216a9c10e810f4eab3819bcf95f01f', '\x9c8c0e01490e73577441c2112279c235f81cde24c6701ed4fba22e8888f8aba6', '\x7b226163746f72223a2277697468647261776e222c226174223a22323032362d31312d33305431303a31313a31382e3138373533362b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e77697468647261776e222c2272657175657374223a313030342c22736571223a31307d', 'request.withdrawn', 1004, NULL),
	(11, '\x9c8c0e01490e73577441c2112279c235f81cde24c6701ed4fba22e8888f8aba6', '\xd8f19740a8bbe044d07ae9017f52c697143b8d9cb43ac04e5db97ec174948282', '\x7b226163746f72223a226c6170736564222c226174223a22323032362d31312d33305431303a31313a31382e3231373832302b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313030352c22736571223a31317d', 'request.submitted', 1005, NULL),
	(12, '\xd8f19740a8bbe044d07ae9017f52c697143b8d9cb43ac04e5db97ec174948282', '\x4242a11cccacec5957fb5ffe66584b9941363db55d2dd2489a9f4a02d468a2cf', '\x7b226163746f72223a226c6170736564222c226174223a22323032362d31312d33305431303a31313a31382e3336333939302b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313030352c22736571223a31327d', 'request.submitted', 1005, NULL),
	(13, '\x4242a11cccacec5957fb5ffe66584b9941363db55d2dd2489a9f4a02d468a2cf', '\xfd0a7632218664093e52dcb52f37ebd25bf59c52a1a930509a11f515a42b261c', '\x7b226163746f72223a226c6170736564222c226174223a22323032362d31312d33305431303a31313a31382e3337333737372b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e6c6170736564222c2272657175657374223a313030352c22736571223a31337d', 'request.lapsed', 1005, NULL),
	(14, '\xfd0a7632218664093e52dcb52f37ebd25bf59c52a1a930509a11f515a42b261c', '\x73ae0d45d66ecfd743f896d7f731bcc70016f3e3f04cb8af7fb1bca8ce3d9ed8', '\x7b226163746f72223a227374616c65222c226174223a22323032362d31312d33305431303a31313a31382e3435393633332b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313030362c22736571223a31347d', 'request.submitted', 1006, NULL),
	(15, '\x73ae0d45d66ecfd743f896d7f731bcc70016f3e3f04cb8af7fb1bca8ce3d9ed8', '\x8e776383f4283795f7c32b3f05210a0de556b25b221e9f63dd7d40fa6fe1f8fd', '\x7b226163746f72223a227374616c65222c226174223a22323032362d31312d33305431303a31313a31382e3536363230372b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313030362c22736571223a31357d', 'request.submitted', 1006, NULL),
	(16, '\x8e776383f4283795f7c32b3f05210a0de556b25b221e9f63dd7d40fa6fe1f8fd', '\xa393ca125dcfaf291e069c8b5f531d36a8a501d67e5ab59f1b03a1926eb43be9', '\x7b226163746f72223a227374616c65222c226174223a22323032362d31312d33305431303a31313a31382e3536373433352b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7374616c65222c2272657175657374223a313030362c22736571223a31367d', 'request.stale', 1006, NULL),
	(17, '\xa393ca125dcfaf291e069c8b5f531d36a8a501d67e5ab59f1b03a1926eb43be9', '\xb458cfb5a14cd16cfb2e38745da19533dd2ac2aaa79f51d053f1316d994c11a3', '\x7b226163746f72223a2270726f766973696f6e696e67222c226174223a22323032362d31312d33305431303a31313a31382e3631313833362b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313030372c22736571223a31377d', 'request.submitted', 1007, NULL),
	(18, '\xb458cfb5a14cd16cfb2e38745da19533dd2ac2aaa79f51d053f1316d994c11a3', '\x7a26f3e828669ee8a8c119ba024fed948dad539657110891abf2af2d9c3fc718', '\x7b226163746f72223a2270726f766973696f6e696e67222c226174223a22323032362d31312d33305431303a31313a31382e3731363539312b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313030372c22736571223a31387d', 'request.submitted', 1007, NULL),
	(19, '\x7a26f3e828669ee8a8c119ba024fed948dad539657110891abf2af2d9c3fc718', '\x8693de1f73612e66e151f21733242795d61901232b343553ca18854abccce545', '\x7b226163746f72223a227072697961222c226174223a22323032362d31312d33305431303a31313a31382e3731383034372b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a227265766965772e617070726f766564222c2272657175657374223a313030372c22736571223a31397d', 'review.approved', 1007, NULL),
	(20, '\x8693de1f73612e66e151f21733242795d61901232b343553ca18854abccce545', '\xe8059319df666d9157f62523500a0c7f1faca207a7880fd4a85b026a1235d187', '\x7b226163746f72223a2270726f766973696f6e696e67222c226174223a22323032362d31312d33305431303a31313a31382e3732303132372b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e617070726f766564222c2272657175657374223a313030372c22736571223a32307d', 'request.approved', 1007, NULL),
	(21, '\xe8059319df666d9157f62523500a0c7f1faca207a7880fd4a85b026a1235d187', '\xed2d919b5de0c39e7c6cd8d87b818fe16673d2cc5b9515218f663a1425971dfd', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31382e3732353439352b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e6175746f5f617070726f766564222c2272657175657374223a313030372c22736571223a32317d', 'request.auto_approved', 1007, NULL),
	(22, '\xed2d919b5de0c39e7c6cd8d87b818fe16673d2cc5b9515218f663a1425971dfd', '\xa1d08accaaea6fa2697c7d081525fa4dfecb6eb21e16039d2e4e5541ff9cbf0e', '\x7b226163746f72223a2270726f766973696f6e696e67222c226174223a22323032362d31312d33305431303a31313a31382e3733303830312b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e627265616b5f676c6173735f696e766f6b6564222c2272657175657374223a313030372c22736571223a32327d', 'request.break_glass_invoked', 1007, NULL),
	(23, '\xa1d08accaaea6fa2697c7d081525fa4dfecb6eb21e16039d2e4e5541ff9cbf0e', '\x941ae957f68fbd2b9fc21b802dceb4708467fc5c05b9c79a2e12dc21ca33a350', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31382e3733313831362b30303a3030222c2264617461223a7b7d2c226772616e74223a313030312c226b696e64223a226772616e742e63726561746564222c2272657175657374223a313030372c22736571223a32337d', 'grant.created', 1007, 1001),
	(24, '\x941ae957f68fbd2b9fc21b802dceb4708467fc5c05b9c79a2e12dc21ca33a350', '\xe2e47aeb654a7adfc3ba81bee972ef28e05dc324d16eae48822f2a801aac7ecd', '\x7b226163746f72223a22616374697665222c226174223a22323032362d31312d33305431303a31313a31382e3737393037382b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313030382c22736571223a32347d', 'request.submitted', 1008, NULL),
	(25, '\xe2e47aeb654a7adfc3ba81bee972ef28e05dc324d16eae48822f2a801aac7ecd', '\x0f9bea9cbe9b43050b08db819104f4945211a938e69fd725c8815abd24ee8537', '\x7b226163746f72223a22616374697665222c226174223a22323032362d31312d33305431303a31313a31382e3834323431302b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313030382c22736571223a32357d', 'request.submitted', 1008, NULL),
	(26, '\x0f9bea9cbe9b43050b08db819104f4945211a938e69fd725c8815abd24ee8537', '\xa4e446397e7a49466a6f547e5904e390ab2e4df7faf1fc5a7af60379e8b52844', '\x7b226163746f72223a227072697961222c226174223a22323032362d31312d33305431303a31313a31382e3834333737342b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a227265766965772e617070726f766564222c2272657175657374223a313030382c22736571223a32367d', 'review.approved', 1008, NULL),
	(27, '\xa4e446397e7a49466a6f547e5904e390ab2e4df7faf1fc5a7af60379e8b52844', '\x8068c9fd363f9b82f9abf535e1edd3c31971eab51584c97b9208fb9c2da305f3', '\x7b226163746f72223a22616374697665222c226174223a22323032362d31312d33305431303a31313a31382e3834343435362b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e617070726f766564222c2272657175657374223a313030382c22736571223a32377d', 'request.approved', 1008, NULL),
	(28, '\x8068c9fd363f9b82f9abf535e1edd3c31971eab51584c97b9208fb9c2da305f3', '\x9d0e137e9c5153b7edbb5b0f6dd3458bacd4bb1f170c1bbec6269351b7a68af4', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31382e3834353135332b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e6175746f5f617070726f766564222c2272657175657374223a313030382c22736571223a32387d', 'request.auto_approved', 1008, NULL),
	(29, '\x9d0e137e9c5153b7edbb5b0f6dd3458bacd4bb1f170c1bbec6269351b7a68af4', '\x49da407f72e59b91b8d19942bcbe1ccf9a52e0405666f3c7ac26cda1b9284ce9', '\x7b226163746f72223a22616374697665222c226174223a22323032362d31312d33305431303a31313a31382e3834373439352b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e627265616b5f676c6173735f696e766f6b6564222c2272657175657374223a313030382c22736571223a32397d', 'request.break_glass_invoked', 1008, NULL),
	(30, '\x49da407f72e59b91b8d19942bcbe1ccf9a52e0405666f3c7ac26cda1b9284ce9', '\xf9c0df48eadc52f39a68852e5aae6653b72e048796d980d4202da092d7aff955', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31382e3835323538342b30303a3030222c2264617461223a7b7d2c226772616e74223a313030322c226b696e64223a226772616e742e63726561746564222c2272657175657374223a313030382c22736571223a33307d', 'grant.created', 1008, 1002),
	(31, '\xf9c0df48eadc52f39a68852e5aae6653b72e048796d980d4202da092d7aff955', '\x4d5bdfd09dbe20649f76064338b91a5a312e7b6b76a318a63ad63fa582739cbe', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a31382e3935353434382b30303a3030222c2264617461223a7b7d2c226772616e74223a313030322c226b696e64223a226772616e742e616374697661746564222c2272657175657374223a313030382c22736571223a33317d', 'grant.activated', 1008, 1002),
	(32, '\x4d5bdfd09dbe20649f76064338b91a5a312e7b6b76a318a63ad63fa582739cbe', '\x199286a52de7cb52cda7729e6472d46cda785d0a5b697e71ead0674f503b0c30', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a31382e3935363938312b30303a3030222c2264617461223a7b7d2c226772616e74223a313030322c226b696e64223a226772616e742e657874656e645f73746172746564222c2272657175657374223a313030382c22736571223a33327d', 'grant.extend_started', 1008, 1002),
	(33, '\x199286a52de7cb52cda7729e6472d46cda785d0a5b697e71ead0674f503b0c30', '\x2be34372a0203747edc4577a293e5d583676c522f429dfdc64ce1acc47b6d873', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a31382e3935373733302b30303a3030222c2264617461223a7b7d2c226772616e74223a313030322c226b696e64223a226772616e742e657874656e645f6661696c6564222c2272657175657374223a313030382c22736571223a33337d', 'grant.extend_failed', 1008, 1002),
	(34, '\x2be34372a0203747edc4577a293e5d583676c522f429dfdc64ce1acc47b6d873', '\x59659724d27f548f96d0a8ac92b33101f218df9278f342dd3e9215ed2c0e38be', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a31382e3936313838302b30303a3030222c2264617461223a7b7d2c226772616e74223a313030322c226b696e64223a226772616e742e657874656e646564222c2272657175657374223a313030382c22736571223a33347d', 'grant.extended', 1008, 1002),
	(35, '\x59659724d27f548f96d0a8ac92b33101f218df9278f342dd3e9215ed2c0e38be', '\x050061e746b0a8d0b8c179be4b9187c2514c0808b3d172be82dd539b865b9cf3', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a31382e3936343838352b30303a3030222c2264617461223a7b7d2c226772616e74223a313030322c226b696e64223a226772616e742e6e6f745f657874656e646564222c2272657175657374223a313030382c22736571223a33357d', 'grant.not_extended', 1008, 1002),
	(36, '\x050061e746b0a8d0b8c179be4b9187c2514c0808b3d172be82dd539b865b9cf3', '\x31194530bee355dbc2c115ada9931985cfea67ef6754e69ff27677af44541006', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a31382e3936393835392b30303a3030222c2264617461223a7b7d2c226772616e74223a313030322c226b696e64223a226772616e742e61646f70746564222c2272657175657374223a313030382c22736571223a33367d', 'grant.adopted', 1008, 1002),
	(44, '\x835c04db561362a6afa9abcc4982498884a77954efb56e6f7a440e7d115f4600', '\x792ae45e61df29c015638b5953adc534a9aeb1a609ca80e3aadfd6bc37a51b23', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a31392e3136303831312b30303a3030222c2264617461223a7b7d2c226772616e74223a313030332c226b696e64223a226772616e742e616374697661746564222c2272657175657374223a313030392c22736571223a34347d', 'grant.activated', 1009, 1003),
	(45, '\x792ae45e61df29c015638b5953adc534a9aeb1a609ca80e3aadfd6bc37a51b23', '\xf3f426fe16d71c3ff4f05e330401ec798d6c28216d2336a81ca7ce285250b63c', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a31392e3136313739312b30303a3030222c2264617461223a7b7d2c226772616e74223a313030332c226b696e64223a226772616e742e657874656e645f73746172746564222c2272657175657374223a313030392c22736571223a34357d', 'grant.extend_started', 1009, 1003),
	(46, '\xf3f426fe16d71c3ff4f05e330401ec798d6c28216d2336a81ca7ce285250b63c', '\xa0ef5549b3bd18c800fb7a8a0e70af62bf2cbef7a76e029e4736b0d332dc857b', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a31392e3137313638372b30303a3030222c2264617461223a7b7d2c226772616e74223a313030332c226b696e64223a226772616e742e657874656e645f6661696c6564222c2272657175657374223a313030392c22736571223a34367d', 'grant.extend_failed', 1009, 1003),
	(47, '\xa0ef5549b3bd18c800fb7a8a0e70af62bf2cbef7a76e029e4736b0d332dc857b', '\xd139ef5a497ec442568e648d3470d02555e28261ea856edead638fe0e3b2779b', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a31392e3137343437372b30303a3030222c2264617461223a7b7d2c226772616e74223a313030332c226b696e64223a226772616e742e657874656e646564222c2272657175657374223a313030392c22736571223a34377d', 'grant.extended', 1009, 1003),
	(48, '\xd139ef5a497ec442568e648d3470d02555e28261ea856edead638fe0e3b2779b', '\x7073f28a9c0bb4cd9eb38e325f097cdea053a2110af2737a1b0b009a5bda2b63', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a31392e3137363937342b30303a3030222c2264617461223a7b7d2c226772616e74223a313030332c226b696e64223a226772616e742e6e6f745f657874656e646564222c2272657175657374223a313030392c22736571223a34387d', 'grant.not_extended', 1009, 1003),
	(49, '\x7073f28a9c0bb4cd9eb38e325f097cdea053a2110af2737a1b0b009a5bda2b63', '\xd7da76dff19b27f271345f1af47c7356539c05705f9a56e2a774c748e90d6ce4', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a31392e3138323837322b30303a3030222c2264617461223a7b7d2c226772616e74223a313030332c226b696e64223a226772616e742e61646f70746564222c2272657175657374223a313030392c22736571223a34397d', 'grant.adopted', 1009, 1003),
	(57, '\x1d540db62d1432974db2cd46a55c7de021413c69ad1acd560d702ea9530252ce', '\xb0c165810b51d233cb53ab4a6dfe205e6126487342a7bea638a9dda36cac7c99', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a31392e3336363432382b30303a3030222c2264617461223a7b7d2c226772616e74223a313030342c226b696e64223a226772616e742e616374697661746564222c2272657175657374223a313031302c22736571223a35377d', 'grant.activated', 1010, 1004),
	(58, '\xb0c165810b51d233cb53ab4a6dfe205e6126487342a7bea638a9dda36cac7c99', '\x1e947d42ef185f3e928fb59e08120d8b90243b362611515d3aebc7987110e81a', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a31392e3336373238352b30303a3030222c2264617461223a7b7d2c226772616e74223a313030342c226b696e64223a226772616e742e657874656e645f73746172746564222c2272657175657374223a313031302c22736571223a35387d', 'grant.extend_started', 1010, 1004),
	(59, '\x1e947d42ef185f3e928fb59e08120d8b90243b362611515d3aebc7987110e81a', '\x2b4605419108b7e0083178272074c91b203fdcf49b0334a1869bebd6879bf7c4', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a31392e3336393038382b30303a3030222c2264617461223a7b7d2c226772616e74223a313030342c226b696e64223a226772616e742e657874656e645f6661696c6564222c2272657175657374223a313031302c22736571223a35397d', 'grant.extend_failed', 1010, 1004),
	(60, '\x2b4605419108b7e0083178272074c91b203fdcf49b0334a1869bebd6879bf7c4', '\xa663195bbfa139f10d3a2202ee0ca7c4b6b5dba842da7fa16a29732efd87c129', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a31392e3337313138342b30303a3030222c2264617461223a7b7d2c226772616e74223a313030342c226b696e64223a226772616e742e657874656e646564222c2272657175657374223a313031302c22736571223a36307d', 'grant.extended', 1010, 1004),
	(61, '\xa663195bbfa139f10d3a2202ee0ca7c4b6b5dba842da7fa16a29732efd87c129', '\xfc34ed29d7eaf6c39e7247069efa0a5a7acfc3d96d40b6c5f077d0eece1280af', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a31392e3337313731332b30303a3030222c2264617461223a7b7d2c226772616e74223a313030342c226b696e64223a226772616e742e6e6f745f657874656e646564222c2272657175657374223a313031302c22736571223a36317d', 'grant.not_extended', 1010, 1004),
	(62, '\xfc34ed29d7eaf6c39e7247069efa0a5a7acfc3d96d40b6c5f077d0eece1280af', '\x2f5c5f5ed2fbb9d5d8b205dc4bc49b91ed53aed637417ac41c40428d45ef4442', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a31392e3338323630362b30303a3030222c2264617461223a7b7d2c226772616e74223a313030342c226b696e64223a226772616e742e61646f70746564222c2272657175657374223a313031302c22736571223a36327d', 'grant.adopted', 1010, 1004),
	(63, '\x2f5c5f5ed2fbb9d5d8b205dc4bc49b91ed53aed637417ac41c40428d45ef4442', '\x123d854daec9b1995d3b6ad675e72648cc52b8b538ddd81aa2247dc4a33b079e', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31392e3432363331322b30303a3030222c2264617461223a7b7d2c226772616e74223a313030342c226b696e64223a226772616e742e6162616e646f6e6564222c2272657175657374223a313031302c22736571223a36337d', 'grant.abandoned', 1010, 1004),
	(64, '\x123d854daec9b1995d3b6ad675e72648cc52b8b538ddd81aa2247dc4a33b079e', '\x1608cd7fb811c8dc1e92e041bd850a68967847398ff622361571f8e038ab0cf8', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31392e3432383937312b30303a3030222c2264617461223a7b7d2c226772616e74223a313030342c226b696e64223a226772616e742e65787069726564222c2272657175657374223a313031302c22736571223a36347d', 'grant.expired', 1010, 1004),
	(65, '\x1608cd7fb811c8dc1e92e041bd850a68967847398ff622361571f8e038ab0cf8', '\x3ada38f84de6de909a412715601163443bc0762a47b6c3ba0cbbb34027e80d2b', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31392e3433333336342b30303a3030222c2264617461223a7b7d2c226772616e74223a313030342c226b696e64223a226772616e742e73757272656e6465726564222c2272657175657374223a313031302c22736571223a36357d', 'grant.surrendered', 1010, 1004),
	(66, '\x3ada38f84de6de909a412715601163443bc0762a47b6c3ba0cbbb34027e80d2b', '\x59bea45a7f872cf8eae9072864a9c3797486a27736ffab814eef69c9742fefe8', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31392e3433363934372b30303a3030222c2264617461223a7b7d2c226772616e74223a313030342c226b696e64223a226772616e742e7265766f6b6564222c2272657175657374223a313031302c22736571223a36367d', 'grant.revoked', 1010, 1004),
	(67, '\x59bea45a7f872cf8eae9072864a9c3797486a27736ffab814eef69c9742fefe8', '\xb3e04ca8cc31049d1d56c88ca13725ec091ee7199b789b6c40e1d8310253c238', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31392e3434323935352b30303a3030222c2264617461223a7b7d2c226772616e74223a313030342c226b696e64223a226772616e742e696e76616c696461746564222c2272657175657374223a313031302c22736571223a36377d', 'grant.invalidated', 1010, 1004),
	(68, '\xb3e04ca8cc31049d1d56c88ca13725ec091ee7199b789b6c40e1d8310253c238', '\x1c41dd32066051496d9b264494e04554853403c4dc78a31ee6a4eaa4ce7617e0', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31392e3434353839302b30303a3030222c2264617461223a7b7d2c226772616e74223a313030342c226b696e64223a226772616e742e6c6f636b65645f646f776e222c2272657175657374223a313031302c22736571223a36387d', 'grant.locked_down', 1010, 1004),
	(69, '\x1c41dd32066051496d9b264494e04554853403c4dc78a31ee6a4eaa4ce7617e0', '\x57dd9a3322d51dab855755c00ee22490a3c4b7dd402d3908d56be0dd92c518e2', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31392e3434363939352b30303a3030222c2264617461223a7b7d2c226772616e74223a313030342c226b696e64223a226772616e742e7265766f6b655f73746172746564222c2272657175657374223a313031302c22736571223a36397d', 'grant.revoke_started', 1010, 1004),
	(70, '\x57dd9a3322d51dab855755c00ee22490a3c4b7dd402d3908d56be0dd92c518e2', '\x0d463447ecd6d7a97d227490088c16aac14bf12fe67ce4a3ff5ddd3cce395d74', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31392e3435313137392b30303a3030222c2264617461223a7b7d2c226772616e74223a313030342c226b696e64223a226772616e742e7265766f6b655f6661696c6564222c2272657175657374223a313031302c22736571223a37307d', 'grant.revoke_failed', 1010, 1004),
	(71, '\x0d463447ecd6d7a97d227490088c16aac14bf12fe67ce4a3ff5ddd3cce395d74', '\xb22cc4c908ebd813fd904e805f097f9255aeca4e5bbe6f83080eced79a59dcd1', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31392e3435333838342b30303a3030222c2264617461223a7b7d2c226772616e74223a313030342c226b696e64223a226772616e742e77726974655f6f66665f70726f706f736564222c2272657175657374223a313031302c22736571223a37317d', 'grant.write_off_proposed', 1010, 1004),
	(72, '\xb22cc4c908ebd813fd904e805f097f9255aeca4e5bbe6f83080eced79a59dcd1', '\xc94c92e9c8ce9e1b3794b8fca35f5bfccd253fc987dca062c3761b9ef9abd7ad', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31392e3435393432342b30303a3030222c2264617461223a7b7d2c226772616e74223a313030342c226b696e64223a226772616e742e61646f70746564222c2272657175657374223a313031302c22736571223a37327d', 'grant.adopted', 1010, 1004),
	(80, '\xb3c7be59ca4458d3d8f037d953bd10e9e8318182095e68eba68fae899948a3b4', '\xfa8e2f7e369669d25a3d1fce2df7dfe2b34c83d7dc9f6f4c15842e8f14e206e7', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a31392e3639353234382b30303a3030222c2264617461223a7b7d2c226772616e74223a313030352c226b696e64223a226772616e742e616374697661746564222c2272657175657374223a313031312c22736571223a38307d', 'grant.activated', 1011, 1005),
	(37, '\x31194530bee355dbc2c115ada9931985cfea67ef6754e69ff27677af44541006', '\xa21d6159bfb7e41d1d43b7871ad38d35a328dcc94217792b12cdcf652fd12b52', '\x7b226163746f72223a22647565222c226174223a22323032362d31312d33305431303a31313a31392e3030343032302b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313030392c22736571223a33377d', 'request.submitted', 1009, NULL),
	(38, '\xa21d6159bfb7e41d1d43b7871ad38d35a328dcc94217792b12cdcf652fd12b52', '\x1abe2cfdc3195581c149d7ccc869878d3eabe6d3366516d94327884f207b4ad2', '\x7b226163746f72223a22647565222c226174223a22323032362d31312d33305431303a31313a31392e3036323234352b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313030392c22736571223a33387d', 'request.submitted', 1009, NULL),
	(39, '\x1abe2cfdc3195581c149d7ccc869878d3eabe6d3366516d94327884f207b4ad2', '\x50ae9684c255d79692b0c01a288d29ab8271d08df250bbffb6662c75c48e8743', '\x7b226163746f72223a227072697961222c226174223a22323032362d31312d33305431303a31313a31392e3036333331382b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a227265766965772e617070726f766564222c2272657175657374223a313030392c22736571223a33397d', 'review.approved', 1009, NULL),
	(40, '\x50ae9684c255d79692b0c01a288d29ab8271d08df250bbffb6662c75c48e8743', '\x775e1aa68750ca59c3a8bd51b6e382e1f27f38e9a419fc461ca399593a05f3f6', '\x7b226163746f72223a22647565222c226174223a22323032362d31312d33305431303a31313a31392e3036333936362b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e617070726f766564222c2272657175657374223a313030392c22736571223a34307d', 'request.approved', 1009, NULL),
	(41, '\x775e1aa68750ca59c3a8bd51b6e382e1f27f38e9a419fc461ca399593a05f3f6', '\xdda39dea189bb2cb6c507e49b6af38b767feb493f7820f54d6f1c52016018a19', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31392e3037323130302b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e6175746f5f617070726f766564222c2272657175657374223a313030392c22736571223a34317d', 'request.auto_approved', 1009, NULL),
	(42, '\xdda39dea189bb2cb6c507e49b6af38b767feb493f7820f54d6f1c52016018a19', '\xdb3d0f6d49e0041383fd7711eb55b6cde73dad0c0606fd6615b802acb7d05c03', '\x7b226163746f72223a22647565222c226174223a22323032362d31312d33305431303a31313a31392e3037333337382b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e627265616b5f676c6173735f696e766f6b6564222c2272657175657374223a313030392c22736571223a34327d', 'request.break_glass_invoked', 1009, NULL),
	(43, '\xdb3d0f6d49e0041383fd7711eb55b6cde73dad0c0606fd6615b802acb7d05c03', '\x835c04db561362a6afa9abcc4982498884a77954efb56e6f7a440e7d115f4600', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31392e3037383236382b30303a3030222c2264617461223a7b7d2c226772616e74223a313030332c226b696e64223a226772616e742e63726561746564222c2272657175657374223a313030392c22736571223a34337d', 'grant.created', 1009, 1003),
	(50, '\xd7da76dff19b27f271345f1af47c7356539c05705f9a56e2a774c748e90d6ce4', '\x2219c3a0028a722b30ba32be93beeb9a35033fcbe677623cf2732457cfd62099', '\x7b226163746f72223a227265766f6b696e67222c226174223a22323032362d31312d33305431303a31313a31392e3231323635382b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313031302c22736571223a35307d', 'request.submitted', 1010, NULL),
	(51, '\x2219c3a0028a722b30ba32be93beeb9a35033fcbe677623cf2732457cfd62099', '\x4a06d3212504e5ab93e8c253c60503eec127c9aa03bbbaa19232a767e2bdbde8', '\x7b226163746f72223a227265766f6b696e67222c226174223a22323032362d31312d33305431303a31313a31392e3237333539362b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313031302c22736571223a35317d', 'request.submitted', 1010, NULL),
	(52, '\x4a06d3212504e5ab93e8c253c60503eec127c9aa03bbbaa19232a767e2bdbde8', '\x317499d991321919e9e5ac4b60de7c2d5196a3e3592bb083bbf29535d5fea947', '\x7b226163746f72223a227072697961222c226174223a22323032362d31312d33305431303a31313a31392e3237353130302b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a227265766965772e617070726f766564222c2272657175657374223a313031302c22736571223a35327d', 'review.approved', 1010, NULL),
	(53, '\x317499d991321919e9e5ac4b60de7c2d5196a3e3592bb083bbf29535d5fea947', '\x05b37ec423c82bd4e83c299e1ea3fb5d1dbb6ff835a3754b7d27897fa89942f8', '\x7b226163746f72223a227265766f6b696e67222c226174223a22323032362d31312d33305431303a31313a31392e3238323333312b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e617070726f766564222c2272657175657374223a313031302c22736571223a35337d', 'request.approved', 1010, NULL),
	(54, '\x05b37ec423c82bd4e83c299e1ea3fb5d1dbb6ff835a3754b7d27897fa89942f8', '\x5a5ee9d1e8d8c3f461e7e910513686e0cbb985cdcf521a6fcd8be91683f0c3fa', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31392e3238393835382b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e6175746f5f617070726f766564222c2272657175657374223a313031302c22736571223a35347d', 'request.auto_approved', 1010, NULL),
	(55, '\x5a5ee9d1e8d8c3f461e7e910513686e0cbb985cdcf521a6fcd8be91683f0c3fa', '\xaf3213821cb28184ff9c7e76d490a2cdb49cd5997e00da014a0d698c12f7e9af', '\x7b226163746f72223a227265766f6b696e67222c226174223a22323032362d31312d33305431303a31313a31392e3239343637342b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e627265616b5f676c6173735f696e766f6b6564222c2272657175657374223a313031302c22736571223a35357d', 'request.break_glass_invoked', 1010, NULL),
	(56, '\xaf3213821cb28184ff9c7e76d490a2cdb49cd5997e00da014a0d698c12f7e9af', '\x1d540db62d1432974db2cd46a55c7de021413c69ad1acd560d702ea9530252ce', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31392e3239353539342b30303a3030222c2264617461223a7b7d2c226772616e74223a313030342c226b696e64223a226772616e742e63726561746564222c2272657175657374223a313031302c22736571223a35367d', 'grant.created', 1010, 1004),
	(73, '\xc94c92e9c8ce9e1b3794b8fca35f5bfccd253fc987dca062c3761b9ef9abd7ad', '\x75d3ae941c0ff2b99c393dd2abd5402bafe2937cc879e631c6e0a80ea0919553', '\x7b226163746f72223a22656e646564222c226174223a22323032362d31312d33305431303a31313a31392e3530363932312b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313031312c22736571223a37337d', 'request.submitted', 1011, NULL),
	(74, '\x75d3ae941c0ff2b99c393dd2abd5402bafe2937cc879e631c6e0a80ea0919553', '\x77f2962a5ec6aa7aea8c8200f63c6030b241d0de62f81c1eed396f7e2637e157', '\x7b226163746f72223a22656e646564222c226174223a22323032362d31312d33305431303a31313a31392e3537353838342b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313031312c22736571223a37347d', 'request.submitted', 1011, NULL),
	(75, '\x77f2962a5ec6aa7aea8c8200f63c6030b241d0de62f81c1eed396f7e2637e157', '\x0bbce8b29c6a4ffa0c6033d2a844476677ee5aa2ada4057327064c70c20b4302', '\x7b226163746f72223a227072697961222c226174223a22323032362d31312d33305431303a31313a31392e3537373435322b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a227265766965772e617070726f766564222c2272657175657374223a313031312c22736571223a37357d', 'review.approved', 1011, NULL),
	(76, '\x0bbce8b29c6a4ffa0c6033d2a844476677ee5aa2ada4057327064c70c20b4302', '\x6e34ccbc25a0bf6d774ce5b62d36be05e68014aa6e5fde2fbe5b71c21e6cf587', '\x7b226163746f72223a22656e646564222c226174223a22323032362d31312d33305431303a31313a31392e3538303830382b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e617070726f766564222c2272657175657374223a313031312c22736571223a37367d', 'request.approved', 1011, NULL),
	(77, '\x6e34ccbc25a0bf6d774ce5b62d36be05e68014aa6e5fde2fbe5b71c21e6cf587', '\x906b58e819e25e120190b720f85e2fa2aacffc4e401f81b4a1ffaf1861020e25', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31392e3538333430392b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e6175746f5f617070726f766564222c2272657175657374223a313031312c22736571223a37377d', 'request.auto_approved', 1011, NULL),
	(78, '\x906b58e819e25e120190b720f85e2fa2aacffc4e401f81b4a1ffaf1861020e25', '\x3e0b5719217bbd5c591f0ea71f8cf94fcb3b58f94560a95225f87e9f7409962d', '\x7b226163746f72223a22656e646564222c226174223a22323032362d31312d33305431303a31313a31392e3539323334372b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e627265616b5f676c6173735f696e766f6b6564222c2272657175657374223a313031312c22736571223a37387d', 'request.break_glass_invoked', 1011, NULL),
	(79, '\x3e0b5719217bbd5c591f0ea71f8cf94fcb3b58f94560a95225f87e9f7409962d', '\xb3c7be59ca4458d3d8f037d953bd10e9e8318182095e68eba68fae899948a3b4', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31392e3539373234392b30303a3030222c2264617461223a7b7d2c226772616e74223a313030352c226b696e64223a226772616e742e63726561746564222c2272657175657374223a313031312c22736571223a37397d', 'grant.created', 1011, 1005),
	(97, '\xe06d3cce3e821a9aeada2b29973c58688f8de2a9dca3c4e0539e119bde3711ba', '\x42df127d0aaf1d045c82d61d6e5be912b3e5effcdf001d18862eb68300d8e262', '\x7b226163746f72223a227772697474656e2d6f6666222c226174223a22323032362d31312d33305431303a31313a31392e3835333333372b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313031322c22736571223a39377d', 'request.submitted', 1012, NULL),
	(98, '\x42df127d0aaf1d045c82d61d6e5be912b3e5effcdf001d18862eb68300d8e262', '\x3d581d99b5a3f601ac8e4907ded30d2c762150cbd6e139b1d2feeed36b74e622', '\x7b226163746f72223a227772697474656e2d6f6666222c226174223a22323032362d31312d33305431303a31313a31392e3931353633352b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313031322c22736571223a39387d', 'request.submitted', 1012, NULL),
	(99, '\x3d581d99b5a3f601ac8e4907ded30d2c762150cbd6e139b1d2feeed36b74e622', '\x7dc96405eafaf2540a97e0c31bec04e65a39603a380413ed30f0a9f5a335b257', '\x7b226163746f72223a227072697961222c226174223a22323032362d31312d33305431303a31313a31392e3931393137352b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a227265766965772e617070726f766564222c2272657175657374223a313031322c22736571223a39397d', 'review.approved', 1012, NULL),
	(100, '\x7dc96405eafaf2540a97e0c31bec04e65a39603a380413ed30f0a9f5a335b257', '\x67d97deea9413a4b9abf8d8ea71bd8cdc67dc01dec1f765989aaf00666bc4a01', '\x7b226163746f72223a227772697474656e2d6f6666222c226174223a22323032362d31312d33305431303a31313a31392e3931393931302b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e617070726f766564222c2272657175657374223a313031322c22736571223a3130307d', 'request.approved', 1012, NULL),
	(101, '\x67d97deea9413a4b9abf8d8ea71bd8cdc67dc01dec1f765989aaf00666bc4a01', '\x9ef91d5f2ebfa6251c30066783d25c6af0e21bcaea9ed846812680b2e3ad9ec8', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31392e3932313534382b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e6175746f5f617070726f766564222c2272657175657374223a313031322c22736571223a3130317d', 'request.auto_approved', 1012, NULL),
	(102, '\x9ef91d5f2ebfa6251c30066783d25c6af0e21bcaea9ed846812680b2e3ad9ec8', '\xe566623d89d1109f23a1bd2aac38cebff8846b5b95a9ca3ece8e7517c56598f4', '\x7b226163746f72223a227772697474656e2d6f6666222c226174223a22323032362d31312d33305431303a31313a31392e3932373332312b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e627265616b5f676c6173735f696e766f6b6564222c2272657175657374223a313031322c22736571223a3130327d', 'request.break_glass_invoked', 1012, NULL),
	(103, '\xe566623d89d1109f23a1bd2aac38cebff8846b5b95a9ca3ece8e7517c56598f4', '\x6cf2e7d81f5ac1f798f89dd2b00483eb155e74d1dd726b31353f0e60674649bb', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31392e3932393934332b30303a3030222c2264617461223a7b7d2c226772616e74223a313030362c226b696e64223a226772616e742e63726561746564222c2272657175657374223a313031322c22736571223a3130337d', 'grant.created', 1012, 1006),
	(131, '\xe66acb6b66f0681f3ddd9fc95435dfa722f2e237117afa69bd15fca22a54a5ac', '\x326af6d110e316cd8c8c69e65d43c967eaee478fe0d56bbee4a753fa89f3f80c', '\x7b226163746f72223a22657874656e646564222c226174223a22323032362d31312d33305431303a31313a32302e3136353135392b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313031332c22736571223a3133317d', 'request.submitted', 1013, NULL),
	(81, '\xfa8e2f7e369669d25a3d1fce2df7dfe2b34c83d7dc9f6f4c15842e8f14e206e7', '\x5ba5b162913c72ed13a23f9c56847b2c689cdd984b35fe1b013a6050ad7c48b2', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a31392e3639393635312b30303a3030222c2264617461223a7b7d2c226772616e74223a313030352c226b696e64223a226772616e742e657874656e645f73746172746564222c2272657175657374223a313031312c22736571223a38317d', 'grant.extend_started', 1011, 1005),
	(82, '\x5ba5b162913c72ed13a23f9c56847b2c689cdd984b35fe1b013a6050ad7c48b2', '\xffe61622c76982c7cebd0ed9538b1e9637812a74cf4dd188c631d236c05d9db8', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a31392e3731313734302b30303a3030222c2264617461223a7b7d2c226772616e74223a313030352c226b696e64223a226772616e742e657874656e645f6661696c6564222c2272657175657374223a313031312c22736571223a38327d', 'grant.extend_failed', 1011, 1005),
	(83, '\xffe61622c76982c7cebd0ed9538b1e9637812a74cf4dd188c631d236c05d9db8', '\xbdb565268f5bc9d8fc5cf8f9414b9746d1eb602ea308ce017dd0a469248971de', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a31392e3731343536382b30303a3030222c2264617461223a7b7d2c226772616e74223a313030352c226b696e64223a226772616e742e657874656e646564222c2272657175657374223a313031312c22736571223a38337d', 'grant.extended', 1011, 1005),
	(84, '\xbdb565268f5bc9d8fc5cf8f9414b9746d1eb602ea308ce017dd0a469248971de', '\x45028eb74c53317786e98e4110598372535d897a64f4906eca9be0235b1c3e50', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a31392e3731383432342b30303a3030222c2264617461223a7b7d2c226772616e74223a313030352c226b696e64223a226772616e742e6e6f745f657874656e646564222c2272657175657374223a313031312c22736571223a38347d', 'grant.not_extended', 1011, 1005),
	(85, '\x45028eb74c53317786e98e4110598372535d897a64f4906eca9be0235b1c3e50', '\x85493b308ab164a222cb2d35b001e6a64f2837cd8a21aa49ad2fb77fb4b2f284', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a31392e3731393932302b30303a3030222c2264617461223a7b7d2c226772616e74223a313030352c226b696e64223a226772616e742e61646f70746564222c2272657175657374223a313031312c22736571223a38357d', 'grant.adopted', 1011, 1005),
	(86, '\x85493b308ab164a222cb2d35b001e6a64f2837cd8a21aa49ad2fb77fb4b2f284', '\xfedf3bd39616b696f1fbf2929f07e129f7fadc18b6d35d151e0e93cd2f3421cf', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31392e3735343335382b30303a3030222c2264617461223a7b7d2c226772616e74223a313030352c226b696e64223a226772616e742e6162616e646f6e6564222c2272657175657374223a313031312c22736571223a38367d', 'grant.abandoned', 1011, 1005),
	(87, '\xfedf3bd39616b696f1fbf2929f07e129f7fadc18b6d35d151e0e93cd2f3421cf', '\x4906c4391d3602b473d02f2e169462a783632f99c01480b3175748c326e99724', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31392e3735373738372b30303a3030222c2264617461223a7b7d2c226772616e74223a313030352c226b696e64223a226772616e742e65787069726564222c2272657175657374223a313031312c22736571223a38377d', 'grant.expired', 1011, 1005),
	(88, '\x4906c4391d3602b473d02f2e169462a783632f99c01480b3175748c326e99724', '\x460fcf5e0525c183f5ba924d5f1456aade10fae20f4b6484f9e7d916923aeca1', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31392e3736313832322b30303a3030222c2264617461223a7b7d2c226772616e74223a313030352c226b696e64223a226772616e742e73757272656e6465726564222c2272657175657374223a313031312c22736571223a38387d', 'grant.surrendered', 1011, 1005),
	(89, '\x460fcf5e0525c183f5ba924d5f1456aade10fae20f4b6484f9e7d916923aeca1', '\xe9d8dbe8f47f4bcc6a1ec869117758d11b43c376d1341ef6f6f03ef9b6b6d04c', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31392e3736373435312b30303a3030222c2264617461223a7b7d2c226772616e74223a313030352c226b696e64223a226772616e742e7265766f6b6564222c2272657175657374223a313031312c22736571223a38397d', 'grant.revoked', 1011, 1005),
	(90, '\xe9d8dbe8f47f4bcc6a1ec869117758d11b43c376d1341ef6f6f03ef9b6b6d04c', '\xaed7e4cc1c9b5ab8d13cd54f1dc6bcd5977c44377501af76ba2e1eb10e9dd95b', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31392e3737323233312b30303a3030222c2264617461223a7b7d2c226772616e74223a313030352c226b696e64223a226772616e742e696e76616c696461746564222c2272657175657374223a313031312c22736571223a39307d', 'grant.invalidated', 1011, 1005),
	(91, '\xaed7e4cc1c9b5ab8d13cd54f1dc6bcd5977c44377501af76ba2e1eb10e9dd95b', '\x844f1b9e00894d3dc3457068c6e32fc9b9516ba2f088075b0a061323c710932a', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31392e3737343333382b30303a3030222c2264617461223a7b7d2c226772616e74223a313030352c226b696e64223a226772616e742e6c6f636b65645f646f776e222c2272657175657374223a313031312c22736571223a39317d', 'grant.locked_down', 1011, 1005),
	(92, '\x844f1b9e00894d3dc3457068c6e32fc9b9516ba2f088075b0a061323c710932a', '\xf0eab0caebafae5914c22422065afb682b6ea03dc604d523b0aeecf1bf87059a', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31392e3737353831342b30303a3030222c2264617461223a7b7d2c226772616e74223a313030352c226b696e64223a226772616e742e7265766f6b655f73746172746564222c2272657175657374223a313031312c22736571223a39327d', 'grant.revoke_started', 1011, 1005);
INSERT INTO public.ledger VALUES
	(93, '\xf0eab0caebafae5914c22422065afb682b6ea03dc604d523b0aeecf1bf87059a', '\xcf29dceb7a6a8d09da9496aea259fc5202549cfb5d3916d1d39bd4b976b7c29a', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31392e3737393130392b30303a3030222c2264617461223a7b7d2c226772616e74223a313030352c226b696e64223a226772616e742e7265766f6b655f6661696c6564222c2272657175657374223a313031312c22736571223a39337d', 'grant.revoke_failed', 1011, 1005),
	(94, '\xcf29dceb7a6a8d09da9496aea259fc5202549cfb5d3916d1d39bd4b976b7c29a', '\x21e8df386e6aa46ac17d8171ad8b8b43efe8098cf5d00047fd6bce1c396a35f8', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31392e3738323432322b30303a3030222c2264617461223a7b7d2c226772616e74223a313030352c226b696e64223a226772616e742e77726974655f6f66665f70726f706f736564222c2272657175657374223a313031312c22736571223a39347d', 'grant.write_off_proposed', 1011, 1005),
	(95, '\x21e8df386e6aa46ac17d8171ad8b8b43efe8098cf5d00047fd6bce1c396a35f8', '\xc14094d04837c1293c1835ad62663be543493a447a425ac1660529293066165c', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31392e3738333330342b30303a3030222c2264617461223a7b7d2c226772616e74223a313030352c226b696e64223a226772616e742e61646f70746564222c2272657175657374223a313031312c22736571223a39357d', 'grant.adopted', 1011, 1005),
	(96, '\xc14094d04837c1293c1835ad62663be543493a447a425ac1660529293066165c', '\xe06d3cce3e821a9aeada2b29973c58688f8de2a9dca3c4e0539e119bde3711ba', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a31392e3832353837352b30303a3030222c2264617461223a7b7d2c226772616e74223a313030352c226b696e64223a226772616e742e656e646564222c2272657175657374223a313031312c22736571223a39367d', 'grant.ended', 1011, 1005),
	(104, '\x6cf2e7d81f5ac1f798f89dd2b00483eb155e74d1dd726b31353f0e60674649bb', '\x569d6563545b839603b779ad2bf30161b85b09d2ff3764f148248875e16b9708', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a31392e3938303231372b30303a3030222c2264617461223a7b7d2c226772616e74223a313030362c226b696e64223a226772616e742e616374697661746564222c2272657175657374223a313031322c22736571223a3130347d', 'grant.activated', 1012, 1006),
	(105, '\x569d6563545b839603b779ad2bf30161b85b09d2ff3764f148248875e16b9708', '\x74ff12353e8ec5f000fa35032efd2b7a1cef0ed0c9e9442f554e9d1148123568', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a31392e3938313435372b30303a3030222c2264617461223a7b7d2c226772616e74223a313030362c226b696e64223a226772616e742e657874656e645f73746172746564222c2272657175657374223a313031322c22736571223a3130357d', 'grant.extend_started', 1012, 1006),
	(106, '\x74ff12353e8ec5f000fa35032efd2b7a1cef0ed0c9e9442f554e9d1148123568', '\xbd6bdfe5f47745ed44bfe5ad2294d5ab39a4f1b62e49f353be5d150cddee5010', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a31392e3938333531302b30303a3030222c2264617461223a7b7d2c226772616e74223a313030362c226b696e64223a226772616e742e657874656e645f6661696c6564222c2272657175657374223a313031322c22736571223a3130367d', 'grant.extend_failed', 1012, 1006),
	(107, '\xbd6bdfe5f47745ed44bfe5ad2294d5ab39a4f1b62e49f353be5d150cddee5010', '\x637a0d3e1ec96172fe52b9456fe0587b595a191c0dc05bf58de715cdd8712e88', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a31392e3938373936302b30303a3030222c2264617461223a7b7d2c226772616e74223a313030362c226b696e64223a226772616e742e657874656e646564222c2272657175657374223a313031322c22736571223a3130377d', 'grant.extended', 1012, 1006),
	(108, '\x637a0d3e1ec96172fe52b9456fe0587b595a191c0dc05bf58de715cdd8712e88', '\xaed1a940215c1d2b48b5bec7c37145e214a621cb4ea90bed797492b11889adf6', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a31392e3938393037332b30303a3030222c2264617461223a7b7d2c226772616e74223a313030362c226b696e64223a226772616e742e6e6f745f657874656e646564222c2272657175657374223a313031322c22736571223a3130387d', 'grant.not_extended', 1012, 1006),
	(109, '\xaed1a940215c1d2b48b5bec7c37145e214a621cb4ea90bed797492b11889adf6', '\x07ad7b3b14abe8db0e5ec7289c84684250d3af84f5265f6e58cbc9ebfe3bbe44', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a31392e3938393539322b30303a3030222c2264617461223a7b7d2c226772616e74223a313030362c226b696e64223a226772616e742e61646f70746564222c2272657175657374223a313031322c22736571223a3130397d', 'grant.adopted', 1012, 1006),
	(110, '\x07ad7b3b14abe8db0e5ec7289c84684250d3af84f5265f6e58cbc9ebfe3bbe44', '\xc9a050a411a5eebe5afadb04287ac46647d2bbbfc9206a1ab6f90726fa2cb5e0', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32302e3031393834362b30303a3030222c2264617461223a7b7d2c226772616e74223a313030362c226b696e64223a226772616e742e6162616e646f6e6564222c2272657175657374223a313031322c22736571223a3131307d', 'grant.abandoned', 1012, 1006),
	(111, '\xc9a050a411a5eebe5afadb04287ac46647d2bbbfc9206a1ab6f90726fa2cb5e0', '\xb70014525e235f551a8c06fa1a31d57849edcb95e93125a91661aea06bc5ec01', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32302e3032303539392b30303a3030222c2264617461223a7b7d2c226772616e74223a313030362c226b696e64223a226772616e742e65787069726564222c2272657175657374223a313031322c22736571223a3131317d', 'grant.expired', 1012, 1006),
	(112, '\xb70014525e235f551a8c06fa1a31d57849edcb95e93125a91661aea06bc5ec01', '\x4a8efd38f6460c2d11d0057621e9cc22bc637a28d3c059c1108b5e7638887be6', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32302e3032313035362b30303a3030222c2264617461223a7b7d2c226772616e74223a313030362c226b696e64223a226772616e742e73757272656e6465726564222c2272657175657374223a313031322c22736571223a3131327d', 'grant.surrendered', 1012, 1006),
	(113, '\x4a8efd38f6460c2d11d0057621e9cc22bc637a28d3c059c1108b5e7638887be6', '\x8327f77dafd6768d274041d827881b3783d7608297487fc887740925c809f526', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32302e3032353839352b30303a3030222c2264617461223a7b7d2c226772616e74223a313030362c226b696e64223a226772616e742e7265766f6b6564222c2272657175657374223a313031322c22736571223a3131337d', 'grant.revoked', 1012, 1006),
	(114, '\x8327f77dafd6768d274041d827881b3783d7608297487fc887740925c809f526', '\x4be8040fbbe2f2b0441c5ce054260038e79380085aaf7664b81c29ccfcafb5c4', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32302e3032373238392b30303a3030222c2264617461223a7b7d2c226772616e74223a313030362c226b696e64223a226772616e742e696e76616c696461746564222c2272657175657374223a313031322c22736571223a3131347d', 'grant.invalidated', 1012, 1006),
	(115, '\x4be8040fbbe2f2b0441c5ce054260038e79380085aaf7664b81c29ccfcafb5c4', '\xb039578cf0f544bfc6eeee590c0f2b673e813d733ab05ddf3985369a32657ee2', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32302e3032393438342b30303a3030222c2264617461223a7b7d2c226772616e74223a313030362c226b696e64223a226772616e742e6c6f636b65645f646f776e222c2272657175657374223a313031322c22736571223a3131357d', 'grant.locked_down', 1012, 1006),
	(116, '\xb039578cf0f544bfc6eeee590c0f2b673e813d733ab05ddf3985369a32657ee2', '\xcfb4a6d835c7116cd0b6e06b01a89216f8e7e6441c8797b3593f9bd825720e67', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32302e3033303833372b30303a3030222c2264617461223a7b7d2c226772616e74223a313030362c226b696e64223a226772616e742e7265766f6b655f73746172746564222c2272657175657374223a313031322c22736571223a3131367d', 'grant.revoke_started', 1012, 1006),
	(117, '\xcfb4a6d835c7116cd0b6e06b01a89216f8e7e6441c8797b3593f9bd825720e67', '\x823f2deb01346cbfad33991b6572f96b43ca2bc620bf756bca2e000c965f82e9', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32302e3033323632312b30303a3030222c2264617461223a7b7d2c226772616e74223a313030362c226b696e64223a226772616e742e7265766f6b655f6661696c6564222c2272657175657374223a313031322c22736571223a3131377d', 'grant.revoke_failed', 1012, 1006),
	(118, '\x823f2deb01346cbfad33991b6572f96b43ca2bc620bf756bca2e000c965f82e9', '\x1bce17ca0a828724c4ed9dfb99830db5d5ff8cbd923cbbca61ba37f671eef8aa', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32302e3033363736382b30303a3030222c2264617461223a7b7d2c226772616e74223a313030362c226b696e64223a226772616e742e77726974655f6f66665f70726f706f736564222c2272657175657374223a313031322c22736571223a3131387d', 'grant.write_off_proposed', 1012, 1006),
	(119, '\x1bce17ca0a828724c4ed9dfb99830db5d5ff8cbd923cbbca61ba37f671eef8aa', '\x488cc8afd427cde8530a92dad8257b8a53923353f2c43197b839fd757391c083', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32302e3033383330332b30303a3030222c2264617461223a7b7d2c226772616e74223a313030362c226b696e64223a226772616e742e61646f70746564222c2272657175657374223a313031322c22736571223a3131397d', 'grant.adopted', 1012, 1006),
	(120, '\x488cc8afd427cde8530a92dad8257b8a53923353f2c43197b839fd757391c083', '\x2f43dd9b5640c2953757a109a9c7bc220373bd77771dd2679d857c18257819e0', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32302e3036373032302b30303a3030222c2264617461223a7b7d2c226772616e74223a313030362c226b696e64223a226772616e742e6162616e646f6e6564222c2272657175657374223a313031322c22736571223a3132307d', 'grant.abandoned', 1012, 1006),
	(121, '\x2f43dd9b5640c2953757a109a9c7bc220373bd77771dd2679d857c18257819e0', '\xe6ea9b5fd1f92b583746f0318c83c1d814a7cde6c2a775e69a49eeab772443e0', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32302e3036383334302b30303a3030222c2264617461223a7b7d2c226772616e74223a313030362c226b696e64223a226772616e742e65787069726564222c2272657175657374223a313031322c22736571223a3132317d', 'grant.expired', 1012, 1006),
	(122, '\xe6ea9b5fd1f92b583746f0318c83c1d814a7cde6c2a775e69a49eeab772443e0', '\x733410ecf7b6cebb3862a57f845f9dd0b55289a90d3924656b5fa0c0eeb3532e', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32302e3036393934352b30303a3030222c2264617461223a7b7d2c226772616e74223a313030362c226b696e64223a226772616e742e73757272656e6465726564222c2272657175657374223a313031322c22736571223a3132327d', 'grant.surrendered', 1012, 1006),
	(123, '\x733410ecf7b6cebb3862a57f845f9dd0b55289a90d3924656b5fa0c0eeb3532e', '\xc9094d5b48412bd54dec0fa5282aa2449a5e48ba5d3653049d8916291f8a77ea', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32302e3037303737302b30303a3030222c2264617461223a7b7d2c226772616e74223a313030362c226b696e64223a226772616e742e7265766f6b6564222c2272657175657374223a313031322c22736571223a3132337d', 'grant.revoked', 1012, 1006),
	(124, '\xc9094d5b48412bd54dec0fa5282aa2449a5e48ba5d3653049d8916291f8a77ea', '\xb65fb5b6cc7028d31129553e3eef2461d04574dc665a8622f4f02c0e0437df86', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32302e3037363537372b30303a3030222c2264617461223a7b7d2c226772616e74223a313030362c226b696e64223a226772616e742e696e76616c696461746564222c2272657175657374223a313031322c22736571223a3132347d', 'grant.invalidated', 1012, 1006),
	(125, '\xb65fb5b6cc7028d31129553e3eef2461d04574dc665a8622f4f02c0e0437df86', '\x571bf146bb40f8495f7d15c60dcf738be296978e9c7884b7623f966c87055fcd', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32302e3038313035352b30303a3030222c2264617461223a7b7d2c226772616e74223a313030362c226b696e64223a226772616e742e6c6f636b65645f646f776e222c2272657175657374223a313031322c22736571223a3132357d', 'grant.locked_down', 1012, 1006),
	(126, '\x571bf146bb40f8495f7d15c60dcf738be296978e9c7884b7623f966c87055fcd', '\x49cc228f37d1afc49df83ad7d45d7c914c1226b3d58d21cd350b59a02e6273a7', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32302e3038323035342b30303a3030222c2264617461223a7b7d2c226772616e74223a313030362c226b696e64223a226772616e742e7265766f6b655f73746172746564222c2272657175657374223a313031322c22736571223a3132367d', 'grant.revoke_started', 1012, 1006),
	(127, '\x49cc228f37d1afc49df83ad7d45d7c914c1226b3d58d21cd350b59a02e6273a7', '\x21611d33cc3e3abc467267318323189fbe4265cdf733a562c51153718d399638', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32302e3038323631312b30303a3030222c2264617461223a7b7d2c226772616e74223a313030362c226b696e64223a226772616e742e7265766f6b655f6661696c6564222c2272657175657374223a313031322c22736571223a3132377d', 'grant.revoke_failed', 1012, 1006),
	(128, '\x21611d33cc3e3abc467267318323189fbe4265cdf733a562c51153718d399638', '\xb1e5da626449feddbc8a1494e249683f2b234caecb46ae237f5b4f2166c1c8f1', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32302e3038353139342b30303a3030222c2264617461223a7b7d2c226772616e74223a313030362c226b696e64223a226772616e742e77726974655f6f66665f70726f706f736564222c2272657175657374223a313031322c22736571223a3132387d', 'grant.write_off_proposed', 1012, 1006),
	(129, '\xb1e5da626449feddbc8a1494e249683f2b234caecb46ae237f5b4f2166c1c8f1', '\x17eefa8bf4c31b799ffcc1fd050fecf2fbae971a7ef3ff1203f412642f3479b4', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32302e3038393835352b30303a3030222c2264617461223a7b7d2c226772616e74223a313030362c226b696e64223a226772616e742e61646f70746564222c2272657175657374223a313031322c22736571223a3132397d', 'grant.adopted', 1012, 1006),
	(130, '\x17eefa8bf4c31b799ffcc1fd050fecf2fbae971a7ef3ff1203f412642f3479b4', '\xe66acb6b66f0681f3ddd9fc95435dfa722f2e237117afa69bd15fca22a54a5ac', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32302e3132343930372b30303a3030222c2264617461223a7b7d2c226772616e74223a313030362c226b696e64223a226772616e742e7772697474656e5f6f6666222c2272657175657374223a313031322c22736571223a3133307d', 'grant.written_off', 1012, 1006),
	(138, '\xac667e077b0648c3aa2aa8f5176f1cacf3bb22bf0b4d544a99824281b7d5719b', '\x9cbf3a3555e370efd80c0a0b9fb20a1683801bf0088923ca87e4b766a968fb8e', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32302e3331303839362b30303a3030222c2264617461223a7b7d2c226772616e74223a313030372c226b696e64223a226772616e742e616374697661746564222c2272657175657374223a313031332c22736571223a3133387d', 'grant.activated', 1013, 1007),
	(139, '\x9cbf3a3555e370efd80c0a0b9fb20a1683801bf0088923ca87e4b766a968fb8e', '\x350213fabaab3d4cce0d9fe491e107d41a40aac7fcc1dea5e2aa2d60b64afad7', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32302e3331313730342b30303a3030222c2264617461223a7b7d2c226772616e74223a313030372c226b696e64223a226772616e742e657874656e645f73746172746564222c2272657175657374223a313031332c22736571223a3133397d', 'grant.extend_started', 1013, 1007),
	(140, '\x350213fabaab3d4cce0d9fe491e107d41a40aac7fcc1dea5e2aa2d60b64afad7', '\x02a55df4b39bb96aee9cf44ba4121cf5ab3599e00b36038e82bace334cf92614', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32302e3331323737312b30303a3030222c2264617461223a7b7d2c226772616e74223a313030372c226b696e64223a226772616e742e657874656e645f6661696c6564222c2272657175657374223a313031332c22736571223a3134307d', 'grant.extend_failed', 1013, 1007),
	(141, '\x02a55df4b39bb96aee9cf44ba4121cf5ab3599e00b36038e82bace334cf92614', '\xb86a3d002c8f9121257fa915b95e2a73c5ca132e17ef8158da2e507e0d391e6c', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32302e3331343336312b30303a3030222c2264617461223a7b7d2c226772616e74223a313030372c226b696e64223a226772616e742e657874656e646564222c2272657175657374223a313031332c22736571223a3134317d', 'grant.extended', 1013, 1007),
	(142, '\xb86a3d002c8f9121257fa915b95e2a73c5ca132e17ef8158da2e507e0d391e6c', '\x3f2e88bffda6201d2c3bfc94e30eb7545bd10b16a24b3613a1ef54e7c85956cc', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32302e3331383635332b30303a3030222c2264617461223a7b7d2c226772616e74223a313030372c226b696e64223a226772616e742e6e6f745f657874656e646564222c2272657175657374223a313031332c22736571223a3134327d', 'grant.not_extended', 1013, 1007),
	(143, '\x3f2e88bffda6201d2c3bfc94e30eb7545bd10b16a24b3613a1ef54e7c85956cc', '\x054f0553aac8b7024d49da179a377bd50c9bc3e9210ce854dae2cec96a50f2e4', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32302e3332303332342b30303a3030222c2264617461223a7b7d2c226772616e74223a313030372c226b696e64223a226772616e742e61646f70746564222c2272657175657374223a313031332c22736571223a3134337d', 'grant.adopted', 1013, 1007),
	(164, '\x8f11beae50bb184ecb228bb13cd984e041d22f58bac72b907ab17a1590b02bd1', '\xc112cc76de86a03b9f32fd2abdbeb8839865f3297dd258400a7e89294af6ffd4', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32302e3831323339302b30303a3030222c2264617461223a7b7d2c226772616e74223a313030382c226b696e64223a226772616e742e616374697661746564222c2272657175657374223a313031352c22736571223a3136347d', 'grant.activated', 1015, 1008),
	(165, '\xc112cc76de86a03b9f32fd2abdbeb8839865f3297dd258400a7e89294af6ffd4', '\x0492a1d7e6e6715d5338d20e40283a563bbffeb8c5526f9f059f9c124a604527', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32302e3831343832372b30303a3030222c2264617461223a7b7d2c226772616e74223a313030382c226b696e64223a226772616e742e657874656e645f73746172746564222c2272657175657374223a313031352c22736571223a3136357d', 'grant.extend_started', 1015, 1008),
	(166, '\x0492a1d7e6e6715d5338d20e40283a563bbffeb8c5526f9f059f9c124a604527', '\x94a189dfa49e1245c50edbd7a40812f4196753dcb4d77a2b9117669853d55b51', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32302e3831393334362b30303a3030222c2264617461223a7b7d2c226772616e74223a313030382c226b696e64223a226772616e742e657874656e645f6661696c6564222c2272657175657374223a313031352c22736571223a3136367d', 'grant.extend_failed', 1015, 1008),
	(167, '\x94a189dfa49e1245c50edbd7a40812f4196753dcb4d77a2b9117669853d55b51', '\xedac2eb6cb6f7c4eedc7dd0d232ffd740b30698a3d5d4dd89a2635be6e9c0072', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32302e3832363937372b30303a3030222c2264617461223a7b7d2c226772616e74223a313030382c226b696e64223a226772616e742e657874656e646564222c2272657175657374223a313031352c22736571223a3136377d', 'grant.extended', 1015, 1008),
	(168, '\xedac2eb6cb6f7c4eedc7dd0d232ffd740b30698a3d5d4dd89a2635be6e9c0072', '\xf746211dc7f2c1c6b9915bf482b8f3554ac3aff76a15808ffc634321191c7e83', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32302e3832373634362b30303a3030222c2264617461223a7b7d2c226772616e74223a313030382c226b696e64223a226772616e742e6e6f745f657874656e646564222c2272657175657374223a313031352c22736571223a3136387d', 'grant.not_extended', 1015, 1008),
	(169, '\xf746211dc7f2c1c6b9915bf482b8f3554ac3aff76a15808ffc634321191c7e83', '\x87d2bad22433d5e05a7b089fe7a513b279cdd1f0822acbeb1e0d70ff4ac7bf43', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32302e3833303132392b30303a3030222c2264617461223a7b7d2c226772616e74223a313030382c226b696e64223a226772616e742e61646f70746564222c2272657175657374223a313031352c22736571223a3136397d', 'grant.adopted', 1015, 1008),
	(184, '\x60f043b52003e70187a1e4c37423bc507d7636a727d8793fe9ba5a54dbdbead9', '\xb90b162430b7370cc861841ee17de1b4f88e9ef16af8e354cbe1bd093b0fb93a', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32312e3139383137342b30303a3030222c2264617461223a7b7d2c226772616e74223a313030392c226b696e64223a226772616e742e616374697661746564222c2272657175657374223a313031372c22736571223a3138347d', 'grant.activated', 1017, 1009),
	(185, '\xb90b162430b7370cc861841ee17de1b4f88e9ef16af8e354cbe1bd093b0fb93a', '\xb5bf74e38d8756a0ab34bc23040216578a34c86da176a0d4f8dba5e519d161b6', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32312e3139393137352b30303a3030222c2264617461223a7b7d2c226772616e74223a313030392c226b696e64223a226772616e742e657874656e645f73746172746564222c2272657175657374223a313031372c22736571223a3138357d', 'grant.extend_started', 1017, 1009),
	(186, '\xb5bf74e38d8756a0ab34bc23040216578a34c86da176a0d4f8dba5e519d161b6', '\x4c8b4603496a747239fd3eeb4acd09c5065a536ce797137b83343b424673240a', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32312e3139393637392b30303a3030222c2264617461223a7b7d2c226772616e74223a313030392c226b696e64223a226772616e742e657874656e645f6661696c6564222c2272657175657374223a313031372c22736571223a3138367d', 'grant.extend_failed', 1017, 1009),
	(132, '\x326af6d110e316cd8c8c69e65d43c967eaee478fe0d56bbee4a753fa89f3f80c', '\xa8376c2e098a3785ae5e05f9e96cf9ebcf8916308a23fc426e955c93e625244c', '\x7b226163746f72223a22657874656e646564222c226174223a22323032362d31312d33305431303a31313a32302e3232303732312b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313031332c22736571223a3133327d', 'request.submitted', 1013, NULL),
	(133, '\xa8376c2e098a3785ae5e05f9e96cf9ebcf8916308a23fc426e955c93e625244c', '\xe2dd986b10b95c5a353c0eaf7918c8e10e7deff7795beeac06540e01eaeb6224', '\x7b226163746f72223a227072697961222c226174223a22323032362d31312d33305431303a31313a32302e3232333136352b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a227265766965772e617070726f766564222c2272657175657374223a313031332c22736571223a3133337d', 'review.approved', 1013, NULL),
	(134, '\xe2dd986b10b95c5a353c0eaf7918c8e10e7deff7795beeac06540e01eaeb6224', '\xe69b65056a2d7d40965f9e29b88ebf557b1121d0077bacee9c0b6a792e430005', '\x7b226163746f72223a22657874656e646564222c226174223a22323032362d31312d33305431303a31313a32302e3232343633312b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e617070726f766564222c2272657175657374223a313031332c22736571223a3133347d', 'request.approved', 1013, NULL),
	(135, '\xe69b65056a2d7d40965f9e29b88ebf557b1121d0077bacee9c0b6a792e430005', '\x50d0949aa5cd59dfb6316b3df7226a4c88e062e5f0c71d25fd3dacfbf9a29130', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32302e3232363731372b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e6175746f5f617070726f766564222c2272657175657374223a313031332c22736571223a3133357d', 'request.auto_approved', 1013, NULL),
	(136, '\x50d0949aa5cd59dfb6316b3df7226a4c88e062e5f0c71d25fd3dacfbf9a29130', '\xf608c8ecadd4828adad08590213c37ec6cebaa227728a0d27ee07515b25e007f', '\x7b226163746f72223a22657874656e646564222c226174223a22323032362d31312d33305431303a31313a32302e3233343132332b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e627265616b5f676c6173735f696e766f6b6564222c2272657175657374223a313031332c22736571223a3133367d', 'request.break_glass_invoked', 1013, NULL),
	(137, '\xf608c8ecadd4828adad08590213c37ec6cebaa227728a0d27ee07515b25e007f', '\xac667e077b0648c3aa2aa8f5176f1cacf3bb22bf0b4d544a99824281b7d5719b', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32302e3233343936312b30303a3030222c2264617461223a7b7d2c226772616e74223a313030372c226b696e64223a226772616e742e63726561746564222c2272657175657374223a313031332c22736571223a3133377d', 'grant.created', 1013, 1007),
	(144, '\x054f0553aac8b7024d49da179a377bd50c9bc3e9210ce854dae2cec96a50f2e4', '\x97530c71ce202683cd495393a1799d82bce53486d9635ab457fe903c5ad947cd', '\x7b226163746f72223a22657874656e646564222c226174223a22323032362d31312d33305431303a31313a32302e3334353338342b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313031342c22736571223a3134347d', 'request.submitted', 1014, NULL),
	(145, '\x97530c71ce202683cd495393a1799d82bce53486d9635ab457fe903c5ad947cd', '\xc4b1463349d34de9061e5d6ef99b04b92d4a02b5e5e13e22fa9d30f6826b6326', '\x7b226163746f72223a227072697961222c226174223a22323032362d31312d33305431303a31313a32302e3337383239392b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a227265766965772e617070726f766564222c2272657175657374223a313031342c22736571223a3134357d', 'review.approved', 1014, NULL),
	(146, '\xc4b1463349d34de9061e5d6ef99b04b92d4a02b5e5e13e22fa9d30f6826b6326', '\xc8af90c49791776555367988277295a58c818fbc9f9f75e10bd9f9775a1bb796', '\x7b226163746f72223a22657874656e646564222c226174223a22323032362d31312d33305431303a31313a32302e3430323330342b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313031342c22736571223a3134367d', 'request.submitted', 1014, NULL),
	(147, '\xc8af90c49791776555367988277295a58c818fbc9f9f75e10bd9f9775a1bb796', '\xfea0fd755650c7af7ea5fb3709b318fe51ad217407c4a5805dd16bf627ab2cf1', '\x7b226163746f72223a22657874656e646564222c226174223a22323032362d31312d33305431303a31313a32302e3430343832362b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e617070726f766564222c2272657175657374223a313031342c22736571223a3134377d', 'request.approved', 1014, NULL),
	(148, '\xfea0fd755650c7af7ea5fb3709b318fe51ad217407c4a5805dd16bf627ab2cf1', '\xa09083e397efbb2d07587ee923fd8996bbeec41c7cd4709590e7c49e2622f183', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32302e3430373939322b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e6175746f5f617070726f766564222c2272657175657374223a313031342c22736571223a3134387d', 'request.auto_approved', 1014, NULL),
	(149, '\xa09083e397efbb2d07587ee923fd8996bbeec41c7cd4709590e7c49e2622f183', '\xc340b3d80d588c223f1ef13253fa4254042ffb2556348765ac5361f7e6ba70f3', '\x7b226163746f72223a22657874656e646564222c226174223a22323032362d31312d33305431303a31313a32302e3431333835322b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e627265616b5f676c6173735f696e766f6b6564222c2272657175657374223a313031342c22736571223a3134397d', 'request.break_glass_invoked', 1014, NULL),
	(150, '\xc340b3d80d588c223f1ef13253fa4254042ffb2556348765ac5361f7e6ba70f3', '\xd80c5da16f82d3aee4d9dc93bf196362bd512f9ddf18a76607cbfe20eb995dce', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32302e3531343032352b30303a3030222c2264617461223a7b7d2c226772616e74223a313030372c226b696e64223a226772616e742e657874656e646564222c2272657175657374223a313031342c22736571223a3135307d', 'grant.extended', 1014, 1007),
	(151, '\xd80c5da16f82d3aee4d9dc93bf196362bd512f9ddf18a76607cbfe20eb995dce', '\x9c1bc2c67fef5d7eb7b21287e361344d6ff042b1214c152ddf0c80a85d36ff8d', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32302e3539313334302b30303a3030222c2264617461223a7b7d2c226772616e74223a313030372c226b696e64223a226772616e742e616374697661746564222c2272657175657374223a313031332c22736571223a3135317d', 'grant.activated', 1013, 1007),
	(152, '\x9c1bc2c67fef5d7eb7b21287e361344d6ff042b1214c152ddf0c80a85d36ff8d', '\x088e7f3ddabf2dfa8129f51721cabbb7cf7db96fe9cfcabecdded43ecf32745f', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32302e3539383032392b30303a3030222c2264617461223a7b7d2c226772616e74223a313030372c226b696e64223a226772616e742e657874656e645f73746172746564222c2272657175657374223a313031332c22736571223a3135327d', 'grant.extend_started', 1013, 1007),
	(153, '\x088e7f3ddabf2dfa8129f51721cabbb7cf7db96fe9cfcabecdded43ecf32745f', '\x3fa4967829e2866ef12a2624e59b508868cfe14c5b6d500421d1a10c6e36997a', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32302e3630323437302b30303a3030222c2264617461223a7b7d2c226772616e74223a313030372c226b696e64223a226772616e742e657874656e645f6661696c6564222c2272657175657374223a313031332c22736571223a3135337d', 'grant.extend_failed', 1013, 1007),
	(154, '\x3fa4967829e2866ef12a2624e59b508868cfe14c5b6d500421d1a10c6e36997a', '\xfc04f11106289270f98855b17eccd246597f218c17888127a15b8d0fe6856ffa', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32302e3630393037332b30303a3030222c2264617461223a7b7d2c226772616e74223a313030372c226b696e64223a226772616e742e657874656e646564222c2272657175657374223a313031332c22736571223a3135347d', 'grant.extended', 1013, 1007),
	(155, '\xfc04f11106289270f98855b17eccd246597f218c17888127a15b8d0fe6856ffa', '\xb8dd4295077c688b732b089bf17b8740d1e1c3d0908c2c5eeb84a8c522949bcc', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32302e3631313730392b30303a3030222c2264617461223a7b7d2c226772616e74223a313030372c226b696e64223a226772616e742e6e6f745f657874656e646564222c2272657175657374223a313031332c22736571223a3135357d', 'grant.not_extended', 1013, 1007),
	(156, '\xb8dd4295077c688b732b089bf17b8740d1e1c3d0908c2c5eeb84a8c522949bcc', '\xa2c6f761d4ffc7c33c43b8d7e8cffee3a6fcbabaeb6d1023dcee97d8a5e67e78', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32302e3631343338342b30303a3030222c2264617461223a7b7d2c226772616e74223a313030372c226b696e64223a226772616e742e61646f70746564222c2272657175657374223a313031332c22736571223a3135367d', 'grant.adopted', 1013, 1007),
	(157, '\xa2c6f761d4ffc7c33c43b8d7e8cffee3a6fcbabaeb6d1023dcee97d8a5e67e78', '\x95a7a98bc59d93066b9eacbc3275054f4e5255d0e86e2394ad3625949ef0c585', '\x7b226163746f72223a226e6f742d657874656e646564222c226174223a22323032362d31312d33305431303a31313a32302e3635353635342b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313031352c22736571223a3135377d', 'request.submitted', 1015, NULL),
	(158, '\x95a7a98bc59d93066b9eacbc3275054f4e5255d0e86e2394ad3625949ef0c585', '\x3879aa27604cf26e7c504c5e1442f26db4a72e9b66cf535b36adad12bac0c75f', '\x7b226163746f72223a226e6f742d657874656e646564222c226174223a22323032362d31312d33305431303a31313a32302e3731343833332b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313031352c22736571223a3135387d', 'request.submitted', 1015, NULL),
	(159, '\x3879aa27604cf26e7c504c5e1442f26db4a72e9b66cf535b36adad12bac0c75f', '\x4747156733a8660a2aa945450675fa5d3112e1158ba0114916536020352cac16', '\x7b226163746f72223a227072697961222c226174223a22323032362d31312d33305431303a31313a32302e3731383330372b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a227265766965772e617070726f766564222c2272657175657374223a313031352c22736571223a3135397d', 'review.approved', 1015, NULL),
	(160, '\x4747156733a8660a2aa945450675fa5d3112e1158ba0114916536020352cac16', '\x5ecd5cefcab6546921006ba6266216975d12470d30022febd4de047723a6f34c', '\x7b226163746f72223a226e6f742d657874656e646564222c226174223a22323032362d31312d33305431303a31313a32302e3732323731362b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e617070726f766564222c2272657175657374223a313031352c22736571223a3136307d', 'request.approved', 1015, NULL),
	(161, '\x5ecd5cefcab6546921006ba6266216975d12470d30022febd4de047723a6f34c', '\x3aebe4054968ec7829e7654495bcf8f753d63555e23f60967799a247f148e9be', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32302e3732333639392b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e6175746f5f617070726f766564222c2272657175657374223a313031352c22736571223a3136317d', 'request.auto_approved', 1015, NULL),
	(162, '\x3aebe4054968ec7829e7654495bcf8f753d63555e23f60967799a247f148e9be', '\x51fd655bfff571d2cbbf2613e6c96bbfdbbfd08bbadb99a57cd30d77f2579a87', '\x7b226163746f72223a226e6f742d657874656e646564222c226174223a22323032362d31312d33305431303a31313a32302e3732353631332b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e627265616b5f676c6173735f696e766f6b6564222c2272657175657374223a313031352c22736571223a3136327d', 'request.break_glass_invoked', 1015, NULL),
	(163, '\x51fd655bfff571d2cbbf2613e6c96bbfdbbfd08bbadb99a57cd30d77f2579a87', '\x8f11beae50bb184ecb228bb13cd984e041d22f58bac72b907ab17a1590b02bd1', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32302e3732373935352b30303a3030222c2264617461223a7b7d2c226772616e74223a313030382c226b696e64223a226772616e742e63726561746564222c2272657175657374223a313031352c22736571223a3136337d', 'grant.created', 1015, 1008),
	(170, '\x87d2bad22433d5e05a7b089fe7a513b279cdd1f0822acbeb1e0d70ff4ac7bf43', '\x57693e2f86becd07a8773fdb9603d4842265b71155a62ef913a955073b90f944', '\x7b226163746f72223a226e6f742d657874656e646564222c226174223a22323032362d31312d33305431303a31313a32302e3837313135302b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313031362c22736571223a3137307d', 'request.submitted', 1016, NULL),
	(171, '\x57693e2f86becd07a8773fdb9603d4842265b71155a62ef913a955073b90f944', '\x66a38f78ec08621aa9a50537561d23351fc948b3e6c590703ceb42004ddc8097', '\x7b226163746f72223a227072697961222c226174223a22323032362d31312d33305431303a31313a32302e3930393837312b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a227265766965772e617070726f766564222c2272657175657374223a313031362c22736571223a3137317d', 'review.approved', 1016, NULL),
	(172, '\x66a38f78ec08621aa9a50537561d23351fc948b3e6c590703ceb42004ddc8097', '\xf5724291ce2b543dce4cc01c5dae7bc4c41200667cb63a14c78b6c676f098efc', '\x7b226163746f72223a226e6f742d657874656e646564222c226174223a22323032362d31312d33305431303a31313a32302e3934313937322b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313031362c22736571223a3137327d', 'request.submitted', 1016, NULL),
	(173, '\xf5724291ce2b543dce4cc01c5dae7bc4c41200667cb63a14c78b6c676f098efc', '\x357fb8d6dc21cbb921f24c7ab61777c1f5dd49538c0a6d21f8cefd72813d9bbb', '\x7b226163746f72223a226e6f742d657874656e646564222c226174223a22323032362d31312d33305431303a31313a32302e3934333030312b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e617070726f766564222c2272657175657374223a313031362c22736571223a3137337d', 'request.approved', 1016, NULL),
	(174, '\x357fb8d6dc21cbb921f24c7ab61777c1f5dd49538c0a6d21f8cefd72813d9bbb', '\xd0981df14ff9928817c133e8f0134bdb1e6b516245b425aeae5cf28a701bddf0', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32302e3934333732342b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e6175746f5f617070726f766564222c2272657175657374223a313031362c22736571223a3137347d', 'request.auto_approved', 1016, NULL),
	(175, '\xd0981df14ff9928817c133e8f0134bdb1e6b516245b425aeae5cf28a701bddf0', '\x18a18dc5833e780be95384e8bba760776ff107742dd3dd110791d4771a4498a3', '\x7b226163746f72223a226e6f742d657874656e646564222c226174223a22323032362d31312d33305431303a31313a32302e3935353932312b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e627265616b5f676c6173735f696e766f6b6564222c2272657175657374223a313031362c22736571223a3137357d', 'request.break_glass_invoked', 1016, NULL),
	(177, '\x4b983d7c26ac705a98e7358e724e41cbd3762c2790f46035f89485c0de93857e', '\xb8ac6c8f03e4b8449c67796f7dec0a3099f915beb6a00cdc0b3f3cba57166d70', '\x7b226163746f72223a22746f2d657874656e64222c226174223a22323032362d31312d33305431303a31313a32312e3039303036382b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313031372c22736571223a3137377d', 'request.submitted', 1017, NULL),
	(178, '\xb8ac6c8f03e4b8449c67796f7dec0a3099f915beb6a00cdc0b3f3cba57166d70', '\xc1eba0a76ca5edb265d3fe79fb1dd54f9d562a84cc3dfc0358232242b9cb9f79', '\x7b226163746f72223a22746f2d657874656e64222c226174223a22323032362d31312d33305431303a31313a32312e3133373133372b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313031372c22736571223a3137387d', 'request.submitted', 1017, NULL),
	(179, '\xc1eba0a76ca5edb265d3fe79fb1dd54f9d562a84cc3dfc0358232242b9cb9f79', '\x475d93eb0aa23de3945a7c59824f15e64360d8d2a41092c7ad604435f6e76928', '\x7b226163746f72223a227072697961222c226174223a22323032362d31312d33305431303a31313a32312e3133383638372b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a227265766965772e617070726f766564222c2272657175657374223a313031372c22736571223a3137397d', 'review.approved', 1017, NULL),
	(180, '\x475d93eb0aa23de3945a7c59824f15e64360d8d2a41092c7ad604435f6e76928', '\x6cddc4505416f54d567840ad6a5cbf1e6465fb7b7b3ea63f6d9ad0dbf0c4ae46', '\x7b226163746f72223a22746f2d657874656e64222c226174223a22323032362d31312d33305431303a31313a32312e3134333833322b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e617070726f766564222c2272657175657374223a313031372c22736571223a3138307d', 'request.approved', 1017, NULL),
	(181, '\x6cddc4505416f54d567840ad6a5cbf1e6465fb7b7b3ea63f6d9ad0dbf0c4ae46', '\xa16aeccabbb49e40c45087c87c466ca86fbe2f6582b5b9c47d01548c8c769d66', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32312e3134363436362b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e6175746f5f617070726f766564222c2272657175657374223a313031372c22736571223a3138317d', 'request.auto_approved', 1017, NULL),
	(182, '\xa16aeccabbb49e40c45087c87c466ca86fbe2f6582b5b9c47d01548c8c769d66', '\xc8e78b90abae15050de93c6ce4e054d20b1aabfd2934e93235df36be8a35bf31', '\x7b226163746f72223a22746f2d657874656e64222c226174223a22323032362d31312d33305431303a31313a32312e3134383739382b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e627265616b5f676c6173735f696e766f6b6564222c2272657175657374223a313031372c22736571223a3138327d', 'request.break_glass_invoked', 1017, NULL),
	(183, '\xc8e78b90abae15050de93c6ce4e054d20b1aabfd2934e93235df36be8a35bf31', '\x60f043b52003e70187a1e4c37423bc507d7636a727d8793fe9ba5a54dbdbead9', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32312e3135353136352b30303a3030222c2264617461223a7b7d2c226772616e74223a313030392c226b696e64223a226772616e742e63726561746564222c2272657175657374223a313031372c22736571223a3138337d', 'grant.created', 1017, 1009),
	(190, '\xb50f54da69bd48fdd4f4ed85cef6b06ea022e1df403ad3e1d6858aae4f0647a0', '\x6f93d140a67079972f31a098de1b427d7214049392b199c552588c7988021931', '\x7b226163746f72223a22746f2d657874656e64222c226174223a22323032362d31312d33305431303a31313a32312e3233343032322b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313031382c22736571223a3139307d', 'request.submitted', 1018, NULL),
	(191, '\x6f93d140a67079972f31a098de1b427d7214049392b199c552588c7988021931', '\xaf142d23c850562c36c1593143c6c737d4a3d7c53e80e936c2637b6ff6fa3726', '\x7b226163746f72223a227072697961222c226174223a22323032362d31312d33305431303a31313a32312e3237303832382b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a227265766965772e617070726f766564222c2272657175657374223a313031382c22736571223a3139317d', 'review.approved', 1018, NULL),
	(192, '\xaf142d23c850562c36c1593143c6c737d4a3d7c53e80e936c2637b6ff6fa3726', '\xf56b77b825d4d5df0a664930421c737c0c2388e381000516677d69db5f083c82', '\x7b226163746f72223a22746f2d657874656e64222c226174223a22323032362d31312d33305431303a31313a32312e3331343530332b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313031382c22736571223a3139327d', 'request.submitted', 1018, NULL),
	(193, '\xf56b77b825d4d5df0a664930421c737c0c2388e381000516677d69db5f083c82', '\x89b50392fc780b414bfdc6f3887aa9e7512d5ad790256bac75e12abe86f3fc68', '\x7b226163746f72223a22746f2d657874656e64222c226174223a22323032362d31312d33305431303a31313a32312e3331353038362b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e617070726f766564222c2272657175657374223a313031382c22736571223a3139337d', 'request.approved', 1018, NULL),
	(194, '\x89b50392fc780b414bfdc6f3887aa9e7512d5ad790256bac75e12abe86f3fc68', '\xb15636716de85fa7e71a40fce57112954fee67c0ee13a3e6df86b70fd7565bc1', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32312e3331363638362b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e6175746f5f617070726f766564222c2272657175657374223a313031382c22736571223a3139347d', 'request.auto_approved', 1018, NULL),
	(195, '\xb15636716de85fa7e71a40fce57112954fee67c0ee13a3e6df86b70fd7565bc1', '\x0366c1363b221bec079ade3dde2fafafa591cb66132f9ded656e791d0c622f56', '\x7b226163746f72223a22746f2d657874656e64222c226174223a22323032362d31312d33305431303a31313a32312e3331383734332b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e627265616b5f676c6173735f696e766f6b6564222c2272657175657374223a313031382c22736571223a3139357d', 'request.break_glass_invoked', 1018, NULL),
	(196, '\x0366c1363b221bec079ade3dde2fafafa591cb66132f9ded656e791d0c622f56', '\x9c5b8e68a5fafb6a93eae844d89c31b7920d32087a574300e87e93489d0ca50c', '\x7b226163746f72223a22627265616b6572222c226174223a22323032362d31312d33305431303a31313a32312e3432313837322b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313031392c22736571223a3139367d', 'request.submitted', 1019, NULL),
	(197, '\x9c5b8e68a5fafb6a93eae844d89c31b7920d32087a574300e87e93489d0ca50c', '\x3cd751a4b8322ef2fc4f8d4f2aa8e3b1bed361fa9d14fc573cf624f2f21792d2', '\x7b226163746f72223a22627265616b6572222c226174223a22323032362d31312d33305431303a31313a32312e3432343734332b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e617070726f766564222c2272657175657374223a313031392c22736571223a3139377d', 'request.approved', 1019, NULL),
	(198, '\x3cd751a4b8322ef2fc4f8d4f2aa8e3b1bed361fa9d14fc573cf624f2f21792d2', '\x556966672a095b0551e21893dddc763105a734a1d64a0a6bd92d4ec0283742fe', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32312e3432363131392b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e6175746f5f617070726f766564222c2272657175657374223a313031392c22736571223a3139387d', 'request.auto_approved', 1019, NULL),
	(199, '\x556966672a095b0551e21893dddc763105a734a1d64a0a6bd92d4ec0283742fe', '\x12efcabedb683bd4f8ead0fb2b9dc45aee2f562a9f640511694423a9733cc206', '\x7b226163746f72223a22627265616b6572222c226174223a22323032362d31312d33305431303a31313a32312e3432373037322b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e627265616b5f676c6173735f696e766f6b6564222c2272657175657374223a313031392c22736571223a3139397d', 'request.break_glass_invoked', 1019, NULL),
	(200, '\x12efcabedb683bd4f8ead0fb2b9dc45aee2f562a9f640511694423a9733cc206', '\x4e80b50b6c5ad58b4a705af8bbea8451152a1a5cb6be5d8603143ca41ce24e39', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32312e3432383837312b30303a3030222c2264617461223a7b7d2c226772616e74223a313031302c226b696e64223a226772616e742e63726561746564222c2272657175657374223a313031392c22736571223a3230307d', 'grant.created', 1019, 1010),
	(201, '\x4e80b50b6c5ad58b4a705af8bbea8451152a1a5cb6be5d8603143ca41ce24e39', '\x737ce55dbc52b1cde7f37479e5d76aafc18512cc255d67fd06c1279af7077524', '\x7b226163746f72223a22627265616b6572222c226174223a22323032362d31312d33305431303a31313a32312e3433333036352b30303a3030222c2264617461223a7b7d2c226772616e74223a313031302c226b696e64223a22627265616b5f676c6173732e7265766965775f6f70656e6564222c2272657175657374223a313031392c22736571223a3230317d', 'break_glass.review_opened', 1019, 1010),
	(203, '\xb51755144d38da1d97706306bed327c9ed6f1b70155aa569b35a01417291c630', '\x6c67d782d5519a48018a64ff83280a9fad353b912889473afde48367efe3e715', '\x7b226163746f72223a226a7573746966696564222c226174223a22323032362d31312d33305431303a31313a32312e3630333535302b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313032302c22736571223a3230337d', 'request.submitted', 1020, NULL),
	(204, '\x6c67d782d5519a48018a64ff83280a9fad353b912889473afde48367efe3e715', '\xc087114541404dec30208b434f9e56cb6bcfc915bdda91ca60aa15e5cdab985f', '\x7b226163746f72223a226a7573746966696564222c226174223a22323032362d31312d33305431303a31313a32312e3630373136372b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e617070726f766564222c2272657175657374223a313032302c22736571223a3230347d', 'request.approved', 1020, NULL),
	(205, '\xc087114541404dec30208b434f9e56cb6bcfc915bdda91ca60aa15e5cdab985f', '\xb3a995e99cbb7ded9606e17205a094bdbb529ab9d2a88cc103f4d91b52eac213', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32312e3631333630362b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e6175746f5f617070726f766564222c2272657175657374223a313032302c22736571223a3230357d', 'request.auto_approved', 1020, NULL);
INSERT INTO public.ledger VALUES
	(206, '\xb3a995e99cbb7ded9606e17205a094bdbb529ab9d2a88cc103f4d91b52eac213', '\x1caff3af0cfe2f7c8d39355590345c8ba95f5790ac6a84917ce32de13d58c5e0', '\x7b226163746f72223a226a7573746966696564222c226174223a22323032362d31312d33305431303a31313a32312e3631343530352b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e627265616b5f676c6173735f696e766f6b6564222c2272657175657374223a313032302c22736571223a3230367d', 'request.break_glass_invoked', 1020, NULL),
	(207, '\x1caff3af0cfe2f7c8d39355590345c8ba95f5790ac6a84917ce32de13d58c5e0', '\x521191a50ece0b2b6154fa47281c35af952acf4046bad385e0ab65744371a767', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32312e3631343933342b30303a3030222c2264617461223a7b7d2c226772616e74223a313031312c226b696e64223a226772616e742e63726561746564222c2272657175657374223a313032302c22736571223a3230377d', 'grant.created', 1020, 1011),
	(208, '\x521191a50ece0b2b6154fa47281c35af952acf4046bad385e0ab65744371a767', '\x41cbcac7989dc5075a970050692875bd273ffc4d288c8e8bcb3458e8393ddd2f', '\x7b226163746f72223a226a7573746966696564222c226174223a22323032362d31312d33305431303a31313a32312e3631373039372b30303a3030222c2264617461223a7b7d2c226772616e74223a313031312c226b696e64223a22627265616b5f676c6173732e7265766965775f6f70656e6564222c2272657175657374223a313032302c22736571223a3230387d', 'break_glass.review_opened', 1020, 1011),
	(211, '\xa023f103c8e069655a50b391d3cbcf85cbce1d879fe2cf5ef47666e52daa8da3', '\x7f1afeb52e774a6696b26406e16a9e325b4bb4816948d2366955396ccb7f57c2', '\x7b226163746f72223a226e6f742d6a7573746966696564222c226174223a22323032362d31312d33305431303a31313a32312e3836323138332b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313032312c22736571223a3231317d', 'request.submitted', 1021, NULL),
	(176, '\x18a18dc5833e780be95384e8bba760776ff107742dd3dd110791d4771a4498a3', '\x4b983d7c26ac705a98e7358e724e41cbd3762c2790f46035f89485c0de93857e', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32312e3033333734382b30303a3030222c2264617461223a7b7d2c226772616e74223a313030382c226b696e64223a226772616e742e657874656e646564222c2272657175657374223a313031362c22736571223a3137367d', 'grant.extended', 1016, 1008),
	(239, '\x499fef28afbf9ba492be7868fb5611b45ec671ecb67226ece4d6a7cddc1a87f2', '\x1efba855304e110df1fa0cd64c927d1e69cab03a21132ec68009dec18b45157e', '\x7b226163746f72223a227072697961222c226174223a22323032362d31312d33305431303a31313a32322e3238333438302b30303a3030222c2264617461223a7b226c6f636b646f776e223a322c22726561736f6e223a2278227d2c226772616e74223a6e756c6c2c226b696e64223a226c6f636b646f776e2e6c6966746564222c2272657175657374223a6e756c6c2c22736571223a3233397d', 'lockdown.lifted', NULL, NULL),
	(240, '\x1efba855304e110df1fa0cd64c927d1e69cab03a21132ec68009dec18b45157e', '\x9d0acd161f7261d3ab317c691aa6fb672565c72749438aea31c00b6e5ddcb046', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32322e3431303831352b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a227265766965772e766f69646564222c2272657175657374223a313030322c22736571223a3234307d', 'review.voided', 1002, NULL),
	(187, '\x4c8b4603496a747239fd3eeb4acd09c5065a536ce797137b83343b424673240a', '\xfc0b37d3e3effa2dae974f7bf8e4b75fedd5da32c20eb24e51f4fb8c8394fcf3', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32312e3230303033302b30303a3030222c2264617461223a7b7d2c226772616e74223a313030392c226b696e64223a226772616e742e657874656e646564222c2272657175657374223a313031372c22736571223a3138377d', 'grant.extended', 1017, 1009),
	(188, '\xfc0b37d3e3effa2dae974f7bf8e4b75fedd5da32c20eb24e51f4fb8c8394fcf3', '\x8c3a8e6aa8ea67f2e6a44b98dd79cc2d1dc51957cdf108031dbcd5339c3cefe6', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32312e3230303335362b30303a3030222c2264617461223a7b7d2c226772616e74223a313030392c226b696e64223a226772616e742e6e6f745f657874656e646564222c2272657175657374223a313031372c22736571223a3138387d', 'grant.not_extended', 1017, 1009),
	(189, '\x8c3a8e6aa8ea67f2e6a44b98dd79cc2d1dc51957cdf108031dbcd5339c3cefe6', '\xb50f54da69bd48fdd4f4ed85cef6b06ea022e1df403ad3e1d6858aae4f0647a0', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32312e3230303739332b30303a3030222c2264617461223a7b7d2c226772616e74223a313030392c226b696e64223a226772616e742e61646f70746564222c2272657175657374223a313031372c22736571223a3138397d', 'grant.adopted', 1017, 1009),
	(202, '\x737ce55dbc52b1cde7f37479e5d76aafc18512cc255d67fd06c1279af7077524', '\xb51755144d38da1d97706306bed327c9ed6f1b70155aa569b35a01417291c630', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32312e3532303434382b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22627265616b5f676c6173732e616e6e6f756e636564222c2272657175657374223a313031392c22736571223a3230327d', 'break_glass.announced', 1019, NULL),
	(209, '\x41cbcac7989dc5075a970050692875bd273ffc4d288c8e8bcb3458e8393ddd2f', '\x1aa3a02d45b6ae0e002d9a6c3a93613778711cfe87f25ee65178c86b9a77d2ff', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32312e3639333136392b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22627265616b5f676c6173732e616e6e6f756e636564222c2272657175657374223a313032302c22736571223a3230397d', 'break_glass.announced', 1020, NULL),
	(210, '\x1aa3a02d45b6ae0e002d9a6c3a93613778711cfe87f25ee65178c86b9a77d2ff', '\xa023f103c8e069655a50b391d3cbcf85cbce1d879fe2cf5ef47666e52daa8da3', '\x7b226163746f72223a227072697961222c226174223a22323032362d31312d33305431303a31313a32312e3736333130352b30303a3030222c2264617461223a7b7d2c226772616e74223a313031312c226b696e64223a22627265616b5f676c6173732e7265766965776564222c2272657175657374223a313032302c22736571223a3231307d', 'break_glass.reviewed', 1020, 1011),
	(217, '\x98c937fe3b3fab7d8d377816187368e8ffc49d4a11140b2563e0cdfe0341008c', '\x191d966aeb63b5c8d122d3156932d7fc973183142625e2cf0ea1c2e5320f310f', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32312e3933323535352b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22627265616b5f676c6173732e616e6e6f756e636564222c2272657175657374223a313032312c22736571223a3231377d', 'break_glass.announced', 1021, NULL),
	(218, '\x191d966aeb63b5c8d122d3156932d7fc973183142625e2cf0ea1c2e5320f310f', '\xd67405e5b815e4a0c1c0ee008d775e99f0dae15ec0d3b57201a0a8b6c1e81581', '\x7b226163746f72223a227072697961222c226174223a22323032362d31312d33305431303a31313a32312e3935383238332b30303a3030222c2264617461223a7b7d2c226772616e74223a313031322c226b696e64223a22627265616b5f676c6173732e7265766965776564222c2272657175657374223a313032312c22736571223a3231387d', 'break_glass.reviewed', 1021, 1012),
	(226, '\x8292daffa67c128d4cb09932908361d989b5757e5d4a55f48e67a416d5882968', '\x99b1df9e24d479bcbe38d9fe6eed40c87024c17354c52c37eb78496eb2ccbeea', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32322e3037363036332b30303a3030222c2264617461223a7b7d2c226772616e74223a313031332c226b696e64223a226772616e742e616374697661746564222c2272657175657374223a313032322c22736571223a3232367d', 'grant.activated', 1022, 1013),
	(227, '\x99b1df9e24d479bcbe38d9fe6eed40c87024c17354c52c37eb78496eb2ccbeea', '\x5a74077f44f83037a7bf016ad280657f414df0e8043f925517f9f094c5af8407', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32322e3037363936392b30303a3030222c2264617461223a7b7d2c226772616e74223a313031332c226b696e64223a226772616e742e657874656e645f73746172746564222c2272657175657374223a313032322c22736571223a3232377d', 'grant.extend_started', 1022, 1013),
	(228, '\x5a74077f44f83037a7bf016ad280657f414df0e8043f925517f9f094c5af8407', '\x6a7790489bac8c4557a05ea80f9c56a0d23072af81dda76832f1ac2ede2c97d4', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32322e3037393838342b30303a3030222c2264617461223a7b7d2c226772616e74223a313031332c226b696e64223a226772616e742e657874656e645f6661696c6564222c2272657175657374223a313032322c22736571223a3232387d', 'grant.extend_failed', 1022, 1013),
	(229, '\x6a7790489bac8c4557a05ea80f9c56a0d23072af81dda76832f1ac2ede2c97d4', '\xd371c6744b30ab0879d397adb3e3de0f5f2e9330a59178740da123428ed6be0d', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32322e3038323636332b30303a3030222c2264617461223a7b7d2c226772616e74223a313031332c226b696e64223a226772616e742e657874656e646564222c2272657175657374223a313032322c22736571223a3232397d', 'grant.extended', 1022, 1013),
	(230, '\xd371c6744b30ab0879d397adb3e3de0f5f2e9330a59178740da123428ed6be0d', '\xe72104ff0cd7430ac39c9db719c6a3457f95569465e48cd759173d994cb540f0', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32322e3038333132342b30303a3030222c2264617461223a7b7d2c226772616e74223a313031332c226b696e64223a226772616e742e6e6f745f657874656e646564222c2272657175657374223a313032322c22736571223a3233307d', 'grant.not_extended', 1022, 1013),
	(231, '\xe72104ff0cd7430ac39c9db719c6a3457f95569465e48cd759173d994cb540f0', '\x6279f656afd4c8d60c352afb8392c0fb6a9d3016effb1ff996d64b684da1388e', '\x7b226163746f72223a22776f726b6572222c226174223a22323032362d31312d33305431303a31313a32322e3038343135312b30303a3030222c2264617461223a7b7d2c226772616e74223a313031332c226b696e64223a226772616e742e61646f70746564222c2272657175657374223a313032322c22736571223a3233317d', 'grant.adopted', 1022, 1013),
	(232, '\x6279f656afd4c8d60c352afb8392c0fb6a9d3016effb1ff996d64b684da1388e', '\x49160586fed98e3b4a772247142158592c875b7793a010264f6e02f657bfe3da', '\x7b226163746f72223a2255564945574552222c226174223a22323032362d31312d33305431303a31313a32322e3039393830392b30303a3030222c2264617461223a7b7d2c226772616e74223a313031332c226b696e64223a2263726564656e7469616c732e726571756573746564222c2272657175657374223a313032322c22736571223a3233327d', 'credentials.requested', 1022, 1013),
	(233, '\x49160586fed98e3b4a772247142158592c875b7793a010264f6e02f657bfe3da', '\xd02948f4813c9cf17fdd92da3abfd2c62929f58536d5e652f9c0a41f45d93ed2', '\x7b226163746f72223a2255564945574552222c226174223a22323032362d31312d33305431303a31313a32322e3132363233342b30303a3030222c2264617461223a7b7d2c226772616e74223a313031332c226b696e64223a2263726564656e7469616c732e726571756573746564222c2272657175657374223a313032322c22736571223a3233337d', 'credentials.requested', 1022, 1013),
	(234, '\xd02948f4813c9cf17fdd92da3abfd2c62929f58536d5e652f9c0a41f45d93ed2', '\xeeebc9d907b5b37a64441be88feb61a90c3d2607793f52b2bc1054d77184c391', '\x7b226163746f72223a2255564945574552222c226174223a22323032362d31312d33305431303a31313a32322e3134323437342b30303a3030222c2264617461223a7b7d2c226772616e74223a313031332c226b696e64223a2263726564656e7469616c732e726571756573746564222c2272657175657374223a313032322c22736571223a3233347d', 'credentials.requested', 1022, 1013),
	(235, '\xeeebc9d907b5b37a64441be88feb61a90c3d2607793f52b2bc1054d77184c391', '\x38b91bd0b40320b5934fe1ac44783bcae5e29e21f8067bbc5a22d2657aed15b7', '\x7b226163746f72223a2255564945574552222c226174223a22323032362d31312d33305431303a31313a32322e3137303035382b30303a3030222c2264617461223a7b7d2c226772616e74223a313031332c226b696e64223a2263726564656e7469616c732e726571756573746564222c2272657175657374223a313032322c22736571223a3233357d', 'credentials.requested', 1022, 1013),
	(236, '\x38b91bd0b40320b5934fe1ac44783bcae5e29e21f8067bbc5a22d2657aed15b7', '\x7e7504e4399a83af04a99d58a9558f4f830c063814c014c1e068cf21fd8345a8', '\x7b226163746f72223a226d617961222c226174223a22323032362d31312d33305431303a31313a32322e3233383231312b30303a3030222c2264617461223a7b226c6f636b646f776e223a312c22726561736f6e223a2278227d2c226772616e74223a6e756c6c2c226b696e64223a226c6f636b646f776e2e6465636c61726564222c2272657175657374223a6e756c6c2c22736571223a3233367d', 'lockdown.declared', NULL, NULL),
	(237, '\x7e7504e4399a83af04a99d58a9558f4f830c063814c014c1e068cf21fd8345a8', '\xa5ceabab6bb53ac93b20f3b6cdcde2cb89ac1f4fa66de49f6abe711837abd50c', '\x7b226163746f72223a226d617961222c226174223a22323032362d31312d33305431303a31313a32322e3235383038372b30303a3030222c2264617461223a7b226c6f636b646f776e223a322c22726561736f6e223a2278227d2c226772616e74223a6e756c6c2c226b696e64223a226c6f636b646f776e2e6465636c61726564222c2272657175657374223a6e756c6c2c22736571223a3233377d', 'lockdown.declared', NULL, NULL),
	(238, '\xa5ceabab6bb53ac93b20f3b6cdcde2cb89ac1f4fa66de49f6abe711837abd50c', '\x499fef28afbf9ba492be7868fb5611b45ec671ecb67226ece4d6a7cddc1a87f2', '\x7b226163746f72223a227072697961222c226174223a22323032362d31312d33305431303a31313a32322e3236393036382b30303a3030222c2264617461223a7b226c6f636b646f776e223a322c22726561736f6e223a2278227d2c226772616e74223a6e756c6c2c226b696e64223a226c6f636b646f776e2e6c6966746564222c2272657175657374223a6e756c6c2c22736571223a3233387d', 'lockdown.lifted', NULL, NULL),
	(212, '\x7f1afeb52e774a6696b26406e16a9e325b4bb4816948d2366955396ccb7f57c2', '\x7648fcc22e60350429f6faa9465df9ffbde4b485b51582b8f4e8f5a4857d6d48', '\x7b226163746f72223a226e6f742d6a7573746966696564222c226174223a22323032362d31312d33305431303a31313a32312e3836363632302b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e617070726f766564222c2272657175657374223a313032312c22736571223a3231327d', 'request.approved', 1021, NULL),
	(213, '\x7648fcc22e60350429f6faa9465df9ffbde4b485b51582b8f4e8f5a4857d6d48', '\x6ee420b7075e2d5cda596e3fb3f2f952200be3ded6f5f9b8f6d27117e7453279', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32312e3836373336342b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e6175746f5f617070726f766564222c2272657175657374223a313032312c22736571223a3231337d', 'request.auto_approved', 1021, NULL),
	(214, '\x6ee420b7075e2d5cda596e3fb3f2f952200be3ded6f5f9b8f6d27117e7453279', '\x288a6a85a182dec1fdeff0a5795cddf6e72d94a58980752dd39cf813ae18d818', '\x7b226163746f72223a226e6f742d6a7573746966696564222c226174223a22323032362d31312d33305431303a31313a32312e3836373833352b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e627265616b5f676c6173735f696e766f6b6564222c2272657175657374223a313032312c22736571223a3231347d', 'request.break_glass_invoked', 1021, NULL),
	(215, '\x288a6a85a182dec1fdeff0a5795cddf6e72d94a58980752dd39cf813ae18d818', '\x01d1878e85f8d6dc7a5dd5933f137e27a2417076717be0f50c4e8a0cf5fe5b31', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32312e3836393334312b30303a3030222c2264617461223a7b7d2c226772616e74223a313031322c226b696e64223a226772616e742e63726561746564222c2272657175657374223a313032312c22736571223a3231357d', 'grant.created', 1021, 1012),
	(216, '\x01d1878e85f8d6dc7a5dd5933f137e27a2417076717be0f50c4e8a0cf5fe5b31', '\x98c937fe3b3fab7d8d377816187368e8ffc49d4a11140b2563e0cdfe0341008c', '\x7b226163746f72223a226e6f742d6a7573746966696564222c226174223a22323032362d31312d33305431303a31313a32312e3836393838352b30303a3030222c2264617461223a7b7d2c226772616e74223a313031322c226b696e64223a22627265616b5f676c6173732e7265766965775f6f70656e6564222c2272657175657374223a313032312c22736571223a3231367d', 'break_glass.review_opened', 1021, 1012),
	(219, '\xd67405e5b815e4a0c1c0ee008d775e99f0dae15ec0d3b57201a0a8b6c1e81581', '\x5ded9fa96d3ca40d22652fb44fd58dfd3046048c9f784fec7e2a843307b8fc06', '\x7b226163746f72223a22766965776572222c226174223a22323032362d31312d33305431303a31313a32312e3937313539372b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313032322c22736571223a3231397d', 'request.submitted', 1022, NULL),
	(220, '\x5ded9fa96d3ca40d22652fb44fd58dfd3046048c9f784fec7e2a843307b8fc06', '\xf055d11c6ac062a3c7aea1039d089805a6d0f7cfd0903b131f45991115a0b8e5', '\x7b226163746f72223a22766965776572222c226174223a22323032362d31312d33305431303a31313a32322e3031373833352b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e7375626d6974746564222c2272657175657374223a313032322c22736571223a3232307d', 'request.submitted', 1022, NULL),
	(221, '\xf055d11c6ac062a3c7aea1039d089805a6d0f7cfd0903b131f45991115a0b8e5', '\xdc192ec120fd148c7c728cc49f7286f4fba7394d260f76ead1a93fced0758791', '\x7b226163746f72223a227072697961222c226174223a22323032362d31312d33305431303a31313a32322e3032313737362b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a227265766965772e617070726f766564222c2272657175657374223a313032322c22736571223a3232317d', 'review.approved', 1022, NULL),
	(222, '\xdc192ec120fd148c7c728cc49f7286f4fba7394d260f76ead1a93fced0758791', '\xe448a249883959959ad59806032c5052e32f205b700e87b40f3aba82facfc3b3', '\x7b226163746f72223a22766965776572222c226174223a22323032362d31312d33305431303a31313a32322e3032333931342b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e617070726f766564222c2272657175657374223a313032322c22736571223a3232327d', 'request.approved', 1022, NULL),
	(223, '\xe448a249883959959ad59806032c5052e32f205b700e87b40f3aba82facfc3b3', '\x3ec67eb5dc01406d23df95a8cb91582a81046201f2658a0b4b1cc9859aa5a80e', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32322e3032393231382b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e6175746f5f617070726f766564222c2272657175657374223a313032322c22736571223a3232337d', 'request.auto_approved', 1022, NULL),
	(224, '\x3ec67eb5dc01406d23df95a8cb91582a81046201f2658a0b4b1cc9859aa5a80e', '\x6764c38b002d75a98bdc56b759b5e175558cc3209baeaa5a17e8647a12c523c0', '\x7b226163746f72223a22766965776572222c226174223a22323032362d31312d33305431303a31313a32322e3032393933352b30303a3030222c2264617461223a7b7d2c226772616e74223a6e756c6c2c226b696e64223a22726571756573742e627265616b5f676c6173735f696e766f6b6564222c2272657175657374223a313032322c22736571223a3232347d', 'request.break_glass_invoked', 1022, NULL),
	(225, '\x6764c38b002d75a98bdc56b759b5e175558cc3209baeaa5a17e8647a12c523c0', '\x8292daffa67c128d4cb09932908361d989b5757e5d4a55f48e67a416d5882968', '\x7b226163746f72223a2273797374656d222c226174223a22323032362d31312d33305431303a31313a32322e3033303730322b30303a3030222c2264617461223a7b7d2c226772616e74223a313031332c226b696e64223a226772616e742e63726561746564222c2272657175657374223a313032322c22736571223a3232357d', 'grant.created', 1022, 1013);


--
-- Data for Name: ledger_kinds; Type: TABLE DATA; Schema: public; Owner: dbaccess_owner
--

INSERT INTO public.ledger_kinds VALUES
	('request.submitted', 'both'),
	('review.approved', 'both'),
	('review.denied', 'both'),
	('review.voided', 'both'),
	('request.approved', 'both'),
	('request.auto_approved', 'both'),
	('request.break_glass_invoked', 'both'),
	('request.denied', 'both'),
	('request.withdrawn', 'both'),
	('request.lapsed', 'worker'),
	('request.stale', 'worker'),
	('grant.created', 'both'),
	('grant.provision_started', 'worker'),
	('grant.provision_failed', 'worker'),
	('grant.activated', 'worker'),
	('grant.extend_started', 'worker'),
	('grant.extend_failed', 'worker'),
	('grant.extended', 'worker'),
	('grant.not_extended', 'worker'),
	('grant.abandoned', 'both'),
	('grant.expired', 'worker'),
	('grant.surrendered', 'both'),
	('grant.revoked', 'both'),
	('grant.invalidated', 'worker'),
	('grant.locked_down', 'worker'),
	('grant.revoke_started', 'worker'),
	('grant.revoke_failed', 'worker'),
	('grant.ended', 'worker'),
	('grant.write_off_proposed', 'worker'),
	('grant.written_off', 'worker'),
	('grant.adopted', 'worker'),
	('break_glass.review_opened', 'both'),
	('break_glass.announced', 'worker'),
	('break_glass.reviewed', 'both'),
	('break_glass.overdue', 'worker'),
	('credentials.requested', 'both'),
	('credentials.started', 'worker'),
	('credentials.set', 'worker'),
	('target.stray_found', 'worker'),
	('control.adopted', 'worker'),
	('policy.loaded', 'both'),
	('lockdown.declared', 'both'),
	('lockdown.lifted', 'both'),
	('group.changed', 'worker');


--
-- Data for Name: lockdowns; Type: TABLE DATA; Schema: public; Owner: dbaccess_owner
--

INSERT INTO public.lockdowns OVERRIDING SYSTEM VALUE VALUES
	(1, 'billing', 'leak', 'maya', 'UMAYA', '2026-11-30 10:11:22.225733+00', NULL, NULL, NULL, NULL, NULL),
	(2, 'crm', 'leak', 'maya', 'UMAYA', '2026-11-30 10:11:22.253742+00', 'priya', 'UPRIYA', 'mended', '2026-11-30 10:11:22.265296+00', '2026-11-30 10:11:22.281402+00');


--
-- Data for Name: message_streams; Type: TABLE DATA; Schema: public; Owner: dbaccess_owner
--

INSERT INTO public.message_streams VALUES
	(1001, '2026-11-30 10:11:22.332108+00');


--
-- Data for Name: messages; Type: TABLE DATA; Schema: public; Owner: dbaccess_owner
--

INSERT INTO public.messages OVERRIDING SYSTEM VALUE VALUES
	(1, 1008, 'request', 'C0APPROVALS', 'C0APPROVALS', '1.2', 'a', '2026-11-30 10:11:18.865739+00', 0),
	(2, 1009, 'request', 'C0APPROVALS', 'C0APPROVALS', '1.2', 'a', '2026-11-30 10:11:19.093451+00', 0),
	(3, 1010, 'request', 'C0APPROVALS', 'C0APPROVALS', '1.2', 'a', '2026-11-30 10:11:19.314741+00', 0),
	(4, 1011, 'request', 'C0APPROVALS', 'C0APPROVALS', '1.2', 'a', '2026-11-30 10:11:19.623934+00', 0),
	(5, 1012, 'request', 'C0APPROVALS', 'C0APPROVALS', '1.2', 'a', '2026-11-30 10:11:19.939401+00', 0),
	(6, 1013, 'request', 'C0APPROVALS', 'C0APPROVALS', '1.2', 'a', '2026-11-30 10:11:20.247841+00', 0),
	(7, 1014, 'thread.extension', 'C0APPROVALS', 'C0APPROVALS', '1.2', 'a', '2026-11-30 10:11:20.420712+00', 0),
	(8, 1015, 'request', 'C0APPROVALS', 'C0APPROVALS', '1.2', 'a', '2026-11-30 10:11:20.752741+00', 0),
	(9, 1016, 'thread.extension', 'C0APPROVALS', 'C0APPROVALS', '1.2', 'a', '2026-11-30 10:11:20.962526+00', 0),
	(10, 1017, 'request', 'C0APPROVALS', 'C0APPROVALS', '1.2', 'a', '2026-11-30 10:11:21.163179+00', 0),
	(11, 1018, 'thread.extension', 'C0APPROVALS', 'C0APPROVALS', '1.2', 'a', '2026-11-30 10:11:21.321383+00', 0),
	(12, 1019, 'request', 'C0APPROVALS', 'C0APPROVALS', '1.2', 'a', '2026-11-30 10:11:21.453297+00', 0),
	(13, 1020, 'request', 'C0APPROVALS', 'C0APPROVALS', '1.2', 'a', '2026-11-30 10:11:21.633711+00', 0),
	(14, 1021, 'request', 'C0APPROVALS', 'C0APPROVALS', '1.2', 'a', '2026-11-30 10:11:21.881196+00', 0),
	(15, 1022, 'request', 'C0APPROVALS', 'C0APPROVALS', '1.2', 'a', '2026-11-30 10:11:22.039166+00', 0);


--
-- Data for Name: notices; Type: TABLE DATA; Schema: public; Owner: dbaccess_owner
--

INSERT INTO public.notices OVERRIDING SYSTEM VALUE VALUES
	(1, 'clock:host-2', 'clock_skew', 'C0OPS', '{"seconds": 3.5}', '2026-11-30 10:11:22.399065+00', '2026-11-30 10:11:22.399065+00', 0, NULL, NULL, NULL, NULL);


--
-- Data for Name: observations; Type: TABLE DATA; Schema: public; Owner: dbaccess_owner
--

INSERT INTO public.observations VALUES
	('main', '2026-11-30 10:11:22.392899+00', NULL, NULL, '{}', '{}'),
	('other', '2026-11-30 10:11:22.392899+00', 'unknown_logins', '2026-11-30 10:11:22.392899+00', '{jit_acme_tom_1}', '{jit_acme_ada_2}');


--
-- Data for Name: outbox; Type: TABLE DATA; Schema: public; Owner: dbaccess_owner
--

INSERT INTO public.outbox OVERRIDING SYSTEM VALUE VALUES
	(1, 'provision', 1001, NULL, '2026-11-30 10:11:22.304916+00', NULL);


--
-- Data for Name: policy_in_force; Type: TABLE DATA; Schema: public; Owner: dbaccess_owner
--

INSERT INTO public.policy_in_force VALUES
	('bot', 'bot-1', 17, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', '2026-11-30 10:11:22.313902+00', '2026-11-30 10:11:22.313902+00', NULL);


--
-- Data for Name: policy_versions; Type: TABLE DATA; Schema: public; Owner: dbaccess_owner
--

INSERT INTO public.policy_versions VALUES
	('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'bot', '2026-11-30 10:11:22.324315+00');


--
-- Data for Name: request_transitions; Type: TABLE DATA; Schema: public; Owner: dbaccess_owner
--

INSERT INTO public.request_transitions VALUES
	('pending', 'request.approved', 'approved', 'both'),
	('pending', 'request.auto_approved', 'approved', 'both'),
	('pending', 'request.break_glass_invoked', 'approved', 'both'),
	('pending', 'request.denied', 'denied', 'both'),
	('pending', 'request.withdrawn', 'withdrawn', 'both'),
	('pending', 'request.lapsed', 'lapsed', 'worker'),
	('pending', 'request.stale', 'stale', 'worker');


--
-- Data for Name: requests; Type: TABLE DATA; Schema: public; Owner: dbaccess_owner
--

INSERT INTO public.requests OVERRIDING SYSTEM VALUE VALUES
	(1001, 'UPENDING', DEFAULT, DEFAULT, DEFAULT, DEFAULT, DEFAULT, '{"on": null, "can": "read every table in schema shop", "env": "prod", "kind": "access", "role": "read", "rule": "prod-read", "login": "ephemeral", "access": "read", "act_as": null, "cannot": "change data or schema", "grants": ["orders_read"], "reason": "Orders stuck in \"paid\" since 02:40 é", "target": "orders-prod", "ticket": null, "cluster": "main", "database": "orders", "narrower": [], "of_grant": null, "approvals": [["dba", 1]], "requester": "pending", "break_glass": false, "rule_digest": "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", "personal_login": null, "longest_seconds": 14400, "duration_seconds": 7200}', '1615c52b98dcb86df5df361b695c5eec2c5aadfc3cc9dec5638f86a637aba609', 'p1', 'pending', '2026-11-30 10:11:17.680477+00', '2026-11-30 11:11:17.680477+00', NULL, NULL),
	(1002, 'UAPPROVED-BY-ONE', DEFAULT, DEFAULT, DEFAULT, DEFAULT, DEFAULT, '{"on": null, "can": "read every table in schema shop", "env": "prod", "kind": "access", "role": "read", "rule": "prod-read", "login": "ephemeral", "access": "read", "act_as": null, "cannot": "change data or schema", "grants": ["orders_read"], "reason": "Orders stuck in \"paid\" since 02:40 é", "target": "orders-prod", "ticket": null, "cluster": "main", "database": "orders", "narrower": [], "of_grant": null, "approvals": [["dba", 1]], "requester": "approved-by-one", "break_glass": false, "rule_digest": "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", "personal_login": null, "longest_seconds": 14400, "duration_seconds": 7200}', 'faafc26b669d3feda978fb31c6b70291a6a266031e6879f66490145d2ea8cfdc', 'p1', 'pending', '2026-11-30 10:11:17.891437+00', '2026-11-30 11:11:17.891437+00', NULL, NULL),
	(1003, 'UDENIED', DEFAULT, DEFAULT, DEFAULT, DEFAULT, DEFAULT, '{"on": null, "can": "read every table in schema shop", "env": "prod", "kind": "access", "role": "read", "rule": "prod-read", "login": "ephemeral", "access": "read", "act_as": null, "cannot": "change data or schema", "grants": ["orders_read"], "reason": "Orders stuck in \"paid\" since 02:40 é", "target": "orders-prod", "ticket": null, "cluster": "main", "database": "orders", "narrower": [], "of_grant": null, "approvals": [["dba", 1]], "requester": "denied", "break_glass": false, "rule_digest": "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", "personal_login": null, "longest_seconds": 14400, "duration_seconds": 7200}', 'd039dd0e16af7c193737af5ce12ea45bb2af245ad70361b0c069ee3ae8187a91', 'p1', 'denied', '2026-11-30 10:11:18.007441+00', '2026-11-30 11:11:18.007441+00', '2026-11-30 10:11:18.046807+00', NULL),
	(1004, 'UWITHDRAWN', DEFAULT, DEFAULT, DEFAULT, DEFAULT, DEFAULT, '{"on": null, "can": "read every table in schema shop", "env": "prod", "kind": "access", "role": "read", "rule": "prod-read", "login": "ephemeral", "access": "read", "act_as": null, "cannot": "change data or schema", "grants": ["orders_read"], "reason": "Orders stuck in \"paid\" since 02:40 é", "target": "orders-prod", "ticket": null, "cluster": "main", "database": "orders", "narrower": [], "of_grant": null, "approvals": [["dba", 1]], "requester": "withdrawn", "break_glass": false, "rule_digest": "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", "personal_login": null, "longest_seconds": 14400, "duration_seconds": 7200}', '91ef519cea5a48ead8cb04b3f10b1270f9c16583b1d1d4182bfbcaa8cf66e2ef', 'p1', 'withdrawn', '2026-11-30 10:11:18.120395+00', '2026-11-30 11:11:18.120395+00', '2026-11-30 10:11:18.156954+00', NULL),
	(1005, 'ULAPSED', DEFAULT, DEFAULT, DEFAULT, DEFAULT, DEFAULT, '{"on": null, "can": "read every table in schema shop", "env": "prod", "kind": "access", "role": "read", "rule": "prod-read", "login": "ephemeral", "access": "read", "act_as": null, "cannot": "change data or schema", "grants": ["orders_read"], "reason": "Orders stuck in \"paid\" since 02:40 é", "target": "orders-prod", "ticket": null, "cluster": "main", "database": "orders", "narrower": [], "of_grant": null, "approvals": [["dba", 1]], "requester": "lapsed", "break_glass": false, "rule_digest": "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", "personal_login": null, "longest_seconds": 14400, "duration_seconds": 7200}', 'abfb6c884df6c5808124cd91753fc187b31b6af1ee12ff7b813594313bd6eb70', 'p1', 'lapsed', '2026-11-30 10:11:18.19906+00', '2026-11-30 11:11:18.19906+00', '2026-11-30 10:11:18.294832+00', NULL),
	(1006, 'USTALE', DEFAULT, DEFAULT, DEFAULT, DEFAULT, DEFAULT, '{"on": null, "can": "read every table in schema shop", "env": "prod", "kind": "access", "role": "read", "rule": "prod-read", "login": "ephemeral", "access": "read", "act_as": null, "cannot": "change data or schema", "grants": ["orders_read"], "reason": "Orders stuck in \"paid\" since 02:40 é", "target": "orders-prod", "ticket": null, "cluster": "main", "database": "orders", "narrower": [], "of_grant": null, "approvals": [["dba", 1]], "requester": "stale", "break_glass": false, "rule_digest": "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", "personal_login": null, "longest_seconds": 14400, "duration_seconds": 7200}', '6454c1ec91fb8a53ad5a015286fb003dc3c0d91fbc252442b8bb5f4f9662a746', 'p1', 'stale', '2026-11-30 10:11:18.402403+00', '2026-11-30 11:11:18.402403+00', '2026-11-30 10:11:18.486351+00', 'no_rule'),
	(1007, 'UPROVISIONING', DEFAULT, DEFAULT, DEFAULT, DEFAULT, DEFAULT, '{"on": null, "can": "read every table in schema shop", "env": "prod", "kind": "access", "role": "read", "rule": "prod-read", "login": "ephemeral", "access": "read", "act_as": null, "cannot": "change data or schema", "grants": ["orders_read"], "reason": "Orders stuck in \"paid\" since 02:40 é", "target": "orders-prod", "ticket": null, "cluster": "main", "database": "orders", "narrower": [], "of_grant": null, "approvals": [["dba", 1]], "requester": "provisioning", "break_glass": false, "rule_digest": "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", "personal_login": null, "longest_seconds": 14400, "duration_seconds": 7200}', '6cf0236776d664cab26b95efeb3ee1bbb1188d53877ec71e341ae9dc36a27d9e', 'p1', 'approved', '2026-11-30 10:11:18.594322+00', '2026-11-30 11:11:18.594322+00', '2026-11-30 10:11:18.620324+00', NULL),
	(1008, 'UACTIVE', DEFAULT, DEFAULT, DEFAULT, DEFAULT, DEFAULT, '{"on": null, "can": "read every table in schema shop", "env": "prod", "kind": "access", "role": "read", "rule": "prod-read", "login": "ephemeral", "access": "read", "act_as": null, "cannot": "change data or schema", "grants": ["orders_read"], "reason": "Orders stuck in \"paid\" since 02:40 é", "target": "orders-prod", "ticket": null, "cluster": "main", "database": "orders", "narrower": [], "of_grant": null, "approvals": [["dba", 1]], "requester": "active", "break_glass": false, "rule_digest": "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", "personal_login": null, "longest_seconds": 14400, "duration_seconds": 7200}', 'cdd4357e83fd5e100f2351944d8de8199a0ea04f6c1ffae360757e953f40149f', 'p1', 'approved', '2026-11-30 10:11:18.750897+00', '2026-11-30 11:11:18.750897+00', '2026-11-30 10:11:18.782869+00', NULL),
	(1009, 'UDUE', DEFAULT, DEFAULT, DEFAULT, DEFAULT, DEFAULT, '{"on": null, "can": "read every table in schema shop", "env": "prod", "kind": "access", "role": "read", "rule": "prod-read", "login": "ephemeral", "access": "read", "act_as": null, "cannot": "change data or schema", "grants": ["orders_read"], "reason": "Orders stuck in \"paid\" since 02:40 é", "target": "orders-prod", "ticket": null, "cluster": "main", "database": "orders", "narrower": [], "of_grant": null, "approvals": [["dba", 1]], "requester": "due", "break_glass": false, "rule_digest": "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", "personal_login": null, "longest_seconds": 14400, "duration_seconds": 7200}', '1ecff08348fe6e324da146ae2853bd18ccaaba8fc3eb2600b09e6657032b0d79', 'p1', 'approved', '2026-11-30 10:11:18.991894+00', '2026-11-30 11:11:18.991894+00', '2026-11-30 10:11:19.019377+00', NULL),
	(1010, 'UREVOKING', DEFAULT, DEFAULT, DEFAULT, DEFAULT, DEFAULT, '{"on": null, "can": "read every table in schema shop", "env": "prod", "kind": "access", "role": "read", "rule": "prod-read", "login": "ephemeral", "access": "read", "act_as": null, "cannot": "change data or schema", "grants": ["orders_read"], "reason": "Orders stuck in \"paid\" since 02:40 é", "target": "orders-prod", "ticket": null, "cluster": "main", "database": "orders", "narrower": [], "of_grant": null, "approvals": [["dba", 1]], "requester": "revoking", "break_glass": false, "rule_digest": "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", "personal_login": null, "longest_seconds": 14400, "duration_seconds": 7200}', '35353153be3e6f800eda071bcd0d3a2e95fec59cecdab20d3729a763bef639b2', 'p1', 'approved', '2026-11-30 10:11:19.20267+00', '2026-11-30 11:11:19.20267+00', '2026-11-30 10:11:19.230656+00', NULL),
	(1011, 'UENDED', DEFAULT, DEFAULT, DEFAULT, DEFAULT, DEFAULT, '{"on": null, "can": "read every table in schema shop", "env": "prod", "kind": "access", "role": "read", "rule": "prod-read", "login": "ephemeral", "access": "read", "act_as": null, "cannot": "change data or schema", "grants": ["orders_read"], "reason": "Orders stuck in \"paid\" since 02:40 é", "target": "orders-prod", "ticket": null, "cluster": "main", "database": "orders", "narrower": [], "of_grant": null, "approvals": [["dba", 1]], "requester": "ended", "break_glass": false, "rule_digest": "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", "personal_login": null, "longest_seconds": 14400, "duration_seconds": 7200}', 'f9d87ffb6d738c899108d76f83162a1fa6655f53e30f3336eea939f1cbb52d4f', 'p1', 'approved', '2026-11-30 10:11:19.48186+00', '2026-11-30 11:11:19.48186+00', '2026-11-30 10:11:19.513752+00', NULL),
	(1012, 'UWRITTEN-OFF', DEFAULT, DEFAULT, DEFAULT, DEFAULT, DEFAULT, '{"on": null, "can": "read every table in schema shop", "env": "prod", "kind": "access", "role": "read", "rule": "prod-read", "login": "ephemeral", "access": "read", "act_as": null, "cannot": "change data or schema", "grants": ["orders_read"], "reason": "Orders stuck in \"paid\" since 02:40 é", "target": "orders-prod", "ticket": null, "cluster": "main", "database": "orders", "narrower": [], "of_grant": null, "approvals": [["dba", 1]], "requester": "written-off", "break_glass": false, "rule_digest": "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", "personal_login": null, "longest_seconds": 14400, "duration_seconds": 7200}', '0aa02823e6b52377f0192448a31d08e253848c76132219d3b4c2e31bee0c418f', 'p1', 'approved', '2026-11-30 10:11:19.83773+00', '2026-11-30 11:11:19.83773+00', '2026-11-30 10:11:19.858263+00', NULL),
	(1013, 'UEXTENDED', DEFAULT, DEFAULT, DEFAULT, DEFAULT, DEFAULT, '{"on": null, "can": "read every table in schema shop", "env": "prod", "kind": "access", "role": "read", "rule": "prod-read", "login": "ephemeral", "access": "read", "act_as": null, "cannot": "change data or schema", "grants": ["orders_read"], "reason": "Orders stuck in \"paid\" since 02:40 é", "target": "orders-prod", "ticket": null, "cluster": "main", "database": "orders", "narrower": [], "of_grant": null, "approvals": [["dba", 1]], "requester": "extended", "break_glass": false, "rule_digest": "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", "personal_login": null, "longest_seconds": 14400, "duration_seconds": 7200}', 'e41ef58e81bec01c56bb7619e4695c379ea0f7b2fb5162c65261325e4aa06f55', 'p1', 'approved', '2026-11-30 10:11:20.141268+00', '2026-11-30 11:11:20.141268+00', '2026-11-30 10:11:20.170359+00', NULL),
	(1014, 'UEXTENDED', DEFAULT, DEFAULT, DEFAULT, DEFAULT, DEFAULT, '{"on": null, "can": "read every table in schema shop", "env": "prod", "kind": "extension", "role": "read", "rule": "prod-read", "login": "ephemeral", "access": "read", "act_as": null, "cannot": "change data or schema", "grants": ["orders_read"], "reason": "Orders stuck in \"paid\" since 02:40 é", "target": "orders-prod", "ticket": null, "cluster": "main", "database": "orders", "narrower": [], "of_grant": 1007, "approvals": [["dba", 1]], "requester": "extended", "break_glass": false, "rule_digest": "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", "personal_login": null, "longest_seconds": 14400, "duration_seconds": 3600}', '0d0a051ae4ed4296234d086f949074cc6611d769b548d8bbb0d0270cb1d3bd7f', 'p1', 'approved', '2026-11-30 10:11:20.329874+00', '2026-11-30 11:11:20.329874+00', '2026-11-30 10:11:20.386736+00', NULL),
	(1015, 'UNOT-EXTENDED', DEFAULT, DEFAULT, DEFAULT, DEFAULT, DEFAULT, '{"on": null, "can": "read every table in schema shop", "env": "prod", "kind": "access", "role": "read", "rule": "prod-read", "login": "ephemeral", "access": "read", "act_as": null, "cannot": "change data or schema", "grants": ["orders_read"], "reason": "Orders stuck in \"paid\" since 02:40 é", "target": "orders-prod", "ticket": null, "cluster": "main", "database": "orders", "narrower": [], "of_grant": null, "approvals": [["dba", 1]], "requester": "not-extended", "break_glass": false, "rule_digest": "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", "personal_login": null, "longest_seconds": 14400, "duration_seconds": 7200}', 'aea6c2b863966baaac366d7d26d2a0e42245b386fb9a1a04f9d038e192ffb2c2', 'p1', 'approved', '2026-11-30 10:11:20.634349+00', '2026-11-30 11:11:20.634349+00', '2026-11-30 10:11:20.665752+00', NULL),
	(1016, 'UNOT-EXTENDED', DEFAULT, DEFAULT, DEFAULT, DEFAULT, DEFAULT, '{"on": null, "can": "read every table in schema shop", "env": "prod", "kind": "extension", "role": "read", "rule": "prod-read", "login": "ephemeral", "access": "read", "act_as": null, "cannot": "change data or schema", "grants": ["orders_read"], "reason": "Orders stuck in \"paid\" since 02:40 é", "target": "orders-prod", "ticket": null, "cluster": "main", "database": "orders", "narrower": [], "of_grant": 1008, "approvals": [["dba", 1]], "requester": "not-extended", "break_glass": false, "rule_digest": "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", "personal_login": null, "longest_seconds": 14400, "duration_seconds": 3600}', 'fb10f3692a28fe43f499aad0c5e3ca910a3353f3ced60e23fc02772d9d6205a0', 'p1', 'approved', '2026-11-30 10:11:20.849826+00', '2026-11-30 11:11:20.849826+00', '2026-11-30 10:11:20.915098+00', NULL),
	(1017, 'UTO-EXTEND', DEFAULT, DEFAULT, DEFAULT, DEFAULT, DEFAULT, '{"on": null, "can": "read every table in schema shop", "env": "prod", "kind": "access", "role": "read", "rule": "prod-read", "login": "ephemeral", "access": "read", "act_as": null, "cannot": "change data or schema", "grants": ["orders_read"], "reason": "Orders stuck in \"paid\" since 02:40 é", "target": "orders-prod", "ticket": null, "cluster": "main", "database": "orders", "narrower": [], "of_grant": null, "approvals": [["dba", 1]], "requester": "to-extend", "break_glass": false, "rule_digest": "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", "personal_login": null, "longest_seconds": 14400, "duration_seconds": 7200}', '304370c200835cc16bc74fa22f78abc24427af8978e1f72c798ac05c54fe680f', 'p1', 'approved', '2026-11-30 10:11:21.072114+00', '2026-11-30 11:11:21.072114+00', '2026-11-30 10:11:21.094893+00', NULL),
	(1018, 'UTO-EXTEND', DEFAULT, DEFAULT, DEFAULT, DEFAULT, DEFAULT, '{"on": null, "can": "read every table in schema shop", "env": "prod", "kind": "extension", "role": "read", "rule": "prod-read", "login": "ephemeral", "access": "read", "act_as": null, "cannot": "change data or schema", "grants": ["orders_read"], "reason": "Orders stuck in \"paid\" since 02:40 é", "target": "orders-prod", "ticket": null, "cluster": "main", "database": "orders", "narrower": [], "of_grant": 1009, "approvals": [["dba", 1]], "requester": "to-extend", "break_glass": false, "rule_digest": "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", "personal_login": null, "longest_seconds": 14400, "duration_seconds": 3600}', '6af4e9636ac23f89128daa692a52f1a019e41a39b907f3cbb62fe0560f12bc1c', 'p1', 'approved', '2026-11-30 10:11:21.215219+00', '2026-11-30 11:11:21.215219+00', '2026-11-30 10:11:21.28438+00', NULL),
	(1019, 'UBREAKER', DEFAULT, DEFAULT, DEFAULT, DEFAULT, DEFAULT, '{"on": null, "can": "read every table in schema shop", "env": "prod", "kind": "access", "role": "read", "rule": "prod-read", "login": "ephemeral", "access": "read", "act_as": null, "cannot": "change data or schema", "grants": ["orders_read"], "reason": "Orders stuck in \"paid\" since 02:40 é", "target": "orders-prod", "ticket": null, "cluster": "main", "database": "orders", "narrower": [], "of_grant": null, "approvals": [], "requester": "breaker", "break_glass": true, "rule_digest": "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", "personal_login": null, "longest_seconds": 14400, "duration_seconds": 7200}', '79e81637e7c939a7cf7821530afd32feedf095cab42e2b1c2208724759c0814b', 'p1', 'approved', '2026-11-30 10:11:21.350236+00', '2026-11-30 11:11:21.350236+00', '2026-11-30 10:11:21.34873+00', NULL),
	(1020, 'UJUSTIFIED', DEFAULT, DEFAULT, DEFAULT, DEFAULT, DEFAULT, '{"on": null, "can": "read every table in schema shop", "env": "prod", "kind": "access", "role": "read", "rule": "prod-read", "login": "ephemeral", "access": "read", "act_as": null, "cannot": "change data or schema", "grants": ["orders_read"], "reason": "Orders stuck in \"paid\" since 02:40 é", "target": "orders-prod", "ticket": null, "cluster": "main", "database": "orders", "narrower": [], "of_grant": null, "approvals": [], "requester": "justified", "break_glass": true, "rule_digest": "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", "personal_login": null, "longest_seconds": 14400, "duration_seconds": 7200}', '2a6b9ed89c1c58f7c86abf71236962167aa72149549cafe0a0246379f956dcb8', 'p1', 'approved', '2026-11-30 10:11:21.539264+00', '2026-11-30 11:11:21.539264+00', '2026-11-30 10:11:21.535647+00', NULL),
	(1021, 'UNOT-JUSTIFIED', DEFAULT, DEFAULT, DEFAULT, DEFAULT, DEFAULT, '{"on": null, "can": "read every table in schema shop", "env": "prod", "kind": "access", "role": "read", "rule": "prod-read", "login": "ephemeral", "access": "read", "act_as": null, "cannot": "change data or schema", "grants": ["orders_read"], "reason": "Orders stuck in \"paid\" since 02:40 é", "target": "orders-prod", "ticket": null, "cluster": "main", "database": "orders", "narrower": [], "of_grant": null, "approvals": [], "requester": "not-justified", "break_glass": true, "rule_digest": "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", "personal_login": null, "longest_seconds": 14400, "duration_seconds": 7200}', 'f80e89fe6b62dbf5fbe27324729063cf54d037e0fd0c5109107b7dedfca605fe', 'p1', 'approved', '2026-11-30 10:11:21.797534+00', '2026-11-30 11:11:21.797534+00', '2026-11-30 10:11:21.795627+00', NULL),
	(1022, 'UVIEWER', DEFAULT, DEFAULT, DEFAULT, DEFAULT, DEFAULT, '{"on": null, "can": "read every table in schema shop", "env": "prod", "kind": "access", "role": "read", "rule": "prod-read", "login": "ephemeral", "access": "read", "act_as": null, "cannot": "change data or schema", "grants": ["orders_read"], "reason": "Orders stuck in \"paid\" since 02:40 é", "target": "orders-prod", "ticket": null, "cluster": "main", "database": "orders", "narrower": [], "of_grant": null, "approvals": [["dba", 1]], "requester": "viewer", "break_glass": false, "rule_digest": "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", "personal_login": null, "longest_seconds": 14400, "duration_seconds": 7200}', 'f7f4716c06cc822c2f512d98e977eb94fb9d20827dc735bccf44bb6648e172a9', 'p1', 'approved', '2026-11-30 10:11:21.962536+00', '2026-11-30 11:11:21.962536+00', '2026-11-30 10:11:21.977666+00', NULL);


--
-- Data for Name: reviews; Type: TABLE DATA; Schema: public; Owner: dbaccess_owner
--

INSERT INTO public.reviews OVERRIDING SYSTEM VALUE VALUES
	(1, 1002, 'priya', 'UPRIYA', 'approved', 'read', 7200, '{dba}', '', 'faafc26b669d3feda978fb31c6b70291a6a266031e6879f66490145d2ea8cfdc', 'p1', '2026-11-30 10:11:17.945495+00'),
	(2, 1003, 'priya', 'UPRIYA', 'denied', NULL, NULL, '{dba}', 'Not now', 'd039dd0e16af7c193737af5ce12ea45bb2af245ad70361b0c069ee3ae8187a91', 'p1', '2026-11-30 10:11:18.049493+00'),
	(3, 1007, 'priya', 'UPRIYA', 'approved', 'read', 7200, '{dba}', '', '6cf0236776d664cab26b95efeb3ee1bbb1188d53877ec71e341ae9dc36a27d9e', 'p1', '2026-11-30 10:11:18.621025+00'),
	(4, 1008, 'priya', 'UPRIYA', 'approved', 'read', 7200, '{dba}', '', 'cdd4357e83fd5e100f2351944d8de8199a0ea04f6c1ffae360757e953f40149f', 'p1', '2026-11-30 10:11:18.79039+00'),
	(5, 1009, 'priya', 'UPRIYA', 'approved', 'read', 7200, '{dba}', '', '1ecff08348fe6e324da146ae2853bd18ccaaba8fc3eb2600b09e6657032b0d79', 'p1', '2026-11-30 10:11:19.023156+00'),
	(6, 1010, 'priya', 'UPRIYA', 'approved', 'read', 7200, '{dba}', '', '35353153be3e6f800eda071bcd0d3a2e95fec59cecdab20d3729a763bef639b2', 'p1', '2026-11-30 10:11:19.231197+00'),
	(7, 1011, 'priya', 'UPRIYA', 'approved', 'read', 7200, '{dba}', '', 'f9d87ffb6d738c899108d76f83162a1fa6655f53e30f3336eea939f1cbb52d4f', 'p1', '2026-11-30 10:11:19.514845+00'),
	(8, 1012, 'priya', 'UPRIYA', 'approved', 'read', 7200, '{dba}', '', '0aa02823e6b52377f0192448a31d08e253848c76132219d3b4c2e31bee0c418f', 'p1', '2026-11-30 10:11:19.862592+00'),
	(9, 1013, 'priya', 'UPRIYA', 'approved', 'read', 7200, '{dba}', '', 'e41ef58e81bec01c56bb7619e4695c379ea0f7b2fb5162c65261325e4aa06f55', 'p1', '2026-11-30 10:11:20.171674+00'),
	(10, 1014, 'priya', 'UPRIYA', 'approved', 'read', 3600, '{dba}', '', '0d0a051ae4ed4296234d086f949074cc6611d769b548d8bbb0d0270cb1d3bd7f', 'p1', '2026-11-30 10:11:20.361006+00'),
	(11, 1015, 'priya', 'UPRIYA', 'approved', 'read', 7200, '{dba}', '', 'aea6c2b863966baaac366d7d26d2a0e42245b386fb9a1a04f9d038e192ffb2c2', 'p1', '2026-11-30 10:11:20.670394+00'),
	(12, 1016, 'priya', 'UPRIYA', 'approved', 'read', 3600, '{dba}', '', 'fb10f3692a28fe43f499aad0c5e3ca910a3353f3ced60e23fc02772d9d6205a0', 'p1', '2026-11-30 10:11:20.883147+00'),
	(13, 1017, 'priya', 'UPRIYA', 'approved', 'read', 7200, '{dba}', '', '304370c200835cc16bc74fa22f78abc24427af8978e1f72c798ac05c54fe680f', 'p1', '2026-11-30 10:11:21.095335+00'),
	(14, 1018, 'priya', 'UPRIYA', 'approved', 'read', 3600, '{dba}', '', '6af4e9636ac23f89128daa692a52f1a019e41a39b907f3cbb62fe0560f12bc1c', 'p1', '2026-11-30 10:11:21.250963+00'),
	(15, 1022, 'priya', 'UPRIYA', 'approved', 'read', 7200, '{dba}', '', 'f7f4716c06cc822c2f512d98e977eb94fb9d20827dc735bccf44bb6648e172a9', 'p1', '2026-11-30 10:11:21.986134+00');


--
-- Data for Name: team; Type: TABLE DATA; Schema: public; Owner: dbaccess_owner
--

INSERT INTO public.team VALUES
	(1, 'T0', 'https://acme.example/', '2026-11-30 10:11:22.376889+00');


--
-- Data for Name: told_groups; Type: TABLE DATA; Schema: public; Owner: dbaccess_owner
--

INSERT INTO public.told_groups VALUES
	('dba', '{UPRIYA,USAM}');


--
-- Data for Name: voided_reviews; Type: TABLE DATA; Schema: public; Owner: dbaccess_owner
--

INSERT INTO public.voided_reviews VALUES
	(1, 'left the group', '2026-11-30 10:11:22.405328+00');


--
-- Name: credential_views_id_seq; Type: SEQUENCE SET; Schema: public; Owner: dbaccess_owner
--

SELECT pg_catalog.setval('public.credential_views_id_seq', 4, true);


--
-- Name: drafts_id_seq; Type: SEQUENCE SET; Schema: public; Owner: dbaccess_owner
--

SELECT pg_catalog.setval('public.drafts_id_seq', 1, true);


--
-- Name: grant_progress_id_seq; Type: SEQUENCE SET; Schema: public; Owner: dbaccess_owner
--

SELECT pg_catalog.setval('public.grant_progress_id_seq', 1, true);


--
-- Name: grants_id_seq; Type: SEQUENCE SET; Schema: public; Owner: dbaccess_owner
--

SELECT pg_catalog.setval('public.grants_id_seq', 1013, true);


--
-- Name: lockdowns_id_seq; Type: SEQUENCE SET; Schema: public; Owner: dbaccess_owner
--

SELECT pg_catalog.setval('public.lockdowns_id_seq', 2, true);


--
-- Name: messages_id_seq; Type: SEQUENCE SET; Schema: public; Owner: dbaccess_owner
--

SELECT pg_catalog.setval('public.messages_id_seq', 15, true);


--
-- Name: notices_id_seq; Type: SEQUENCE SET; Schema: public; Owner: dbaccess_owner
--

SELECT pg_catalog.setval('public.notices_id_seq', 1, true);


--
-- Name: outbox_id_seq; Type: SEQUENCE SET; Schema: public; Owner: dbaccess_owner
--

SELECT pg_catalog.setval('public.outbox_id_seq', 1, true);


--
-- Name: requests_id_seq; Type: SEQUENCE SET; Schema: public; Owner: dbaccess_owner
--

SELECT pg_catalog.setval('public.requests_id_seq', 1022, true);


--
-- Name: reviews_id_seq; Type: SEQUENCE SET; Schema: public; Owner: dbaccess_owner
--

SELECT pg_catalog.setval('public.reviews_id_seq', 15, true);


--
-- Name: alembic_version alembic_version_pkc; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);


--
-- Name: announcements announcements_pk; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.announcements
    ADD CONSTRAINT announcements_pk PRIMARY KEY (request_id);


--
-- Name: break_glass_review_transitions break_glass_review_transitions_pk; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.break_glass_review_transitions
    ADD CONSTRAINT break_glass_review_transitions_pk PRIMARY KEY (from_state, event, to_state);


--
-- Name: break_glass_reviews break_glass_reviews_one_a_grant; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.break_glass_reviews
    ADD CONSTRAINT break_glass_reviews_one_a_grant UNIQUE (grant_id);


--
-- Name: break_glass_reviews break_glass_reviews_pk; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.break_glass_reviews
    ADD CONSTRAINT break_glass_reviews_pk PRIMARY KEY (request_id);


--
-- Name: clock_skews clock_skews_pk; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.clock_skews
    ADD CONSTRAINT clock_skews_pk PRIMARY KEY (place);


--
-- Name: credential_views credential_views_pk; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.credential_views
    ADD CONSTRAINT credential_views_pk PRIMARY KEY (id);


--
-- Name: directory_members directory_members_pk; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.directory_members
    ADD CONSTRAINT directory_members_pk PRIMARY KEY (source_id, slack_id);


--
-- Name: directory_people directory_people_pk; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.directory_people
    ADD CONSTRAINT directory_people_pk PRIMARY KEY (slack_id);


--
-- Name: directory_reads directory_reads_pk; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.directory_reads
    ADD CONSTRAINT directory_reads_pk PRIMARY KEY (id);


--
-- Name: directory_sources directory_sources_pk; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.directory_sources
    ADD CONSTRAINT directory_sources_pk PRIMARY KEY (source_id);


--
-- Name: drafts drafts_pk; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.drafts
    ADD CONSTRAINT drafts_pk PRIMARY KEY (id);


--
-- Name: extensions extensions_pk; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.extensions
    ADD CONSTRAINT extensions_pk PRIMARY KEY (request_id);


--
-- Name: grant_progress grant_progress_pk; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.grant_progress
    ADD CONSTRAINT grant_progress_pk PRIMARY KEY (id);


--
-- Name: grant_transitions grant_transitions_pk; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.grant_transitions
    ADD CONSTRAINT grant_transitions_pk PRIMARY KEY (from_state, event);


--
-- Name: grants grants_one_a_request; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.grants
    ADD CONSTRAINT grants_one_a_request UNIQUE (request_id);


--
-- Name: grants grants_pk; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.grants
    ADD CONSTRAINT grants_pk PRIMARY KEY (id);


--
-- Name: intake intake_pk; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.intake
    ADD CONSTRAINT intake_pk PRIMARY KEY (key);


--
-- Name: ledger ledger_hash_once; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.ledger
    ADD CONSTRAINT ledger_hash_once UNIQUE (hash);


--
-- Name: ledger_kinds ledger_kinds_pk; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.ledger_kinds
    ADD CONSTRAINT ledger_kinds_pk PRIMARY KEY (kind);


--
-- Name: ledger ledger_no_fork; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.ledger
    ADD CONSTRAINT ledger_no_fork UNIQUE (prev_hash);


--
-- Name: ledger ledger_pk; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.ledger
    ADD CONSTRAINT ledger_pk PRIMARY KEY (seq);


--
-- Name: lockdowns lockdowns_pk; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.lockdowns
    ADD CONSTRAINT lockdowns_pk PRIMARY KEY (id);


--
-- Name: message_streams message_streams_pk; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.message_streams
    ADD CONSTRAINT message_streams_pk PRIMARY KEY (request_id);


--
-- Name: messages messages_one_a_kind; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_one_a_kind UNIQUE (request_id, kind);


--
-- Name: messages messages_pk; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_pk PRIMARY KEY (id);


--
-- Name: notices notices_once; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.notices
    ADD CONSTRAINT notices_once UNIQUE (key, channel);


--
-- Name: notices notices_pk; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.notices
    ADD CONSTRAINT notices_pk PRIMARY KEY (id);


--
-- Name: observations observations_pk; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.observations
    ADD CONSTRAINT observations_pk PRIMARY KEY (cluster);


--
-- Name: outbox outbox_pk; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pk PRIMARY KEY (id);


--
-- Name: policy_in_force policy_in_force_pk; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.policy_in_force
    ADD CONSTRAINT policy_in_force_pk PRIMARY KEY (process, host, pid);


--
-- Name: policy_versions policy_versions_pk; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.policy_versions
    ADD CONSTRAINT policy_versions_pk PRIMARY KEY (hash, writer);


--
-- Name: request_transitions request_transitions_pk; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.request_transitions
    ADD CONSTRAINT request_transitions_pk PRIMARY KEY (from_state, event);


--
-- Name: requests requests_pk; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.requests
    ADD CONSTRAINT requests_pk PRIMARY KEY (id);


--
-- Name: reviews reviews_one_a_person; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.reviews
    ADD CONSTRAINT reviews_one_a_person UNIQUE (request_id, reviewer);


--
-- Name: reviews reviews_pk; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.reviews
    ADD CONSTRAINT reviews_pk PRIMARY KEY (id);


--
-- Name: team team_pk; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.team
    ADD CONSTRAINT team_pk PRIMARY KEY (id);


--
-- Name: told_groups told_groups_pk; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.told_groups
    ADD CONSTRAINT told_groups_pk PRIMARY KEY (group_name);


--
-- Name: voided_reviews voided_reviews_pk; Type: CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.voided_reviews
    ADD CONSTRAINT voided_reviews_pk PRIMARY KEY (review_id);


--
-- Name: break_glass_reviews_due_at; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE INDEX break_glass_reviews_due_at ON public.break_glass_reviews USING btree (due_at) WHERE (state = 'pending'::text);


--
-- Name: break_glass_reviews_one_a_name; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE UNIQUE INDEX break_glass_reviews_one_a_name ON public.break_glass_reviews USING btree (holder) WHERE (state = 'pending'::text);


--
-- Name: break_glass_reviews_one_an_account; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE UNIQUE INDEX break_glass_reviews_one_an_account ON public.break_glass_reviews USING btree (holder_slack_id) WHERE (state = 'pending'::text);


--
-- Name: credential_views_shown_at; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE INDEX credential_views_shown_at ON public.credential_views USING btree (grant_id, shown_at);


--
-- Name: credential_views_waiting; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE INDEX credential_views_waiting ON public.credential_views USING btree (requested_at) WHERE (state = ANY (ARRAY['requested'::text, 'started'::text]));


--
-- Name: directory_members_slack_id; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE INDEX directory_members_slack_id ON public.directory_members USING btree (slack_id);


--
-- Name: drafts_created_at; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE INDEX drafts_created_at ON public.drafts USING btree (created_at);


--
-- Name: drafts_slack_id; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE INDEX drafts_slack_id ON public.drafts USING btree (slack_id, id);


--
-- Name: extensions_grant_id; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE INDEX extensions_grant_id ON public.extensions USING btree (grant_id, request_id);


--
-- Name: grant_progress_grant_id; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE INDEX grant_progress_grant_id ON public.grant_progress USING btree (grant_id);


--
-- Name: grants_ended_at; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE INDEX grants_ended_at ON public.grants USING btree (ended_at) WHERE (state = 'ended'::text);


--
-- Name: grants_ended_holder; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE INDEX grants_ended_holder ON public.grants USING btree (holder_slack_id, ended_at DESC) WHERE (state = 'ended'::text);


--
-- Name: grants_expires_at; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE INDEX grants_expires_at ON public.grants USING btree (expires_at) WHERE (state = 'active'::text);


--
-- Name: grants_next_attempt_at; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE INDEX grants_next_attempt_at ON public.grants USING btree (next_attempt_at) WHERE (state = ANY (ARRAY['provisioning'::text, 'revoking'::text]));


--
-- Name: grants_open_cluster; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE INDEX grants_open_cluster ON public.grants USING btree (cluster) WHERE (state <> ALL (ARRAY['ended'::text, 'written_off'::text]));


--
-- Name: grants_open_holder; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE INDEX grants_open_holder ON public.grants USING btree (holder_slack_id) WHERE (state <> ALL (ARRAY['ended'::text, 'written_off'::text]));


--
-- Name: grants_open_login; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE INDEX grants_open_login ON public.grants USING btree (cluster, ((recipe ->> 'login'::text))) WHERE (state <> ALL (ARRAY['ended'::text, 'written_off'::text]));


--
-- Name: grants_state; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE INDEX grants_state ON public.grants USING btree (state, id);


--
-- Name: intake_taken_at; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE INDEX intake_taken_at ON public.intake USING btree (taken_at);


--
-- Name: ledger_grant_id; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE INDEX ledger_grant_id ON public.ledger USING btree (grant_id, seq) WHERE (grant_id IS NOT NULL);


--
-- Name: ledger_policies; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE INDEX ledger_policies ON public.ledger USING btree (seq) WHERE (kind = 'policy.loaded'::text);


--
-- Name: ledger_request_id; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE INDEX ledger_request_id ON public.ledger USING btree (request_id, seq) WHERE (request_id IS NOT NULL);


--
-- Name: lockdowns_lifted_at; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE INDEX lockdowns_lifted_at ON public.lockdowns USING btree (lifted_at);


--
-- Name: lockdowns_one_open; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE UNIQUE INDEX lockdowns_one_open ON public.lockdowns USING btree (target) NULLS NOT DISTINCT WHERE (lifted_at IS NULL);


--
-- Name: message_streams_next_attempt_at; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE INDEX message_streams_next_attempt_at ON public.message_streams USING btree (next_attempt_at) WHERE (next_attempt_at IS NOT NULL);


--
-- Name: messages_waiting; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE INDEX messages_waiting ON public.messages USING btree (kind, request_id) WHERE (posted_ts IS NULL);


--
-- Name: notices_next_attempt_at; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE INDEX notices_next_attempt_at ON public.notices USING btree (next_attempt_at) WHERE (next_attempt_at IS NOT NULL);


--
-- Name: outbox_dispatched_at; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE INDEX outbox_dispatched_at ON public.outbox USING btree (dispatched_at) WHERE (dispatched_at IS NOT NULL);


--
-- Name: outbox_waiting; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE INDEX outbox_waiting ON public.outbox USING btree (created_at, id) WHERE (dispatched_at IS NULL);


--
-- Name: requests_decide_by; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE INDEX requests_decide_by ON public.requests USING btree (decide_by) WHERE (state = 'pending'::text);


--
-- Name: requests_of_grant; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE INDEX requests_of_grant ON public.requests USING btree (of_grant, id) WHERE (of_grant IS NOT NULL);


--
-- Name: requests_one_pending; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE UNIQUE INDEX requests_one_pending ON public.requests USING btree (requester_slack_id, target, role, kind) WHERE (state = 'pending'::text);


--
-- Name: requests_requester; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE INDEX requests_requester ON public.requests USING btree (requester_slack_id, submitted_at);


--
-- Name: requests_state; Type: INDEX; Schema: public; Owner: dbaccess_owner
--

CREATE INDEX requests_state ON public.requests USING btree (state, id);


--
-- Name: ledger append_only; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.ledger FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

ALTER TABLE public.ledger ENABLE ALWAYS TRIGGER append_only;


--
-- Name: announcements guard; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE TRIGGER guard BEFORE INSERT ON public.announcements FOR EACH ROW EXECUTE FUNCTION public.guard_announcement();

ALTER TABLE public.announcements ENABLE ALWAYS TRIGGER guard;


--
-- Name: break_glass_reviews guard; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON public.break_glass_reviews FOR EACH ROW EXECUTE FUNCTION public.guard_break_glass_review();

ALTER TABLE public.break_glass_reviews ENABLE ALWAYS TRIGGER guard;


--
-- Name: credential_views guard; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON public.credential_views FOR EACH ROW EXECUTE FUNCTION public.guard_credential_view();

ALTER TABLE public.credential_views ENABLE ALWAYS TRIGGER guard;


--
-- Name: extensions guard; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE TRIGGER guard BEFORE INSERT ON public.extensions FOR EACH ROW EXECUTE FUNCTION public.guard_extension();

ALTER TABLE public.extensions ENABLE ALWAYS TRIGGER guard;


--
-- Name: grants guard; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE TRIGGER guard BEFORE UPDATE ON public.grants FOR EACH ROW EXECUTE FUNCTION public.guard_grant();

ALTER TABLE public.grants ENABLE ALWAYS TRIGGER guard;


--
-- Name: ledger guard; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE TRIGGER guard BEFORE INSERT ON public.ledger FOR EACH ROW EXECUTE FUNCTION public.guard_ledger();

ALTER TABLE public.ledger ENABLE ALWAYS TRIGGER guard;


--
-- Name: lockdowns guard; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON public.lockdowns FOR EACH ROW EXECUTE FUNCTION public.guard_lockdown();

ALTER TABLE public.lockdowns ENABLE ALWAYS TRIGGER guard;


--
-- Name: message_streams guard; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON public.message_streams FOR EACH ROW EXECUTE FUNCTION public.guard_message_stream();

ALTER TABLE public.message_streams ENABLE ALWAYS TRIGGER guard;


--
-- Name: messages guard; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE TRIGGER guard BEFORE INSERT ON public.messages FOR EACH ROW EXECUTE FUNCTION public.guard_message();

ALTER TABLE public.messages ENABLE ALWAYS TRIGGER guard;


--
-- Name: policy_in_force guard; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON public.policy_in_force FOR EACH ROW EXECUTE FUNCTION public.guard_policy_report();

ALTER TABLE public.policy_in_force ENABLE ALWAYS TRIGGER guard;


--
-- Name: policy_versions guard; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON public.policy_versions FOR EACH ROW EXECUTE FUNCTION public.guard_policy_version();

ALTER TABLE public.policy_versions ENABLE ALWAYS TRIGGER guard;


--
-- Name: requests guard; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON public.requests FOR EACH ROW EXECUTE FUNCTION public.guard_request();

ALTER TABLE public.requests ENABLE ALWAYS TRIGGER guard;


--
-- Name: reviews guard; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE TRIGGER guard BEFORE INSERT ON public.reviews FOR EACH ROW EXECUTE FUNCTION public.guard_review();

ALTER TABLE public.reviews ENABLE ALWAYS TRIGGER guard;


--
-- Name: voided_reviews guard; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE TRIGGER guard BEFORE INSERT ON public.voided_reviews FOR EACH ROW EXECUTE FUNCTION public.guard_voided_review();

ALTER TABLE public.voided_reviews ENABLE ALWAYS TRIGGER guard;


--
-- Name: grants guard_new; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE TRIGGER guard_new BEFORE INSERT ON public.grants FOR EACH ROW EXECUTE FUNCTION public.guard_new_grant();

ALTER TABLE public.grants ENABLE ALWAYS TRIGGER guard_new;


--
-- Name: announcements recorded; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE CONSTRAINT TRIGGER recorded AFTER INSERT ON public.announcements DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.require_entry();

ALTER TABLE public.announcements ENABLE ALWAYS TRIGGER recorded;


--
-- Name: break_glass_reviews recorded; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE CONSTRAINT TRIGGER recorded AFTER INSERT ON public.break_glass_reviews DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.require_entry();

ALTER TABLE public.break_glass_reviews ENABLE ALWAYS TRIGGER recorded;


--
-- Name: credential_views recorded; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE CONSTRAINT TRIGGER recorded AFTER INSERT ON public.credential_views DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.require_entry();

ALTER TABLE public.credential_views ENABLE ALWAYS TRIGGER recorded;


--
-- Name: extensions recorded; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE CONSTRAINT TRIGGER recorded AFTER INSERT ON public.extensions DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.require_entry();

ALTER TABLE public.extensions ENABLE ALWAYS TRIGGER recorded;


--
-- Name: grants recorded; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE CONSTRAINT TRIGGER recorded AFTER INSERT ON public.grants DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.require_entry();

ALTER TABLE public.grants ENABLE ALWAYS TRIGGER recorded;


--
-- Name: lockdowns recorded; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE CONSTRAINT TRIGGER recorded AFTER INSERT ON public.lockdowns DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.require_entry();

ALTER TABLE public.lockdowns ENABLE ALWAYS TRIGGER recorded;


--
-- Name: requests recorded; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE CONSTRAINT TRIGGER recorded AFTER INSERT ON public.requests DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.require_entry();

ALTER TABLE public.requests ENABLE ALWAYS TRIGGER recorded;


--
-- Name: reviews recorded; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE CONSTRAINT TRIGGER recorded AFTER INSERT ON public.reviews DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.require_entry();

ALTER TABLE public.reviews ENABLE ALWAYS TRIGGER recorded;


--
-- Name: voided_reviews recorded; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE CONSTRAINT TRIGGER recorded AFTER INSERT ON public.voided_reviews DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.require_entry();

ALTER TABLE public.voided_reviews ENABLE ALWAYS TRIGGER recorded;


--
-- Name: break_glass_reviews recorded_change; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE CONSTRAINT TRIGGER recorded_change AFTER UPDATE ON public.break_glass_reviews DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.require_entry();

ALTER TABLE public.break_glass_reviews ENABLE ALWAYS TRIGGER recorded_change;


--
-- Name: grants recorded_change; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE CONSTRAINT TRIGGER recorded_change AFTER UPDATE ON public.grants DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (((new.state IS DISTINCT FROM old.state) OR (new.expires_at IS DISTINCT FROM old.expires_at))) EXECUTE FUNCTION public.require_entry();

ALTER TABLE public.grants ENABLE ALWAYS TRIGGER recorded_change;


--
-- Name: lockdowns recorded_change; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE CONSTRAINT TRIGGER recorded_change AFTER UPDATE ON public.lockdowns DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.lifted_at IS DISTINCT FROM old.lifted_at)) EXECUTE FUNCTION public.require_entry();

ALTER TABLE public.lockdowns ENABLE ALWAYS TRIGGER recorded_change;


--
-- Name: requests recorded_change; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE CONSTRAINT TRIGGER recorded_change AFTER UPDATE ON public.requests DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.state IS DISTINCT FROM old.state)) EXECUTE FUNCTION public.require_entry();

ALTER TABLE public.requests ENABLE ALWAYS TRIGGER recorded_change;


--
-- Name: announcements stays; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE TRIGGER stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.announcements FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

ALTER TABLE public.announcements ENABLE ALWAYS TRIGGER stays;


--
-- Name: break_glass_reviews stays; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE TRIGGER stays BEFORE DELETE OR TRUNCATE ON public.break_glass_reviews FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

ALTER TABLE public.break_glass_reviews ENABLE ALWAYS TRIGGER stays;


--
-- Name: extensions stays; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE TRIGGER stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.extensions FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

ALTER TABLE public.extensions ENABLE ALWAYS TRIGGER stays;


--
-- Name: grants stays; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE TRIGGER stays BEFORE DELETE OR TRUNCATE ON public.grants FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

ALTER TABLE public.grants ENABLE ALWAYS TRIGGER stays;


--
-- Name: lockdowns stays; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE TRIGGER stays BEFORE DELETE OR TRUNCATE ON public.lockdowns FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

ALTER TABLE public.lockdowns ENABLE ALWAYS TRIGGER stays;


--
-- Name: requests stays; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE TRIGGER stays BEFORE DELETE OR TRUNCATE ON public.requests FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

ALTER TABLE public.requests ENABLE ALWAYS TRIGGER stays;


--
-- Name: reviews stays; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE TRIGGER stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.reviews FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

ALTER TABLE public.reviews ENABLE ALWAYS TRIGGER stays;


--
-- Name: voided_reviews stays; Type: TRIGGER; Schema: public; Owner: dbaccess_owner
--

CREATE TRIGGER stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.voided_reviews FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

ALTER TABLE public.voided_reviews ENABLE ALWAYS TRIGGER stays;


--
-- Name: announcements announcements_request_fk; Type: FK CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.announcements
    ADD CONSTRAINT announcements_request_fk FOREIGN KEY (request_id) REFERENCES public.requests(id);


--
-- Name: break_glass_reviews break_glass_reviews_grant_fk; Type: FK CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.break_glass_reviews
    ADD CONSTRAINT break_glass_reviews_grant_fk FOREIGN KEY (grant_id) REFERENCES public.grants(id);


--
-- Name: break_glass_reviews break_glass_reviews_request_fk; Type: FK CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.break_glass_reviews
    ADD CONSTRAINT break_glass_reviews_request_fk FOREIGN KEY (request_id) REFERENCES public.requests(id);


--
-- Name: credential_views credential_views_grant_fk; Type: FK CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.credential_views
    ADD CONSTRAINT credential_views_grant_fk FOREIGN KEY (grant_id) REFERENCES public.grants(id);


--
-- Name: directory_members directory_members_source_fk; Type: FK CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.directory_members
    ADD CONSTRAINT directory_members_source_fk FOREIGN KEY (source_id) REFERENCES public.directory_sources(source_id) ON DELETE CASCADE;


--
-- Name: extensions extensions_grant_fk; Type: FK CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.extensions
    ADD CONSTRAINT extensions_grant_fk FOREIGN KEY (grant_id) REFERENCES public.grants(id);


--
-- Name: extensions extensions_request_fk; Type: FK CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.extensions
    ADD CONSTRAINT extensions_request_fk FOREIGN KEY (request_id) REFERENCES public.requests(id);


--
-- Name: grants grants_request_fk; Type: FK CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.grants
    ADD CONSTRAINT grants_request_fk FOREIGN KEY (request_id) REFERENCES public.requests(id);


--
-- Name: message_streams message_streams_request_fk; Type: FK CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.message_streams
    ADD CONSTRAINT message_streams_request_fk FOREIGN KEY (request_id) REFERENCES public.requests(id);


--
-- Name: messages messages_request_fk; Type: FK CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_request_fk FOREIGN KEY (request_id) REFERENCES public.requests(id);


--
-- Name: reviews reviews_request_fk; Type: FK CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.reviews
    ADD CONSTRAINT reviews_request_fk FOREIGN KEY (request_id) REFERENCES public.requests(id);


--
-- Name: voided_reviews voided_reviews_review_fk; Type: FK CONSTRAINT; Schema: public; Owner: dbaccess_owner
--

ALTER TABLE ONLY public.voided_reviews
    ADD CONSTRAINT voided_reviews_review_fk FOREIGN KEY (review_id) REFERENCES public.reviews(id);


--
-- Name: SCHEMA public; Type: ACL; Schema: -; Owner: pg_database_owner
--

REVOKE USAGE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO dbaccess_bot;
GRANT USAGE ON SCHEMA public TO dbaccess_worker;


--
-- Name: FUNCTION dbaccess_writer(); Type: ACL; Schema: public; Owner: dbaccess_owner
--

REVOKE ALL ON FUNCTION public.dbaccess_writer() FROM PUBLIC;
GRANT ALL ON FUNCTION public.dbaccess_writer() TO dbaccess_bot;
GRANT ALL ON FUNCTION public.dbaccess_writer() TO dbaccess_worker;


--
-- Name: TABLE messages; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT ON TABLE public.messages TO dbaccess_bot;
GRANT SELECT ON TABLE public.messages TO dbaccess_worker;


--
-- Name: COLUMN messages.request_id; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(request_id) ON TABLE public.messages TO dbaccess_bot;
GRANT INSERT(request_id) ON TABLE public.messages TO dbaccess_worker;


--
-- Name: COLUMN messages.kind; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(kind) ON TABLE public.messages TO dbaccess_bot;
GRANT INSERT(kind) ON TABLE public.messages TO dbaccess_worker;


--
-- Name: COLUMN messages.channel; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(channel) ON TABLE public.messages TO dbaccess_bot;
GRANT INSERT(channel) ON TABLE public.messages TO dbaccess_worker;


--
-- Name: COLUMN messages.posted_channel; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(posted_channel) ON TABLE public.messages TO dbaccess_worker;


--
-- Name: COLUMN messages.posted_ts; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(posted_ts) ON TABLE public.messages TO dbaccess_worker;


--
-- Name: COLUMN messages.rendered; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(rendered) ON TABLE public.messages TO dbaccess_worker;


--
-- Name: COLUMN messages.posted_at; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(posted_at) ON TABLE public.messages TO dbaccess_worker;


--
-- Name: COLUMN messages.attempts; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(attempts) ON TABLE public.messages TO dbaccess_worker;


--
-- Name: TABLE notices; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT,DELETE ON TABLE public.notices TO dbaccess_worker;


--
-- Name: COLUMN notices.key; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(key) ON TABLE public.notices TO dbaccess_worker;


--
-- Name: COLUMN notices.kind; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(kind) ON TABLE public.notices TO dbaccess_worker;


--
-- Name: COLUMN notices.channel; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(channel) ON TABLE public.notices TO dbaccess_worker;


--
-- Name: COLUMN notices.data; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(data) ON TABLE public.notices TO dbaccess_worker;


--
-- Name: COLUMN notices.next_attempt_at; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(next_attempt_at),UPDATE(next_attempt_at) ON TABLE public.notices TO dbaccess_worker;


--
-- Name: COLUMN notices.attempts; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(attempts) ON TABLE public.notices TO dbaccess_worker;


--
-- Name: COLUMN notices.posted_channel; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(posted_channel) ON TABLE public.notices TO dbaccess_worker;


--
-- Name: COLUMN notices.posted_ts; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(posted_ts) ON TABLE public.notices TO dbaccess_worker;


--
-- Name: COLUMN notices.rendered; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(rendered) ON TABLE public.notices TO dbaccess_worker;


--
-- Name: COLUMN notices.posted_at; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(posted_at) ON TABLE public.notices TO dbaccess_worker;


--
-- Name: TABLE outbox; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT ON TABLE public.outbox TO dbaccess_bot;
GRANT SELECT,DELETE ON TABLE public.outbox TO dbaccess_worker;


--
-- Name: COLUMN outbox.job; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(job) ON TABLE public.outbox TO dbaccess_bot;
GRANT INSERT(job) ON TABLE public.outbox TO dbaccess_worker;


--
-- Name: COLUMN outbox.subject; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(subject) ON TABLE public.outbox TO dbaccess_bot;
GRANT INSERT(subject) ON TABLE public.outbox TO dbaccess_worker;


--
-- Name: COLUMN outbox.due_at; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(due_at) ON TABLE public.outbox TO dbaccess_bot;
GRANT INSERT(due_at) ON TABLE public.outbox TO dbaccess_worker;


--
-- Name: COLUMN outbox.dispatched_at; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(dispatched_at) ON TABLE public.outbox TO dbaccess_bot;
GRANT UPDATE(dispatched_at) ON TABLE public.outbox TO dbaccess_worker;


--
-- Name: FUNCTION end_blockers(); Type: ACL; Schema: public; Owner: dbaccess_owner
--

REVOKE ALL ON FUNCTION public.end_blockers() FROM PUBLIC;
GRANT ALL ON FUNCTION public.end_blockers() TO dbaccess_worker;


--
-- Name: FUNCTION end_hoarders(); Type: ACL; Schema: public; Owner: dbaccess_owner
--

REVOKE ALL ON FUNCTION public.end_hoarders() FROM PUBLIC;
GRANT ALL ON FUNCTION public.end_hoarders() TO dbaccess_worker;


--
-- Name: FUNCTION guard_announcement(); Type: ACL; Schema: public; Owner: dbaccess_owner
--

REVOKE ALL ON FUNCTION public.guard_announcement() FROM PUBLIC;


--
-- Name: TABLE requests; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT ON TABLE public.requests TO dbaccess_bot;
GRANT SELECT ON TABLE public.requests TO dbaccess_worker;


--
-- Name: COLUMN requests.requester_slack_id; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(requester_slack_id) ON TABLE public.requests TO dbaccess_bot;


--
-- Name: COLUMN requests.terms; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(terms) ON TABLE public.requests TO dbaccess_bot;


--
-- Name: COLUMN requests.fingerprint; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(fingerprint) ON TABLE public.requests TO dbaccess_bot;


--
-- Name: COLUMN requests.policy_hash; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(policy_hash) ON TABLE public.requests TO dbaccess_bot;


--
-- Name: COLUMN requests.state; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(state),UPDATE(state) ON TABLE public.requests TO dbaccess_bot;
GRANT UPDATE(state) ON TABLE public.requests TO dbaccess_worker;


--
-- Name: COLUMN requests.submitted_at; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(submitted_at) ON TABLE public.requests TO dbaccess_bot;


--
-- Name: COLUMN requests.decide_by; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(decide_by) ON TABLE public.requests TO dbaccess_bot;


--
-- Name: COLUMN requests.decided_at; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(decided_at) ON TABLE public.requests TO dbaccess_bot;
GRANT UPDATE(decided_at) ON TABLE public.requests TO dbaccess_worker;


--
-- Name: COLUMN requests.stale_why; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(stale_why) ON TABLE public.requests TO dbaccess_worker;


--
-- Name: FUNCTION guard_approval(asked public.requests); Type: ACL; Schema: public; Owner: dbaccess_owner
--

REVOKE ALL ON FUNCTION public.guard_approval(asked public.requests) FROM PUBLIC;
GRANT ALL ON FUNCTION public.guard_approval(asked public.requests) TO dbaccess_bot;
GRANT ALL ON FUNCTION public.guard_approval(asked public.requests) TO dbaccess_worker;


--
-- Name: TABLE ledger; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT ON TABLE public.ledger TO dbaccess_bot;
GRANT SELECT,INSERT ON TABLE public.ledger TO dbaccess_worker;


--
-- Name: COLUMN ledger.seq; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT(seq) ON TABLE public.ledger TO dbaccess_bot;


--
-- Name: COLUMN ledger.hash; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT(hash) ON TABLE public.ledger TO dbaccess_bot;


--
-- Name: FUNCTION guard_body(entry public.ledger, by_whom text); Type: ACL; Schema: public; Owner: dbaccess_owner
--

REVOKE ALL ON FUNCTION public.guard_body(entry public.ledger, by_whom text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.guard_body(entry public.ledger, by_whom text) TO dbaccess_bot;
GRANT ALL ON FUNCTION public.guard_body(entry public.ledger, by_whom text) TO dbaccess_worker;


--
-- Name: FUNCTION guard_break_glass_review(); Type: ACL; Schema: public; Owner: dbaccess_owner
--

REVOKE ALL ON FUNCTION public.guard_break_glass_review() FROM PUBLIC;


--
-- Name: FUNCTION guard_credential_view(); Type: ACL; Schema: public; Owner: dbaccess_owner
--

REVOKE ALL ON FUNCTION public.guard_credential_view() FROM PUBLIC;


--
-- Name: FUNCTION guard_extension(); Type: ACL; Schema: public; Owner: dbaccess_owner
--

REVOKE ALL ON FUNCTION public.guard_extension() FROM PUBLIC;


--
-- Name: FUNCTION guard_extension_request(asked public.requests); Type: ACL; Schema: public; Owner: dbaccess_owner
--

REVOKE ALL ON FUNCTION public.guard_extension_request(asked public.requests) FROM PUBLIC;
GRANT ALL ON FUNCTION public.guard_extension_request(asked public.requests) TO dbaccess_bot;
GRANT ALL ON FUNCTION public.guard_extension_request(asked public.requests) TO dbaccess_worker;


--
-- Name: TABLE reviews; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT,INSERT ON TABLE public.reviews TO dbaccess_bot;
GRANT SELECT ON TABLE public.reviews TO dbaccess_worker;


--
-- Name: FUNCTION guard_extent(asked public.requests, given public.reviews); Type: ACL; Schema: public; Owner: dbaccess_owner
--

REVOKE ALL ON FUNCTION public.guard_extent(asked public.requests, given public.reviews) FROM PUBLIC;
GRANT ALL ON FUNCTION public.guard_extent(asked public.requests, given public.reviews) TO dbaccess_bot;
GRANT ALL ON FUNCTION public.guard_extent(asked public.requests, given public.reviews) TO dbaccess_worker;


--
-- Name: FUNCTION guard_grant(); Type: ACL; Schema: public; Owner: dbaccess_owner
--

REVOKE ALL ON FUNCTION public.guard_grant() FROM PUBLIC;


--
-- Name: TABLE grants; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT ON TABLE public.grants TO dbaccess_bot;
GRANT SELECT ON TABLE public.grants TO dbaccess_worker;


--
-- Name: COLUMN grants.request_id; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(request_id) ON TABLE public.grants TO dbaccess_bot;


--
-- Name: COLUMN grants.holder; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(holder) ON TABLE public.grants TO dbaccess_bot;


--
-- Name: COLUMN grants.holder_slack_id; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(holder_slack_id) ON TABLE public.grants TO dbaccess_bot;


--
-- Name: COLUMN grants.target; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(target) ON TABLE public.grants TO dbaccess_bot;


--
-- Name: COLUMN grants.cluster; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(cluster) ON TABLE public.grants TO dbaccess_bot;


--
-- Name: COLUMN grants.role; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(role) ON TABLE public.grants TO dbaccess_bot;


--
-- Name: COLUMN grants.duration; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(duration) ON TABLE public.grants TO dbaccess_bot;


--
-- Name: COLUMN grants.state; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(state),UPDATE(state) ON TABLE public.grants TO dbaccess_bot;
GRANT UPDATE(state) ON TABLE public.grants TO dbaccess_worker;


--
-- Name: COLUMN grants.created_at; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(created_at) ON TABLE public.grants TO dbaccess_bot;


--
-- Name: COLUMN grants.expires_at; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(expires_at) ON TABLE public.grants TO dbaccess_worker;


--
-- Name: COLUMN grants.activated_at; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(activated_at) ON TABLE public.grants TO dbaccess_worker;


--
-- Name: COLUMN grants.revoking_at; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(revoking_at) ON TABLE public.grants TO dbaccess_bot;
GRANT UPDATE(revoking_at) ON TABLE public.grants TO dbaccess_worker;


--
-- Name: COLUMN grants.ended_at; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(ended_at) ON TABLE public.grants TO dbaccess_worker;


--
-- Name: COLUMN grants.end_cause; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(end_cause) ON TABLE public.grants TO dbaccess_bot;
GRANT UPDATE(end_cause) ON TABLE public.grants TO dbaccess_worker;


--
-- Name: COLUMN grants.ended_by; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(ended_by) ON TABLE public.grants TO dbaccess_bot;
GRANT UPDATE(ended_by) ON TABLE public.grants TO dbaccess_worker;


--
-- Name: COLUMN grants.end_note; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(end_note) ON TABLE public.grants TO dbaccess_bot;
GRANT UPDATE(end_note) ON TABLE public.grants TO dbaccess_worker;


--
-- Name: COLUMN grants.recipe; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(recipe) ON TABLE public.grants TO dbaccess_worker;


--
-- Name: COLUMN grants.receipt; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(receipt) ON TABLE public.grants TO dbaccess_worker;


--
-- Name: COLUMN grants.lease_id; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(lease_id) ON TABLE public.grants TO dbaccess_worker;


--
-- Name: COLUMN grants.lease_until; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(lease_until) ON TABLE public.grants TO dbaccess_worker;


--
-- Name: COLUMN grants.attempts; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(attempts) ON TABLE public.grants TO dbaccess_bot;
GRANT UPDATE(attempts) ON TABLE public.grants TO dbaccess_worker;


--
-- Name: COLUMN grants.next_attempt_at; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(next_attempt_at),UPDATE(next_attempt_at) ON TABLE public.grants TO dbaccess_bot;
GRANT UPDATE(next_attempt_at) ON TABLE public.grants TO dbaccess_worker;


--
-- Name: COLUMN grants.last_failure; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(last_failure) ON TABLE public.grants TO dbaccess_worker;


--
-- Name: COLUMN grants.write_off_by; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(write_off_by) ON TABLE public.grants TO dbaccess_worker;


--
-- Name: COLUMN grants.write_off_reason; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(write_off_reason) ON TABLE public.grants TO dbaccess_worker;


--
-- Name: COLUMN grants.written_off_by; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(written_off_by) ON TABLE public.grants TO dbaccess_worker;


--
-- Name: COLUMN grants.written_off_at; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(written_off_at) ON TABLE public.grants TO dbaccess_worker;


--
-- Name: FUNCTION guard_grant_from_bot(was public.grants, becomes public.grants); Type: ACL; Schema: public; Owner: dbaccess_owner
--

REVOKE ALL ON FUNCTION public.guard_grant_from_bot(was public.grants, becomes public.grants) FROM PUBLIC;
GRANT ALL ON FUNCTION public.guard_grant_from_bot(was public.grants, becomes public.grants) TO dbaccess_bot;
GRANT ALL ON FUNCTION public.guard_grant_from_bot(was public.grants, becomes public.grants) TO dbaccess_worker;


--
-- Name: FUNCTION guard_ledger(); Type: ACL; Schema: public; Owner: dbaccess_owner
--

REVOKE ALL ON FUNCTION public.guard_ledger() FROM PUBLIC;


--
-- Name: FUNCTION guard_lockdown(); Type: ACL; Schema: public; Owner: dbaccess_owner
--

REVOKE ALL ON FUNCTION public.guard_lockdown() FROM PUBLIC;


--
-- Name: FUNCTION guard_message(); Type: ACL; Schema: public; Owner: dbaccess_owner
--

REVOKE ALL ON FUNCTION public.guard_message() FROM PUBLIC;


--
-- Name: FUNCTION guard_message_stream(); Type: ACL; Schema: public; Owner: dbaccess_owner
--

REVOKE ALL ON FUNCTION public.guard_message_stream() FROM PUBLIC;


--
-- Name: TABLE break_glass_reviews; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT ON TABLE public.break_glass_reviews TO dbaccess_bot;
GRANT SELECT ON TABLE public.break_glass_reviews TO dbaccess_worker;


--
-- Name: COLUMN break_glass_reviews.request_id; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(request_id) ON TABLE public.break_glass_reviews TO dbaccess_bot;


--
-- Name: COLUMN break_glass_reviews.grant_id; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(grant_id) ON TABLE public.break_glass_reviews TO dbaccess_bot;


--
-- Name: COLUMN break_glass_reviews.holder; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(holder) ON TABLE public.break_glass_reviews TO dbaccess_bot;


--
-- Name: COLUMN break_glass_reviews.holder_slack_id; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(holder_slack_id) ON TABLE public.break_glass_reviews TO dbaccess_bot;


--
-- Name: COLUMN break_glass_reviews.review_by; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(review_by) ON TABLE public.break_glass_reviews TO dbaccess_bot;


--
-- Name: COLUMN break_glass_reviews.state; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(state),UPDATE(state) ON TABLE public.break_glass_reviews TO dbaccess_bot;


--
-- Name: COLUMN break_glass_reviews.opened_at; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(opened_at) ON TABLE public.break_glass_reviews TO dbaccess_bot;


--
-- Name: COLUMN break_glass_reviews.due_at; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(due_at) ON TABLE public.break_glass_reviews TO dbaccess_bot;


--
-- Name: COLUMN break_glass_reviews.overdue_at; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(overdue_at) ON TABLE public.break_glass_reviews TO dbaccess_worker;


--
-- Name: COLUMN break_glass_reviews.reviewer; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(reviewer) ON TABLE public.break_glass_reviews TO dbaccess_bot;


--
-- Name: COLUMN break_glass_reviews.reviewer_slack_id; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(reviewer_slack_id) ON TABLE public.break_glass_reviews TO dbaccess_bot;


--
-- Name: COLUMN break_glass_reviews.note; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(note) ON TABLE public.break_glass_reviews TO dbaccess_bot;


--
-- Name: COLUMN break_glass_reviews.reviewed_at; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(reviewed_at) ON TABLE public.break_glass_reviews TO dbaccess_bot;


--
-- Name: FUNCTION guard_new_break_glass_review(opened public.break_glass_reviews); Type: ACL; Schema: public; Owner: dbaccess_owner
--

REVOKE ALL ON FUNCTION public.guard_new_break_glass_review(opened public.break_glass_reviews) FROM PUBLIC;
GRANT ALL ON FUNCTION public.guard_new_break_glass_review(opened public.break_glass_reviews) TO dbaccess_bot;
GRANT ALL ON FUNCTION public.guard_new_break_glass_review(opened public.break_glass_reviews) TO dbaccess_worker;


--
-- Name: FUNCTION guard_new_grant(); Type: ACL; Schema: public; Owner: dbaccess_owner
--

REVOKE ALL ON FUNCTION public.guard_new_grant() FROM PUBLIC;


--
-- Name: FUNCTION guard_policy_report(); Type: ACL; Schema: public; Owner: dbaccess_owner
--

REVOKE ALL ON FUNCTION public.guard_policy_report() FROM PUBLIC;


--
-- Name: FUNCTION guard_policy_version(); Type: ACL; Schema: public; Owner: dbaccess_owner
--

REVOKE ALL ON FUNCTION public.guard_policy_version() FROM PUBLIC;


--
-- Name: FUNCTION guard_request(); Type: ACL; Schema: public; Owner: dbaccess_owner
--

REVOKE ALL ON FUNCTION public.guard_request() FROM PUBLIC;


--
-- Name: FUNCTION guard_review(); Type: ACL; Schema: public; Owner: dbaccess_owner
--

REVOKE ALL ON FUNCTION public.guard_review() FROM PUBLIC;


--
-- Name: FUNCTION guard_start(becomes public.grants); Type: ACL; Schema: public; Owner: dbaccess_owner
--

REVOKE ALL ON FUNCTION public.guard_start(becomes public.grants) FROM PUBLIC;
GRANT ALL ON FUNCTION public.guard_start(becomes public.grants) TO dbaccess_bot;
GRANT ALL ON FUNCTION public.guard_start(becomes public.grants) TO dbaccess_worker;


--
-- Name: FUNCTION guard_voided_review(); Type: ACL; Schema: public; Owner: dbaccess_owner
--

REVOKE ALL ON FUNCTION public.guard_voided_review() FROM PUBLIC;


--
-- Name: FUNCTION is_done(entry public.ledger, actor text); Type: ACL; Schema: public; Owner: dbaccess_owner
--

REVOKE ALL ON FUNCTION public.is_done(entry public.ledger, actor text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.is_done(entry public.ledger, actor text) TO dbaccess_bot;
GRANT ALL ON FUNCTION public.is_done(entry public.ledger, actor text) TO dbaccess_worker;


--
-- Name: FUNCTION is_now(moment timestamp with time zone); Type: ACL; Schema: public; Owner: dbaccess_owner
--

REVOKE ALL ON FUNCTION public.is_now(moment timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.is_now(moment timestamp with time zone) TO dbaccess_bot;
GRANT ALL ON FUNCTION public.is_now(moment timestamp with time zone) TO dbaccess_worker;


--
-- Name: FUNCTION is_plain_object(value text, by_whom text); Type: ACL; Schema: public; Owner: dbaccess_owner
--

REVOKE ALL ON FUNCTION public.is_plain_object(value text, by_whom text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.is_plain_object(value text, by_whom text) TO dbaccess_bot;
GRANT ALL ON FUNCTION public.is_plain_object(value text, by_whom text) TO dbaccess_worker;


--
-- Name: FUNCTION is_posted(asked bigint, message text); Type: ACL; Schema: public; Owner: dbaccess_owner
--

REVOKE ALL ON FUNCTION public.is_posted(asked bigint, message text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.is_posted(asked bigint, message text) TO dbaccess_bot;
GRANT ALL ON FUNCTION public.is_posted(asked bigint, message text) TO dbaccess_worker;


--
-- Name: TABLE lockdowns; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT ON TABLE public.lockdowns TO dbaccess_bot;
GRANT SELECT ON TABLE public.lockdowns TO dbaccess_worker;


--
-- Name: COLUMN lockdowns.target; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(target) ON TABLE public.lockdowns TO dbaccess_bot;
GRANT INSERT(target) ON TABLE public.lockdowns TO dbaccess_worker;


--
-- Name: COLUMN lockdowns.reason; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(reason) ON TABLE public.lockdowns TO dbaccess_bot;
GRANT INSERT(reason) ON TABLE public.lockdowns TO dbaccess_worker;


--
-- Name: COLUMN lockdowns.declared_by; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(declared_by) ON TABLE public.lockdowns TO dbaccess_bot;
GRANT INSERT(declared_by) ON TABLE public.lockdowns TO dbaccess_worker;


--
-- Name: COLUMN lockdowns.declared_slack_id; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(declared_slack_id) ON TABLE public.lockdowns TO dbaccess_bot;
GRANT INSERT(declared_slack_id) ON TABLE public.lockdowns TO dbaccess_worker;


--
-- Name: COLUMN lockdowns.lifted_by; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(lifted_by) ON TABLE public.lockdowns TO dbaccess_bot;
GRANT UPDATE(lifted_by) ON TABLE public.lockdowns TO dbaccess_worker;


--
-- Name: COLUMN lockdowns.lifted_slack_id; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(lifted_slack_id) ON TABLE public.lockdowns TO dbaccess_bot;
GRANT UPDATE(lifted_slack_id) ON TABLE public.lockdowns TO dbaccess_worker;


--
-- Name: COLUMN lockdowns.lift_reason; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(lift_reason) ON TABLE public.lockdowns TO dbaccess_bot;
GRANT UPDATE(lift_reason) ON TABLE public.lockdowns TO dbaccess_worker;


--
-- Name: COLUMN lockdowns.enforced_at; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(enforced_at) ON TABLE public.lockdowns TO dbaccess_worker;


--
-- Name: FUNCTION locked_down(of_target text); Type: ACL; Schema: public; Owner: dbaccess_owner
--

REVOKE ALL ON FUNCTION public.locked_down(of_target text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.locked_down(of_target text) TO dbaccess_bot;
GRANT ALL ON FUNCTION public.locked_down(of_target text) TO dbaccess_worker;


--
-- Name: FUNCTION refuse_change(); Type: ACL; Schema: public; Owner: dbaccess_owner
--

REVOKE ALL ON FUNCTION public.refuse_change() FROM PUBLIC;


--
-- Name: FUNCTION require_entry(); Type: ACL; Schema: public; Owner: dbaccess_owner
--

REVOKE ALL ON FUNCTION public.require_entry() FROM PUBLIC;


--
-- Name: TABLE alembic_version; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT ON TABLE public.alembic_version TO dbaccess_bot;
GRANT SELECT ON TABLE public.alembic_version TO dbaccess_worker;


--
-- Name: TABLE announcements; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT ON TABLE public.announcements TO dbaccess_bot;
GRANT SELECT,INSERT ON TABLE public.announcements TO dbaccess_worker;


--
-- Name: TABLE break_glass_review_transitions; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT ON TABLE public.break_glass_review_transitions TO dbaccess_bot;
GRANT SELECT ON TABLE public.break_glass_review_transitions TO dbaccess_worker;


--
-- Name: TABLE clock_skews; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE public.clock_skews TO dbaccess_worker;


--
-- Name: COLUMN clock_skews.seconds; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(seconds) ON TABLE public.clock_skews TO dbaccess_worker;


--
-- Name: COLUMN clock_skews.measured_at; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(measured_at) ON TABLE public.clock_skews TO dbaccess_worker;


--
-- Name: TABLE credential_views; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT,INSERT ON TABLE public.credential_views TO dbaccess_bot;
GRANT SELECT ON TABLE public.credential_views TO dbaccess_worker;


--
-- Name: COLUMN credential_views.state; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(state) ON TABLE public.credential_views TO dbaccess_worker;


--
-- Name: COLUMN credential_views.started_at; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(started_at) ON TABLE public.credential_views TO dbaccess_worker;


--
-- Name: COLUMN credential_views.shown_at; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(shown_at) ON TABLE public.credential_views TO dbaccess_worker;


--
-- Name: TABLE directory_members; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT ON TABLE public.directory_members TO dbaccess_bot;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.directory_members TO dbaccess_worker;


--
-- Name: TABLE directory_people; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT ON TABLE public.directory_people TO dbaccess_bot;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.directory_people TO dbaccess_worker;


--
-- Name: TABLE directory_reads; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT ON TABLE public.directory_reads TO dbaccess_bot;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.directory_reads TO dbaccess_worker;


--
-- Name: TABLE directory_sources; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT ON TABLE public.directory_sources TO dbaccess_bot;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.directory_sources TO dbaccess_worker;


--
-- Name: TABLE drafts; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT,DELETE ON TABLE public.drafts TO dbaccess_bot;
GRANT DELETE ON TABLE public.drafts TO dbaccess_worker;


--
-- Name: COLUMN drafts.id; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT(id) ON TABLE public.drafts TO dbaccess_worker;


--
-- Name: COLUMN drafts.slack_id; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(slack_id) ON TABLE public.drafts TO dbaccess_bot;


--
-- Name: COLUMN drafts.fields; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(fields) ON TABLE public.drafts TO dbaccess_bot;


--
-- Name: COLUMN drafts.created_at; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT(created_at) ON TABLE public.drafts TO dbaccess_worker;


--
-- Name: TABLE extensions; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT ON TABLE public.extensions TO dbaccess_bot;
GRANT SELECT,INSERT ON TABLE public.extensions TO dbaccess_worker;


--
-- Name: TABLE grant_progress; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT,DELETE ON TABLE public.grant_progress TO dbaccess_worker;


--
-- Name: COLUMN grant_progress.grant_id; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(grant_id) ON TABLE public.grant_progress TO dbaccess_worker;


--
-- Name: COLUMN grant_progress.done; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(done) ON TABLE public.grant_progress TO dbaccess_worker;


--
-- Name: TABLE grant_transitions; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT ON TABLE public.grant_transitions TO dbaccess_bot;
GRANT SELECT ON TABLE public.grant_transitions TO dbaccess_worker;


--
-- Name: TABLE intake; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT ON TABLE public.intake TO dbaccess_bot;
GRANT DELETE ON TABLE public.intake TO dbaccess_worker;


--
-- Name: COLUMN intake.key; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(key) ON TABLE public.intake TO dbaccess_bot;
GRANT SELECT(key) ON TABLE public.intake TO dbaccess_worker;


--
-- Name: COLUMN intake.taken_at; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT(taken_at) ON TABLE public.intake TO dbaccess_worker;


--
-- Name: TABLE ledger_kinds; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT ON TABLE public.ledger_kinds TO dbaccess_bot;
GRANT SELECT ON TABLE public.ledger_kinds TO dbaccess_worker;


--
-- Name: TABLE message_streams; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT,INSERT ON TABLE public.message_streams TO dbaccess_bot;
GRANT SELECT,INSERT ON TABLE public.message_streams TO dbaccess_worker;


--
-- Name: COLUMN message_streams.next_attempt_at; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(next_attempt_at) ON TABLE public.message_streams TO dbaccess_bot;
GRANT UPDATE(next_attempt_at) ON TABLE public.message_streams TO dbaccess_worker;


--
-- Name: TABLE observations; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.observations TO dbaccess_worker;


--
-- Name: TABLE policy_in_force; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT ON TABLE public.policy_in_force TO dbaccess_bot;
GRANT SELECT,DELETE ON TABLE public.policy_in_force TO dbaccess_worker;


--
-- Name: COLUMN policy_in_force.process; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(process) ON TABLE public.policy_in_force TO dbaccess_bot;
GRANT INSERT(process) ON TABLE public.policy_in_force TO dbaccess_worker;


--
-- Name: COLUMN policy_in_force.host; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(host) ON TABLE public.policy_in_force TO dbaccess_bot;
GRANT INSERT(host) ON TABLE public.policy_in_force TO dbaccess_worker;


--
-- Name: COLUMN policy_in_force.pid; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(pid) ON TABLE public.policy_in_force TO dbaccess_bot;
GRANT INSERT(pid) ON TABLE public.policy_in_force TO dbaccess_worker;


--
-- Name: COLUMN policy_in_force.hash; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(hash),UPDATE(hash) ON TABLE public.policy_in_force TO dbaccess_bot;
GRANT INSERT(hash),UPDATE(hash) ON TABLE public.policy_in_force TO dbaccess_worker;


--
-- Name: COLUMN policy_in_force.loaded_at; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(loaded_at),UPDATE(loaded_at) ON TABLE public.policy_in_force TO dbaccess_bot;
GRANT INSERT(loaded_at),UPDATE(loaded_at) ON TABLE public.policy_in_force TO dbaccess_worker;


--
-- Name: COLUMN policy_in_force.seen_at; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(seen_at),UPDATE(seen_at) ON TABLE public.policy_in_force TO dbaccess_bot;
GRANT INSERT(seen_at),UPDATE(seen_at) ON TABLE public.policy_in_force TO dbaccess_worker;


--
-- Name: COLUMN policy_in_force.refused; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(refused),UPDATE(refused) ON TABLE public.policy_in_force TO dbaccess_bot;
GRANT INSERT(refused),UPDATE(refused) ON TABLE public.policy_in_force TO dbaccess_worker;


--
-- Name: TABLE policy_versions; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT ON TABLE public.policy_versions TO dbaccess_bot;
GRANT SELECT ON TABLE public.policy_versions TO dbaccess_worker;


--
-- Name: COLUMN policy_versions.hash; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(hash) ON TABLE public.policy_versions TO dbaccess_bot;
GRANT INSERT(hash) ON TABLE public.policy_versions TO dbaccess_worker;


--
-- Name: COLUMN policy_versions.writer; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT INSERT(writer) ON TABLE public.policy_versions TO dbaccess_bot;
GRANT INSERT(writer) ON TABLE public.policy_versions TO dbaccess_worker;


--
-- Name: TABLE request_transitions; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT ON TABLE public.request_transitions TO dbaccess_bot;
GRANT SELECT ON TABLE public.request_transitions TO dbaccess_worker;


--
-- Name: TABLE team; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT,INSERT ON TABLE public.team TO dbaccess_worker;


--
-- Name: COLUMN team.team_id; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(team_id) ON TABLE public.team TO dbaccess_worker;


--
-- Name: COLUMN team.url; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(url) ON TABLE public.team TO dbaccess_worker;


--
-- Name: COLUMN team.said_at; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT UPDATE(said_at) ON TABLE public.team TO dbaccess_worker;


--
-- Name: TABLE told_groups; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE public.told_groups TO dbaccess_worker;


--
-- Name: TABLE voided_reviews; Type: ACL; Schema: public; Owner: dbaccess_owner
--

GRANT SELECT,INSERT ON TABLE public.voided_reviews TO dbaccess_bot;
GRANT SELECT,INSERT ON TABLE public.voided_reviews TO dbaccess_worker;


--
-- PostgreSQL database dump complete
--


