"""The control database's own guards about approving for less; errors by the names of constraints."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from psycopg import Connection, errors
from sqlalchemy import Engine

from dbaccess.domain.request import Request
from tests.databases import ControlDatabase
from tests.entering_connection import EnteringConnection
from tests.integration.storage.facts import submitted, terms

NARROWER = (("read", "a" * 64), ("look", "b" * 64))
HOUR = 3600
REVIEW = """insert into reviews (request_id, reviewer, reviewer_slack_id, verdict, role, duration_seconds,
                                 groups, note, fingerprint, policy_hash, reviewed_at)
            values (%s, %s, %s, %s, %s, %s, '{dba}', '', %s, 'p1', now())"""
GRANT = """insert into grants (request_id, holder, holder_slack_id, target, cluster, role, duration, state,
                               created_at)
           values (%s, 'maya', 'UMAYA', 'orders-prod', 'main', %s, make_interval(secs => %s), 'provisioning',
                   now())"""
VOID = "insert into voided_reviews select id, 'left', now() from reviews where reviewer = %s"
APPROVE = "update requests set state = 'approved', decided_at = now() where id = %s"


@pytest.fixture
def as_bot(control_database: ControlDatabase) -> Iterator[Connection]:
    """The bot's own connection, with nothing of ours between."""
    with EnteringConnection.connect(control_database.bot_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def asked(bot: Engine) -> Request:
    """Write for two hours, by two of the same group, instead of which two other roles may be given."""
    return submitted(bot, replace(terms(role="write"), narrower=NARROWER, approvals=(("dba", 2),)))


def _says(
    connection: Connection,
    request: Request,
    who: str,
    role: str | None = "write",
    seconds: int | None = 2 * HOUR,
    verdict: str = "approved",
) -> None:
    values = [request.id, who, f"U{who.upper()}", verdict, role, seconds, request.fingerprint]
    connection.execute(REVIEW, values)


def _refused(constraint: str, call: Any, *values: Any) -> None:
    with pytest.raises(errors.CheckViolation) as refused:
        call(*values)
    assert refused.value.diag.constraint_name == constraint


@pytest.mark.parametrize(
    ("role", "seconds"), [("ddl", HOUR), ("write", 2 * HOUR + 1), ("read", 0), ("read", -5), ("a" * 64, HOUR)]
)
def test_approval_covers_no_more_than_was_asked(
    as_bot: Connection, asked: Request, role: str, seconds: int
) -> None:
    _refused("reviews_never_more_than_asked", _says, as_bot, asked, "priya", role, seconds)


@pytest.mark.parametrize(
    ("role", "seconds", "verdict"),
    [(None, HOUR, "approved"), ("read", None, "approved"), ("write", HOUR, "denied")],
)
def test_an_approval_says_of_how_much_and_a_denial_does_not(
    as_bot: Connection, asked: Request, role: str | None, seconds: int | None, verdict: str
) -> None:
    _refused("reviews_approve_so_much", _says, as_bot, asked, "priya", role, seconds, verdict)


@pytest.mark.parametrize(("role", "seconds"), [("read", 2 * HOUR), ("write", HOUR), ("look", HOUR)])
def test_approval_covers_no_more_than_earlier_ones(
    as_bot: Connection, asked: Request, role: str, seconds: int
) -> None:
    _says(as_bot, asked, "priya", "read", HOUR)
    _refused("reviews_never_more_than_before", _says, as_bot, asked, "sam", role, seconds)
    as_bot.execute(VOID, ["priya"])
    _says(as_bot, asked, "sam", role, seconds)


@pytest.mark.parametrize(
    ("role", "seconds"),
    [("write", 2 * HOUR), ("write", HOUR), ("read", 2 * HOUR), ("look", HOUR), ("read", 60)],
)
def test_grant_is_the_least_that_was_approved(
    as_bot: Connection, asked: Request, role: str, seconds: int
) -> None:
    _says(as_bot, asked, "priya", "write", HOUR)
    _says(as_bot, asked, "sam", "read", HOUR)
    as_bot.execute(APPROVE, [asked.id])
    _refused("grants_are_the_least_approved", as_bot.execute, GRANT, [asked.id, role, seconds])
    as_bot.execute(GRANT, [asked.id, "read", HOUR])


def test_request_without_approvals_is_granted_as_asked(bot: Engine, as_bot: Connection) -> None:
    request = submitted(bot, replace(terms(), narrower=NARROWER, approvals=()))
    as_bot.execute(APPROVE, [request.id])
    for role, seconds in (("read", HOUR), ("look", 2 * HOUR)):
        _refused("grants_are_the_least_approved", as_bot.execute, GRANT, [request.id, role, seconds])
    as_bot.execute(GRANT, [request.id, "read", 2 * HOUR])
