"""Statements of a test's own on the control database, with the ledger's entries that the guards ask for."""

from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import pq
from psycopg.abc import Params, QueryNoTemplate

from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.ledger import GENESIS, link
from dbaccess.storage.unit_of_work import SqlUnitOfWork

LEDGER_LOCK = 0x6C6564676572
"""The lock that `append_entries` takes; `ledger` in ASCII."""

_Connection = psycopg.Connection[tuple[Any, ...]]

_WRITTEN = """
select kind, actor, about, grant_id, case kind
           when 'review.' || (
               select v.verdict from reviews v where v.request_id = about and v.reviewer = actor
           ) then (
               select jsonb_strip_nulls(jsonb_build_object(
                          'slack_id', v.reviewer_slack_id, 'groups', v.groups, 'note', v.note,
                          'fingerprint', v.fingerprint, 'policy_hash', v.policy_hash,
                          'role', v.role, 'duration_seconds', v.duration_seconds,
                          'membership_read_at', moment_of(v.membership_read_at)))
                 from reviews v where v.request_id = about and v.reviewer = actor)
           when 'break_glass.review_opened' then (
               select jsonb_build_object(
                          'review_by', b.review_by,
                          'due', to_char(b.due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'))
                 from break_glass_reviews b where b.request_id = about)
           when 'break_glass.reviewed' then (
               select jsonb_build_object(
                          'justified', b.state = 'justified', 'note', b.note,
                          'slack_id', b.reviewer_slack_id, 'group', b.review_by,
                          'membership_read_at', moment_of(b.membership_read_at))
                 from break_glass_reviews b where b.request_id = about)
           when 'review.voided' then (
               select jsonb_build_object(
                          'reviewer', v.reviewer, 'slack_id', v.reviewer_slack_id, 'why', w.why)
                 from reviews v join voided_reviews w on w.review_id = v.id
                where v.request_id = about and w.xmin = pg_current_xact_id()::xid limit 1)
           when 'request.submitted' then (
               select jsonb_build_object(
                          'slack_id', r.requester_slack_id, 'terms', r.terms, 'fingerprint', r.fingerprint,
                          'policy_hash', r.policy_hash, 'decide_by',
                          to_char(r.decide_by at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'))
                 from requests r where r.id = about)
           when 'request.auto_approved' then (
               select jsonb_build_object('rule', r.terms -> 'rule') from requests r where r.id = about)
           when 'request.break_glass_invoked' then (
               select jsonb_build_object('slack_id', r.requester_slack_id, 'rule', r.terms -> 'rule')
                 from requests r where r.id = about)
           when 'grant.created' then (
               select jsonb_build_object(
                          'reviewers', coalesce((
                              select jsonb_agg(v.reviewer order by v.id) from reviews v
                               where v.request_id = about and v.verdict = 'approved'
                                 and v.id not in (select review_id from voided_reviews)), '[]'),
                          'fingerprint', r.fingerprint, 'role', g.role,
                          'duration_seconds', extract(epoch from g.duration)::bigint)
                 from requests r join grants g on g.request_id = r.id where r.id = about)
           when 'lockdown.declared' then (
               select jsonb_build_object(
                          'lockdown', l.id, 'target', l.target, 'slack_id', l.declared_slack_id,
                          'reason', l.reason)
                 from lockdowns l where l.id = about)
           when 'lockdown.lifted' then (
               select jsonb_build_object(
                          'lockdown', l.id, 'target', l.target, 'slack_id', l.lifted_slack_id,
                          'reason', l.lift_reason)
                 from lockdowns l where l.id = about)
           else coalesce((
               select jsonb_strip_nulls(jsonb_build_object(
                          'cause', g.end_cause, 'note', nullif(g.end_note, '')))
                 from grants g
                where g.id = written.grant_id and g.state = 'revoking' and kind like 'grant.%'), '{}')
       end
  from (
    select 1, 'request.submitted', r.requester, r.id, null::bigint
      from requests r where r.xmin = pg_current_xact_id()::xid
     union all
    select 2, 'review.' || v.verdict, v.reviewer, v.request_id, null
      from reviews v where v.xmin = pg_current_xact_id()::xid
     union all
    select 3, 'review.voided', 'system', r.request_id, null
      from voided_reviews v join reviews r on r.id = v.review_id where v.xmin = pg_current_xact_id()::xid
     union all
    select 4, t.event, case t.event
               when 'request.auto_approved' then 'system'
               when 'request.approved' then (
                   select min(v.reviewer) from reviews v where v.request_id = r.id and v.verdict = 'approved')
               when 'request.denied' then (
                   select min(v.reviewer) from reviews v where v.request_id = r.id and v.verdict = 'denied')
               else r.requester
           end, r.id, null
      from requests r join request_transitions t on t.to_state = r.state
     where r.xmin = pg_current_xact_id()::xid and (t.writer = 'both' or dbaccess_writer() = 'worker')
       and t.event <> all (case
               when r.state <> 'approved' then '{}'
               when r.terms ->> 'break_glass' = 'true' then '{request.approved,request.auto_approved}'
               when r.terms -> 'approvals' = '[]' then '{request.approved,request.break_glass_invoked}'
               else '{request.auto_approved,request.break_glass_invoked}'
           end::text[])
     union all
    select 5, 'grant.created', 'system', g.request_id, g.id
      from grants g where g.xmin = pg_current_xact_id()::xid and g.state = 'provisioning'
     union all
    select 6, t.event, coalesce(g.ended_by, 'worker'), g.request_id, g.id
      from grants g join grant_transitions t on t.to_state = g.state
     where g.xmin = pg_current_xact_id()::xid and (t.writer = 'both' or dbaccess_writer() = 'worker')
       and (dbaccess_writer() = 'worker' or g.state <> 'revoking'
            or t.event = 'grant.' || case when g.activated_at is null then 'abandoned' else g.end_cause end)
     union all
    select 7, 'break_glass.review_opened', b.holder, b.request_id, b.grant_id
      from break_glass_reviews b
     where b.xmin = pg_current_xact_id()::xid and b.state = 'pending' and b.overdue_at is null
     union all
    select 7, 'break_glass.reviewed', b.reviewer, b.request_id, b.grant_id
      from break_glass_reviews b where b.xmin = pg_current_xact_id()::xid and b.state <> 'pending'
     union all
    select 7, 'break_glass.overdue', 'system', b.request_id, b.grant_id
      from break_glass_reviews b where b.xmin = pg_current_xact_id()::xid and b.overdue_at is not null
       and dbaccess_writer() = 'worker'
     union all
    select 7, 'credentials.requested', g.holder, g.request_id, g.id
      from credential_views v join grants g on g.id = v.grant_id
     where v.xmin = pg_current_xact_id()::xid and v.state = 'requested'
     union all
    select 8, 'grant.extended', 'worker', e.request_id, e.grant_id
      from extensions e where e.xmin = pg_current_xact_id()::xid
     union all
    select 9, 'break_glass.announced', 'worker', a.request_id, null
      from announcements a where a.xmin = pg_current_xact_id()::xid
     union all
    select 10, case when l.lifted_at is null then 'lockdown.declared' else 'lockdown.lifted' end,
           coalesce(l.lifted_by, l.declared_by), l.id, null
      from lockdowns l where l.xmin = pg_current_xact_id()::xid
) written (place, kind, actor, about, grant_id) order by place, about, grant_id"""
_ENTER = """insert into ledger (seq, prev_hash, hash, body, kind, request_id, grant_id)
            values (%s, %s, %s, %s, %s, %s, %s)"""


