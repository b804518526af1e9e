"""Refusals of the database, whatever program writes, tried with plain statements."""

import itertools
from dataclasses import replace

import psycopg
import pytest
from psycopg import errors, sql
from sqlalchemy import Engine

from dbaccess.domain.grant import GrantState
from dbaccess.domain.lifecycle import BOTH, GRANT_TRANSITIONS, REQUEST_TRANSITIONS
from dbaccess.domain.request import Request, RequestState, Verdict
from tests.databases import ControlDatabase
from tests.entering_connection import EnteringUnitOfWork
from tests.integration.storage.conftest import Connection
from tests.integration.storage.facts import T0, granted, posted, review, reviewed, submitted

REFUSED = (errors.CheckViolation, errors.InsufficientPrivilege)


REQUEST_PAIRS = {(f, t): w for (f, _), (t, w) in REQUEST_TRANSITIONS.items()}
GRANT_PAIRS: dict[tuple[GrantState, GrantState], set[str]] = {}
for (_from, _), (_to, _who) in GRANT_TRANSITIONS.items():
    GRANT_PAIRS.setdefault((_from, _to), set()).add(_who)


def put_request_in(database: ControlDatabase, request_id: int, state: str) -> None:
    with psycopg.connect(database.superuser_url) as admin:
        admin.execute("alter table requests disable trigger guard, disable trigger recorded_change")
        decided = None if state == "pending" else T0
        admin.execute(
            "update requests set state = %s, decided_at = %s, stale_why = %s where id = %s",
            [state, decided, "no_rule" if state == "stale" else None, request_id],
        )
        admin.execute(
            "alter table requests enable always trigger guard, enable always trigger recorded_change"
        )


def put_grant_in(database: ControlDatabase, grant_id: int, state: str) -> None:
    fields = dict(field.split(" = ", 1) for field in (*_NEW, *GRANT_AS[state]))
    changes = ", ".join(f"{name} = {value}" for name, value in fields.items())
    with psycopg.connect(database.superuser_url) as admin:
        admin.execute("alter table grants disable trigger guard, disable trigger recorded_change")
        admin.execute(sql.SQL("update grants set {} where id = {}").format(sql.SQL(changes), grant_id))
        admin.execute("alter table grants enable always trigger guard, enable always trigger recorded_change")


_NEW = [
    f"{column} = null"
    for column in (
        "activated_at", "expires_at", "recipe", "revoking_at", "end_cause", "ended_by", "ended_at", "receipt",
        "write_off_by", "write_off_reason", "written_off_by", "written_off_at",
    )
]  # fmt: skip
_MADE = ["recipe = jsonb_build_object('grant_id', id, 'cluster', cluster)", "expires_at = now() + '1 h'"]
_CAUSE = ["revoking_at = now()", "end_cause = 'revoked'", "ended_by = 'priya'"]
_PROPOSED = ["write_off_by = 'cli:priya@a'", "write_off_reason = 'scrapped'"]
_CONFIRMED = ["written_off_by = 'cli:sam@a'", "written_off_at = now()"]
GRANT_AS = {
    "provisioning": ["state = 'provisioning'"],
    "active": ["state = 'active'", "activated_at = now()", *_MADE],
    "revoking": ["state = 'revoking'", *_MADE, *_CAUSE, *_PROPOSED],
    "ended": ["state = 'ended'", *_MADE, *_CAUSE, "ended_at = now()", "receipt = '{}'"],
    "written_off": ["state = 'written_off'", *_MADE, *_CAUSE, *_PROPOSED, *_CONFIRMED],
}


def test_request_moves_only_as_the_domain_says(
    bot: Engine, control_database: ControlDatabase, direct: Connection, writer: str
) -> None:
    pending = submitted(bot)
    request_id = pending.id
    reviewed(bot, pending)
    denied(bot, pending)
    wrong = []
    for start, target in itertools.product(RequestState, RequestState):
        put_request_in(control_database, request_id, start)
        allowed = REQUEST_PAIRS.get((start, target)) in ({BOTH} if writer == "bot" else {BOTH, "worker"})
        why = ", stale_why = 'no_rule'" if target is RequestState.STALE else ""
        update = sql.SQL(f"update requests set state = {{}}, decided_at = now(){why} where id = {{}}")
        if _is_taken(direct, update.format(sql.Literal(target.value), request_id)) is not allowed:
            wrong.append((start, target))
    assert wrong == []


