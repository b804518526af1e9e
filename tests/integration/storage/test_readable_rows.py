"""A compromised bot writes no row that keeps the worker from reading the others."""

from dataclasses import replace
from datetime import timedelta

import pytest
from psycopg import errors
from psycopg.types.json import Jsonb
from sqlalchemy import Engine

from dbaccess.domain.people import SlackId
from dbaccess.domain.request import RequestId
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from tests.databases import ControlDatabase
from tests.entering_connection import EnteringUnitOfWork
from tests.integration.storage.conftest import Connection
from tests.integration.storage.facts import HOUR, granted, now, review, submitted, terms

ASK = """insert into requests
    (requester_slack_id, terms, fingerprint, policy_hash, state, submitted_at, decide_by)
    values ('UTOM', %s, 'f', 'p1', 'pending', %s, %s)"""
TERMS = Jsonb(terms("tom").as_json())


@pytest.mark.parametrize(
    ("submitted_at", "decide_by"),
    [
        ("now", "infinity"),
        ("-infinity", "now"),
        ("now", "20000-01-01Z"),
        ("2026-03-01Z", "2026-03-02Z"),
        ("2100-01-01Z", "2100-01-02Z"),
    ],
)
def test_request_has_times_that_a_program_can_read(
    as_bot: Connection, submitted_at: str, decide_by: str
) -> None:
    with pytest.raises(errors.CheckViolation) as refused:
        as_bot.execute(ASK, [TERMS, submitted_at, decide_by])
    assert refused.value.diag.constraint_name == "requests_times_are_readable"


def test_decision_has_a_time_that_a_program_can_read(bot: Engine, as_bot: Connection) -> None:
    asked = submitted(bot)
    for decided_at in ("infinity", "2026-03-01Z", "2100-01-01Z"):
        withdraw = "update requests set state = 'withdrawn', decided_at = %s where id = %s"
        with pytest.raises(errors.CheckViolation) as refused:
            as_bot.execute(withdraw, [decided_at, asked.id])
        assert refused.value.diag.constraint_name == "requests_times_are_readable"


@pytest.mark.parametrize(
    ("groups", "reviewed_at", "constraint"),
    [
        ("{dba}", "infinity", "reviews_time_is_readable"),
        ("{dba}", "2026-03-01Z", "reviews_time_is_readable"),
        ("{dba}", "2100-01-01Z", "reviews_time_is_readable"),
        ("{{dba}}", "now", "reviews_groups_are_a_list"),
    ],
)
def test_review_can_be_read(
    bot: Engine, as_bot: Connection, groups: str, reviewed_at: str, constraint: str
) -> None:
    asked = submitted(bot)
    with pytest.raises(errors.CheckViolation) as refused:
        as_bot.execute(
            """insert into reviews (request_id, reviewer, reviewer_slack_id, verdict, groups, note,
                                    fingerprint, policy_hash, reviewed_at)
               values (%s, 'priya', 'UPRIYA', 'denied', %s::text[], 'no', %s, 'p1', %s)""",
            [asked.id, groups, asked.fingerprint, reviewed_at],
        )
    assert refused.value.diag.constraint_name == constraint


@pytest.mark.parametrize("read_at", ["infinity", "-infinity", "2026-03-01Z", "2100-01-01Z"])
def test_review_rests_on_a_reading_that_is_past(bot: Engine, as_bot: Connection, read_at: str) -> None:
    asked = submitted(bot)
    with pytest.raises(errors.CheckViolation) as refused:
        as_bot.execute(
            """insert into reviews (request_id, reviewer, reviewer_slack_id, verdict, groups, note,
                                    fingerprint, policy_hash, reviewed_at, membership_read_at)
               values (%s, 'priya', 'UPRIYA', 'denied', '{dba}', 'no', %s, 'p1', now(), %s)""",
            [asked.id, asked.fingerprint, read_at],
        )
    assert refused.value.diag.constraint_name == "reviews_reading_is_past"


@pytest.mark.parametrize(
    ("since", "until", "form", "constraint"),
    [
        ("-infinity", "now", "html", "report_orders_have_a_period"),
        ("2026-03-01Z", "infinity", "html", "report_orders_have_a_period"),
        ("2026-03-01Z", "2026-03-01Z", "html", "report_orders_have_a_period"),
        ("2026-03-01Z", "2026-04-01Z", "pdf", "report_orders_known_form"),
    ],
)
def test_ordered_report_has_a_period_and_a_form_that_a_program_can_read(
    as_bot: Connection, since: str, until: str, form: str, constraint: str
) -> None:
    with pytest.raises(errors.CheckViolation) as refused:
        as_bot.execute(
            "insert into report_orders (slack_id, since, until, form) values ('UTOM', %s, %s, %s)",
            [since, until, form],
        )
    assert refused.value.diag.constraint_name == constraint


def test_voided_review_has_a_time_that_a_program_can_read(bot: Engine, as_bot: Connection) -> None:
    asked = submitted(bot)
    with EnteringUnitOfWork(bot, None) as uow:
        said = uow.reviews.add(review(asked))
        uow.commit()
    with pytest.raises(errors.CheckViolation, match="stops counting now"):
        as_bot.execute(
            "insert into voided_reviews (review_id, why, voided_at) values (%s, '', 'infinity')", [said.id]
        )


