"""Names behind a sub-command: in any case and with the marks of phones, and never a false all-clear."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pytest
from slack_bolt import Ack
from slack_sdk import WebClient

from bot.deps import Deps
from bot.listeners.commands import find
from bot.subcommand import CommandCall
from dbaccess.domain.errors import AlreadyOpen, BadDuration
from dbaccess.domain.people import SlackId
from dbaccess.domain.truncated_list import left_out
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.identity import identify
from dbaccess.operations.queries.mine import to_revoke
from tests.operations.edited_policies import edit, with_groups
from tests.operations.fake_house import FakeHouse, build_fake_house
from tests.operations.house import MAYA, PRIYA, TOM, House
from tests.operations.lockdowns import OLGA, declare

MANY = 25
ALL = "/dbaccess revoke lists all."


class Window:
    """Slack, as far as it takes a modal."""

    def __init__(self) -> None:
        self.views: list[dict[str, Any]] = []

    def views_open(self, *, trigger_id: str, view: dict[str, Any]) -> dict[str, Any]:
        self.views.append(view)
        return {"view": {"id": f"V{trigger_id}"}}


def say(house: House, line: str, who: SlackId = PRIYA, window: Window | None = None) -> str:
    """Return the answer to the line as text; empty if a modal was opened instead."""
    deps = Deps(begin=house.begin, policy=house.policy, workspace=house.workspace)
    found, rest = find(line)
    answers: list[dict[str, Any]] = []
    body = {"user_id": who, "trigger_id": "1.2"}
    ack, client = cast("Ack", lambda **answer: answers.append(answer)), cast("WebClient", window)
    found.handler(CommandCall(deps=deps, ack=ack, client=client, body=body, text=rest))
    (answer,) = answers
    return str(answer.get("text", ""))


def test_help_shows_only_what_this_person_can_do(house: House) -> None:
    edit(house, with_groups(house.policy, operators=[OLGA]))
    house.read_twice()
    assert _commands_shown(house, TOM) == {"TARGET", "list"}
    assert _commands_shown(house, PRIYA) == {"list", "revoke"}
    assert _commands_shown(house, OLGA) == {"list", "revoke", "lockdown"}
    assert _commands_shown(house, SlackId("U0STRANGER")) == {"list"}


def test_help_shows_break_glass_where_a_rule_has_it(glass: House) -> None:
    assert _commands_shown(glass, TOM) == {"TARGET", "list", "break-glass"}


def _commands_shown(house: House, who: SlackId) -> set[str]:
    text = say(house, "help", who)
    words = ("TARGET", "list", "revoke", "lockdown", "break-glass")
    return {word for word in words if f"/dbaccess {word}" in text}


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("orders-prod write 9h payments down", "over the maximum of 30 min"),
        ("orders-prd write 10m payments down", 'No target "orders-prd"'),
        ("orders-prod wriet 10m payments down", "wriet"),
        ("orders-prod write 10m x", "at least"),
    ],
)
def test_break_glass_that_is_refused_as_typed_opens_the_form_that_says_why(
    glass: House, typed: str, says: str
) -> None:
    window = Window()
    assert say(glass, f"break-glass {typed}", MAYA, window) == ""
    (view,) = window.views
    assert says in view["blocks"][0]["text"]["text"]
    assert view["submit"]
    assert glass.ledger("request.submitted") == []


@pytest.mark.parametrize("typed", ["90 payments down", "2h30 payments down", "bis 17 Uhr payments down"])
def test_break_glass_with_an_unclear_time_opens_the_form_that_says_so(glass: House, typed: str) -> None:
    window = Window()
    assert say(glass, f"break-glass orders-prod write {typed}", MAYA, window) == ""
    (view,) = window.views
    first = view["blocks"][0]
    assert first["type"] == "section", "the problem stands above the fields"
    assert "Write 90m" in first["text"]["text"] or "may be" in first["text"]["text"]
    assert glass.ledger("request.submitted") == []


@pytest.fixture
def crowded() -> Iterator[FakeHouse]:
    """Tom holds the newest grant, behind more than a list shows."""
    with build_fake_house(engineers=MANY) as house:
        for number in range(MANY):
            house.approved(SlackId(f"U0E{number:03}"))
        house.approved(TOM)
        yield house


@pytest.mark.parametrize(
    "named",
    ["Tom Berg", "tom", "TOM BERG", "@tom", "U0TOM", "<@U0TOM>", "<@U0TOM|tommy>", "\u201ctom\u201d."],
)
def test_grant_behind_a_full_list_is_found_by_any_name_of_its_holder(crowded: FakeHouse, named: str) -> None:
    said = say(crowded, f"revoke {named}")
    assert "Tom Berg (U0TOM)" in said
    assert "more: dbaccess grants list" not in said


def test_grants_on_a_named_target_are_counted_whole(crowded: FakeHouse) -> None:
    assert f"{MANY + 1 - 20} more: dbaccess grants list" in say(crowded, "revoke ORDERS\u2011PROD")
    with crowded.begin() as uow:
        person = identify(uow, PRIYA, crowded.policy, crowded.workspace)
        found = to_revoke(uow, crowded.policy, person, of="orders-prod")
    assert (len(found), left_out(found)) == (20, MANY + 1 - 20)


def test_grant_of_another_account_of_the_same_human_is_found(fake_house: FakeHouse) -> None:
    fake_house.approved(MAYA)
    for named in ("maya", "W0MAYA", "<@W0MAYA>"):
        assert "Maya Lindqvist (maya)" in say(fake_house, f"revoke {named}")


def test_where_nothing_is_found_the_answer_claims_no_more(fake_house: FakeHouse) -> None:
    grant = fake_house.approved(MAYA)
    assert say(fake_house, "revoke nina") == f"No open grant that you may end was found for nina. {ALL}"
    assert say(fake_house, "revoke @nina") == (
        f"No open grant that you may end was found for nina. {ALL} "
        "Slack sends an @handle as plain text: type the name as the list shows it."
    )
    # One may exist that this person may not end.
    assert "that you may end" in say(fake_house, "revoke maya", TOM)
    provision(fake_house.context, grant.id)
    assert "Maya Lindqvist (maya)" in say(fake_house, "revoke maya")


@pytest.mark.parametrize(
    "typed", ["ORDERS-PROD", "\u201corders-prod\u201d", "orders\u2013prod", "`Orders-Prod`"]
)
def test_target_of_who_and_lockdown_is_known_however_a_phone_types_it(locked: House, typed: str) -> None:
    locked.approved(MAYA)
    assert "orders-prod now" in say(locked, f"who {typed}")
    window = Window()
    assert say(locked, f"lockdown {typed} Leaked laptop.", OLGA, window) == ""
    (view,) = window.views
    assert "orders-prod" in str(view["private_metadata"])
    declare(locked)
    with pytest.raises(AlreadyOpen):
        say(locked, f"lockdown {typed}", OLGA, window)


def test_time_of_day_is_read_in_the_zone_of_the_person_and_in_no_other(house: House) -> None:
    deps = Deps(begin=house.begin, policy=house.policy, workspace=house.workspace)
    call = CommandCall(
        deps=deps,
        ack=cast("Ack", None),
        client=cast("WebClient", None),
        body={"user_id": MAYA, "trigger_id": "1.2"},
        text="",
    )
    for tz in ("Europe/Berlin", ""):
        with house.work() as uow:
            person = uow.directory.person(MAYA)
            assert person is not None
            uow.directory.put_people([replace(person, tz=tz)])
            uow.commit()
        if tz:
            assert str(call.clock().tzinfo) == tz
            continue
        with pytest.raises(BadDuration, match="does not say your time zone"):
            call.clock()
