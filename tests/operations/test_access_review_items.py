"""An access review lists who may ask for what, who did, and what stands without a grant."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dbaccess.domain.access_review import ItemKind, ReviewItem
from dbaccess.domain.errors import UnknownName
from dbaccess.domain.standing_access import FRESH
from dbaccess.operations.access_reviews.items import (
    ItemPage,
    ReviewScope,
    all_requestable,
    requestable,
    standing,
)
from dbaccess.operations.clusters.standing_access import read_standing_access
from dbaccess.operations.directory.refresh import read_list
from tests.engines.memory.server import MemoryLogin
from tests.operations.fake_house import TARGET, FakeHouse
from tests.operations.house import MAYA, SECOND_MAYA, TOM, House
from tests.operations.setting import BuildHouse

DAYS = timedelta(days=90)


def scope_of(house: House, group: str | None = None, *, days: timedelta = DAYS) -> ReviewScope:
    return ReviewScope(policy=house.policy, since=datetime.now(UTC) - days, group=group)


def pages(house: House, group: str | None = None, *, limit: int = 500) -> list[ItemPage]:
    with house.work() as uow:
        return list(all_requestable(uow, scope_of(house, group), page=limit))


def stands(house: House, group: str | None = None) -> list[ReviewItem]:
    with house.work() as uow:
        return list(standing(uow, scope_of(house, group)))


def test_each_account_is_listed_with_each_role_that_it_may_request(house: House) -> None:
    (page,) = pages(house, "engineers")
    found = [(item.slack_id, item.target, item.role, item.rules) for item in page.items]
    offered = {"migrate": "prod-ddl", "read": "prod-read", "write": "prod-write"}
    assert found == [
        (account, "orders-prod", role, (rule,))
        for account in (MAYA, TOM, SECOND_MAYA)
        for role, rule in offered.items()
    ]
    assert {item.name for item in page.items} == {"Maya Lindqvist", "Tom Berg"}
    assert {item.person for item in page.items if item.slack_id in {MAYA, SECOND_MAYA}} == {"maya"}


def test_use_within_the_days_is_counted_and_older_use_is_not(house: House) -> None:
    house.active()
    house.submit(TOM, "write")
    (page,) = pages(house, "engineers")
    used = {(item.slack_id, item.role): (item.asked, item.approved) for item in page.items if item.asked}
    assert used == {(MAYA, "read"): (1, 1), (TOM, "write"): (1, 0)}
    with house.work() as uow:
        later = requestable(uow, scope_of(house, days=-timedelta(minutes=1)), after=None, limit=50)
    assert {item.asked for item in later.items} == {0}
    assert {item.last_asked_at for item in later.items} == {None}


def test_group_that_may_request_nothing_has_no_items(house: House) -> None:
    (page,) = pages(house, "dba")
    assert {item.slack_id for item in page.items} == set()
    with pytest.raises(UnknownName, match="engineers"):
        scope_of(house, "enginers")


def test_pages_hold_every_account_once(house: House) -> None:
    (whole,) = pages(house)
    several = pages(house, limit=1)
    assert len(several) > 3
    assert [item for page in several for item in page.items] == list(whole.items)


def test_person_who_left_may_request_nothing(house: House) -> None:
    house.slack.deactivate(TOM)
    with house.work() as uow:
        uow.directory.want_list(begun_before=uow.now, now=uow.now)
        uow.commit()
    read_list(house.context)
    (page,) = pages(house, "engineers")
    assert {item.slack_id for item in page.items} == {MAYA, SECOND_MAYA}


NIGHT = """
[[rules]]
id = "at-night"
access = ["write"]
requester = ["dba"]
max = "1h"
hours = { tz = "UTC", days = ["sun"], start = "03:00", end = "03:01" }
approvals = [{ group = "dba", count = 1 }]
"""
DENIED = """
[[rules]]
id = "never"
access = ["write"]
requester = ["engineers"]
deny = true
"""


def test_rule_of_another_hour_counts_and_a_denial_takes_away(build_house: BuildHouse[House]) -> None:
    with build_house(more=NIGHT) as house:
        (page,) = pages(house, "dba")
        assert {(item.role, item.rules) for item in page.items} == {("write", ("at-night",))}
    with build_house(more=DENIED) as house:
        (page,) = pages(house, "engineers")
        assert {item.role for item in page.items} == {"migrate", "read"}


def test_standing_access_is_listed_for_the_group_with_rules_that_lead_to_it(fake_house: FakeHouse) -> None:
    role = fake_house.server.role(TARGET.read_role)
    assert role is not None
    fake_house.server.give(role, fake_house.server.add_login(MemoryLogin(name="erik")))
    read_standing_access(fake_house.context, "main")
    (item,) = stands(fake_house)
    assert (item.kind, item.login, item.path) == (ItemKind.STANDING, "erik", ("erik", TARGET.read_role))
    assert stands(fake_house, "engineers") == [item]
    assert stands(fake_house, "dba") == []
    assert ReviewItem.from_json(item.as_json()) == item


def test_cluster_that_was_not_read_lately_is_unknown(fake_house: FakeHouse) -> None:
    (never,) = stands(fake_house)
    assert (never.kind, never.cluster, never.since) == (ItemKind.UNKNOWN, "main", None)
    fake_house.wait(seconds=0)
    read_standing_access(fake_house.context, "main")
    assert stands(fake_house) == []
    read_at = datetime.now(UTC)
    fake_house.wait(seconds=FRESH.total_seconds() + 1)
    (old,) = stands(fake_house)
    assert old.since == read_at.isoformat(timespec="seconds")


def test_login_of_a_person_names_them(fake_house: FakeHouse) -> None:
    role = fake_house.server.role(TARGET.read_role)
    assert role is not None
    login = next(iter(fake_house.policy.logins.values()), None) or "maya_db"
    fake_house.policy = replace(fake_house.policy, logins={fake_house.policy.person_id(MAYA): login})
    fake_house.server.give(role, fake_house.server.add_login(MemoryLogin(name=login)))
    read_standing_access(fake_house.context, "main")
    (item,) = stands(fake_house)
    assert item.person == "maya"
