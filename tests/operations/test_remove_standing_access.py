"""Standing access that a review answered with remove is removed by the worker, verified and recorded."""

from dataclasses import replace

import pytest

from dbaccess.domain.access_review_campaign import Answer, Campaign, CampaignItem, Removal
from dbaccess.domain.errors import AlreadyDecided, TargetFailure
from dbaccess.operations.access_reviews.remove import remove_standing_access, request_removal
from dbaccess.operations.clusters.standing_access import read_standing_access
from tests.engines.memory.server import MemoryLogin, MemoryRole
from tests.operations.fake_house import TARGET, FakeHouse
from tests.operations.odd_driver import with_odd_driver
from tests.operations.test_access_review_campaign import ADA, begun, give

ITEM = 1
"""Standing access comes first."""


@pytest.fixture
def login(fake_house: FakeHouse) -> MemoryLogin:
    """A member of the role, found by a reading."""
    role = fake_house.server.role(TARGET.read_role)
    assert role is not None
    login = fake_house.server.add_login(MemoryLogin(name="erik"))
    fake_house.server.give(role, login)
    read_standing_access(fake_house.context, "main")
    return login


def wanted(house: FakeHouse) -> Campaign:
    """A review with a first item that is to be removed, as an operator asked."""
    campaign = begun(house)
    give(house, campaign, ITEM, Answer.REMOVE)
    ask(house, campaign)
    return campaign


def ask(house: FakeHouse, of: Campaign, number: int = ITEM) -> CampaignItem:
    return request_removal(
        house.context.begin,
        actor=ADA,
        policy=house.policy,
        workspace=house.workspace,
        campaign_id=of.id,
        number=number,
    )


def item(house: FakeHouse, of: Campaign, number: int = ITEM) -> CampaignItem:
    with house.work() as uow:
        return uow.access_reviews.item(of.id, number)


def steps(house: FakeHouse) -> list[str]:
    kinds = [kind for kind in house.kinds() if kind.startswith("standing.")]
    return [kind.removeprefix("standing.") for kind in kinds if "remov" in kind]


def remove(house: FakeHouse) -> None:
    remove_standing_access(house.context, "main")


def test_membership_is_removed_with_intent_before_and_result_after(
    fake_house: FakeHouse, login: MemoryLogin
) -> None:
    campaign = wanted(fake_house)
    for _ in range(2):
        remove(fake_house)
    assert fake_house.server.roles_of(login) == []
    assert item(fake_house, campaign).removal is Removal.DONE
    assert steps(fake_house) == ["removal_requested", "removal_started", "removed"]
    (done,) = fake_house.ledger("standing.removed")
    assert (done["data"]["path"], done["data"]["left"]) == (["erik", TARGET.read_role], None)
    read_standing_access(fake_house.context, "main")
    assert len(fake_house.ledger("standing.gone")) == 1


def test_another_path_that_is_left_is_told(fake_house: FakeHouse, login: MemoryLogin) -> None:
    role = fake_house.server.role(TARGET.read_role)
    assert role is not None
    group = fake_house.server.add_role(MemoryRole(name="analysts"))
    fake_house.server.give(role, group)
    fake_house.server.give(group, login)
    campaign = wanted(fake_house)
    remove(fake_house)
    assert item(fake_house, campaign).removal_note == f"erik → analysts → {TARGET.read_role}"


def test_changed_access_is_left_and_its_removal_may_be_asked_for_again(
    fake_house: FakeHouse, login: MemoryLogin
) -> None:
    campaign = wanted(fake_house)
    login.name = "erik_2"
    remove(fake_house)
    assert len(fake_house.server.roles_of(login)) == 1
    refused = item(fake_house, campaign)
    assert (refused.removal, refused.removal_note) == (Removal.REFUSED, "path_changed")
    (told,) = fake_house.ledger("standing.not_removed")
    assert told["data"]["code"] == "path_changed"
    login.name = "erik"
    assert ask(fake_house, campaign).removal is Removal.WANTED
    remove(fake_house)
    assert item(fake_house, campaign).removal is Removal.DONE


def test_superuser_and_other_server_are_never_touched(fake_house: FakeHouse, login: MemoryLogin) -> None:
    campaign = wanted(fake_house)
    login.superuser = True
    remove(fake_house)
    assert item(fake_house, campaign).removal_note == "superuser"
    login.superuser = False
    fake_house.server.identity = "memory-2"
    ask(fake_house, campaign)
    remove(fake_house)
    assert item(fake_house, campaign).removal_note == "other_cluster"
    assert len(fake_house.server.roles_of(login)) == 1


