"""Each command and click gets an answer, wherever it was and whatever fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any

import psycopg
import pytest

from dbaccess.slack.views.credentials import SHOW_CREDENTIALS
from dbaccess.slack.views.form import REQUEST_FORM
from dbaccess.slack.views.home import REFRESH, REQUEST_A_ROLE
from dbaccess.slack.views.request_message import APPROVE_FOR_LESS, DENY, DETAILS
from dbaccess.slack.views.withdraw import WITHDRAW
from sandbox.client import Message, View, plain
from sandbox.waiting import PATIENCE
from tests.acceptance import records, talk
from tests.acceptance.stack import CHANNEL, Stack, wait, wait_message

READ = f"orders-prod read 10m {talk.REASON}"
NO_GROUP = "You are in no group of the policy; ask an operator of dbaccess."
NOT_OURS = "Only people of this workspace can do this."
BUSY = "Not shown: Slack answered ratelimited. Try again in 7 s."
NOT_OPENED = {
    "429": BUSY,
    "500": "Not shown: Slack answered http_500. Try again.",
    "lost_answer": "Not shown: Slack did not answer. Try again.",
    "slow": "Not shown: Slack answered expired_trigger_id. Try again.",
}
"""The answer to each fault of `views.open`."""
PLACES: list[dict[str, Any]] = [
    {"id": "C0ELSEWHERE", "members": ["U0MAYA", "U0CARLA"]},
    {"id": "C0HIDDEN", "members": ["U0MAYA", "U0CARLA"], "is_private": True},
    {"id": "D0TWO", "members": ["U0MAYA", "U0CARLA"], "im_with": "U0CARLA"},
]
"""A channel without the app, a private one without it, and two people's own."""


@pytest.fixture(scope="module")
def places(module_stack: Stack) -> list[str | None]:
    """Where the app cannot write, and its direct messages."""
    for channel in PLACES:
        module_stack.sandbox.add_channel(name="elsewhere", **channel)
    return [*(str(channel["id"]) for channel in PLACES), None]


def _say(stack: Stack, text: str, who: str, place: str | None) -> None:
    result = stack.person(who).command("/dbaccess", text, channel=place)
    assert result.error is None, result


def _told(stack: Stack, who: str, place: str | None, before: int) -> str:
    """The one answer that came there since."""
    answers = wait(lambda: stack.person(who).ephemerals(place)[before:])
    (answer,) = answers
    return plain(answer)


def test_refusal_is_told_where_it_was_typed(line: Stack, places: list[str | None]) -> None:
    for place, text in product(places, ["", "list", "extend", "break-glass orders-prod read", READ]):
        before = len(line.person("U0CARLA").ephemerals(place))
        _say(line, text, "U0CARLA", place)
        told = _told(line, "U0CARLA", place, before)
        assert told.removesuffix("\nChange") == NO_GROUP, (place, text)


def test_form_opens_wherever_it_was_asked_for(line: Stack, places: list[str | None]) -> None:
    maya = line.person("U0MAYA")
    for place in places:
        assert maya.view() is None, place
        _say(line, "", "U0MAYA", place)
        maya.close(talk.modal(maya, REQUEST_FORM))


def test_form_that_slack_does_not_open_is_told_where_it_was_asked_for(
    line: Stack, places: list[str | None]
) -> None:
    line.sandbox.limits(trigger_within=0.1)
    try:
        for place, (kind, said) in product(places, NOT_OPENED.items()):
            before = len(line.person("U0MAYA").ephemerals(place))
            line.sandbox.fault("views.open", kind, retry_after=7, seconds=0.2)
            _say(line, "", "U0MAYA", place)
            assert _told(line, "U0MAYA", place, before) == said, (place, kind)
    finally:
        line.sandbox.limits(trigger_within=PATIENCE)


def test_extension_that_no_rule_allows_is_told_where_it_was_typed(
    line: Stack, places: list[str | None]
) -> None:
    talk.activate(line, f"orders-prod migrate 10m {talk.REASON}")
    for place in places:
        before = len(line.person("U0MAYA").ephemerals(place))
        _say(line, "extend", "U0MAYA", place)
        told = _told(line, "U0MAYA", place, before)
        assert "Rule prod-ddl does not extend grants." in told, place


def test_modal_that_slack_does_not_open_from_a_message_is_told_below_it(line: Stack) -> None:
    message = talk.waiting(line, talk.ask(line, READ))
    for who, button in (
        ("U0PRIYA", DENY),
        ("U0PRIYA", APPROVE_FOR_LESS),
        ("U0PRIYA", DETAILS),
        ("U0MAYA", DETAILS),
    ):
        line.sandbox.fault("views.open", "429", retry_after=7)
        assert plain(talk.answer_to(line, message, button, who)) == BUSY, (who, button)


def test_credentials_that_slack_does_not_open_are_told_at_the_button(line: Stack) -> None:
    request_id = talk.activate(line, READ)
    line.sandbox.fault("views.open", "429", retry_after=7)
    assert plain(talk.answer_to(line, talk.holders_message(line), SHOW_CREDENTIALS)) == BUSY
    assert "credentials.requested" not in records.kinds(line, request_id)


