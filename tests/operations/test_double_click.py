"""A double click shows no password that does not work, however slow Slack is for one of its modals."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from dbaccess.operations.grants.credentials import show_credentials
from dbaccess.slack.messenger import SlackMessenger
from tests.operations.fake_house import FakeHouse
from tests.operations.passwords import ask


class Modals(SlackMessenger):
    """The last content of each modal. `on_way` is called while the first call for `slow` goes to Slack."""

    def __init__(self, house: FakeHouse, *, slow: str, on_way: Callable[[], None]) -> None:
        super().__init__(house.slack.client)
        self.shown: dict[str, str] = {}
        self._slow, self._on_way = slow, [on_way]

    def update_view(self, view_id: str, view: Mapping[str, Any]) -> None:
        if view_id == self._slow and self._on_way:
            self._on_way.pop()()
        self.shown[view_id] = str(view)


def test_password_that_lands_on_top_of_the_newer_one_is_taken_away(fake_house: FakeHouse) -> None:
    house = fake_house
    grant = house.active()
    first, second = ask(house, grant, "V1"), ask(house, grant, "V2")
    modals = Modals(house, slow="V1", on_way=lambda: show_credentials(house.context, second.id))
    house.context = replace(house.context, messenger=modals)
    show_credentials(house.context, first.id)
    assert "```" in modals.shown["V2"]
    assert "```" not in modals.shown["V1"]
    assert "pressed twice" in modals.shown["V1"]


def test_both_modals_show_the_newer_password_when_it_comes_later(fake_house: FakeHouse) -> None:
    house = fake_house
    grant = house.active()
    first, second = ask(house, grant, "V1"), ask(house, grant, "V2")
    modals = Modals(house, slow="", on_way=lambda: None)
    house.context = replace(house.context, messenger=modals)
    show_credentials(house.context, first.id)
    older = modals.shown["V1"]
    show_credentials(house.context, second.id)
    assert "```" in older
    assert older != modals.shown["V1"] == modals.shown["V2"]
