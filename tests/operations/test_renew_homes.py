"""A Home tab that a person opened follows what happens, and nothing else is published."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from dbaccess.domain.errors import Refused
from dbaccess.domain.home_tab import OPEN_FOR
from dbaccess.domain.overview import Overview
from dbaccess.domain.people import SlackId
from dbaccess.domain.request import Request, RequestId, Verdict
from dbaccess.operations.directory.refresh import refresh_directory
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.grants.revoke import drain
from dbaccess.operations.home_tabs import AGAIN_AFTER, LOOK_EVERY, MANY, open_home, renew_homes
from dbaccess.slack.messenger import SlackMessenger
from dbaccess.slack.pacer import BY_METHOD, Pacer
from dbaccess.slack.renderer import Views
from dbaccess.slack.views.credentials import SHOW_CREDENTIALS
from dbaccess.slack.views.direct_messages import ASK_AGAIN
from dbaccess.slack.views.request_message import REVOKE
from dbaccess.slack.views.rows import OPEN
from dbaccess.slack.views.withdraw import WITHDRAW
from tests.operations.fake_house import FakeHouse
from tests.operations.house import MAYA, PRIYA, TOM


def _open(house: FakeHouse, who: SlackId) -> None:
    open_home(
        house.begin,
        policy=house.policy,
        workspace=house.workspace,
        renderer=house.context.renderer,
        messenger=SlackMessenger(house.slack.client),
        slack_id=who,
    )


def _published(house: FakeHouse) -> list[tuple[str, dict[str, Any]]]:
    """Each call in order, as (account, view)."""
    records = house.slack.traffic(direction="from_app", method="views.publish")
    return [(record.body["user_id"], record.body["view"]) for record in records]


def _buttons(house: FakeHouse, who: SlackId) -> set[str]:
    """The actions of the tab that this person sees now."""
    shown = [view for account, view in _published(house) if account == who][-1]
    found: list[Mapping[str, Any]] = []
    for block in shown["blocks"]:
        found += [*block.get("elements", []), *([block["accessory"]] if "accessory" in block else [])]
    return {element["action_id"] for element in found if "action_id" in element}


def _renew(house: FakeHouse, *changed: Request | RequestId) -> None:
    renew_homes(house.context, [one.id if isinstance(one, Request) else one for one in changed])


def test_open_tabs_follow_a_request_from_its_wish_to_its_end(fake_house: FakeHouse) -> None:
    house = fake_house
    for who in (MAYA, PRIYA):
        _open(house, who)
    request = house.submit()
    _renew(house, request)
    assert WITHDRAW in _buttons(house, MAYA)
    assert OPEN in _buttons(house, PRIYA)
    house.review(request)
    grant = house.grant_of(request.id)
    assert grant is not None
    provision(house.context, grant.id)
    _renew(house, request)
    assert SHOW_CREDENTIALS in _buttons(house, MAYA)
    assert REVOKE in _buttons(house, PRIYA)
    house.surrender(grant)
    drain(house.context, "main")
    _renew(house, request)
    assert ASK_AGAIN in _buttons(house, MAYA)
    assert REVOKE not in _buttons(house, PRIYA)


def test_tab_that_shows_the_present_state_is_not_published(fake_house: FakeHouse) -> None:
    house = fake_house
    _open(house, MAYA)
    _open(house, TOM)
    house.wait(seconds=2 * LOOK_EVERY.total_seconds() / 60)
    _renew(house)
    assert len(_published(house)) == 2
    request = house.submit()
    for _ in range(3):
        _renew(house, request)
    assert [account for account, _ in _published(house)[2:]] == [MAYA]


def test_change_that_no_request_makes_is_found_in_time(fake_house: FakeHouse) -> None:
    house = fake_house
    _open(house, MAYA)
    _renew(house)
    house.submit()
    house.wait(seconds=6)
    _renew(house)
    assert WITHDRAW in _buttons(house, MAYA)


def test_many_changes_at_once_compare_every_tab(fake_house: FakeHouse) -> None:
    house = fake_house
    _open(house, MAYA)
    request = house.submit()
    renew_homes(house.context, [RequestId(request.id + number) for number in range(MANY + 1)])
    assert WITHDRAW in _buttons(house, MAYA)


def test_tab_that_was_opened_long_ago_is_left(fake_house: FakeHouse) -> None:
    house = fake_house
    _open(house, MAYA)
    house.wait(seconds=OPEN_FOR.total_seconds() + 1)
    _renew(house)
    assert len(_published(house)) == 1


@pytest.mark.parametrize(("fault", "wait"), [("429", 7.0), ("500", AGAIN_AFTER.total_seconds())])
def test_tab_that_slack_does_not_take_is_published_later_and_the_others_wait(
    fake_house: FakeHouse, fault: str, wait: float
) -> None:
    house = fake_house
    for who in (MAYA, PRIYA):
        _open(house, who)
    request = house.submit()
    house.slack.fault("views.publish", fault, retry_after=7)
    _renew(house, request)
    assert len(_published(house)) == 3
    _renew(house)
    assert len(_published(house)) == 4, "the other person's"
    house.wait(seconds=wait)
    _renew(house)
    assert WITHDRAW in _buttons(house, MAYA)
    assert OPEN in _buttons(house, PRIYA)


def test_tab_that_crossed_with_a_click_of_its_person_is_published_once_more(fake_house: FakeHouse) -> None:
    house = fake_house

    class Crossed(SlackMessenger):
        def publish_home(self, slack_id: SlackId, view: Mapping[str, Any]) -> None:
            """The bot's publication of a later state arrives before the worker's."""
            house.context = replace(house.context, messenger=SlackMessenger(house.slack.client))
            house.review(request, verdict=Verdict.DENIED)
            _open(house, MAYA)
            super().publish_home(slack_id, view)

    _open(house, MAYA)
    request = house.submit()
    house.context = replace(house.context, messenger=Crossed(house.slack.client))
    _renew(house, request)
    assert WITHDRAW in _buttons(house, MAYA)
    house.wait(seconds=6)
    _renew(house)
    assert WITHDRAW not in _buttons(house, MAYA)


def test_tab_that_cannot_be_rendered_keeps_no_other_waiting(fake_house: FakeHouse) -> None:
    house = fake_house

    class Broken(Views):
        def home(self, found: Overview | Refused, *, now: datetime, dated: bool) -> dict[str, Any]:
            if isinstance(found, Overview) and found.waits:
                raise ValueError
            return super().home(found, now=now, dated=dated)

    for who in (MAYA, PRIYA):
        _open(house, who)
    request = house.submit()
    house.context = replace(house.context, renderer=Broken())
    _renew(house, request)
    assert OPEN in _buttons(house, PRIYA)
    assert [account for account, _ in _published(house)] == [MAYA, PRIYA, PRIYA]


def test_tab_stays_while_groups_are_not_read_and_says_who_left(fake_house: FakeHouse) -> None:
    house = fake_house
    _open(house, MAYA)
    request = house.submit()
    whole = house.workspace
    house.context = replace(house.context, workspace=replace(whole, snapshot_max_age=timedelta(0)))
    _renew(house, request)
    assert len(_published(house)) == 1
    house.slack.deactivate(MAYA)
    house.context = replace(house.context, workspace=whole)
    house.wait(seconds=AGAIN_AFTER.total_seconds() + 1)
    refresh_directory(house.context, people=[MAYA])
    _renew(house)
    assert WITHDRAW not in _buttons(house, MAYA)


def test_workers_publish_at_slacks_pace_and_come_back_to_the_rest(fake_house: FakeHouse) -> None:
    house = fake_house
    paced = SlackMessenger(house.slack.client, Pacer())
    house.context = replace(house.context, messenger=paced)
    _open(house, MAYA)
    request = house.submit()
    for _ in range(BY_METHOD["views.publish"].calls):
        paced.publish_home(TOM, _published(house)[0][1])
    _renew(house, request)
    assert [account for account, _ in _published(house)].count(MAYA) == 1
    with house.work() as uow:
        waits = uow.homes.due(uow.now + timedelta(minutes=1), opened_since=uow.now - OPEN_FOR, limit=9)
    assert [tab.slack_id for tab in waits] == [MAYA]
