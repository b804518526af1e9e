"""A control database with rows in every table and every state, as an installation has after some weeks."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine

from dbaccess.domain.break_glass import Announcement, Place
from dbaccess.domain.break_glass_review import BreakGlassReviewState
from dbaccess.domain.credential_view import CredentialState
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.grant import EndCause, Grant, GrantState
from dbaccess.domain.lifecycle import advance
from dbaccess.domain.message import MessageKind
from dbaccess.domain.receipt import Receipt, SessionsSeen
from dbaccess.domain.request import Request, RequestState, Verdict
from dbaccess.storage.sqlalchemy_engine import build_engine
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from tests.databases import ControlDatabase
from tests.entering_connection import EnteringConnection, EnteringUnitOfWork
from tests.integration.storage.facts import (
    active,
    break_glass,
    extension,
    granted,
    now,
    posted,
    review,
    reviewed,
    submitted,
    terms,
)

STATES: Mapping[tuple[str, str], frozenset[str]] = {
    ("requests", "state"): frozenset(RequestState),
    ("grants", "state"): frozenset(GrantState),
    ("reviews", "verdict"): frozenset(Verdict),
    ("break_glass_reviews", "state"): frozenset(BreakGlassReviewState),
    ("credential_views", "state"): frozenset(CredentialState),
}
"""Columns that hold a state, with the states that occur."""

_BY_BOT = """
insert into intake (key) values ('action:17.2:U0MAYA:approve');
insert into refused_attempts (hour, slack_id) values (date_trunc('hour', now(), 'UTC'), 'UMAYA');
insert into homes (slack_id, accounts, groups, shown, look_at)
values ('UMAYA', array['UMAYA'], array['engineers'], repeat('a', 64), now());
insert into drafts (slack_id, fields) values ('UMAYA', '{"reason": "looking into #4512"}');
insert into outbox (job, subject) values ('provision', 1001);
insert into policy_in_force (process, host, pid, hash, loaded_at, seen_at)
values ('bot', 'bot-1', 17, repeat('a', 64), now(), now());
insert into policy_versions (hash, writer) values (repeat('a', 64), 'bot');
insert into message_streams (request_id, lane, next_attempt_at) values (1001, 'channel', now());
insert into report_orders (slack_id, since, until, target, form)
values ('UAUDIT', '2026-03-01Z', '2026-04-01Z', 'orders-prod', 'html')
"""
_BY_WORKER = """
insert into directory_people (slack_id, team_id, name, tz, is_guest, is_bot, is_deactivated, read_at)
values ('UMAYA', 'T0', 'maya', 'Europe/Oslo', false, false, false, now()),
       ('UBEN', 'T0', 'ben', 'UTC', true, false, true, now());
insert into directory_reads (read_at, list_begun_at, list_cursor) values (now(), now(), 'next');
insert into directory_sources (source_id, read_at) values ('S0DBA', now());
insert into directory_members (source_id, slack_id, missing_since)
values ('S0DBA', 'UPRIYA', null), ('S0DBA', 'USAM', now());
insert into team (team_id, url, said_at) values ('T0', 'https://acme.example/', now());
insert into told_groups (group_name, members) values ('dba', array['UPRIYA', 'USAM']);
insert into changed_names (name, what, since)
values ('#db-approvals', '#db-approvals is pinned to C0ROOM, which is archived.', now());
insert into clock_skews (place, seconds, since, measured_at) values ('host-2', 3.5, now(), now());
insert into observations (cluster, looked_at, why, since, unknown, accepted)
values ('main', now(), null, null, '{}', '{}'),
       ('other', now(), 'unknown_logins', now(), array['jit_acme_tom_1'], array['jit_acme_ada_2']);
insert into ledger_checkpoints (seq, head, at, installation, key_id, signature)
select seq, hash, now(), 'acme', repeat('a', 16), decode(repeat('ab', 64), 'hex')
  from ledger order by seq desc limit 1;
