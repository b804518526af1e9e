"""A workspace of thousands is read, and stays read, at Slack's rates; no person waits for its list."""

import time
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from dbaccess.domain.errors import DirectoryTooOld, SlackFailure
from dbaccess.domain.people import SlackId
from dbaccess.operations.directory.refresh import ONE_BY_ONE, PEOPLE_AGE, read_list, refresh_directory
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.identity import identify
from sandbox.world import Limits
from tests.integration.operations.conftest import BuildHouse
from tests.integration.operations.house import House
from tests.operations.house import MAYA, PRIYA, SAM, TOM

ENGINEERS = 4200
PAGES = 5
"""Of at most 999 accounts."""

FIRST, LAST = SlackId("U0E000"), SlackId(f"U0E{ENGINEERS - 1}")
SLOW = Limits(rates=True, minute=1.0, per_minute={"users.list": 2})
"""A list of which a minute gives two pages, and a minute that tests can wait for."""


@pytest.fixture
def large(build_house: BuildHouse) -> Iterator[House]:
    with build_house(engineers=ENGINEERS, limits=SLOW) as house:
        yield house


def _pages(house: House) -> list[str | None]:
    """The cursors of the pages that Slack gave."""
    calls = house.sandbox.traffic(method="users.list")
    asked = [call.body.get("cursor") for call in calls if call.direction == "from_app"]
    given = [call.body["ok"] for call in calls if call.direction == "to_app"]
    return [cursor for cursor, ok in zip(asked, given, strict=True) if ok]


def _read_on(house: House) -> int:
    """As the reconciler does; how often Slack asked it to wait."""
    for waits in range(10):
        try:
            read_list(house.context)
        except SlackFailure as failure:
            time.sleep(failure.retry_after or 0)
        else:
            return waits
    raise AssertionError("it takes no end")


def _fresh(house: House) -> int:
    with house.worker.connect() as connection:
        young = text("select count(*) from directory_people where read_at > now() - cast(:age as interval)")
        return int(connection.execute(young, {"age": PEOPLE_AGE}).scalar_one())


def _later(house: House) -> None:
    """The time has come to read everybody again."""
    with house.worker.begin() as connection:
        for column in (
            "directory_people set read_at = read_at",
            "directory_reads set list_begun_at = list_begun_at",
        ):
            connection.execute(text(f"update {column} - cast(:age as interval)"), {"age": PEOPLE_AGE})


def _may_act(house: House, slack_id: SlackId) -> None:
    with house.begin() as uow:
        identify(uow, slack_id, house.policy, house.workspace)


def test_all_accounts_are_read_page_by_page_as_slack_gives_them(large: House) -> None:
    refresh_directory(large.context)
    with pytest.raises(DirectoryTooOld, match="not read from Slack yet"):
        _may_act(large, FIRST)
    with pytest.raises(SlackFailure, match="ratelimited"):
        read_list(large.context)
    _may_act(large, FIRST)  # two pages are kept, and the last one is still to come
    with pytest.raises(DirectoryTooOld, match="not read from Slack yet"):
        _may_act(large, LAST)
    assert 0 < _read_on(large) < PAGES
    _may_act(large, LAST)
    assert len(set(_pages(large))) == len(_pages(large)) == PAGES


def test_accounts_stay_fresh_with_one_list_for_all_of_them(large: House) -> None:
    refresh_directory(large.context)
    _read_on(large)
    everybody = _fresh(large)
    assert everybody > ENGINEERS
    for _ in range(3):
        refresh_directory(large.context)
        _read_on(large)
    assert len(_pages(large)) == PAGES, "read while everybody was fresh"
    _later(large)
    assert _fresh(large) == 0
    for _ in range(3):
        refresh_directory(large.context)
        _read_on(large)
    assert _fresh(large) == everybody
    assert len(_pages(large)) == 2 * PAGES


def test_cursor_that_slack_forgot_begins_the_list_anew(build_house: BuildHouse) -> None:
    with build_house(engineers=ONE_BY_ONE, limits=Limits()) as house:
        refresh_directory(house.context)
        with house.worker.begin() as connection:
            connection.execute(text("update directory_reads set list_cursor = 'forgotten'"))
        with pytest.raises(SlackFailure, match="invalid_cursor"):
            read_list(house.context)
        read_list(house.context)
        assert _fresh(house) > ONE_BY_ONE


@pytest.mark.parametrize("engineers", [0, ONE_BY_ONE])
def test_grant_waits_for_no_reading_of_other_people(build_house: BuildHouse, engineers: int) -> None:
    with build_house(engineers=engineers) as house:
        grant = house.approved()
        _later(house)
        seen = len(house.sandbox.traffic())
        provision(house.context, grant.id)
        assert house.grant(grant.id).state == "active"
        calls = house.sandbox.traffic(direction="from_app", since=seen)
        assert sorted(call.body["user"] for call in calls if call.method == "users.info") == [MAYA, PRIYA]
        assert not [call for call in calls if call.method == "users.list"]


def test_groups_stay_fresh_while_many_who_joined_are_not_read(build_house: BuildHouse) -> None:
    with build_house() as house:
        new = [f"U0NEW{number:02}" for number in range(ONE_BY_ONE + 1)]
        for slack_id in new:
            house.sandbox.add_user(id=slack_id, name=slack_id.lower())
        house.sandbox.set_group("S0ENGINEERS", [MAYA, TOM, *new])
        house.sandbox.set_group("S0DBA", [SAM])
        house.sandbox.fault("users.list", "500", times=1000)
        house.read_twice()
        with house.begin() as uow:
            priya = uow.directory.person(PRIYA)
        assert priya is not None
        assert not priya.sources | priya.missing
        with pytest.raises(DirectoryTooOld, match="not read from Slack yet"):
            _may_act(house, SlackId(new[0]))
        house.sandbox.clear_faults()
        read_list(house.context)
        _may_act(house, SlackId(new[-1]))


def test_few_who_cannot_all_be_read_are_kept_as_far_as_they_were(house: House) -> None:
    _later(house)
    house.sandbox.fault("users.info", "slow", times=2, seconds=0)
    house.sandbox.fault("users.info", "429", times=1)
    with pytest.raises(SlackFailure):
        refresh_directory(house.context)
    assert _fresh(house) == 2
