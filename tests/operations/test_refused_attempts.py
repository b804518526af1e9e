"""A refused attempt is in the ledger, and a flood of them is a number there."""

from dbaccess.domain.errors import (
    BadDuration,
    DirectoryTooOld,
    DuplicateRequest,
    NotEligible,
    OwnRequest,
    TooMany,
)
from dbaccess.domain.limits import REFUSALS_AN_HOUR
from dbaccess.domain.people import PersonId
from dbaccess.domain.refused_attempt import RefusedAttempt, is_recorded
from dbaccess.operations.refused_attempts import record_left_out, record_refusal
from tests.operations.fake_house import FakeHouse
from tests.operations.house import TOM, House

ATTEMPT = RefusedAttempt(slack_id=TOM, surface="click", what="request.approve", about=1001, why="NotEligible")


def test_refused_click_is_recorded_without_typed_text(house: House) -> None:
    assert record_refusal(house.begin, ATTEMPT, actor=PersonId("tom"))
    (entry,) = house.ledger("attempt.refused")
    assert (entry["actor"], entry["request"], entry["grant"]) == ("tom", None, None)
    assert entry["data"] == {
        "slack_id": TOM,
        "surface": "click",
        "what": "request.approve",
        "about": 1001,
        "why": "NotEligible",
    }


def test_flood_is_counted_once_its_hour_is_over(fake_house: FakeHouse) -> None:
    house = fake_house
    house.wait(seconds=0)
    for _ in range(REFUSALS_AN_HOUR + 5):
        record_refusal(house.begin, ATTEMPT, actor=PersonId("tom"))
    assert len(house.ledger("attempt.refused")) == REFUSALS_AN_HOUR
    record_left_out(house.work)
    assert house.ledger("attempts.left_out") == []
    house.wait(seconds=3600)
    for _ in range(2):
        record_left_out(house.work)
    (entry,) = house.ledger("attempts.left_out")
    assert (entry["actor"], entry["data"]) == ("worker", {"attempts": 5, "accounts": 1})
    assert record_refusal(house.begin, ATTEMPT, actor=PersonId("tom"))


def test_slip_a_replay_and_a_reading_that_is_missing_are_no_refusal() -> None:
    recorded = [OwnRequest("Your own."), NotEligible("Not yours."), TooMany("Wait.")]
    others = [BadDuration("How long?"), DuplicateRequest("Again."), DirectoryTooOld("Not read.")]
    assert [is_recorded(error) for error in (*recorded, *others)] == [True] * 3 + [False] * 3