insert into ledger_witnesses (place, seq, stored_at, failing_since, failure)
values ('file:host-1:/mnt/witness/checkpoints', 4, now(), null, ''),
       ('syslog:tcp://logs:514', 0, null, now(), 'refused');
insert into standing_readings (cluster, read_at, unknown_since, left_out, failure)
values ('main', now(), null, 0, ''), ('other', null, now(), 0, 'no_answer');
insert into standing_roles (cluster, login_identity, role_identity, server, login, role, path, is_usable,
    found_at)
values ('main', '16401', '16402', '7300000000000000000', 'erik', 'orders_read',
        array['erik', 'analysts', 'orders_read'], true, now());
insert into access_reviews (group_name, days, policy_hash, items, digest, state, started_by, started_at,
    ends_at, remind_at, groups_read_at, asked_at, reminded_at, closed_at, closed_by)
values ('engineers', 90, repeat('a', 64), 3, repeat('b', 64), 'open', 'cli:ada@ops-1', now(),
        now(), now(), now(), now(), null, null, null),
       ('dba', 90, repeat('a', 64), 1, repeat('b', 64), 'closing', 'cli:ada@ops-1', now(),
        now(), now(), now(), null, now(), null, 'system'),
       ('dba', 90, repeat('a', 64), 1, repeat('b', 64), 'closed', 'cli:ada@ops-1', now(),
        now(), now(), null, null, null, now(), 'cli:bo@ops-1');
insert into access_review_items (review_id, number, about, answer, reason, answered_by, answered_slack_id,
    answered_at)
values (1, 1, '{"kind": "may_request"}', null, '', null, null, null),
       (1, 2, '{"kind": "standing"}', 'remove', 'left the team', 'cli:ada@ops-1', null, now()),
       (1, 3, '{"kind": "unknown"}', 'keep', 'on call', 'priya', 'UPRIYA', now()),
       (3, 1, '{"kind": "may_request"}', 'unanswered', '', 'system', null, now());
insert into notices (key, kind, channel, data)
values ('clock:host-2', 'clock_skew', 'C0OPS', '{"seconds": 3.5}');
insert into voided_reviews (review_id, why, voided_at)
select v.id, 'left the group', now()
  from reviews v join requests r on r.id = v.request_id where r.requester = 'approved-by-one';
insert into grant_progress (grant_id, done)
select id, '{"sessions_closed": 2}' from grants where state = 'revoking';
insert into activity_statements (cluster, session_id, line_num, grant_id, at, login, database, client, kind,
    text, reads, writes, tables, is_parsed, is_nested, bind_values, duration, rows, sqlstate, error)
select 'main', '66.1', id, id, now(), 'jit_acme_maya_1', 'orders', '10.0.0.7', 'read',
       'select 1', '{}', '{}', '{}', true, false, array['7', null], '13 microseconds', 1, null, null
  from grants where state in ('active', 'ended');
insert into activity_positions (cluster, file, fingerprint, "offset", state, read_until, caught_up_at, behind)
values ('main', 'postgresql-1.json', repeat('a', 64), 17, '{}', now(), now(), 0);
insert into activity_gaps (cluster, target, cause, began_at, until, why)
values ('main', null, 'file_lost', now() - interval '1 hour', now(), '');
insert into activity_canaries (target, cluster, login, marker, sent_at, found, level, checked_at, why, logins,
    logged_since)
values ('orders-prod', 'main', 'jit_acme_canary_1', 'a1', now(), 'full', 'full', now(), '', '{"maya": ""}',
    '{"maya": "2026-03-01T10:00:00+00:00"}');
insert into activity_coverage (grant_id, level, checked_at, why, mode)
select id, 'full', now(), '', 'full' from grants where state in ('active', 'ended');
insert into activity_sightings (grant_id, looked_at, sessions, clients, first_seen_at, last_seen_at,
    quiet_since)
