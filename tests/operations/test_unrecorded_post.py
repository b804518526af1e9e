"""Workers that end between Slack's answer and its record: no request keeps buttons for ever."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from dbaccess.domain.errors import PACED, SlackFailure
from dbaccess.domain.message import MessageKind
from dbaccess.domain.request import Request, Verdict
from dbaccess.operations.requests.lapse import lapse
from dbaccess.operations.requests.withdraw import withdraw
from dbaccess.ports import Posted
from dbaccess.slack.messenger import SlackMessenger
from dbaccess.slack.views import request_message
from sandbox.client import Message, plain
from tests.operations.channel_messages import CHANNEL, in_channel, roots
from tests.operations.clicks import click
from tests.operations.extensions import allow, ask_more
from tests.operations.fake_house import FakeHouse
from tests.operations.house import MAYA, PRIYA, House, later, new_key


class Killed(BaseException):
    """The process ends at this point: nothing of ours catches it."""


class Ends(SlackMessenger):
    """Slack takes the first message for the channel, and then `end` happens to the worker."""

    def __init__(self, house: FakeHouse, end: BaseException, *, posts: bool = True) -> None:
        super().__init__(house.slack.client)
        self._end: BaseException | None = end
        self._posts = posts

    def post(self, channel: str, payload: Mapping[str, Any], **named: Any) -> Posted:
        end, self._end = (self._end, None) if channel == CHANNEL else (None, self._end)
        if end is None or self._posts:
            posted = super().post(channel, payload, **named)
        if end is not None:
            raise end
        return posted


def _killed_after_the_post(house: FakeHouse, request: Request) -> None:
    whole = house.context
    house.context = replace(whole, messenger=Ends(house, Killed()))
    with pytest.raises(Killed):
        house.notify(request.id)
    house.context = whole


def _has_buttons(message: Message) -> bool:
    return any(one.action_id == request_message.DENY for one in message.buttons())


def _withdrawn(house: House, request: Request) -> str:
    withdraw(
        house.begin, policy=house.policy, slack_id=MAYA, request_id=request.id, idempotency_key=new_key()
    )
    return "Withdrawn by"


def _lapsed(house: House, _: Request) -> str:
    lapse(later(house, minutes=61))
    return "No access was granted"


def _denied(house: House, request: Request) -> str:
    house.review(request, verdict=Verdict.DENIED, note="use the replica")
    return "use the replica"


@pytest.mark.parametrize("end", [_withdrawn, _lapsed, _denied])
def test_outcome_is_posted_for_a_message_that_no_record_names(
    fake_house: FakeHouse, end: Callable[[House, Request], str]
) -> None:
    request = fake_house.submit()
    _killed_after_the_post(fake_house, request)
    (copy,) = roots(fake_house)
    said = end(fake_house, request)
    fake_house.notify(request.id)
    seen = {one.ts: one for one in roots(fake_house)}
    del seen[copy.ts]
    (outcome,) = seen.values()
    assert said in plain(outcome)
    assert not _has_buttons(outcome)
    fake_house.notify(request.id)
    assert len(roots(fake_house)) == 2


def test_request_that_still_waits_is_posted_anew_and_follows_the_decision(fake_house: FakeHouse) -> None:
    request = fake_house.submit()
    _killed_after_the_post(fake_house, request)
    (copy,) = roots(fake_house)
    fake_house.notify(request.id)
    (shown,) = [one for one in roots(fake_house) if one.ts != copy.ts]
    assert _has_buttons(shown)
    _denied(fake_house, request)
    fake_house.notify(request.id)
    (shown,) = [one for one in roots(fake_house) if one.ts != copy.ts]
    assert not _has_buttons(shown)


def test_extension_is_told_in_the_thread_where_its_message_may_be(fake_house: FakeHouse) -> None:
    allow(fake_house)
    grant = fake_house.active()
    fake_house.notify(grant.request_id)
    asked = ask_more(fake_house, grant)
    _killed_after_the_post(fake_house, asked)
    _withdrawn(fake_house, asked)
    fake_house.notify(asked.id)
    (copy, outcome) = [one for one in in_channel(fake_house) if "1 h more" in plain(one)]
    assert (_has_buttons(copy), _has_buttons(outcome)) == (True, False)


@pytest.mark.parametrize("code", ["is_archived", PACED, "ratelimited"])
def test_request_that_slack_surely_never_took_is_not_posted_once_it_is_over(
    fake_house: FakeHouse, code: str
) -> None:
    request = fake_house.submit()
    failure = SlackFailure("No.", code=code, retry_after=1 if code == "ratelimited" else None)
    whole = fake_house.context
    fake_house.context = replace(whole, messenger=Ends(fake_house, failure, posts=False))
    fake_house.notify(request.id)
    fake_house.context = whole
    _withdrawn(fake_house, request)
    fake_house.notify(request.id)
    assert roots(fake_house) == []


@pytest.mark.parametrize("posts", [True, False])
def test_lapse_does_not_claim_what_slack_left_open(fake_house: FakeHouse, *, posts: bool) -> None:
    request = fake_house.submit()
    silence = SlackFailure("Slack did not answer.", code="no_answer")
    whole = fake_house.context
    fake_house.context = replace(whole, messenger=Ends(fake_house, silence, posts=posts))
    fake_house.notify(request.id)
    fake_house.context = replace(whole, messenger=Ends(fake_house, silence, posts=False))
    _lapsed(fake_house, request)
    fake_house.notify(request.id)
    (told,) = [
        one
        for one in fake_house.slack.person(MAYA).direct_messages()
        if (one.metadata or {}).get("event_payload") == {"key": f"{request.id}:{MessageKind.LAPSED.value}"}
    ]
    assert "Slack did not confirm its message" in plain(told)
    fake_house.context = whole
    fake_house.notify(request.id)
    assert "No access was granted" in plain(roots(fake_house)[-1])


@pytest.mark.parametrize(
    "action_id", [request_message.APPROVE, request_message.DENY, request_message.DETAILS]
)
@pytest.mark.parametrize("over", [True, False])
def test_click_in_a_copy_is_answered_and_takes_the_copy_away(
    fake_house: FakeHouse, monkeypatch: pytest.MonkeyPatch, action_id: str, *, over: bool
) -> None:
    request = fake_house.submit()
    _killed_after_the_post(fake_house, request)
    (copy,) = roots(fake_house)
    if over:
        _denied(fake_house, request)
    fake_house.notify(request.id)
    (shown,) = [one for one in roots(fake_house) if one.ts != copy.ts]
    posted = click(fake_house, monkeypatch, PRIYA, copy, action_id)
    assert [bool(body["delete_original"]) for body in posted if "delete_original" in body] == [True]
    refused = over and action_id != request_message.DETAILS
    assert ["denied this" in body["text"] for body in posted if body["text"]] == [True] * refused
    if not over:
        again = click(fake_house, monkeypatch, PRIYA, shown, action_id)
        assert not [body for body in again if "delete_original" in body], "it is on record"


def test_click_before_the_record_takes_nothing_away(
    fake_house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = fake_house.submit()
    _killed_after_the_post(fake_house, request)
    (shown,) = roots(fake_house)
    assert click(fake_house, monkeypatch, PRIYA, shown, request_message.DENY) == []
