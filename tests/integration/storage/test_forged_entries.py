"""The bot's entries about requests, grants and lockdowns say exactly what its transaction wrote."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import psycopg
import pytest
from psycopg import errors
from psycopg.types.json import Jsonb
from sqlalchemy import Engine

from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.grant import GrantId
from dbaccess.domain.request import RequestId
from tests.databases import ControlDatabase
from tests.entering_connection import record
from tests.integration.storage.conftest import Connection
from tests.integration.storage.facts import HOUR, active, granted, now, reviewed, submitted, terms

E = EventKind
ASK = """insert into requests (requester_slack_id, terms, fingerprint, policy_hash, state, submitted_at,
                               decide_by)
         values ('UTOM', %s, 'f', 'p1', 'pending', now(), %s) returning id"""
DECIDE = "update requests set state = %s, decided_at = now() where id = %s"
GRANT = """insert into grants (request_id, holder, holder_slack_id, target, cluster, role, duration, state,
                               created_at)
           values (%s, 'maya', 'UMAYA', 'orders-prod', 'main', 'read', '2 h', 'provisioning', now())
           returning id"""
REVOKE = """update grants set state = 'revoking', revoking_at = now(), end_cause = %s, ended_by = %s,
                              end_note = %s, next_attempt_at = now() where id = %s"""
VIEW = """insert into credential_views (grant_id, slack_id, view_id, state, requested_at)
          values (%s, 'UMAYA', 'V1', 'requested', now())"""
STOP = """insert into lockdowns (target, reason, declared_by, declared_slack_id)
          values (%s, 'Leaked laptop.', 'olga', 'UOLGA') returning id"""
LIFT = """update lockdowns set lifted_by = 'sam', lifted_slack_id = 'USAM', lift_reason = 'Found.'
           where target = %s"""
VOID = """insert into voided_reviews (review_id, why, voided_at)
          select id, 'left', now() from reviews where request_id = %s"""
DENY = """insert into reviews (request_id, reviewer, reviewer_slack_id, verdict, groups, note, fingerprint,
                               policy_hash, reviewed_at)
          values (%s, 'sam', 'USAM', 'denied', '{dba}', 'no', %s, 'p1', now())"""
_NEW = 0
"""Stands for the id of the row that the last step makes."""


@pytest.fixture
def raw(control_database: ControlDatabase) -> Iterator[Connection]:
    """The bot's role with nothing of ours between; each transaction is the test's own."""
    with psycopg.connect(control_database.bot_url, autocommit=True) as opened:
        yield opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The rows of a transaction, the last entry about them, and those before."""

    steps: Sequence[tuple[str, Sequence[Any]]]
    entry: Event
    before: Sequence[Event] = ()


def forgeries(entry: Event) -> Iterator[Event]:
    """Each value missing, other, and of another type; one too many; and another actor, if a row names one."""
    data = dict(entry.data)
    yield replace(entry, data=data | {"more": "x"})
    yield replace(entry, data=data | {"more": "no\0"})
    for name, said in data.items():
        yield replace(entry, data={key: one for key, one in data.items() if key != name})
        for other in ("other", 7, None, [said], {"x": said}):
            if other != said:
                yield replace(entry, data=data | {name: other})
    if isinstance(terms_said := data.get("terms"), dict):
        for name in terms_said:
            yield replace(entry, data=data | {"terms": terms_said | {name: "other"}})
    if entry.kind not in _WITHOUT_ACTOR:
        yield replace(entry, actor="mallory")


_WITHOUT_ACTOR = {
    E.REQUEST_AUTO_APPROVED,
    E.GRANT_CREATED,
    E.REVIEW_VOIDED,
}
"""Of the rules themselves."""


def attempt(raw: Connection, done: Done, entry: Event) -> None:
    """Checked as at a commit, and rolled back."""
    with raw.transaction(force_rollback=True):
        for statement, values in done.steps:
            cursor = raw.execute(statement, values)
        made = cursor.fetchone() if cursor.description else None
        record(raw, *done.before, entry if made is None else about(entry, made[0]))
        raw.execute("set constraints all immediate")


def about(entry: Event, made: int) -> Event:
    """Name the row that was made, where the entry leaves that open."""
    return replace(
        entry,
        request_id=RequestId(made) if entry.request_id == _NEW else entry.request_id,
        grant_id=GrantId(made) if entry.grant_id == _NEW else entry.grant_id,
        data=dict(entry.data) | ({"lockdown": made} if entry.data.get("lockdown") == _NEW else {}),
    )