def enter(connection: _Connection) -> None:
    """Record what the open transaction has written, in every way that it could have come about."""
    with psycopg.Cursor(connection) as cursor:
        written = cursor.execute(_WRITTEN).fetchall()
    record(
        connection,
        *(_event(EventKind(kind), *entry) for kind, *entry in written),
    )


def _event(kind: EventKind, actor: str, about: Any, grant: Any, data: dict[str, object]) -> Event:
    if kind in {EventKind.LOCKDOWN_DECLARED, EventKind.LOCKDOWN_LIFTED}:
        return Event(kind=kind, actor=actor, data=data)
    return Event(kind=kind, actor=actor, request_id=about, grant_id=grant, data=data)


def record(connection: _Connection, *events: Event) -> None:
    """Append the events in the open transaction."""
    if not events:
        return
    with psycopg.Cursor(connection) as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [LEDGER_LOCK])
        head = cursor.execute("select seq, hash from ledger order by seq desc limit 1").fetchone()
        seq, prev_hash = head or (0, GENESIS)
        for event in events:
            entry = link(event, seq=seq + 1, prev_hash=prev_hash, at=datetime.now(UTC))
            columns = [entry.seq, entry.prev_hash, entry.hash, entry.body, event.kind.value]
            cursor.execute(_ENTER, [*columns, event.request_id, event.grant_id])
            seq, prev_hash = entry.seq, entry.hash


class EnteringConnection(psycopg.Connection[tuple[Any, ...]]):
    """In autocommit each statement is a transaction with its entries; within another they are left out."""

    def execute(  # type: ignore[override]  # of templates no test here makes use
        self, query: QueryNoTemplate, params: Params | None = None, **options: Any
    ) -> psycopg.Cursor[Any]:
        if not self.autocommit or self.info.transaction_status != pq.TransactionStatus.IDLE:
            return super().execute(query, params, **options)
        with self.transaction():
            cursor = super().execute(query, params, **options)
            enter(self)
        return cursor


class EnteringUnitOfWork(SqlUnitOfWork):
    """Records what a test has written without an operation."""

    def commit(self) -> None:
        driver = self._session.connection().connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        enter(driver)
        super().commit()