select id, now(), 0, array['10.0.0.7'], now(), now(), now() from grants where state in ('active', 'ended');
insert into reaches (digest, tables, unrecorded) values (repeat('c', 64), 1, 0);
insert into reached_tables (reach_id, schema_name, name, reads, writes, owns)
select id, 'shop', 'orders', true, false, false from reaches;
update grants set reach_id = (select id from reaches), reach_read_at = now() where state = 'active';
insert into activity_summaries (grant_id, data, digest, is_final, made_at)
select id, '{}', repeat('a', 64), true, now() from grants where state = 'ended'
"""


def fill(database: ControlDatabase) -> None:
    """Write the rows as the roles of bot and worker, so that every guard lets them in."""
    bot = build_engine(database.bot_url, pool_size=2, application_name="test-bot")
    worker = build_engine(database.worker_url, pool_size=2, application_name="test-worker")
    with (
        closing(EnteringConnection.connect(database.bot_url, autocommit=True)) as by_bot,
        closing(EnteringConnection.connect(database.worker_url, autocommit=True)) as by_worker,
    ):
        _requests(bot, worker)
        _grants(bot, worker)
        _extensions(bot, worker, by_worker)
        _break_glass(bot, worker, by_bot)
        _credentials(bot, worker, by_bot, by_worker)
        _lockdowns(by_bot, by_worker)
        for connection, statements in ((by_bot, _BY_BOT), (by_worker, _BY_WORKER)):
            for statement in statements.split(";\n"):
                connection.execute(statement.encode())
    bot.dispose()
    worker.dispose()
    _report(database)


def _report(database: ControlDatabase) -> None:
    auditor = build_engine(database.auditor_url, pool_size=1, application_name="test-auditor")
    with SqlUnitOfWork(auditor, None) as uow:
        uow.record(Event(kind=EventKind.REPORT_MADE, actor="cli:ruth@desk"))
        uow.commit()
    auditor.dispose()


def _requests(bot: Engine, worker: Engine) -> None:
    """One in each state; the first waits for a review."""
    submitted(bot, terms("pending"))
    reviewed(bot, submitted(bot, terms("approved-by-one")), "priya")
    denied = submitted(bot, terms("denied"))
    with EnteringUnitOfWork(bot, None) as uow:
        uow.reviews.add(replace(review(denied), verdict=Verdict.DENIED, note="Not now", scope=None))
        uow.requests.save(advance(denied, EventKind.REQUEST_DENIED, decided_at=uow.now))
        uow.commit()
    _decide(bot, submitted(bot, terms("withdrawn")), EventKind.REQUEST_WITHDRAWN)
    _decide(worker, submitted(bot, terms("lapsed")), EventKind.REQUEST_LAPSED)
    _decide(worker, submitted(bot, terms("stale")), EventKind.REQUEST_STALE, stale_why="no_rule")


def _decide(by: Engine, request: Request, event: EventKind, **changed: Any) -> None:
    with EnteringUnitOfWork(by, None) as uow:
        uow.requests.save(advance(request, event, decided_at=uow.now, **changed))
        uow.commit()


def _grants(bot: Engine, worker: Engine) -> None:
    """One in each state, an active one of which is due and one is not."""
    granted(bot, terms("provisioning"))
    in_time = active(bot, worker, expires_at=now() + timedelta(hours=2), asked=terms("active"))
    active(bot, worker, expires_at=now() + timedelta(seconds=1), asked=terms("due"))
    for person, past in (
        ("revoking", []),
        ("ended", [_ended]),
        ("written-off", [_proposed, _written_off]),
    ):
        grant = active(bot, worker, expires_at=in_time.expires_at or now(), asked=terms(person))
        for step in (_revoking, *past):
            with EnteringUnitOfWork(worker, None) as uow:
                grant = step(grant)
                uow.grants.save(grant)
                uow.commit()


def _revoking(grant: Grant) -> Grant:
    at = now()
    return advance(
        grant,
        EventKind.GRANT_EXPIRED,
        revoking_at=at,
        end_cause=EndCause.EXPIRED,
        ended_by="system",
        next_attempt_at=at,
    )


def _ended(grant: Grant) -> Grant:
    seen = Receipt(
        seen_at=now(), roles=(), login_removed=True, sessions=(SessionsSeen(server="main", closed=1, left=0),)
    )
    return advance(grant, EventKind.GRANT_ENDED, ended_at=now(), receipt=seen, next_attempt_at=None)


def _proposed(grant: Grant) -> Grant:
    return replace(grant, write_off_by="cli:ada@ops-1", write_off_reason="The server burnt down")


def _written_off(grant: Grant) -> Grant:
    return advance(
        grant,
        EventKind.GRANT_WRITTEN_OFF,
        written_off_by="cli:bo@ops-1",
        written_off_at=now(),
        next_attempt_at=None,
    )


def _extensions(bot: Engine, worker: Engine, by_worker: EnteringConnection) -> None:
    """One was set, one was not, and one waits for the worker."""
    for person, result in (("extended", "done"), ("not-extended", "refused"), ("to-extend", "waits")):
        grant = active(bot, worker, expires_at=now() + timedelta(hours=1), asked=terms(person))
        asked = submitted(bot, extension(grant))
        reviewed(bot, asked)
        _decide(bot, asked, EventKind.REQUEST_APPROVED)
        posted(worker, asked.id, MessageKind.THREAD_EXTENSION)
        if result == "done":
            by_worker.execute(
                """insert into extensions (request_id, grant_id, added, expires_at, settled_at)
                   select %s, id, '1 hour', expires_at + interval '1 hour', now()
                     from grants where id = %s""",
                [asked.id, grant.id],
            )
            by_worker.execute(
                "update grants set expires_at = expires_at + interval '1 hour' where id = %s", [grant.id]
            )
        elif result == "refused":
            by_worker.execute(
                """insert into extensions (request_id, grant_id, added, why, settled_at)
                   values (%s, %s, '0', 'the login is gone', now())""",
                [asked.id, grant.id],
            )


def _break_glass(bot: Engine, worker: Engine, by_bot: EnteringConnection) -> None:
    """Each was announced; the review of one is pending, and those of two are closed."""
    for person, state in (("breaker", None), ("justified", "justified"), ("not-justified", "not_justified")):
        pending = break_glass(bot, person, f"U{person.upper()}")
        posted(worker, pending.request.id)
        with EnteringUnitOfWork(worker, None) as uow:
            uow.announcements.add(
                Announcement(request_id=pending.request.id, place=Place.SLACK, announced_at=uow.now)
            )
            uow.commit()
        if state is not None:
            by_bot.execute(
                """update break_glass_reviews
                      set state = %s, reviewer = 'priya', reviewer_slack_id = 'UPRIYA', note = 'seen',
                          reviewed_at = now()
                    where request_id = %s""",
                [state, pending.request.id],
            )


def _credentials(
    bot: Engine, worker: Engine, by_bot: EnteringConnection, by_worker: EnteringConnection
) -> None:
    """One view in each state."""
    grant = active(bot, worker, expires_at=now() + timedelta(hours=1), asked=terms("viewer"))
    for number in range(4):
        by_bot.execute(
            """insert into credential_views (grant_id, slack_id, view_id, state, requested_at)
               values (%s, 'UVIEWER', %s, 'requested', now())""",
            [grant.id, f"V{number}"],
        )
    for change in (
        "set state = 'started', started_at = now() where view_id in ('V1', 'V2')",
        "set state = 'shown', shown_at = now() where view_id = 'V2'",
        "set state = 'failed' where view_id = 'V3'",
    ):
        by_worker.execute(f"update credential_views {change}".encode())


def _lockdowns(by_bot: EnteringConnection, by_worker: EnteringConnection) -> None:
    """One is open, one was lifted."""
    for target in ("billing", "crm"):
        by_bot.execute(
            """insert into lockdowns (target, reason, declared_by, declared_slack_id)
               values (%s, 'leak', 'maya', 'UMAYA')""",
            [target],
        )
    by_bot.execute(
        """update lockdowns set lifted_by = 'priya', lifted_slack_id = 'UPRIYA', lift_reason = 'fixed'
            where target = 'crm'"""
    )
    by_worker.execute("update lockdowns set enforced_at = now() where target = 'crm'")
