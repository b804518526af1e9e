-- The reach of grants' logins, the time when grants were held, and indexes for an auditor's questions.

create table reaches (
    id bigint generated always as identity,
    digest text not null,
    tables integer not null,
    unrecorded integer not null,
    constraint reaches_pk primary key (id),
    constraint reaches_once unique (digest),
    constraint reaches_are_whole check (length(digest) = 64 and tables >= 0 and unrecorded >= 0)
);

create table reached_tables (
    reach_id bigint not null,
    schema_name text not null,
    name text not null,
    reads boolean not null,
    writes boolean not null,
    owns boolean not null,
    constraint reached_tables_pk primary key (reach_id, schema_name, name),
    constraint reached_tables_reach_fk foreign key (reach_id) references reaches (id),
    constraint reached_tables_are_used check (reads or writes or owns)
);
create index reached_tables_name on reached_tables (name, schema_name, reach_id);

-- A grant that was begun by an older version has no `begun_at`: it counts as held from its approval on.
alter table grants add column begun_at timestamptz;
alter table grants add column reach_id bigint;
alter table grants add column reach_read_at timestamptz;
alter table grants add column reach_why text;
alter table grants add column reach_due_at timestamptz;
alter table grants add constraint grants_reach_fk foreign key (reach_id) references reaches (id);
alter table grants add constraint grants_reach_is_whole check ((reach_id is null) = (reach_read_at is null));

create index grants_target on grants (target, role, id);
create index grants_reach on grants (reach_id, id) where recipe is not null;
create index grants_reach_due on grants (cluster, id) where state = 'active' and reach_id is null;
-- Once a grant, at its end: the few open ones are found by their state.
create index grants_held on grants using gist (
    tstzrange(coalesce(begun_at, created_at), greatest(coalesce(begun_at, created_at), ended_at))
) where state = 'ended';
-- The login first: an auditor names a login and no cluster.
drop index grants_login;
create index grants_login on grants ((recipe ->> 'login'), cluster) where recipe is not null;

create index requests_person on requests (requester, id);
create index requests_ticket on requests ((terms ->> 'ticket')) where terms ->> 'ticket' is not null;
create index reviews_reviewer on reviews (reviewer, request_id);
create index reviews_account on reviews (reviewer_slack_id, request_id);
