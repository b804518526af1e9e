"""The owners of a group are asked to answer its access review, are reminded, and hear its result."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dbaccess.domain.access_review_campaign import Campaign
from dbaccess.domain.notice import Notice
from dbaccess.operations.access_reviews import owners
from dbaccess.operations.access_reviews.end import end_access_reviews
from dbaccess.operations.access_reviews.owners import ask_owners
from dbaccess.operations.access_reviews.start import start_access_review
from dbaccess.operations.directory.refresh import read_list, refresh_directory
from tests.operations.edited_policies import edit
from tests.operations.fake_house import FakeHouse
from tests.operations.house import MAYA, OPS, PRIYA, SAM, SECOND_MAYA, House

WEEK = timedelta(days=7)


@pytest.fixture
def owned(fake_house: FakeHouse) -> FakeHouse:
    """The group engineers is owned by dba."""
    own(fake_house, {"engineers": "dba"})
    return fake_house


def own(house: House, owners: Mapping[str, str]) -> None:
    edit(house, replace(house.policy, owners=owners))


def begun(house: House) -> Campaign:
    return start_access_review(
        house.context.begin,
        actor="cli:ada@ops-1",
        policy=house.policy,
        workspace=house.workspace,
        group="engineers",
        days=90,
        ends_at=datetime.now(UTC) + WEEK,
    )


def told(house: House, kind: str) -> dict[str, Notice]:
    with house.work() as uow:
        due = [uow.notices.lock(one) for one in uow.notices.due(uow.now, limit=100)]
    found = [one for one in due if one.kind == f"access_review_{kind}"]
    by_channel = {one.channel: one for one in found}
    assert len(by_channel) == len(found)
    return by_channel


def later(house: FakeHouse, by: timedelta) -> None:
    house.wait(seconds=by.total_seconds())
    end_access_reviews(house.context)


def asked(house: House) -> list[Any]:
    return [one["data"]["slack_ids"] for one in house.ledger("access_review.asked")]


def test_each_owner_is_asked_once_by_direct_message(owned: FakeHouse) -> None:
    campaign = begun(owned)
    ask_owners(owned.context)
    ask_owners(owned.context)
    found = told(owned, "asked")
    assert set(found) == {PRIYA, SAM, MAYA, SECOND_MAYA}
    assert found[PRIYA].data["items"] == found[PRIYA].data["open"] == campaign.items
    (entry,) = owned.ledger("access_review.asked")
    assert entry["actor"] == "worker"
    assert (entry["data"]["review"], entry["data"]["owner"]) == (campaign.label, "dba")
    assert set(entry["data"]["slack_ids"]) == set(found)


def test_all_owners_are_asked_however_many_pages_they_are(
    owned: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owners, "PAGE", 1)
    begun(owned)
    ask_owners(owned.context)
    assert set(told(owned, "asked")) == {PRIYA, SAM, MAYA, SECOND_MAYA}


def test_group_without_an_owner_asks_no_person(fake_house: FakeHouse) -> None:
    begun(fake_house)
    own(fake_house, {"dba": "engineers"})
    ask_owners(fake_house.context)
    assert told(fake_house, "asked") == {}
    assert asked(fake_house) == []


def test_guest_and_person_who_left_are_not_asked(owned: FakeHouse) -> None:
    owned.slack.make_guest(SAM)
    owned.slack.deactivate(MAYA)
    refresh_directory(owned.context)
    read_list(owned.context)
    begun(owned)
    ask_owners(owned.context)
    assert set(told(owned, "asked")) == {PRIYA, SECOND_MAYA}


def test_access_review_waits_for_owners_that_are_not_known_now(owned: FakeHouse) -> None:
    begun(owned)
    owned.wait(seconds=3600)
    ask_owners(owned.context)
    assert asked(owned) == []
    refresh_directory(owned.context)
    ask_owners(owned.context)
    assert len(asked(owned)) == 1


def test_access_review_that_is_over_asks_no_person(owned: FakeHouse) -> None:
    begun(owned)
    later(owned, WEEK)
    refresh_directory(owned.context)
    ask_owners(owned.context)
    assert asked(owned) == []


def test_owners_are_reminded_with_the_operators_and_hear_the_result(owned: FakeHouse) -> None:
    campaign = begun(owned)
    later(owned, timedelta(days=5, hours=1))
    reminded = told(owned, "due")
    assert set(reminded) == {OPS, PRIYA, SAM, MAYA, SECOND_MAYA}
    assert reminded[SAM].data["open"] == campaign.items
    later(owned, timedelta(days=2))
    closed = told(owned, "closed")
    assert set(closed) == set(reminded)
    assert closed[SAM].data["unanswered"] == campaign.items
    assert closed[SAM].data["answered"] == 0


def test_person_who_owns_the_group_no_longer_is_not_reminded(owned: FakeHouse) -> None:
    begun(owned)
    ask_owners(owned.context)
    own(owned, {})
    later(owned, timedelta(days=5, hours=1))
    assert set(told(owned, "due")) == {OPS}
