"""A channel that waits for Slack delays no direct message and no other channel."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from dbaccess.domain.message import MessageKind
from dbaccess.domain.people import SlackId
from dbaccess.domain.request import RequestId
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.grants.revoke import drain
from dbaccess.operations.home_tabs import open_home
from dbaccess.ports import Posted
from dbaccess.slack.messenger import SlackMessenger
from dbaccess.slack.pacer import Pacer
from sandbox.client import plain, wait_for
from tests.operations.channel_messages import CHANNEL, in_channel, roots
from tests.operations.edited_policies import edit
from tests.operations.fake_house import FakeHouse, build_fake_house
from tests.operations.house import MAYA, OPS, TOM, House
from workers import messages as messages_module
from workers.messages import THREADS, Messages
from workers.wiring import Wiring


class Silent(SlackMessenger):
    """Slack answers nothing about one place, or about any, until it is let go."""

    def __init__(self, house: FakeHouse, place: str | None) -> None:
        super().__init__(house.slack.client)
        self.place = place
        self.answers = threading.Event()

    def post(self, channel: str, payload: Mapping[str, Any], **named: Any) -> Posted:
        if self.place in {channel, None}:
            assert self.answers.wait(60)
        return super().post(channel, payload, **named)


def _messages(house: House) -> Messages:
    return Messages(cast("Wiring", SimpleNamespace(context=house.context)))


def _until(messages: Messages, happened: Callable[[], bool]) -> None:
    """Make rounds until it has happened."""

    def look() -> bool:
        messages.round()
        return happened()

    wait_for(look, 30)


def _all_rounds(messages: Messages) -> None:
    """Until nothing is due and nothing runs."""
    wait_for(lambda: not messages.round() and not messages.tasks._running, 30)


def _other_target(house: House) -> None:
    """A second target, with the operators' channel."""
    other = replace(house.policy.targets["orders-prod"], name="billing-prod", channel=OPS)
    edit(house, replace(house.policy, targets={**house.policy.targets, "billing-prod": other}))


def _ask_for_all(house: FakeHouse, people: int) -> None:
    for number in range(people):
        house.submit(SlackId(f"U0E{number:03}"))


def test_silence_about_a_channel_keeps_neither_people_nor_other_channels_waiting() -> None:
    with build_fake_house(engineers=2 * max(THREADS.values())) as house:
        _other_target(house)
        silent = Silent(house, CHANNEL)
        house.context = replace(house.context, messenger=silent)
        messages = _messages(house)
        try:
            _ask_for_all(house, 2 * max(THREADS.values()))
            messages.round()
            house.submit(MAYA, target="billing-prod")
            told = [SlackId("U0E000"), MAYA]
            _until(messages, lambda: all(_recorded(house, who) for who in told))
            _until(messages, lambda: _posted(house, OPS, "billing-prod"))
            assert roots(house) == []
        finally:
            silent.answers.set()
        _all_rounds(messages)
        assert len(roots(house)) == 2 * max(THREADS.values())


def test_silence_about_one_person_delays_no_other() -> None:
    with build_fake_house() as house:
        silent = Silent(house, MAYA)
        house.context = replace(house.context, messenger=silent)
        messages = _messages(house)
        try:
            for role in ("read", "write", "migrate"):
                house.submit(MAYA, role)
            house.submit(TOM)
            _until(messages, lambda: _recorded(house, TOM))
            assert not _recorded(house, MAYA)
        finally:
            silent.answers.set()
        _all_rounds(messages)
        assert _recorded(house, MAYA)


