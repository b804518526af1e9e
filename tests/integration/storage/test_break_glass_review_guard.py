"""Refusals of the database about the review of a break-glass, whatever program writes."""

import itertools

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import Engine

from dbaccess.domain.break_glass_review import BreakGlassReviewState
from dbaccess.domain.lifecycle import BREAK_GLASS_REVIEW_TRANSITIONS
from tests.databases import ControlDatabase
from tests.entering_connection import EnteringUnitOfWork
from tests.integration.storage.conftest import Connection
from tests.integration.storage.facts import HOUR, approve, break_glass, submitted, terms

REFUSED = (errors.CheckViolation, errors.InsufficientPrivilege)
PENDING = BreakGlassReviewState.PENDING
VERDICT = """reviewer = 'priya', reviewer_slack_id = 'UPRIYA', note = 'stock fixed', reviewed_at = now()"""
NO_VERDICT = "reviewer = null, reviewer_slack_id = null, note = null, reviewed_at = null"
CLOSE = f"update break_glass_reviews set state = %s, {VERDICT} where request_id = %s"
ALARM = "update break_glass_reviews set overdue_at = %s where request_id = %s"
OPEN = """insert into break_glass_reviews
    (request_id, grant_id, holder, holder_slack_id, review_by, state, opened_at, due_at)
    values (%(request)s, %(grant)s, 'maya', 'UMAYA', %(group)s, %(state)s,
            now() + %(opened)s::interval, now() + %(due)s::interval)"""


def put_in(database: ControlDatabase, request_id: int, state: BreakGlassReviewState) -> None:
    verdict = NO_VERDICT if state is PENDING else VERDICT
    with psycopg.connect(database.superuser_url) as admin:
        admin.execute(
            "alter table break_glass_reviews disable trigger guard, disable trigger recorded_change"
        )
        admin.execute(
            f"update break_glass_reviews set state = %s, overdue_at = null, {verdict}"
            " where request_id = %s".encode(),
            [state, request_id],
        )
        admin.execute(
            "alter table break_glass_reviews "
            "enable always trigger guard, enable always trigger recorded_change"
        )


@pytest.mark.parametrize("columns", ["its own", "all"])
def test_review_moves_only_as_the_domain_says(
    bot: Engine, control_database: ControlDatabase, direct: Connection, writer: str, columns: str
) -> None:
    """The guard holds by itself, also where either role was granted too much."""
    review = break_glass(bot)
    if columns == "all":
        with psycopg.connect(control_database.owner_url) as owner:
            owner.execute("grant update on break_glass_reviews to dbaccess_bot, dbaccess_worker")
    wrong = []
    for start, target in itertools.product(BreakGlassReviewState, BreakGlassReviewState):
        put_in(control_database, review.request.id, start)
        allowed = {
            who
            for (before, _, after), who in BREAK_GLASS_REVIEW_TRANSITIONS.items()
            if (before, after) == (start, target)
        }
        update, value = (ALARM, review.due_at) if target is PENDING else (CLOSE, target)
        if start is not PENDING and target is PENDING:
            update, value = "update break_glass_reviews set state = %s where request_id = %s", target
        if _is_taken(direct, update, value, review.request.id) is not (writer in allowed):
            wrong.append((start, target))
    assert wrong == []


def _is_taken(direct: Connection, update: str, *values: object) -> bool:
    """Whether the database takes the change of one row; a refusal names a rule or a right."""
    try:
        assert direct.execute(update.encode(), values).rowcount == 1
    except REFUSED:
        return False
    return True


def test_alarm_is_raised_once_and_not_before_the_review_is_due(bot: Engine, as_worker: Connection) -> None:
    review = break_glass(bot)

    def refused(at: object) -> None:
        with pytest.raises(errors.CheckViolation) as error:
            as_worker.execute(ALARM, [at, review.request.id])
        assert error.value.diag.constraint_name == "break_glass_reviews_alarm_is_true"

    refused(review.due_at - HOUR / 2)
    as_worker.execute(ALARM, [review.due_at, review.request.id])
    refused(review.due_at + HOUR)
    refused(None)


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"state": "justified"}, "break_glass_reviews_start_pending"),
        ({"opened": "-3 min"}, "break_glass_reviews_times_are_readable"),
        ({"opened": "1 h", "due": "2 h"}, "break_glass_reviews_times_are_readable"),
        ({"due": "0 s"}, "break_glass_reviews_times_are_readable"),
        ({"due": "367 days"}, "break_glass_reviews_times_are_readable"),
        ({"group": " "}, "break_glass_reviews_name_a_group"),
        ({"grant": 7}, "break_glass_reviews_of_a_break_glass"),
        ({"request": 7}, "break_glass_reviews_of_a_break_glass"),
    ],
)
def test_review_starts_pending_now_and_names_a_group(
    bot: Engine,
    control_database: ControlDatabase,
    as_bot: Connection,
    changed: dict[str, object],
    constraint: str,
) -> None:
    review = break_glass(bot)
    with psycopg.connect(control_database.superuser_url) as admin:
        admin.execute("alter table break_glass_reviews disable trigger stays")
        admin.execute("delete from break_glass_reviews")
        admin.execute("alter table break_glass_reviews enable always trigger stays")
    values = {"request": review.request.id, "grant": review.grant_id, "group": "dba", "state": "pending"}
    values |= {"opened": "0 s", "due": "1 h"}
    with pytest.raises(errors.CheckViolation) as refused:
        as_bot.execute(OPEN, values | changed)
    assert refused.value.diag.constraint_name == constraint
    as_bot.execute(OPEN, values)


def test_usual_request_owes_no_review(bot: Engine, as_bot: Connection) -> None:
    pending = submitted(bot, terms())
    with EnteringUnitOfWork(bot, None) as uow:
        made = approve(uow, pending)
        uow.commit()
    values = {"request": pending.id, "grant": made.id, "group": "dba", "state": "pending"}
    with pytest.raises(errors.CheckViolation) as refused:
        as_bot.execute(OPEN, values | {"opened": "0 s", "due": "1 h"})
    assert refused.value.diag.constraint_name == "break_glass_reviews_of_a_break_glass"


@pytest.mark.parametrize(
    "column",
    [
        "holder = 'tom'",
        "holder_slack_id = 'UTOM'",
        "review_by = 'engineers'",
        "opened_at = opened_at - interval '1 s'",
        "due_at = due_at + interval '1 day'",
    ],
)
def test_terms_of_a_pending_review_never_change(
    bot: Engine, control_database: ControlDatabase, column: str
) -> None:
    review = break_glass(bot)
    with (
        psycopg.connect(control_database.superuser_url) as admin,
        pytest.raises(errors.CheckViolation) as refused,
    ):
        admin.execute(
            f"update break_glass_reviews set {column} where request_id = %s".encode(), [review.request.id]
        )
    assert refused.value.diag.constraint_name == "break_glass_reviews_stay"


@pytest.mark.parametrize("at", ["infinity", "2026-03-01Z", "2100-01-01Z"])
def test_verdict_is_given_now(bot: Engine, as_bot: Connection, at: str) -> None:
    review = break_glass(bot)
    close = CLOSE.replace("reviewed_at = now()", "reviewed_at = %s")
    with pytest.raises(errors.CheckViolation) as refused:
        as_bot.execute(close.encode(), ["justified", at, review.request.id])
    assert refused.value.diag.constraint_name == "break_glass_reviews_times_are_readable"