def denied(bot: Engine, pending: Request) -> None:
    """A denial of another person's, which a decision of the bot needs."""
    with EnteringUnitOfWork(bot, None) as uow:
        uow.reviews.add(replace(review(pending, "sam"), verdict=Verdict.DENIED, note="no", scope=None))
        uow.commit()


def test_grant_moves_only_as_the_domain_says(
    bot: Engine, worker: Engine, control_database: ControlDatabase, direct: Connection, writer: str
) -> None:
    made = granted(bot)
    posted(worker, made.request_id)
    wrong = []
    for start, target in itertools.product(GrantState, GrantState):
        put_grant_in(control_database, made.id, start)
        pairs = GRANT_PAIRS.get((start, target), set())
        working_on_it = writer == "worker" and start == target == GrantState.ACTIVE
        allowed = bool(pairs & ({BOTH} if writer == "bot" else {BOTH, "worker"})) or working_on_it
        update = sql.SQL("update grants set {} where id = {}")
        if _is_taken(direct, update.format(sql.SQL(_step(start, target, writer)), made.id)) is not allowed:
            wrong.append((start, target))
    assert wrong == []


def _is_taken(direct: Connection, update: sql.Composed) -> bool:
    """Whether the database takes the change of one row; a refusal names a rule or a right."""
    try:
        assert direct.execute(update).rowcount == 1
    except REFUSED:
        return False
    return True


def _step(start: GrantState, target: GrantState, writer: str) -> str:
    """The statement that this role would need, as far as its columns allow."""
    changes = [f"state = '{target}'", "next_attempt_at = now()"]
    if target is GrantState.REVOKING and start in {GrantState.PROVISIONING, GrantState.ACTIVE}:
        changes += _CAUSE
    if writer == "worker" and target is GrantState.ACTIVE and start is GrantState.PROVISIONING:
        changes += ["activated_at = now()", *_MADE]
    if writer == "worker" and target is GrantState.ENDED:
        changes += ["ended_at = now()", "receipt = '{}'"]
    if writer == "worker" and target is GrantState.WRITTEN_OFF:
        changes += _CONFIRMED
    return ", ".join(changes)


def test_bot_never_makes_a_grant_active_even_with_the_columns_granted(
    bot: Engine, control_database: ControlDatabase, as_bot: Connection
) -> None:
    """The guard holds by itself, also where the bot was granted too much."""
    grant_id = granted(bot).id
    with psycopg.connect(control_database.owner_url) as owner:
        owner.execute("grant update on grants to dbaccess_bot")
    taken = []
    for state, changes in itertools.product(
        [s for s in GrantState if not s.is_final],
        (
            ["state = 'active'", "activated_at = now()", *_MADE],
            ["state = 'ended'", "ended_at = now()", "receipt = '{}'", *_CAUSE],
            ["lease_id = 'x'", "lease_until = now()"],
            ["expires_at = now() + interval '1 year'"],
            [
                "state = 'revoking'",
                "lease_id = 'x'",
                "lease_until = now()",
                "next_attempt_at = now()",
                *_CAUSE,
            ],
        ),
    ):
        put_grant_in(control_database, grant_id, state)
        update = sql.SQL("update grants set {} where id = {}")
        if _is_taken(as_bot, update.format(sql.SQL(", ".join(changes)), grant_id)):
            taken.append((state, changes))
    assert taken == []


@pytest.mark.parametrize(
    ("changes", "guard"),
    [
        ("end_cause = 'expired'", "grants_bot_cause"),
        ("end_cause = 'invalidated'", "grants_bot_cause"),
        ("end_cause = 'revoked', next_attempt_at = null", "grants_bot_no_delay"),
        ("end_cause = 'revoked', next_attempt_at = now() + interval '1 h'", "grants_bot_no_delay"),
        ("end_cause = 'revoked', next_attempt_at = '-infinity'", "grants_bot_no_delay"),
        ("end_cause = 'revoked', next_attempt_at = now(), attempts = 2147483647", "grants_bot_no_delay"),
    ],
)
def test_bot_ends_a_grant_only_now_and_for_a_reason_of_its_own(
    bot: Engine, control_database: ControlDatabase, as_bot: Connection, changes: str, guard: str
) -> None:
    grant_id = granted(bot).id
    put_grant_in(control_database, grant_id, "active")
    update = f"update grants set state = 'revoking', revoking_at = now(), {changes} where id = %s"
    with pytest.raises(errors.InsufficientPrivilege) as refused:
        as_bot.execute(update.encode(), [grant_id])
    assert refused.value.diag.constraint_name == guard


