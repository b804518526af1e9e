"""An access review fixes its items at its start, takes answers until its end, and records missing ones."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dbaccess.domain.access_review_campaign import Answer, Campaign, CampaignItem, CampaignState
from dbaccess.domain.errors import AlreadyDecided, BadReason, DirectoryTooOld, NotFound
from dbaccess.domain.notice import NoticeKind
from dbaccess.operations.access_reviews import end, start
from dbaccess.operations.access_reviews.answer import answer_item
from dbaccess.operations.access_reviews.end import close_access_review, end_access_reviews
from dbaccess.operations.access_reviews.start import NoAccessReview, items_digest, start_access_review
from dbaccess.operations.clusters.standing_access import read_standing_access
from tests.engines.memory.server import MemoryLogin
from tests.operations.fake_house import TARGET, FakeHouse
from tests.operations.house import House

ADA, BO = "cli:ada@ops-1", "cli:bo@ops-1"
WEEK = timedelta(days=7)


def begun(house: House, *, ends_in: timedelta = WEEK, group: str = "engineers") -> Campaign:
    return start_access_review(
        house.context.begin,
        actor=ADA,
        policy=house.policy,
        workspace=house.workspace,
        group=group,
        days=90,
        ends_at=datetime.now(UTC) + ends_in,
    )


def give(house: House, of: Campaign, number: int, what: Answer = Answer.KEEP, **more: Any) -> CampaignItem:
    given = {"actor": ADA, "reason": "on call"} | more
    return answer_item(house.context.begin, campaign_id=of.id, number=number, answer=what, **given)


def items(house: House, of: Campaign) -> list[CampaignItem]:
    with house.work() as uow:
        return uow.access_reviews.items(of.id, after=0, limit=1000)


def state(house: House, of: Campaign) -> CampaignState:
    with house.work() as uow:
        return uow.access_reviews.get(of.id).state


def told(house: House) -> list[NoticeKind]:
    with house.work() as uow:
        due = [uow.notices.lock(one) for one in uow.notices.due(uow.now, limit=100)]
    return [one.kind for one in due if one.kind.startswith("access_review")]


def later(house: FakeHouse, by: timedelta) -> None:
    house.wait(seconds=by.total_seconds())
    end_access_reviews(house.context)


def test_items_are_fixed_at_the_start_and_their_digest_is_in_the_ledger(fake_house: FakeHouse) -> None:
    role = fake_house.server.role(TARGET.read_role)
    assert role is not None
    fake_house.server.give(role, fake_house.server.add_login(MemoryLogin(name="erik")))
    read_standing_access(fake_house.context, "main")
    campaign = begun(fake_house)
    (started,) = fake_house.ledger("access_review.started")
    fixed = items(fake_house, campaign)
    assert started["actor"] == ADA
    assert started["data"]["items"] == campaign.items == len(fixed) == 10
    assert started["data"]["digest"] == items_digest([one.about for one in fixed])
    assert fixed[0].about.login == "erik"
    fake_house.server.add_login(MemoryLogin(name="alma"))
    read_standing_access(fake_house.context, "main")
    assert items(fake_house, campaign) == fixed


def test_answer_is_recorded_with_its_item_and_may_be_changed(house: House) -> None:
    campaign = begun(house)
    first = give(house, campaign, 2)
    assert give(house, campaign, 2) == first
    give(house, campaign, 2, Answer.REMOVE, actor=BO, reason="left the team")
    answers = house.ledger("access_review.answered")
    assert [(one["actor"], one["data"]["answer"]) for one in answers] == [(ADA, "keep"), (BO, "remove")]
    assert answers[-1]["data"]["about"] == first.about.as_json()
    assert answers[-1]["data"]["reason"] == "left the team"
    kept = items(house, campaign)[1]
    assert (kept.answer, kept.answered_by) == (Answer.REMOVE, BO)


def test_answer_without_reason_or_item_is_refused(house: House) -> None:
    campaign = begun(house)
    with pytest.raises(BadReason):
        give(house, campaign, 1, reason=" ")
    with pytest.raises(NotFound, match=f"{campaign.label}/999"):
        give(house, campaign, 999)
    assert house.ledger("access_review.answered") == []


def test_end_records_each_missing_answer_and_takes_no_later_one(
    fake_house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(end, "BATCH", 2)
    campaign = begun(fake_house)
    give(fake_house, campaign, 1)
    later(fake_house, WEEK)
    assert state(fake_house, campaign) is CampaignState.CLOSED
    missing = fake_house.ledger("access_review.unanswered")
    assert [one["data"]["item"] for one in missing] == list(range(2, campaign.items + 1))
    (closed,) = fake_house.ledger("access_review.closed")
    counts = {name: closed["data"][name] for name in ("keep", "remove", "unanswered")}
    assert counts == {"keep": 1, "remove": 0, "unanswered": campaign.items - 1}
    (ended,) = fake_house.ledger("access_review.ended")
    assert ended["actor"] == "system"
    with pytest.raises(AlreadyDecided):
        give(fake_house, campaign, 2)
    later(fake_house, WEEK)
    assert len(fake_house.ledger("access_review.closed")) == 1


def test_answer_after_the_end_is_refused_before_the_workers_come_to_it(fake_house: FakeHouse) -> None:
    campaign = begun(fake_house)
    fake_house.wait(seconds=WEEK.total_seconds())
    with pytest.raises(AlreadyDecided):
        give(fake_house, campaign, 1)
    with pytest.raises(AlreadyDecided):
        close_access_review(fake_house.context.begin, actor=ADA, campaign_id=campaign.id)


def test_operator_closes_it_before_the_end(house: House) -> None:
    campaign = begun(house)
    close_access_review(house.context.begin, actor=BO, campaign_id=campaign.id)
    with pytest.raises(AlreadyDecided):
        give(house, campaign, 1)
    end_access_reviews(house.context)
    assert state(house, campaign) is CampaignState.CLOSED
    (ended,) = house.ledger("access_review.ended")
    assert ended["actor"] == BO
    assert told(house) == [NoticeKind.ACCESS_REVIEW_CLOSED]


def test_operators_are_reminded_once_before_the_end_if_answers_are_missing(fake_house: FakeHouse) -> None:
    campaign = begun(fake_house)
    later(fake_house, timedelta(days=4))
    assert told(fake_house) == []
    later(fake_house, timedelta(days=1, hours=1))
    later(fake_house, timedelta(minutes=1))
    assert told(fake_house) == [NoticeKind.ACCESS_REVIEW_DUE]
    (reminded,) = fake_house.ledger("access_review.reminded")
    assert reminded["data"]["open"] == campaign.items


def test_reminder_of_a_short_one_comes_at_half_of_its_time_and_only_for_missing_answers(
    fake_house: FakeHouse,
) -> None:
    campaign = begun(fake_house, ends_in=timedelta(hours=2))
    for number in range(1, campaign.items + 1):
        give(fake_house, campaign, number)
    later(fake_house, timedelta(hours=1, minutes=1))
    assert len(fake_house.ledger("access_review.reminded")) == 1
    assert told(fake_house) == []


def test_start_is_refused_without_items_with_too_many_or_in_the_past(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NoAccessReview, match="nothing to review"):
        begun(house, group="dba")
    with pytest.raises(NoAccessReview, match="in the past"):
        begun(house, ends_in=-WEEK)
    monkeypatch.setattr(start, "MOST_ITEMS", 5)
    with pytest.raises(NoAccessReview, match="smaller group"):
        begun(house)
    assert house.ledger("access_review.started") == []


def test_old_reading_of_groups_starts_no_review(fake_house: FakeHouse) -> None:
    fake_house.wait(seconds=3600)
    with pytest.raises(DirectoryTooOld):
        begun(fake_house)