@pytest.mark.parametrize("paced", [False, True])
def test_channel_that_slack_slows_down_keeps_active_from_no_holder(
    fake_house: FakeHouse, *, paced: bool
) -> None:
    house = fake_house
    pacer = Pacer() if paced else None
    house.context = replace(house.context, messenger=SlackMessenger(house.slack.client, pacer))
    grant = house.approved()
    messages = _messages(house)
    _all_rounds(messages)
    house.slack.fault("chat.update", "429", times=99, retry_after=20, channel=CHANNEL)
    with house.work() as uow:
        uow.messages.touch_all([grant.request_id], next_attempt_at=uow.now)
        uow.commit()
    provision(house.context, grant.id)
    direct = house.slack.person(MAYA).direct_messages
    _until(messages, lambda: any("Active" in plain(one) for one in direct()))
    _until(messages, lambda: any("Active" in plain(one) for one in in_channel(house) if one.thread_ts))
    assert not any("Active" in plain(one) for one in roots(house))


def test_messages_of_one_channel_keep_their_order(fake_house: FakeHouse) -> None:
    grant = fake_house.active()
    _all_rounds(_messages(fake_house))
    keys = [(one.metadata or {})["event_payload"]["key"] for one in in_channel(fake_house)]
    kinds = (MessageKind.REQUEST, MessageKind.THREAD_APPROVED, MessageKind.THREAD_ACTIVE)
    assert keys == [f"{grant.request_id}:{kind}" for kind in kinds]


@pytest.mark.parametrize("workers", ["live", "gone"])
def test_messages_that_no_person_waits_for_let_a_storm_of_ends_go_first(
    fake_house: FakeHouse, monkeypatch: pytest.MonkeyPatch, workers: str
) -> None:
    house = fake_house
    monkeypatch.setattr(messages_module, "FEW", 0)
    grant, messages = house.active(), _messages(fake_house)
    _all_rounds(messages)
    house.surrender(grant)
    new = house.submit(TOM)
    _until(messages, lambda: any(new.label in plain(one) for one in roots(house)))
    _until(messages, lambda: _recorded(house, TOM))
    assert _due(house) == {grant.request_id}
    if workers == "live":
        drain(house.context, "main")
    else:
        monkeypatch.setattr(messages_module, "YIELDS_FOR", timedelta(0))
    _until(messages, lambda: not _due(house))


def test_home_tabs_are_published_beside_messages_that_wait_for_a_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Slack may not answer in one place for hours."""
    with build_fake_house(engineers=2 * max(THREADS.values())) as house:
        silent = Silent(house, place=None)
        house.context = replace(house.context, messenger=silent)
        _open_home(house, MAYA)
        messages = _messages(house)
        try:
            house.submit(MAYA)
            _ask_for_all(house, 2 * max(THREADS.values()))
            monkeypatch.setattr(messages_module, "HOMES_BESIDE", 0.1)
            _until(messages, lambda: _homes(house) == 2)
            assert messages.round()
        finally:
            silent.answers.set()


def test_new_lead_compares_every_tab_because_changes_are_only_remembered(fake_house: FakeHouse) -> None:
    house = fake_house
    _open_home(house, MAYA)
    _open_home(house, TOM)
    house.notify(house.submit(MAYA).id)  # by a process that was killed then
    messages = _messages(house)
    messages.take_up()
    _until(messages, lambda: _homes(house) == 3)


def _open_home(house: FakeHouse, who: SlackId) -> None:
    open_home(
        house.begin,
        policy=house.policy,
        workspace=house.workspace,
        renderer=house.context.renderer,
        messenger=house.context.messenger,
        slack_id=who,
    )


def _homes(house: FakeHouse) -> int:
    return len(house.slack.traffic(direction="from_app", method="views.publish"))


def _due(house: FakeHouse) -> set[RequestId]:
    with house.work() as uow:
        return {stream.request_id for stream in uow.messages.due(uow.now, limit=9)}


def _recorded(house: FakeHouse, who: SlackId) -> bool:
    return any("Recorded" in plain(one) for one in house.slack.person(who).direct_messages())


def _posted(house: FakeHouse, channel: str, target: str) -> bool:
    return any(target in plain(one) for one in house.slack.person("U0OPS").messages(channel))
