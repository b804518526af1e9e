-- The sessions of grants as the workers saw them last, and an end because a grant was idle.

create table activity_sightings (
    grant_id bigint not null,
    looked_at timestamptz not null,
    sessions integer not null,
    clients text[] not null,
    first_seen_at timestamptz,
    last_seen_at timestamptz,
    quiet_since timestamptz,
    offered_at timestamptz,
    constraint activity_sightings_pk primary key (grant_id),
    constraint activity_sightings_grant_fk foreign key (grant_id) references grants (id),
    constraint activity_sightings_quiet check ((sessions = 0) = (quiet_since is not null)),
    constraint activity_sightings_seen check ((first_seen_at is null) = (last_seen_at is null))
);

alter table grants drop constraint grants_known_cause;
alter table grants add constraint grants_known_cause check (
    end_cause in ('expired', 'surrendered', 'revoked', 'invalidated', 'abandoned', 'locked_down', 'idle')
);

alter table messages drop constraint messages_known_kind;
alter table messages add constraint messages_known_kind check (kind in (
    'request', 'thread.waiting', 'thread.escalated', 'thread.approved', 'thread.voided', 'thread.active',
    'thread.extension', 'thread.extended', 'thread.ended', 'thread.overdue', 'thread.reviewed', 'dm.submitted',
    'dm.active', 'dm.reminder', 'dm.idle', 'dm.extended', 'dm.denied', 'dm.not_posted', 'dm.lapsed', 'dm.stale',
    'dm.ended', 'dm.reviewed', 'dm.problem', 'dm.never_active', 'ops.problem', 'ops.overdue', 'ops.ended_late',
    'channel.overdue'
));