def test_job_has_a_time_that_a_program_can_read(as_bot: Connection) -> None:
    with pytest.raises(errors.CheckViolation, match="outbox_due_at_is_readable"):
        as_bot.execute("insert into outbox (job, subject, due_at) values ('notify', 1, 'infinity')")


def test_view_has_a_time_that_a_program_can_read(bot: Engine, as_bot: Connection) -> None:
    made = granted(bot)
    for requested_at in ("infinity", "2026-03-01Z", "2100-01-01Z"):
        with pytest.raises(errors.CheckViolation) as refused:
            as_bot.execute(
                """insert into credential_views (grant_id, slack_id, view_id, state, requested_at)
                   values (%s, 'UMAYA', 'V1', 'requested', %s)""",
                [made.id, requested_at],
            )
        assert refused.value.diag.constraint_name == "credential_views_time_is_readable"


@pytest.mark.parametrize("at", ["2100-01-01Z", "2026-03-01Z", "infinity", "-infinity"])
@pytest.mark.parametrize("column", ["created_at", "next_attempt_at"])
def test_grant_of_the_bot_is_created_now(bot: Engine, as_bot: Connection, column: str, at: str) -> None:
    """Dated ahead, the hour within which it has to become active would never be over."""
    asked = submitted(bot, replace(terms(), approvals=()))
    times = {"created_at": "now", "next_attempt_at": "now"} | {column: at}
    as_bot.execute("update requests set state = 'approved', decided_at = now() where id = %s", [asked.id])
    with pytest.raises(errors.CheckViolation) as refused:
        as_bot.execute(
            """insert into grants (request_id, holder, holder_slack_id, target, cluster, role, duration,
                                   state, created_at, next_attempt_at)
               values (%(id)s, 'maya', 'UMAYA', 'orders-prod', 'main', 'read', '2 h', 'provisioning',
                       %(created_at)s, %(next_attempt_at)s)""",
            {"id": asked.id, **times},
        )
    assert refused.value.diag.constraint_name == "grants_times_are_readable"


@pytest.mark.parametrize("column", ["loaded_at", "seen_at"])
def test_report_has_times_that_a_program_can_read(as_bot: Connection, column: str) -> None:
    times = {"loaded_at": "now", "seen_at": "now"} | {column: "infinity"}
    with pytest.raises(errors.CheckViolation, match="a process is seen now"):
        as_bot.execute(
            """insert into policy_in_force (process, host, pid, hash, loaded_at, seen_at)
               values ('bot', 'h', 1, 'p1', %(loaded_at)s, %(seen_at)s)""",
            times,
        )


@pytest.mark.parametrize(
    "odd",
    [
        {"further": 1},
        {"narrower": 7},
        {"narrower": ["read"]},
        {"narrower": [["read"]]},
        {"narrower": [["read", 7]]},
        {"grants": "orders_read"},
        {"grants": [7]},
        {"approvals": [["dba", 1, 1]]},
        {"on": 7},
        {"on": {"tables": []}},
        {"on": {"schemas": [], "tables": "shop.orders", "privileges": ["SELECT"]}},
        {"on": {"schemas": [], "tables": [7], "privileges": ["SELECT"]}},
    ],
)
def test_request_has_terms_that_a_program_can_read(as_bot: Connection, odd: dict[str, object]) -> None:
    with pytest.raises(errors.CheckViolation, match="requests_terms_are_readable"):
        as_bot.execute(ASK, [Jsonb(terms("tom").as_json() | odd), now(), now() + HOUR])


@pytest.mark.parametrize("odd", [{"further": 1}, {"narrower": 7}, {"on": {"tables": 7}}])
def test_unreadable_request_hides_no_other(
    bot: Engine,
    worker: Engine,
    as_bot: Connection,
    control_database: ControlDatabase,
    odd: dict[str, object],
) -> None:
    control_database.let_in_unreadable()
    unreadable = Jsonb(terms("tom").as_json() | odd)
    as_bot.execute(ASK, [unreadable, now(), now() + HOUR])
    asked = submitted(bot)
    with EnteringUnitOfWork(worker, None) as uow:
        waiting = uow.requests.pending_ids(after=RequestId(0), limit=10)
        assert (len(waiting), [r.id for r in uow.requests.readable(waiting)]) == (2, [asked.id])
        assert [r.id for r in uow.requests.due_to_lapse(now() + timedelta(days=1), limit=10)] == [asked.id]
        assert [r.id for r in uow.requests.recent(limit=10)] == [asked.id]
        assert uow.requests.pending_of([SlackId("UTOM")]) == []


@pytest.mark.parametrize("name", ["kind", "access", "break_glass", "approvals", "reason", "rule", "env"])
def test_terms_leave_no_word_open(as_bot: Connection, name: str) -> None:
    asked = Jsonb(terms("tom").as_json() | {name: None})
    with pytest.raises(errors.CheckViolation):
        as_bot.execute(ASK, [asked, now(), now() + HOUR])