@pytest.mark.parametrize(
    "column",
    [
        "request_id = request_id + 1",
        "holder = 'mark'",
        "target = 'billing'",
        "cluster = 'other'",
        "role = 'write'",
        "duration = '9 h'",
        "created_at = now()",
    ],
)
def test_terms_of_a_grant_never_change(bot: Engine, control_database: ControlDatabase, column: str) -> None:
    grant_id = granted(bot).id
    with psycopg.connect(control_database.owner_url) as owner, pytest.raises(errors.CheckViolation):
        owner.execute(f"update grants set {column} where id = %s".encode(), [grant_id])


@pytest.mark.parametrize("state", ["active", "revoking"])
@pytest.mark.parametrize(
    "column",
    [
        "expires_at = expires_at + interval '1 h'",
        "activated_at = now() + interval '1 s'",
        "begun_at = now()",
        'recipe = recipe || \'{"login": "root"}\'',
    ],
)
def test_recorded_login_never_changes(
    bot: Engine, control_database: ControlDatabase, as_worker: Connection, state: str, column: str
) -> None:
    grant_id = granted(bot).id
    put_grant_in(control_database, grant_id, state)
    with pytest.raises(errors.CheckViolation):
        as_worker.execute(f"update grants set {column} where id = %s".encode(), [grant_id])


def test_reach_is_recorded_once_and_while_the_grant_is_active(
    bot: Engine, control_database: ControlDatabase, as_worker: Connection
) -> None:
    grant_id = granted(bot).id
    read = "insert into reaches (digest, tables, unrecorded) values (repeat(%s, 64), 0, 0) returning id"
    first, other = (as_worker.execute(read, [digit]).fetchone()[0] for digit in "ab")  # type: ignore[index]  # it returns
    put = "update grants set reach_id = %s, reach_read_at = now() where id = %s"
    for state in ("provisioning", "revoking", "ended"):
        put_grant_in(control_database, grant_id, state)
        with pytest.raises(errors.CheckViolation):
            as_worker.execute(put, [first, grant_id])
    put_grant_in(control_database, grant_id, "active")
    as_worker.execute(put, [first, grant_id])
    with pytest.raises(errors.CheckViolation, match="once"):
        as_worker.execute(put, [other, grant_id])
    for change in ("update reaches set tables = 1", "delete from reaches", "delete from reached_tables"):
        with pytest.raises(errors.InsufficientPrivilege):
            as_worker.execute(change.encode())


@pytest.mark.parametrize(
    "column",
    [
        'terms = terms || \'{"role": "write"}\'',
        "fingerprint = 'x'",
        "policy_hash = 'x'",
        "requester_slack_id = 'UEVE'",
        "submitted_at = now()",
        "decide_by = now()",
    ],
)
def test_terms_of_a_request_never_change(bot: Engine, control_database: ControlDatabase, column: str) -> None:
    request_id = submitted(bot).id
    with psycopg.connect(control_database.owner_url) as owner, pytest.raises(errors.CheckViolation):
        owner.execute(f"update requests set {column} where id = %s".encode(), [request_id])


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("holder", "'eve'"),
        ("holder_slack_id", "'UEVE'"),
        ("target", "'billing'"),
        ("cluster", "'other'"),
    ],
)
def test_grant_is_what_was_approved_to_the_letter(
    bot: Engine, control_database: ControlDatabase, as_bot: Connection, column: str, value: str
) -> None:
    request_id = submitted(bot).id
    put_request_in(control_database, request_id, "approved")
    fields = {
        "request_id": str(request_id), "holder": "'maya'", "holder_slack_id": "'UMAYA'",
        "target": "'orders-prod'", "cluster": "'main'", "role": "'read'", "duration": "'2 h'",
        "state": "'provisioning'", "created_at": "now()",
    }  # fmt: skip
    with pytest.raises(errors.CheckViolation) as refused:
        insert(as_bot, "grants", {**fields, column: value})
    assert refused.value.diag.constraint_name == "grants_terms_are_approved"
    insert(as_bot, "grants", fields)
    with pytest.raises(errors.UniqueViolation):
        insert(as_bot, "grants", fields)