def test_silent_cluster_is_tried_again_with_one_intent(fake_house: FakeHouse, login: MemoryLogin) -> None:
    campaign = wanted(fake_house)
    fake_house.server.running = False
    for _ in range(2):
        with pytest.raises(TargetFailure):
            remove(fake_house)
    fake_house.server.running = True
    remove(fake_house)
    assert fake_house.server.roles_of(login) == []
    assert item(fake_house, campaign).removal is Removal.DONE
    assert steps(fake_house).count("removal_requested") == 1
    assert steps(fake_house).count("removed") == 1


def test_removal_that_fails_keeps_no_other_one_waiting(fake_house: FakeHouse, login: MemoryLogin) -> None:
    role = fake_house.server.role(TARGET.read_role)
    assert role is not None
    other = fake_house.server.add_login(MemoryLogin(name="freda"))
    fake_house.server.give(role, other)
    read_standing_access(fake_house.context, "main")
    campaign = wanted(fake_house)
    give(fake_house, campaign, ITEM + 1, Answer.REMOVE)
    ask(fake_house, campaign, ITEM + 1)
    odd = with_odd_driver(
        fake_house,
        bad=login.name,
        at="take_standing",
        error=lambda: TargetFailure("main: an odd state.", code="55000", touched=False),
    )
    with pytest.raises(TargetFailure, match="odd state"):
        remove_standing_access(odd, "main")
    assert fake_house.server.roles_of(other) == []
    states = [item(fake_house, campaign, number).removal for number in (ITEM, ITEM + 1)]
    assert states == [Removal.STARTED, Removal.DONE]
    remove(fake_house)
    assert item(fake_house, campaign).removal is Removal.DONE


def test_refusal_because_others_depend_on_the_membership_is_final(
    fake_house: FakeHouse, login: MemoryLogin
) -> None:
    campaign = wanted(fake_house)
    error = TargetFailure("main: others hold the role.", code="dependent", touched=False)
    odd = with_odd_driver(fake_house, bad=login.name, at="take_standing", error=lambda: error)
    remove_standing_access(odd, "main")
    refused = item(fake_house, campaign)
    assert (refused.removal, refused.removal_note) == (Removal.REFUSED, "dependent")


def test_only_standing_access_with_the_answer_remove_can_be_removed(
    fake_house: FakeHouse, login: MemoryLogin
) -> None:
    campaign = begun(fake_house)
    with pytest.raises(AlreadyDecided, match="Answer it first"):
        ask(fake_house, campaign)
    give(fake_house, campaign, 2, Answer.REMOVE)
    with pytest.raises(AlreadyDecided, match="no standing access"):
        ask(fake_house, campaign, 2)
    give(fake_house, campaign, ITEM, Answer.REMOVE)
    first = ask(fake_house, campaign)
    assert ask(fake_house, campaign) == replace(first)
    assert steps(fake_house) == ["removal_requested"]
    assert len(fake_house.server.roles_of(login)) == 1


def test_worker_that_died_before_the_record_is_followed_by_one_that_verifies(
    fake_house: FakeHouse, login: MemoryLogin
) -> None:
    campaign = wanted(fake_house)
    with fake_house.work() as uow:
        uow.access_reviews.save_item(replace(item(fake_house, campaign), removal=Removal.STARTED))
        uow.commit()
    fake_house.server.drop_login(login)
    remove(fake_house)
    assert item(fake_house, campaign).removal is Removal.DONE
    assert steps(fake_house)[-1] == "removed"


def test_answer_that_was_changed_before_the_worker_came_removes_nothing(
    fake_house: FakeHouse, login: MemoryLogin
) -> None:
    campaign = wanted(fake_house)
    give(fake_house, campaign, ITEM, Answer.KEEP, reason="still needed")
    remove(fake_house)
    assert len(fake_house.server.roles_of(login)) == 1
    refused = item(fake_house, campaign)
    assert (refused.removal, refused.removal_note) == (Removal.REFUSED, "answer_changed")
    assert steps(fake_house) == ["removal_requested", "not_removed"]


def test_removal_of_a_superuser_or_a_privilege_is_refused_with_its_reason(fake_house: FakeHouse) -> None:
    server = fake_house.server
    server.give_on(["shop.orders"], ["SELECT"], server.add_login(MemoryLogin(name="direct")))
    server.add_login(MemoryLogin(name="strong", superuser=True))
    read_standing_access(fake_house.context, "main")
    campaign = begun(fake_house)
    for number in (1, 2):
        code = {"direct": "beyond_rights", "strong": "superuser"}[
            item(fake_house, campaign, number).about.login or ""
        ]
        give(fake_house, campaign, number, Answer.REMOVE)
        ask(fake_house, campaign, number)
        remove(fake_house)
        assert item(fake_house, campaign, number).removal_note == code
    assert server.rights
