"""The process that speaks to Slack: urgent messages first, at Slack's pace."""

from collections import deque
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from dbaccess.domain.message import URGENT, MessageKind
from dbaccess.slack.messenger import SlackMessenger
from dbaccess.slack.pacer import Pacer
from sandbox.client import plain, wait_for
from tests.integration.operations.house import House
from tests.integration.operations.test_reconciler import wiring_of
from tests.operations.house import MAYA, OPS, PRIYA, TOM
from workers import messages as messages_module
from workers.messages import Messages

CHANNEL = "C0APPROVALS"


def _rounds(messages: Messages) -> None:
    """Until nothing runs."""
    messages.round()
    wait_for(lambda: not messages.tasks._running, 30)


def test_everything_due_is_shown_without_any_queue(house: House) -> None:
    request = house.submit()
    _rounds(Messages(wiring_of(house)))
    assert any(request.label in plain(m) for m in house.sandbox.person(PRIYA).messages(CHANNEL))
    assert any(request.label in plain(m) for m in house.sandbox.person(MAYA).direct_messages())
    with house.work() as uow:
        assert uow.messages.due(uow.now + timedelta(minutes=1), limit=10) == []


def test_new_request_goes_before_thousands_of_edits_that_wait(house: House) -> None:
    old = [house.submit(who, role) for who in (MAYA, TOM) for role in ("read", "write")]
    for request in old:
        house.notify(request.id)
    with house.worker.begin() as connection:  # each of them waits for long, as in a storm
        connection.execute(text("update message_streams set next_attempt_at = now() - interval '1 h'"))
    new = house.submit(MAYA, "migrate")
    with house.work() as uow:
        assert {one.request_id for one in uow.messages.due(uow.now, limit=1, to_post=URGENT)} == {new.id}
        assert {one.request_id for one in uow.messages.due(uow.now, limit=1)} == {old[0].id}


def test_alarm_goes_before_requests_that_a_bot_in_enemy_hands_makes(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each other message is urgent too, and older; neither one nor all together delay it."""
    monkeypatch.setattr(messages_module, "A_ROUND", 1)
    grant = house.active()
    house.notify(grant.request_id)
    for who, role in ((MAYA, "write"), (TOM, "read"), (TOM, "write")):
        house.submit(who, role)
    with house.work() as uow:
        uow.messages.plan(grant.request_id, MessageKind.OVERDUE, channel=OPS)
        uow.messages.touch_all([grant.request_id], next_attempt_at=uow.now)
        uow.commit()
    _rounds(Messages(wiring_of(house)))
    assert any(grant.label in plain(m) for m in house.sandbox.person("U0OPS").messages(OPS))


def test_paced_message_is_posted_at_its_turn_in_its_last_state(house: House) -> None:
    client = house.context.messenger._client  # type: ignore[attr-defined]
    pacer = Pacer()
    house.context = replace(house.context, messenger=SlackMessenger(client, pacer))
    request = house.submit()
    house.notify(request.id)
    for _ in range(100):  # the minute's edits are used up
        pacer._made.setdefault(("chat.update", ""), deque()).append(pacer._clock())
    house.review(request)
    before = len(house.sandbox.traffic(method="chat.update"))
    house.notify(request.id)
    assert len(house.sandbox.traffic(method="chat.update")) == before
    pacer._made.clear()
    house.notify(request.id)
    (root,) = [m for m in house.sandbox.person(PRIYA).messages(CHANNEL) if not m.thread_ts]
    assert "Approved" in plain(root)