@pytest.mark.parametrize("state", [s for s in RequestState if s is not RequestState.APPROVED])
def test_no_grant_without_an_approval(
    bot: Engine, control_database: ControlDatabase, as_bot: Connection, state: RequestState
) -> None:
    request_id = submitted(bot).id
    put_request_in(control_database, request_id, state)
    with pytest.raises(errors.CheckViolation, match="is not approved"):
        as_bot.execute(
            """insert into grants (request_id, holder, holder_slack_id, target, cluster, role, duration,
                                   state, created_at)
               values (%s, 'maya', 'UMAYA', 'orders-prod', 'main', 'read', '2 h', 'provisioning', now())""",
            [request_id],
        )


@pytest.mark.parametrize(
    ("reviewer", "slack_id", "fingerprint", "guard"),
    [
        ("maya", "UMAYA2", None, "reviews_not_own_request"),
        ("maya2", "UMAYA", None, "reviews_not_own_request"),
        ("priya", "UPRIYA", "another", "reviews_same_fingerprint"),
    ],
)
def test_review_is_by_another_person_of_the_same_terms(
    bot: Engine, as_bot: Connection, reviewer: str, slack_id: str, fingerprint: str | None, guard: str
) -> None:
    asked = submitted(bot)
    with pytest.raises(errors.CheckViolation) as refused:
        as_bot.execute(
            """insert into reviews (request_id, reviewer, reviewer_slack_id, verdict, groups, note,
                                    fingerprint, policy_hash, reviewed_at)
               values (%s, %s, %s, 'approved', '{dba}', '', %s, 'p1', now())""",
            [asked.id, reviewer, slack_id, fingerprint or asked.fingerprint],
        )
    assert refused.value.diag.constraint_name == guard


def test_denial_has_a_reason(bot: Engine, as_bot: Connection) -> None:
    asked = submitted(bot)
    with pytest.raises(errors.CheckViolation) as refused:
        as_bot.execute(
            """insert into reviews (request_id, reviewer, reviewer_slack_id, verdict, groups, note,
                                    fingerprint, policy_hash, reviewed_at)
               values (%s, 'priya', 'UPRIYA', 'denied', '{dba}', ' ', %s, 'p1', now())""",
            [asked.id, asked.fingerprint],
        )
    assert refused.value.diag.constraint_name == "reviews_deny_with_a_reason"


def test_not_even_the_owner_changes_a_review(bot: Engine, control_database: ControlDatabase) -> None:
    granted(bot)
    with psycopg.connect(control_database.owner_url, autocommit=True) as owner:
        for statement in ("update reviews set note = 'x'", "delete from reviews", "truncate reviews cascade"):
            with pytest.raises(errors.InsufficientPrivilege):
                owner.execute(statement.encode())


def insert(connection: Connection, table: str, fields: dict[str, str]) -> None:
    statement = f"insert into {table} ({', '.join(fields)}) values ({', '.join(fields.values())})"
    connection.execute(statement.encode())


def test_statement_is_of_a_grant(control_database: ControlDatabase, bot: Engine) -> None:
    grant_id = granted(bot).id
    add = """insert into activity_statements (cluster, session_id, line_num, grant_id, at, login, database,
                                              kind, text, reads, writes, tables, is_parsed, is_nested,
                                              bind_values)
             select 'main', 's', n, %s + n, now(), 'maya', 'orders', 'read', 'select 1',
                    '{}', '{}', '{}', true, false, '{}'
               from generate_series(0, %s) n"""
    with psycopg.connect(control_database.worker_url, autocommit=True) as worker:
        worker.execute(add, [grant_id, 0])
        worker.execute("delete from activity_statements")
        with pytest.raises(errors.ForeignKeyViolation, match="a statement is of a grant"):
            worker.execute(add, [grant_id, 9])
        assert worker.execute("select count(*) from activity_statements").fetchone() == (0,)
