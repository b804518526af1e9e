-- The statements that ran under grants, how far they are known, and what proves that.

create table activity_statements (
    cluster text not null,
    session_id text not null,
    line_num bigint not null,
    grant_id bigint not null,
    at timestamptz not null,
    login text not null,
    database text not null,
    client text,
    kind text not null,
    text text not null,
    reads text[] not null,
    writes text[] not null,
    tables text[] not null,
    is_parsed boolean not null,
    is_nested boolean not null,
    bind_values text[] not null,
    duration interval,
    rows bigint,
    sqlstate text,
    error text,
    constraint activity_statements_pk primary key (cluster, session_id, line_num),
    constraint activity_statements_grant_fk foreign key (grant_id) references grants (id),
    constraint activity_statements_known_kind check (kind in ('session', 'read', 'write', 'ddl', 'opaque'))
);
create index activity_statements_of_grant on activity_statements (grant_id, at, session_id, line_num);
create index activity_statements_at on activity_statements (at, cluster, session_id, line_num);
create index activity_statements_login on activity_statements (login, at);
create index activity_statements_failed on activity_statements (at, cluster, session_id, line_num)
    where sqlstate is not null;
create index activity_statements_tables on activity_statements using gin (tables);
-- A tsvector has less than 1 MB: of a longer statement its beginning is found. Without its marks, because the parser
-- would take `shop.orders` for a host and `a <b and c> d` for a tag.
create index activity_statements_words on activity_statements
    using gin (to_tsvector('simple'::regconfig, translate(left(text, 50000), './-@<>&~_+', '          ')));

create table activity_positions (
    cluster text not null,
    file text not null,
    fingerprint text not null,
    "offset" bigint not null,
    state jsonb not null,
    read_until timestamptz,
    caught_up_at timestamptz,
    behind bigint not null,
    constraint activity_positions_pk primary key (cluster)
);

create table activity_gaps (
    id bigint generated always as identity,
    cluster text not null,
    target text,
    cause text not null,
    began_at timestamptz not null,
    until timestamptz,
    why text not null,
    constraint activity_gaps_pk primary key (id),
    constraint activity_gaps_once unique nulls not distinct (cluster, target, cause, began_at),
    constraint activity_gaps_in_order check (until >= began_at)
);

create table activity_canaries (
    target text not null,
    cluster text not null,
    login text not null,
    marker text not null,
    sent_at timestamptz not null,
    found text,
    level text not null,
    checked_at timestamptz,
    why text not null,
    constraint activity_canaries_pk primary key (target),
    constraint activity_canaries_known_level check (level in ('full', 'statements', 'none')),
    constraint activity_canaries_known_find check (found in ('full', 'statements')),
    constraint activity_canaries_proved check (level = 'none' or checked_at is not null)
);

create table activity_coverage (
    grant_id bigint not null,
    level text not null,
    checked_at timestamptz,
    why text not null,
    mode text not null,
    recorded_at timestamptz not null default now(),
    constraint activity_coverage_pk primary key (grant_id),
    constraint activity_coverage_grant_fk foreign key (grant_id) references grants (id),
    constraint activity_coverage_known_level check (level in ('full', 'statements', 'none')),
    constraint activity_coverage_known_mode check (mode in ('full', 'shape')),
    constraint activity_coverage_proved check (level = 'none' or checked_at is not null)
);

create table activity_summaries (
    grant_id bigint not null,
    data jsonb not null,
    digest text not null,
    is_final boolean not null,
    made_at timestamptz not null,
    purged_at timestamptz,
    constraint activity_summaries_pk primary key (grant_id),
    constraint activity_summaries_grant_fk foreign key (grant_id) references grants (id)
);

-- Statements are attributed by the login of a grant, whether it is open or has ended.
create index grants_login on grants (cluster, (recipe ->> 'login')) where recipe is not null;
