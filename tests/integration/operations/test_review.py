"""The right to approve, its scope, and its end."""

import time
from functools import partial

from dbaccess.domain.request import Request, Verdict
from dbaccess.operations.requests.lapse import lapse
from tests.integration.operations.house import House
from tests.operations.house import MAYA, PRIYA, SAM, SECOND_MAYA, at_once, new_key


def test_two_accounts_of_one_person_at_the_same_instant_make_one_request(house: House) -> None:
    outcomes = at_once(partial(house.submit, MAYA), partial(house.submit, SECOND_MAYA))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyOpen", "Request"]


def test_two_reviewers_at_the_same_instant_make_one_grant(house: House) -> None:
    for role in ("read", "migrate"):
        request = house.submit(role=role)
        outcomes = at_once(partial(house.review, request, PRIYA), partial(house.review, request, SAM))
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyDecided", "Request"]
        assert house.grant_of(request.id) is not None
    assert house.kinds().count("grant.created") == 2
    assert house.kinds().count("review.approved") == 2


def test_yes_and_no_at_the_same_instant_leave_one_of_them(house: House) -> None:
    request = house.submit()
    outcomes = at_once(
        lambda: house.review(request, PRIYA), lambda: house.review(request, SAM, Verdict.DENIED)
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyDecided", "Request"]
    decided = house.request(request.id)
    assert (house.grant_of(request.id) is not None) == (decided.state == "approved")


def test_same_payload_twice_at_the_same_instant_is_taken_once(house: House) -> None:
    key = new_key()
    outcomes = at_once(*[lambda: house.submit(key=key)] * 4)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["DuplicateRequest"] * 3 + ["Request"]
    request = next(outcome for outcome in outcomes if isinstance(outcome, Request))
    key = new_key()
    outcomes = at_once(*[lambda: house.review(request, key=key)] * 4)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["DuplicateRequest"] * 3 + ["Request"]
    assert house.kinds().count("grant.created") == 1


def test_request_lapses_once_with_two_workers_and_not_before_its_time(house: House) -> None:
    request = house.submit(role="write")
    assert lapse(house.work) == []
    time.sleep(1.1)
    outcomes = at_once(lambda: lapse(house.work), lambda: lapse(house.work))
    assert sorted(map(str, outcomes)) == sorted(map(str, [[], [request.id]]))
    assert house.kinds().count("request.lapsed") == 1
    assert "dm.lapsed" in house.planned(request.id)
