"""Each decision is in the ledger; the bot's entries say what its transaction did, whatever program writes."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256

import psycopg
import pytest
from psycopg import errors
from psycopg.types.json import Jsonb
from sqlalchemy import Engine

from dbaccess.domain.canonical import canonical_bytes
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.request import Request
from tests.databases import ControlDatabase
from tests.entering_connection import record
from tests.integration.storage.conftest import Connection
from tests.integration.storage.facts import (
    approval_data,
    break_glass,
    granted,
    posted,
    recipe,
    review,
    reviewed,
    submitted,
    terms,
)

E = EventKind
TARGETS = ("orders-prod", "billing-prod")
ASK = """insert into requests (requester_slack_id, terms, fingerprint, policy_hash, state, submitted_at,
                               decide_by)
         values ('UTOM', %s, 'f', 'p1', 'pending', now(), now() + interval '1 h') returning id"""
REVIEW = """insert into reviews (request_id, reviewer, reviewer_slack_id, verdict, groups, note, fingerprint,
                                 policy_hash, reviewed_at)
            values (%s, 'sam', 'USAM', 'denied', '{dba}', 'no', %s, 'p1', now())"""
APPROVE = """insert into reviews (request_id, reviewer, reviewer_slack_id, verdict, role, duration_seconds,
                                  groups, note, fingerprint, policy_hash, reviewed_at)
             values (%s, 'priya', 'UPRIYA', 'approved', 'read', 7200, '{dba}', '', %s, 'p1', now())"""
VOID = "insert into voided_reviews (review_id, why, voided_at) select id, 'left', now() from reviews"
DECIDE = "update requests set state = %s, decided_at = now() where id = %s"
GRANT = """insert into grants (request_id, holder, holder_slack_id, target, cluster, role, duration, state,
                               created_at)
           values (%s, 'maya', 'UMAYA', 'orders-prod', 'main', 'read', '2 h', 'provisioning', now())"""
CLOSE = """update break_glass_reviews
              set state = 'justified', reviewer = 'sam', reviewer_slack_id = 'USAM', note = 'fine',
                  reviewed_at = now()
            where request_id = %s"""
REVOKE = """update grants set state = 'revoking', revoking_at = now(), end_cause = 'revoked',
                              ended_by = 'priya', next_attempt_at = now() where id = %s"""
VIEW = """insert into credential_views (grant_id, slack_id, view_id, state, requested_at)
          values (%s, 'UMAYA', 'V1', 'requested', now())"""
STOP = """insert into lockdowns (target, reason, declared_by, declared_slack_id)
          values (%s, 'Leaked laptop.', 'olga', 'UOLGA') returning id"""
LIFT = """update lockdowns set lifted_by = 'sam', lifted_slack_id = 'USAM', lift_reason = 'Found.'
           where id = any(%s)"""


@pytest.fixture
def raw(control_database: ControlDatabase) -> Iterator[Connection]:
    """The bot's role with nothing of ours between; each transaction is the test's own."""
    with psycopg.connect(control_database.bot_url, autocommit=True) as opened:
        yield opened


def is_unrecorded(call: Callable[[], object], table: str) -> None:
    with pytest.raises(errors.CheckViolation) as refused:
        call()
    assert refused.value.diag.constraint_name == f"{table}_are_recorded"


def test_request_that_the_ledger_does_not_have_is_not_asked(raw: Connection) -> None:
    is_unrecorded(lambda: raw.execute(ASK, [Jsonb(terms("tom").as_json())]), "requests")
    assert raw.execute("select from requests").fetchall() == []


def test_decision_that_the_ledger_does_not_have_is_not_made(bot: Engine, raw: Connection) -> None:
    asked = submitted(bot)
    is_unrecorded(lambda: raw.execute(DECIDE, ["withdrawn", asked.id]), "requests")
    is_unrecorded(lambda: raw.execute(REVIEW, [asked.id, asked.fingerprint]), "reviews")
    reviewed(bot, asked)
    is_unrecorded(lambda: raw.execute(VOID), "voided_reviews")
    is_unrecorded(lambda: raw.execute(DECIDE, ["approved", asked.id]), "requests")


def test_grant_that_the_ledger_does_not_have_is_neither_made_nor_ended(bot: Engine, raw: Connection) -> None:
    free = submitted(bot, replace(terms(), approvals=()))
    with raw.transaction():
        raw.execute(DECIDE, ["approved", free.id])
        said = {"rule": free.terms.rule}
        record(raw, Event(kind=E.REQUEST_AUTO_APPROVED, actor="system", request_id=free.id, data=said))
    is_unrecorded(lambda: raw.execute(GRANT, [free.id]), "grants")
    made = granted(bot, replace(terms("tom")))
    is_unrecorded(lambda: raw.execute(REVOKE, [made.id]), "grants")
    is_unrecorded(lambda: raw.execute(VIEW, [made.id]), "credential_views")


def test_entry_of_an_earlier_transaction_or_of_another_request_counts_for_nothing(
    bot: Engine, raw: Connection
) -> None:
    one, two = submitted(bot), submitted(bot, terms("tom"))

    def withdrawn_in_one_name() -> None:
        with raw.transaction():
            raw.execute(DECIDE, ["withdrawn", one.id])
            raw.execute(DECIDE, ["withdrawn", two.id])
            record(raw, Event(kind=E.REQUEST_WITHDRAWN, actor="maya", request_id=one.id))

    is_unrecorded(withdrawn_in_one_name, "requests")
    with raw.transaction():
        raw.execute(DECIDE, ["withdrawn", one.id])
        record(raw, Event(kind=E.REQUEST_WITHDRAWN, actor="maya", request_id=one.id))


def test_worker_moves_no_grant_without_the_ledger_either(
    bot: Engine, worker: Engine, control_database: ControlDatabase
) -> None:
    made = granted(bot)
    posted(worker, made.request_id)
    start = "update grants set recipe = %s, expires_at = now() + interval '1 h' where id = %s"
    values = [Jsonb(recipe(made).as_json()), made.id]
    with psycopg.connect(control_database.worker_url, autocommit=True) as direct:
        is_unrecorded(lambda: direct.execute(start, values), "grants")
        with direct.transaction():
            direct.execute(start, values)
            record(direct, Event(kind=E.GRANT_PROVISION_STARTED, actor="worker", grant_id=made.id))
        direct.execute("update grants set attempts = 7 where id = %s", [made.id])
        is_unrecorded(lambda: direct.execute(REVOKE, [made.id]), "grants")


def test_review_of_a_break_glass_is_opened_closed_and_called_overdue_with_an_entry_of_its_own(
    bot: Engine, raw: Connection, control_database: ControlDatabase
) -> None:
    review = break_glass(bot)
    asked, grant = review.request.id, review.grant_id
    with psycopg.connect(control_database.worker_url, autocommit=True) as direct:
        alarm = "update break_glass_reviews set overdue_at = due_at where request_id = %s"
        is_unrecorded(lambda: direct.execute(alarm, [asked]), "break_glass_reviews")
        with direct.transaction():
            direct.execute(alarm, [asked])
            record(direct, Event(kind=E.BREAK_GLASS_OVERDUE, actor="system", request_id=asked))
    is_unrecorded(lambda: raw.execute(CLOSE, [asked]), "break_glass_reviews")

    def closed_by(actor: str) -> None:
        with raw.transaction():
            raw.execute(CLOSE, [asked])
            said = {"justified": True, "note": "fine", "slack_id": "USAM", "group": "dba"}
            kind = E.BREAK_GLASS_REVIEWED
            record(raw, Event(kind=kind, actor=actor, request_id=asked, grant_id=grant, data=said))

    with pytest.raises(errors.InsufficientPrivilege) as refused:
        closed_by("priya")
    assert refused.value.diag.constraint_name == "ledger_says_what_is_done"
    closed_by("sam")


def test_lockdown_is_neither_declared_nor_lifted_without_an_entry_of_its_own(raw: Connection) -> None:
    is_unrecorded(lambda: raw.execute(STOP, ["orders-prod"]), "lockdowns")
    with raw.transaction():
        found = [raw.execute(STOP, [target]).fetchone() for target in TARGETS]
        one, two = [lockdown for (lockdown,) in filter(None, found)]
        record(raw, _declared(one, TARGETS[0]), _declared(two, TARGETS[1]))

    def lift_both_and_record_one() -> None:
        with raw.transaction():
            raw.execute(LIFT, [[one, two]])
            record(raw, _lifted(one, TARGETS[0]))

    is_unrecorded(lift_both_and_record_one, "lockdowns")
    assert raw.execute("select lifted_at from lockdowns").fetchall() == [(None,), (None,)]
    with raw.transaction():
        raw.execute(LIFT, [[one]])
        record(raw, _lifted(one, TARGETS[0]))


def _declared(lockdown: int, target: str) -> Event:
    data = {"lockdown": lockdown, "target": target, "slack_id": "UOLGA", "reason": "Leaked laptop."}
    return Event(kind=E.LOCKDOWN_DECLARED, actor="olga", data=data)


def _lifted(lockdown: int, target: str) -> Event:
    data = {"lockdown": lockdown, "target": target, "slack_id": "USAM", "reason": "Found."}
    return Event(kind=E.LOCKDOWN_LIFTED, actor="sam", data=data)


def test_setting_cannot_switch_it_off(control_database: ControlDatabase, raw: Connection) -> None:
    def at_once() -> None:
        with raw.transaction():
            raw.execute("set constraints all immediate")
            raw.execute(ASK, [Jsonb(terms("tom").as_json())])

    is_unrecorded(at_once, "requests")
    with psycopg.connect(control_database.superuser_url, autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")
        is_unrecorded(lambda: admin.execute(ASK, [Jsonb(terms("tom").as_json())]), "requests")


def _entries(asked: Request, made: Grant) -> list[Event]:
    return [
        Event(kind=E.REQUEST_SUBMITTED, actor="maya", request_id=asked.id),
        Event(kind=E.REVIEW_APPROVED, actor="priya", request_id=made.request_id),
        Event(kind=E.REVIEW_DENIED, actor="priya", request_id=asked.id),
        Event(kind=E.REVIEW_VOIDED, actor="system", request_id=made.request_id),
        Event(kind=E.REQUEST_APPROVED, actor="priya", request_id=made.request_id),
        Event(kind=E.REQUEST_DENIED, actor="priya", request_id=asked.id),
        Event(kind=E.REQUEST_WITHDRAWN, actor="maya", request_id=asked.id),
        Event(kind=E.REQUEST_AUTO_APPROVED, actor="system", request_id=asked.id),
        Event(kind=E.REQUEST_BREAK_GLASS_INVOKED, actor="maya", request_id=asked.id),
        Event(kind=E.GRANT_CREATED, actor="system", request_id=made.request_id, grant_id=made.id),
        Event(kind=E.GRANT_REVOKED, actor="priya", request_id=made.request_id, grant_id=made.id),
        Event(kind=E.GRANT_SURRENDERED, actor="maya", request_id=made.request_id, grant_id=made.id),
        Event(kind=E.GRANT_ABANDONED, actor="maya", request_id=made.request_id, grant_id=made.id),
        Event(kind=E.BREAK_GLASS_REVIEW_OPENED, actor="maya", request_id=made.request_id, grant_id=made.id),
        Event(kind=E.BREAK_GLASS_REVIEWED, actor="priya", request_id=made.request_id, grant_id=made.id),
        Event(kind=E.CREDENTIALS_REQUESTED, actor="maya", request_id=made.request_id, grant_id=made.id),
        Event(kind=E.POLICY_LOADED, actor="bot@host"),
        Event(kind=E.LOCKDOWN_DECLARED, actor="priya"),
        Event(kind=E.LOCKDOWN_LIFTED, actor="priya"),
    ]


def test_bot_records_nothing_that_its_transaction_did_not_do(bot: Engine, raw: Connection) -> None:
    asked, made = submitted(bot, terms("tom")), granted(bot)
    for entry in _entries(asked, made):
        with pytest.raises(errors.InsufficientPrivilege) as refused, raw.transaction():
            record(raw, entry)
        assert refused.value.diag.constraint_name == "ledger_says_what_is_done", entry.kind


def test_bot_records_looks_of_others_at_the_statements_of_grants_that_are_there(
    bot: Engine, raw: Connection
) -> None:
    asked, made = submitted(bot, terms("tom")), granted(bot)

    shown: dict[str, object] = {
        "kind": "read",
        "table": None,
        "target": None,
        "role": None,
        "has_words": False,
    }
    shown |= {"errors_only": False, "since": None, "until": None, "statements": 10}
    look = Event(
        kind=E.ACTIVITY_VIEWED, actor="priya", request_id=made.request_id, grant_id=made.id, data=shown
    )

    def looked(one: Event, key: str | None = "view 1") -> None:
        with raw.transaction():
            if key:
                raw.execute("insert into intake (key) values (%s)", [key])
            record(raw, one)

    forged = [replace(look, data=shown | {name: {"x": 1}}) for name in shown]
    odd: list[dict[str, object]] = [{"more": 1}, {"statements": "10"}, {"kind": 1}, {"table": "no\0"}]
    forged += [replace(look, data=shown | more) for more in odd]
    forged += [replace(look, data={name: one for name, one in shown.items() if name != "role"})]
    forged += [replace(look, actor=made.holder), replace(look, request_id=asked.id)]
    forged += [replace(look, grant_id=GrantId(made.id + 1000))]
    for one, key in [*((one, "view 1") for one in forged), (look, None)]:
        with pytest.raises(errors.InsufficientPrivilege) as refused:
            looked(one, key=key)
        assert refused.value.diag.constraint_name == "ledger_says_what_is_done", one
    looked(look)


def test_bot_records_a_search_for_statements_with_the_grants_that_it_showed(
    bot: Engine, raw: Connection
) -> None:
    made = granted(bot)
    asked = dict.fromkeys(("role", "table", "ticket", "reviewer", "at", "since", "until"))
    shown: dict[str, object] = {**asked, "has_words": True, "target": "orders-prod", "holder": ["maya"]}
    shown |= {"statements": 10, "grants": [made.id], "grant": made.id, "use": "read", "channel": "slack"}
    look = Event(kind=E.ACTIVITY_VIEWED, actor="priya", data=shown)

    def looked(one: Event, key: str | None = "view 2") -> None:
        with raw.transaction():
            if key:
                raw.execute("insert into intake (key) values (%s)", [key])
            record(raw, one)

    forged = [replace(look, data=shown | {name: {"x": 1}}) for name in shown]
    odd: list[dict[str, object]] = [{"words": "x"}, {"has_words": False}, {"grants": [made.id + 1000]}]
    odd += [{"grants": [str(made.id)]}, {"target": "x" * 20_000}, {"statements": "10"}]
    forged += [replace(look, data=shown | more) for more in odd]
    forged += [replace(look, request_id=made.request_id), replace(look, data={"has_words": True})]
    for one, key in [*((one, "view 2") for one in forged), (look, None)]:
        with pytest.raises(errors.InsufficientPrivilege) as refused:
            looked(one, key=key)
        assert refused.value.diag.constraint_name == "ledger_says_what_is_done", one
    looked(look)
    as_before = {name: one for name, one in shown.items() if name not in {"grant", "use", "channel"}}
    looked(replace(look, data=as_before), key="view 3")  # a bot of the version before


def test_bot_records_a_policy_whole_and_by_its_hash(bot: Engine, raw: Connection) -> None:
    policy = {"groups": {"dba": ["U1"]}, "note": "no\0"}
    known = sha256(canonical_bytes(policy)).hexdigest()
    loaded = Event(kind=E.POLICY_LOADED, actor="bot@host", data={"hash": known, "policy": policy})

    def load(entry: Event) -> None:
        with raw.transaction(force_rollback=True):
            raw.execute("insert into policy_versions (hash, writer) values (%s, 'bot')", [known])
            record(raw, entry)

    load(loaded)
    said = dict(loaded.data)
    odd: list[dict[str, object]] = [{"policy": {}}, {"hash": "f" * 64}, {"policy": 1}, {"more": 1}]
    forged = [said | change for change in odd] + [{"policy": policy}, {"hash": known}]
    about_a_request = replace(loaded, request_id=submitted(bot).id)
    for entry in [about_a_request, *(replace(loaded, data=data) for data in forged)]:
        with pytest.raises(errors.InsufficientPrivilege) as refused:
            load(entry)
        assert refused.value.diag.constraint_name == "ledger_says_what_is_done", entry


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"note": "yes"},
        {"note": "no\0"},
        {"slack_id": "UPRIYA"},
        {"groups": ["dba", "app-owners"]},
        {"groups": "dba"},
        {"fingerprint": None},
        {"policy_hash": 1},
        {"membership_read_at": "2026-03-14T10:00:00.000000+00:00"},
        {"membership_read_at": None},
    ],
    ids=str,
)
def test_bot_records_a_review_in_its_reviewers_name_and_as_it_was_given(
    bot: Engine, raw: Connection, odd: dict[str, object]
) -> None:
    asked = submitted(bot)
    given: dict[str, object] = {
        "slack_id": "USAM",
        "groups": ["dba"],
        "note": "no",
        "fingerprint": asked.fingerprint,
    }
    given |= {"policy_hash": "p1"}

    def said_by(reviewer: str, data: dict[str, object]) -> None:
        with raw.transaction():
            raw.execute(REVIEW, [asked.id, asked.fingerprint])
            record(raw, Event(kind=E.REVIEW_DENIED, actor=reviewer, request_id=asked.id, data=data))

    with pytest.raises(errors.InsufficientPrivilege) as refused:
        said_by("sam" if odd else "priya", given | odd)
    assert refused.value.diag.constraint_name == "ledger_says_what_is_done"
    said_by("sam", given)


@pytest.mark.parametrize(
    "odd", [{"role": "write"}, {"duration_seconds": 60}, {"duration_seconds": "7200"}], ids=str
)
def test_approval_is_recorded_with_as_much_as_was_approved(
    bot: Engine, raw: Connection, odd: dict[str, object]
) -> None:
    asked = submitted(bot)
    given = approval_data(replace(review(asked), membership_read_at=None))

    def approved_with(data: dict[str, object]) -> None:
        with raw.transaction():
            raw.execute(APPROVE, [asked.id, asked.fingerprint])
            record(raw, Event(kind=E.REVIEW_APPROVED, actor="priya", request_id=asked.id, data=data))

    with pytest.raises(errors.InsufficientPrivilege) as refused:
        approved_with(given | odd)
    assert refused.value.diag.constraint_name == "ledger_says_what_is_done"
    approved_with(given)
