"""The bot's entries about the review of a break-glass say what the row of that review says."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import Engine

from dbaccess.domain.break_glass_review import BreakGlassReview
from dbaccess.domain.events import Event, EventKind
from tests.databases import ControlDatabase
from tests.entering_connection import record
from tests.integration.storage.conftest import Connection
from tests.integration.storage.facts import break_glass

OPEN = """insert into break_glass_reviews
    (request_id, grant_id, holder, holder_slack_id, review_by, state, opened_at, due_at)
    values (%s, %s, 'maya', 'UMAYA', 'dba', 'pending', now(), %s)"""
CLOSE = """update break_glass_reviews
              set state = %s, reviewer = 'sam', reviewer_slack_id = 'USAM', note = 'fine',
                  reviewed_at = now(), membership_read_at = %s
            where request_id = %s"""
READ_AT = datetime.now(UTC)
CLOSED = {
    "justified": True,
    "note": "fine",
    "slack_id": "USAM",
    "group": "dba",
    "membership_read_at": READ_AT.isoformat(timespec="microseconds"),
}


@pytest.fixture
def raw(control_database: ControlDatabase) -> Iterator[Connection]:
    """The bot's role with nothing of ours between; each transaction is the test's own."""
    with psycopg.connect(control_database.bot_url, autocommit=True) as opened:
        yield opened


def opened(review: BreakGlassReview) -> dict[str, object]:
    return {"review_by": "dba", "due": review.due_at.isoformat(timespec="microseconds")}


def entry(kind: EventKind, review: BreakGlassReview, actor: str, data: Mapping[str, object]) -> Event:
    return Event(
        kind=kind, actor=actor, request_id=review.request.id, grant_id=review.grant_id, data=dict(data)
    )


def close(
    raw: Connection, review: BreakGlassReview, data: Mapping[str, object], state: str = "justified"
) -> None:
    with raw.transaction():
        raw.execute(CLOSE, [state, READ_AT, review.request.id])
        record(raw, entry(EventKind.BREAK_GLASS_REVIEWED, review, "sam", data))


def open_by_hand(raw: Connection, review: BreakGlassReview, data: Mapping[str, object]) -> None:
    with raw.transaction():
        raw.execute(OPEN, [review.request.id, review.grant_id, review.due_at])
        record(raw, entry(EventKind.BREAK_GLASS_REVIEW_OPENED, review, "maya", data))


def is_not_done(call: Callable[[], object]) -> None:
    with pytest.raises(errors.InsufficientPrivilege) as refused:
        call()
    assert refused.value.diag.constraint_name == "ledger_says_what_is_done"


@pytest.mark.parametrize(
    "odd",
    [
        {"justified": False},
        {"justified": "true"},
        {"justified": "maybe"},
        {"justified": 1},
        {"justified": None},
        {"justified": [True]},
        {"note": "other"},
        {"note": "fine\0"},
        {"slack_id": "UPRIYA"},
        {"group": "engineers"},
        {"membership_read_at": None},
        {"membership_read_at": 7},
        {"membership_read_at": "2026-03-14T10:00:00.000000+00:00"},
    ],
    ids=str,
)
def test_verdict_is_recorded_as_it_was_given(bot: Engine, raw: Connection, odd: dict[str, object]) -> None:
    review = break_glass(bot)
    is_not_done(lambda: close(raw, review, CLOSED | odd))
    is_not_done(lambda: close(raw, review, {key: said for key, said in CLOSED.items() if key not in odd}))
    close(raw, review, CLOSED | {"fingerprint": "f"})


def test_verdict_of_not_justified_is_not_recorded_as_justified(bot: Engine, raw: Connection) -> None:
    review = break_glass(bot)
    is_not_done(lambda: close(raw, review, CLOSED, "not_justified"))
    close(raw, review, CLOSED | {"justified": False}, "not_justified")


@pytest.mark.parametrize("due", ["as before", "2100-01-01T00:00:00.000000+00:00"])
def test_review_is_not_opened_again_by_the_transaction_that_closes_it(
    bot: Engine, raw: Connection, due: str
) -> None:
    review = break_glass(bot)
    again = opened(review) if due == "as before" else opened(review) | {"due": due}

    def close_and_open_again() -> None:
        with raw.transaction():
            close(raw, review, CLOSED)
            record(raw, entry(EventKind.BREAK_GLASS_REVIEW_OPENED, review, "maya", again))

    is_not_done(close_and_open_again)
    close(raw, review, CLOSED)


@pytest.mark.parametrize(
    "odd",
    [
        {"due": "2100-01-01T00:00:00.000000+00:00"},
        {"due": "tomorrow"},
        {"due": "no time"},
        {"due": 7},
        {"due": None},
        {"review_by": "engineers"},
        {"review_by": "dba\0"},
    ],
    ids=str,
)
def test_review_is_recorded_as_it_was_opened(
    bot: Engine, raw: Connection, control_database: ControlDatabase, odd: dict[str, object]
) -> None:
    review = break_glass(bot)
    with psycopg.connect(control_database.superuser_url) as admin:
        admin.execute("alter table break_glass_reviews disable trigger stays")
        admin.execute("delete from break_glass_reviews")
        admin.execute("alter table break_glass_reviews enable always trigger stays")
    is_not_done(lambda: open_by_hand(raw, review, opened(review) | odd))
    is_not_done(
        lambda: open_by_hand(raw, review, {key: x for key, x in opened(review).items() if key not in odd})
    )
    open_by_hand(raw, review, opened(review))