@pytest.mark.parametrize("name", ["requester", "reason", "rule", "cluster", "ticket", "act_as"])
def test_words_in_the_terms_are_text(as_bot: Connection, name: str) -> None:
    asked = Jsonb(terms("tom").as_json() | {name: 7})
    with pytest.raises(errors.CheckViolation, match="requests_words_are_text"):
        as_bot.execute(ASK, [asked, now(), now() + HOUR])


@pytest.mark.parametrize("at", ["null", "'infinity'", "now() + interval '1 h'"])
def test_the_bot_cannot_keep_a_message_from_being_shown(bot: Engine, as_bot: Connection, at: str) -> None:
    asked = submitted(bot)
    show = "insert into message_streams (request_id, lane, next_attempt_at) values (%s, 'channel', now())"
    again = f"{show} on conflict (request_id, lane) do update set next_attempt_at = "
    as_bot.execute(again.encode() + b"now()", [asked.id])
    with pytest.raises(errors.InsufficientPrivilege, match="cannot put off a message"):
        as_bot.execute(again.encode() + at.encode(), [asked.id])


@pytest.mark.parametrize("kind", ["ops.overdue", "channel.overdue"])
def test_the_bot_plans_no_alarm(bot: Engine, as_bot: Connection, kind: str) -> None:
    asked = submitted(bot)
    with pytest.raises(errors.InsufficientPrivilege, match="plans no alarm"):
        as_bot.execute(
            "insert into messages (request_id, kind, channel) values (%s, %s, 'C0OPS')", [asked.id, kind]
        )


def test_the_bot_sends_no_direct_message_to_a_channel(bot: Engine, as_bot: Connection) -> None:
    asked = submitted(bot)
    plan = "insert into messages (request_id, kind, channel) values (%s, 'dm.submitted', %s)"
    with pytest.raises(errors.InsufficientPrivilege, match="goes to a person"):
        as_bot.execute(plan, [asked.id, "C0GENERAL"])
    as_bot.execute(plan, [asked.id, "UMAYA"])


def test_the_bot_says_of_no_grant_that_it_is_overdue_still(as_bot: Connection) -> None:
    with pytest.raises(errors.InsufficientPrivilege, match="table notices"):
        as_bot.execute(
            "insert into notices (key, kind, channel, data) values ('k', 'still_overdue', 'C0OPS', '{}')"
        )


HOME = "insert into homes (slack_id, accounts, groups, shown, look_at) values ('UTOM', %s, %s, '', %s)"
LONG = "x" * 100_000


@pytest.mark.parametrize(
    ("accounts", "groups", "look_at", "constraint"),
    [
        ("{UTOM}", "{dba}", "-infinity", "homes_times_are_readable"),
        ("{UTOM}", "{dba}", "infinity", "homes_times_are_readable"),
        ("{UTOM}", "{dba}", "0044-03-15 BC", "homes_times_are_readable"),
        ("{{UTOM},{UMAYA}}", "{dba}", "now", "homes_have_lists"),
        ("{UTOM}", "{{dba}}", "now", "homes_have_lists"),
        ("{NULL}", "{}", "now", "homes_have_lists"),
        ("{}", "{dba,NULL}", "now", "homes_have_lists"),
        ("{" + LONG + "}", "{}", "now", "homes_are_short"),
        ("{}", "{" + LONG + "}", "now", "homes_are_short"),
    ],
)
def test_home_tab_can_be_read(
    worker: Engine, as_bot: Connection, accounts: str, groups: str, look_at: str, constraint: str
) -> None:
    as_bot.execute(HOME, ["{}", "{}", "now"])
    with pytest.raises(errors.CheckViolation) as refused:
        as_bot.execute(HOME.replace("UTOM", "UMAYA"), [accounts, groups, look_at])
    assert refused.value.diag.constraint_name == constraint
    with SqlUnitOfWork(worker, None) as uow:
        assert len(uow.homes.due(uow.now, opened_since=uow.now - HOUR, limit=10)) == 1


def test_short_columns_take_nothing_long(bot: Engine, as_bot: Connection) -> None:
    asked, made = submitted(bot, terms("tom")), granted(bot)
    for constraint, statement, values in (
        (
            "messages_are_short",
            "insert into messages (request_id, kind, channel) values (%s, 'dm.submitted', %s)",
            [asked.id, f"U{LONG}"],
        ),
        (
            "credential_views_are_short",
            """insert into credential_views (grant_id, slack_id, view_id, state, requested_at)
               values (%s, 'UMAYA', %s, 'requested', now())""",
            [made.id, LONG],
        ),
        (
            "policy_in_force_is_short",
            """insert into policy_in_force (process, host, pid, hash, loaded_at, seen_at)
               values ('bot', %s, 1, 'h', now(), now())""",
            [LONG],
        ),
    ):
        with pytest.raises(errors.CheckViolation) as refused:
            as_bot.execute(statement, values)
        assert refused.value.diag.constraint_name == constraint
