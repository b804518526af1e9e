"""The bot answers an item of an access review once, now, with an entry that says just that."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import errors
from psycopg.types.json import Jsonb

from dbaccess.domain.access_review import ItemKind, ReviewItem
from dbaccess.domain.events import Event, EventKind
from tests.databases import ControlDatabase
from tests.entering_connection import record
from tests.integration.storage.conftest import Connection
from tests.integration.storage.test_forged_entries import Done, find_forgeries

ABOUT = ReviewItem(kind=ItemKind.MAY_REQUEST, person="maya", slack_id="UMAYA", rules=("prod-read",), asked=0)
START = """insert into access_reviews (group_name, days, policy_hash, items, digest, state, started_by,
                                       started_at, ends_at, remind_at, closed_at)
           values ('engineers', 90, 'p', 3, 'd', %s, 'cli:ada@ops-1', now(), now() + %s::interval, now(),
                   case when %s = 'closed' then now() end)
           returning id"""
ITEM = "insert into access_review_items (review_id, number, about) values (%s, %s, %s)"
ANSWER = """update access_review_items
               set answer = %s, reason = %s, answered_by = 'priya', answered_slack_id = %s,
                   answered_at = now() + %s::interval
             where review_id = %s and number = 2"""
Given = tuple[str, str, str | None, str]
TRUE: Given = ("remove", "left the team", "UPRIYA", "0")


@pytest.fixture
def raw(control_database: ControlDatabase) -> Iterator[Connection]:
    """The bot's role with nothing of ours between."""
    with psycopg.connect(control_database.bot_url, autocommit=True) as opened:
        yield opened


@pytest.fixture
def worker(control_database: ControlDatabase) -> Iterator[Connection]:
    with psycopg.connect(control_database.worker_url, autocommit=True) as opened:
        yield opened


def started(worker: Connection, *, state: str = "open", ends_in: str = "1 day") -> int:
    found = worker.execute(START, [state, ends_in, state]).fetchone()
    assert found is not None
    for number in (1, 2, 3):
        worker.execute(ITEM, [found[0], number, Jsonb(ABOUT.as_json())])
    return int(found[0])


def entry(review: int, number: int = 2) -> Event:
    data = {
        "review": f"AR-{review}",
        "item": number,
        "answer": "remove",
        "reason": "left the team",
        "about": ABOUT.as_json(),
        "slack_id": "UPRIYA",
    }
    return Event(kind=EventKind.ACCESS_REVIEW_ANSWERED, actor="priya", data=data)


def answer(raw: Connection, reviews: list[int], given: Given, recorded: list[Event]) -> None:
    """In one transaction."""
    with raw.transaction():
        for review in reviews:
            raw.execute(ANSWER, [*given, review])
        record(raw, *recorded)


def is_refused(raw: Connection, review: int, given: Given = TRUE, *, by: str) -> None:
    with pytest.raises(errors.CheckViolation) as refused:
        answer(raw, [review], given, [entry(review)])
    assert refused.value.diag.constraint_name == by


def test_entry_of_an_answer_says_what_its_row_says(worker: Connection, raw: Connection) -> None:
    review = started(worker)
    done = Done(steps=[(ANSWER, [*TRUE, review])], entry=entry(review))
    assert find_forgeries(raw, iter([done])) == []


def test_answer_that_the_ledger_does_not_have_is_not_given(worker: Connection, raw: Connection) -> None:
    review, other = started(worker), started(worker)
    incomplete: list[list[Event]] = [[], [entry(review)]]
    for recorded in incomplete:
        with pytest.raises(errors.CheckViolation) as refused:
            answer(raw, [review, other], TRUE, recorded)
        assert refused.value.diag.constraint_name == "access_review_items_are_recorded"


def test_item_is_answered_once_now_by_an_account_that_says_why(worker: Connection, raw: Connection) -> None:
    review = started(worker)
    once = "access_review_items_answered_once"
    untrue: list[Given] = [
        ("unanswered", "left the team", "UPRIYA", "0"),
        ("remove", " ", "UPRIYA", "0"),
        ("remove", "left the team", None, "0"),
        ("remove", "left the team", "UPRIYA", "1 h"),
        ("remove", "left the team", "UPRIYA", "-1 h"),
    ]
    for given in untrue:
        is_refused(raw, review, given, by=once)
    answer(raw, [review], TRUE, [entry(review)])
    is_refused(raw, review, by=once)


@pytest.mark.parametrize(("state", "ends_in"), [("closing", "1 day"), ("closed", "1 day"), ("open", "-1 s")])
def test_access_review_that_has_ended_takes_no_answer(
    worker: Connection, raw: Connection, state: str, ends_in: str
) -> None:
    review = started(worker, state=state, ends_in=ends_in)
    is_refused(raw, review, by="access_review_items_answered_in_time")


@pytest.mark.parametrize("change", ["about = '{}'", "number = 9", "removal = 'wanted'", "removal_note = 'x'"])
def test_bot_changes_nothing_else_of_an_item(worker: Connection, raw: Connection, change: str) -> None:
    started(worker)
    with pytest.raises(errors.InsufficientPrivilege):
        raw.execute(f"update access_review_items set {change}".encode())
    with pytest.raises(errors.InsufficientPrivilege):
        raw.execute("update access_reviews set state = 'closed'")


def test_access_review_that_is_held_does_not_end_before_the_answer(
    worker: Connection, raw: Connection
) -> None:
    review = started(worker)
    worker.execute("set lock_timeout = '100ms'")
    end = "select state from access_reviews where id = %s for update"
    with raw.transaction():
        raw.execute("select hold_access_review(%s)", [review])
        with pytest.raises(errors.LockNotAvailable):
            worker.execute(end, [review])
    assert worker.execute(end, [review]).fetchone() == ("open",)
