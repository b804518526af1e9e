"""An owner of a group answers its access review in Slack; each click is authorised, and workers check it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dbaccess.domain.access_review_campaign import Answer, Campaign, CampaignId, CampaignItem, Removal
from dbaccess.domain.access_review_page import PAGE, ReviewPage
from dbaccess.domain.errors import (
    AlreadyDecided,
    BadReason,
    DirectoryTooOld,
    DuplicateRequest,
    NotEligible,
    NotFound,
    OwnRequest,
    Refused,
    UnknownPerson,
)
from dbaccess.domain.people import SlackId, SourceId
from dbaccess.domain.refused_attempt import is_recorded
from dbaccess.domain.team import Team
from dbaccess.operations.access_reviews.answer_in_slack import (
    answer_as_owner,
    item_to_answer,
    look_at_review,
)
from dbaccess.operations.access_reviews.end import close_access_review, end_access_reviews
from dbaccess.operations.access_reviews.remove import ANSWER_VOID, remove_standing_access, request_removal
from dbaccess.operations.clusters.standing_access import read_standing_access
from dbaccess.operations.directory.refresh import read_list, refresh_directory
from tests.engines.memory.server import MemoryLogin
from tests.operations.edited_policies import edit
from tests.operations.fake_house import TARGET, FakeHouse
from tests.operations.house import MAYA, PRIYA, SAM, SECOND_MAYA, TOM, House, new_key
from tests.operations.test_access_review_campaign import ADA, begun, give, items
from tests.operations.test_owners_of_access_reviews import told

STRANGER = SlackId("U0STRANGER")
STANDING, OF_MAYA, OF_TOM = 1, 2, 5


@pytest.fixture
def owned(fake_house: FakeHouse) -> FakeHouse:
    """The group engineers is owned by dba, and a login holds the role without a grant."""
    edit(fake_house, replace(fake_house.policy, owners={"engineers": "dba"}))
    role = fake_house.server.role(TARGET.read_role)
    assert role is not None
    fake_house.server.give(role, fake_house.server.add_login(MemoryLogin(name="erik")))
    read_standing_access(fake_house.context, "main")
    with fake_house.work() as uow:
        uow.team.put(Team(id=fake_house.workspace.team_id, url=fake_house.workspace.url))
        uow.commit()
    return fake_house


def answer(house: House, of: Campaign, number: int, who: SlackId = PRIYA, **more: Any) -> CampaignItem:
    given = {"answer": Answer.REMOVE, "reason": "left the team", "idempotency_key": new_key()} | more
    return answer_as_owner(
        house.begin,
        policy=house.policy,
        workspace=house.workspace,
        slack_id=who,
        campaign_id=of.id,
        number=number,
        **given,
    )


def ask_why(house: House, of: Campaign, number: int, who: SlackId = PRIYA) -> CampaignItem:
    return item_to_answer(
        house.begin,
        policy=house.policy,
        workspace=house.workspace,
        slack_id=who,
        campaign_id=of.id,
        number=number,
    )


def look(house: House, of: CampaignId, who: SlackId = PRIYA, *, after: int | None = None) -> ReviewPage:
    return look_at_review(
        house.begin,
        policy=house.policy,
        workspace=house.workspace,
        slack_id=who,
        campaign_id=of,
        after=after,
    )


def test_answer_of_an_owner_is_recorded_with_account_and_item(owned: FakeHouse) -> None:
    campaign = begun(owned)
    given = answer(owned, campaign, OF_TOM)
    assert items(owned, campaign)[OF_TOM - 1] == given
    assert (given.answer, given.reason, given.answered_by) == (Answer.REMOVE, "left the team", PRIYA)
    (entry,) = owned.ledger("access_review.answered")
    assert entry["actor"] == PRIYA
    assert entry["data"] == {
        "review": campaign.label,
        "item": OF_TOM,
        "answer": "remove",
        "reason": "left the team",
        "about": given.about.as_json(),
        "slack_id": PRIYA,
    }


def test_second_answer_is_refused_and_an_operators_replaces_it(owned: FakeHouse) -> None:
    campaign = begun(owned)
    answer(owned, campaign, OF_TOM)
    with pytest.raises(AlreadyDecided, match="has an answer: remove"):
        answer(owned, campaign, OF_TOM, SAM, answer=Answer.KEEP)
    give(owned, campaign, OF_TOM)
    kept = items(owned, campaign)[OF_TOM - 1]
    assert (kept.answer, kept.answered_by, kept.answered_slack_id) == (Answer.KEEP, ADA, None)
    with pytest.raises(AlreadyDecided):
        answer(owned, campaign, OF_TOM)


def test_same_submission_delivered_twice_answers_once(owned: FakeHouse) -> None:
    campaign = begun(owned)
    answer(owned, campaign, OF_TOM, idempotency_key="one")
    with pytest.raises(DuplicateRequest):
        answer(owned, campaign, OF_TOM + 1, idempotency_key="one")
    assert len(owned.ledger("access_review.answered")) == 1


def refused(house: FakeHouse, of: Campaign, number: int, who: SlackId, kind: type[Refused]) -> None:
    """At the page, at the click on an answer, and when it is submitted; nothing changes."""
    before = items(house, of)
    calls: list[Callable[[], object]] = [
        lambda: ask_why(house, of, number, who),
        lambda: answer(house, of, number, who),
    ]
    for call in calls:
        with pytest.raises(kind) as raised:
            call()
        assert is_recorded(raised.value)
    assert items(house, of) == before
    assert house.ledger("access_review.answered") == []


@pytest.mark.parametrize(("who", "kind"), [(TOM, NotEligible), (STRANGER, UnknownPerson)])
def test_person_who_does_not_own_the_group_sees_and_answers_nothing(
    owned: FakeHouse, who: SlackId, kind: type[Refused]
) -> None:
    campaign = begun(owned)
    refused(owned, campaign, STANDING, who, kind)
    with pytest.raises(kind):
        look(owned, campaign.id, who)


def test_guest_in_the_owning_group_is_refused(owned: FakeHouse) -> None:
    campaign = begun(owned)
    owned.slack.make_guest(SAM)
    refresh_directory(owned.context)
    read_list(owned.context)
    refused(owned, campaign, STANDING, SAM, NotEligible)


def test_owner_who_was_taken_out_of_the_group_is_refused_at_the_next_click(owned: FakeHouse) -> None:
    campaign = begun(owned)
    ask_why(owned, campaign, OF_TOM, SAM)
    edit(owned, replace(owned.policy, groups={**owned.policy.groups, "dba": (SourceId(PRIYA),)}))
    refused(owned, campaign, OF_TOM, SAM, NotEligible)


def test_operators_answer_for_a_group_that_lost_its_owner(owned: FakeHouse) -> None:
    campaign = begun(owned)
    edit(owned, replace(owned.policy, owners={}))
    refused(owned, campaign, OF_TOM, PRIYA, NotEligible)


@pytest.mark.parametrize("who", [MAYA, SECOND_MAYA])
def test_owner_does_not_answer_for_their_own_access(owned: FakeHouse, who: SlackId) -> None:
    campaign = begun(owned)
    refused(owned, campaign, OF_MAYA, who, OwnRequest)
    page = look(owned, campaign.id, who)
    mine = {one.number for one in page.items if one.about.slack_id in {MAYA, SECOND_MAYA}}
    assert mine
    assert page.own == mine
    assert look(owned, campaign.id).own == frozenset()


def test_access_review_that_has_ended_takes_no_answer(owned: FakeHouse) -> None:
    campaign = begun(owned)
    close_access_review(owned.context.begin, actor=ADA, campaign_id=campaign.id)
    refused(owned, campaign, OF_TOM, PRIYA, AlreadyDecided)
    with pytest.raises(AlreadyDecided):
        look(owned, campaign.id)


def test_answer_needs_a_reason_an_item_and_a_fresh_reading(owned: FakeHouse) -> None:
    campaign = begun(owned)
    with pytest.raises(BadReason):
        answer(owned, campaign, OF_TOM, reason=" ")
    with pytest.raises(NotFound):
        answer(owned, campaign, 999)
    with pytest.raises(NotFound):
        look(owned, CampaignId(999))
    owned.wait(seconds=3600)
    with pytest.raises(DirectoryTooOld):
        answer(owned, campaign, OF_TOM)


def test_pages_have_every_item_once_and_begin_where_the_first_answer_is_missing(owned: FakeHouse) -> None:
    role = owned.server.role(TARGET.read_role)
    assert role is not None
    owned.server.give(role, owned.server.add_login(MemoryLogin(name="zoe")))
    read_standing_access(owned.context, "main")
    campaign = begun(owned)
    assert campaign.items > PAGE
    first = look(owned, campaign.id)
    last = look(owned, campaign.id, after=PAGE)
    assert [one.number for one in (*first.items, *last.items)] == list(range(1, campaign.items + 1))
    assert (first.has_more, last.has_more) == (True, False)
    assert look(owned, campaign.id, after=9999) == first
    for number in range(1, PAGE + 1):
        give(owned, campaign, number)
    assert look(owned, campaign.id).after == PAGE
    assert look(owned, campaign.id).counts[Answer.KEEP] == PAGE


def test_each_owner_hears_at_the_end_how_many_answers_are_in_their_name(owned: FakeHouse) -> None:
    campaign = begun(owned)
    for number in (OF_TOM, OF_TOM + 1):
        answer(owned, campaign, number)
    close_access_review(owned.context.begin, actor=ADA, campaign_id=campaign.id)
    end_access_reviews(owned.context)
    result = told(owned, "closed")
    assert {who: result[who].data["answered"] for who in (PRIYA, SAM)} == {PRIYA: 2, SAM: 0}


def removal(house: FakeHouse, of: Campaign) -> tuple[Removal | None, str]:
    remove_standing_access(house.context, "main")
    found = items(house, of)[STANDING - 1]
    return found.removal, found.removal_note


def ask_removal(house: FakeHouse, of: Campaign) -> None:
    request_removal(
        house.context.begin,
        actor=ADA,
        policy=house.policy,
        workspace=house.workspace,
        campaign_id=of.id,
        number=STANDING,
    )


def test_answer_of_an_owner_removes_nothing_until_an_operator_asks(owned: FakeHouse) -> None:
    campaign = begun(owned)
    answer(owned, campaign, STANDING)
    assert removal(owned, campaign) == (None, "")
    ask_removal(owned, campaign)
    assert removal(owned, campaign) == (Removal.DONE, "")


def test_worker_refuses_to_act_on_an_answer_of_a_person_who_does_not_own_the_group(owned: FakeHouse) -> None:
    campaign = begun(owned)
    answer(owned, campaign, STANDING)
    ask_removal(owned, campaign)
    owned.context = replace(owned.context, policy=replace(owned.policy, owners={}))
    assert removal(owned, campaign) == (Removal.REFUSED, ANSWER_VOID)
    edit(owned, replace(owned.policy, owners={}))
    with pytest.raises(NotEligible, match="Answer it again"):
        ask_removal(owned, campaign)
    give(owned, campaign, STANDING, Answer.REMOVE)
    ask_removal(owned, campaign)
    assert removal(owned, campaign) == (Removal.DONE, "")


def test_owner_whom_one_reading_misses_is_looked_for_again_before_the_answer_is_void(
    owned: FakeHouse,
) -> None:
    campaign = begun(owned)
    answer(owned, campaign, STANDING, SAM)
    ask_removal(owned, campaign)
    owned.slack.set_group("S0DBA", [PRIYA])
    refresh_directory(owned.context)
    assert removal(owned, campaign) == (Removal.WANTED, "")
    owned.some_seconds_later()
    refresh_directory(owned.context)
    assert removal(owned, campaign) == (Removal.REFUSED, ANSWER_VOID)


def test_worker_waits_while_owners_are_not_known(owned: FakeHouse) -> None:
    campaign = begun(owned)
    answer(owned, campaign, STANDING)
    ask_removal(owned, campaign)
    again = begun(owned)
    answer(owned, again, STANDING)
    owned.wait(seconds=timedelta(hours=1).total_seconds())
    assert removal(owned, campaign) == (Removal.WANTED, "")
    with pytest.raises(DirectoryTooOld):
        ask_removal(owned, again)
    refresh_directory(owned.context)
    read_list(owned.context)
    assert removal(owned, campaign) == (Removal.DONE, "")