def requests(bot: Engine) -> Iterator[Done]:
    wanted, decide_by = terms("tom").as_json(), now() + HOUR
    whole = {"slack_id": "UTOM", "terms": wanted, "fingerprint": "f", "policy_hash": "p1"}
    said = json.loads(json.dumps(whole)) | {"decide_by": decide_by.isoformat(timespec="microseconds")}
    new = Event(kind=E.REQUEST_SUBMITTED, actor="tom", request_id=RequestId(_NEW), data=said)
    yield Done(steps=[(ASK, [Jsonb(wanted), decide_by])], entry=new)
    asked = submitted(bot)
    reviewed(bot, asked)
    about = asked.id
    withdrawn = Event(kind=E.REQUEST_WITHDRAWN, actor="maya", request_id=about)
    yield Done(steps=[(DECIDE, ["withdrawn", about])], entry=withdrawn)
    denial = {"slack_id": "USAM", "groups": ["dba"], "note": "no", "fingerprint": asked.fingerprint}
    denied = Event(kind=E.REVIEW_DENIED, actor="sam", request_id=about, data=denial | {"policy_hash": "p1"})
    steps = [(DENY, [about, asked.fingerprint]), (DECIDE, ["denied", about])]
    yield Done(
        steps=steps, entry=Event(kind=E.REQUEST_DENIED, actor="sam", request_id=about), before=[denied]
    )
    approved = Event(kind=E.REQUEST_APPROVED, actor="priya", request_id=about)
    yield Done(steps=[(DECIDE, ["approved", about])], entry=approved)
    voided = {"reviewer": "priya", "slack_id": "UPRIYA", "why": "left"}
    gone = Event(kind=E.REVIEW_VOIDED, actor="system", request_id=about, data=voided)
    yield Done(steps=[(VOID, [about])], entry=gone)
    free = submitted(bot, replace(terms("olga"), approvals=()))
    by_rule = Event(
        kind=E.REQUEST_AUTO_APPROVED, actor="system", request_id=free.id, data={"rule": free.terms.rule}
    )
    yield Done(steps=[(DECIDE, ["approved", free.id])], entry=by_rule)
    urgent = submitted(bot, replace(terms("sam"), approvals=(), break_glass=True))
    invoked = Event(
        kind=E.REQUEST_BREAK_GLASS_INVOKED,
        actor="sam",
        request_id=urgent.id,
        data={"slack_id": "USAM", "rule": urgent.terms.rule},
    )
    yield Done(steps=[(DECIDE, ["approved", urgent.id])], entry=invoked)


def grants(bot: Engine, worker: Engine) -> Iterator[Done]:
    asked = submitted(bot, terms(role="read"))
    reviewed(bot, asked, "priya", "olga")
    approved = Event(kind=E.REQUEST_APPROVED, actor="olga", request_id=asked.id)
    yield Done(
        steps=[(DECIDE, ["approved", asked.id]), (GRANT, [asked.id])],
        before=[approved],
        entry=Event(
            kind=E.GRANT_CREATED,
            actor="system",
            request_id=asked.id,
            grant_id=GrantId(_NEW),
            data={
                "reviewers": ["priya", "olga"],
                "fingerprint": asked.fingerprint,
                "role": "read",
                "duration_seconds": 7200,
            },
        ),
    )
    new, old = granted(bot, terms("tom")), active(bot, worker, expires_at=now(), asked=terms("sam"))
    for cause, note in (("revoked", "Not now."), ("revoked", None), ("surrendered", "")):
        said = {"cause": cause} | ({"note": note} if note else {})
        for grant, kind in ((new, E.GRANT_ABANDONED), (old, E(f"grant.{cause}"))):
            by = grant.holder if cause == "surrendered" else "priya"
            told = Event(kind=kind, actor=by, request_id=grant.request_id, grant_id=grant.id, data=said)
            yield Done(steps=[(REVOKE, [cause, by, note, grant.id])], entry=told)
    shown = Event(kind=E.CREDENTIALS_REQUESTED, actor="sam", request_id=old.request_id, grant_id=old.id)
    yield Done(steps=[(VIEW, [old.id])], entry=shown)


def lockdowns(raw: Connection) -> Iterator[Done]:
    for target in ("orders-prod", None):
        said = {"lockdown": _NEW, "target": target, "slack_id": "UOLGA", "reason": "Leaked laptop."}
        yield Done(steps=[(STOP, [target])], entry=Event(kind=E.LOCKDOWN_DECLARED, actor="olga", data=said))
    with raw.transaction():
        made = raw.execute(STOP, ["billing-prod"]).fetchone()
        assert made is not None
        said = {
            "lockdown": made[0],
            "target": "billing-prod",
            "slack_id": "UOLGA",
            "reason": "Leaked laptop.",
        }
        record(raw, Event(kind=E.LOCKDOWN_DECLARED, actor="olga", data=said))
    said = said | {"slack_id": "USAM", "reason": "Found."}
    yield Done(steps=[(LIFT, ["billing-prod"])], entry=Event(kind=E.LOCKDOWN_LIFTED, actor="sam", data=said))


def is_refused(raw: Connection, done: Done, entry: Event) -> bool:
    try:
        attempt(raw, done, entry)
    except errors.InsufficientPrivilege as refusal:
        return refusal.diag.constraint_name == "ledger_says_what_is_done"
    return False


def find_forgeries(raw: Connection, cases: Iterator[Done]) -> list[Event]:
    """Return the forged entries that are taken, after each true one was."""
    taken = []
    for done in cases:
        attempt(raw, done, done.entry)
        taken += [forged for forged in forgeries(done.entry) if not is_refused(raw, done, forged)]
    return taken


def test_entry_of_a_request_says_what_its_row_says(bot: Engine, raw: Connection) -> None:
    assert find_forgeries(raw, requests(bot)) == []


def test_entry_of_a_grant_says_what_its_row_says(bot: Engine, worker: Engine, raw: Connection) -> None:
    assert find_forgeries(raw, grants(bot, worker)) == []


def test_entry_of_a_lockdown_says_what_its_row_says(raw: Connection) -> None:
    assert find_forgeries(raw, lockdowns(raw)) == []


def test_grant_that_was_active_is_not_recorded_as_abandoned(
    bot: Engine, worker: Engine, raw: Connection
) -> None:
    held = active(bot, worker, expires_at=now())
    told = Event(kind=E.GRANT_REVOKED, actor="priya", request_id=held.request_id, grant_id=held.id)
    done = Done(
        steps=[(REVOKE, ["revoked", "priya", None, held.id])], entry=replace(told, data={"cause": "revoked"})
    )
    attempt(raw, done, done.entry)
    for kind in (E.GRANT_ABANDONED, E.GRANT_SURRENDERED):
        assert is_refused(raw, done, replace(done.entry, kind=kind))