def test_answer_whose_url_slack_refuses_comes_by_direct_message(line: Stack) -> None:
    talk.ask(line, READ)
    recorded = line.person("U0MAYA").ephemerals(CHANNEL)[-1]
    for fault in ("500", "429"):
        line.sandbox.fault("response_url", fault)
        assert line.person("U0MAYA").click(recorded, action_id=WITHDRAW, confirmed=True).error is None
        said = "Withdrawn: " if fault == "500" else "is already withdrawn."
        wait_message(line.person("U0MAYA").direct_messages, said)


def test_modal_that_slack_does_not_open_from_home_is_told_by_direct_message(line: Stack) -> None:
    maya = line.person("U0MAYA")
    home = talk.open_home(line, "U0MAYA")
    before = len(maya.direct_messages())
    line.sandbox.fault("views.open", "429", times=2, retry_after=7)
    assert maya.click(home, action_id=REQUEST_A_ROLE).error is None
    assert _directly(line, before) == BUSY


def test_click_that_fails_here_is_answered_as_unknown(line: Stack) -> None:
    request_id = talk.ask(line, READ)
    recorded = line.person("U0MAYA").ephemerals(CHANNEL)[-1]
    with psycopg.connect(line.control.superuser_url, autocommit=True) as connection:
        connection.execute("revoke insert on intake from dbaccess_bot")
        try:
            told = plain(talk.answer_to(line, recorded, WITHDRAW))
        finally:
            connection.execute("grant insert on intake to dbaccess_bot")
    assert told == "Not finished: dbaccess failed. Look at /dbaccess list before you try again."
    assert records.request_state(line, request_id) == "pending"


@pytest.mark.parametrize("by", ["opened", "refreshed"])
def test_home_that_slack_does_not_take_is_told(line: Stack, by: str) -> None:
    maya, home = line.person("U0MAYA"), talk.open_home(line, "U0MAYA")
    before = len(maya.direct_messages())
    line.sandbox.fault("views.publish", "429", retry_after=7)
    if by == "opened":
        assert maya.open_home()
        assert _directly(line, before) == BUSY
    else:
        assert maya.click(home, action_id=REFRESH).sent
        assert BUSY in plain(maya.wait_view())


def _directly(stack: Stack, before: int) -> str:
    def look() -> list[Message]:
        return stack.person("U0MAYA").direct_messages()[before:]

    return plain(wait(look)[-1])


def _typed(stack: Stack) -> View:
    """The form, with a reason typed in it and nothing chosen."""
    maya = stack.person("U0MAYA")
    _say(stack, "", "U0MAYA", CHANNEL)
    view = talk.modal(maya, REQUEST_FORM)
    maya.type(view, "form.reason", talk.REASON)
    return view


def _choose(stack: Stack, view: View) -> None:
    maya = stack.person("U0MAYA")
    maya.suggest(view, "form.target", "")
    assert maya.choose(view, "form.target", "orders-prod").error is None


def test_form_that_slack_does_not_update_says_so_and_keeps_what_was_typed(line: Stack) -> None:
    maya, view = line.person("U0MAYA"), _typed(line)
    line.sandbox.fault("views.update", "429", retry_after=7)
    _choose(line, view)
    shown = maya.wait_view(lambda view: BUSY in plain(view))
    assert (shown.callback_id, shown.value("form.reason")) == (REQUEST_FORM, talk.REASON)
    _choose(line, shown)
    again = maya.wait_view(lambda view: "Choose a target" not in plain(view) and BUSY not in plain(view))
    assert again.value("form.target") == "orders-prod"
    assert again.value("form.reason") == talk.REASON


def test_form_that_slack_does_not_update_at_all_is_told_by_direct_message(line: Stack) -> None:
    view, before = _typed(line), len(line.person("U0MAYA").direct_messages())
    line.sandbox.fault("views.update", "429", times=2, retry_after=7)
    _choose(line, view)
    assert _directly(line, before) == BUSY


@contextmanager
def _of_another_workspace(stack: Stack) -> Iterator[None]:
    """By the snapshot, until it is put right."""
    move = "update directory_people set team_id = %s where slack_id = 'U0MAYA'"
    with psycopg.connect(stack.control.superuser_url, autocommit=True) as connection:
        connection.execute(move, ["T0OTHER"])
        try:
            yield
        finally:
            connection.execute(move, ["T0ACME"])


def test_refusal_in_an_open_form_is_told_in_it(line: Stack) -> None:
    maya, view = line.person("U0MAYA"), _typed(line)
    maya.suggest(view, "form.target", "")
    with _of_another_workspace(line):
        assert maya.choose(view, "form.target", "orders-prod").error is None
        shown = maya.wait_view(lambda view: NOT_OURS in plain(view))
    assert shown.value("form.reason") == talk.REASON


def test_refusal_while_a_name_is_typed_is_told_in_the_form(line: Stack) -> None:
    maya, view = line.person("U0MAYA"), _typed(line)
    with _of_another_workspace(line):
        assert maya.suggest(view, "form.target", "ord") == []
        maya.wait_view(lambda view: NOT_OURS in plain(view))
