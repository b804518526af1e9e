"""A message that no channel takes delays no other, and uses up none of Slack's limits."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from structlog.testing import capture_logs

from dbaccess.domain.message import MessageKind
from dbaccess.domain.notice import Notice, NoticeId, NoticeKind
from dbaccess.domain.request import Request
from dbaccess.operations.context import MOST_TRIES, PATIENT, RARELY
from dbaccess.operations.delivery.notices import post_notice
from dbaccess.slack.renderer import Views
from sandbox.client import plain
from tests.acceptance.stack import CHANNEL
from tests.integration.operations.house import House
from tests.operations.house import OPS, later

MINUTE = timedelta(minutes=1)
MANY = 40


def _plan(house: House, *keys: str, channel: str) -> list[NoticeId]:
    planned = []
    with house.work() as uow:
        for key in keys:
            data = {"place": f"host {key}", "seconds": 30.0}
            planned.append(uow.notices.plan(NoticeKind.CLOCK_SKEW, key=key, channel=channel, data=data))
        uow.commit()
    return [notice_id for notice_id in planned if notice_id is not None]


def _due(house: House, after: timedelta = timedelta(0)) -> list[NoticeId]:
    with house.work() as uow:
        return uow.notices.due(uow.now + after, limit=MANY)


def _posts(house: House) -> int:
    return len(house.sandbox.traffic(method="chat.postMessage", direction="from_app"))


def test_many_notices_to_a_dead_channel_keep_no_newer_one_waiting(house: House) -> None:
    _plan(house, *map(str, range(2 * MANY)), channel=CHANNEL)
    (newer,) = _plan(house, "newer", channel=OPS)
    assert newer in _due(house)[:2]


def test_channel_that_is_gone_is_asked_once_for_all_that_waits_there(house: House) -> None:
    house.sandbox.archive(CHANNEL)
    waiting = _plan(house, *map(str, range(5)), channel=CHANNEL)
    _was_refused(house, PATIENT)
    (elsewhere,) = _plan(house, "elsewhere", channel=OPS)
    for notice_id in waiting:
        post_notice(house.context, notice_id)
    assert _posts(house) == 1
    (alarm,) = set(_due(house)) - {elsewhere}
    with house.work() as uow:
        assert uow.notices.lock(alarm).channel == OPS
    assert sorted(_due(house, RARELY)) == sorted([*waiting, elsewhere, alarm])


def test_notice_that_slack_does_not_take_keeps_no_other_of_its_channel_waiting(house: House) -> None:
    bad, good = _plan(house, "bad", "good", channel=OPS)
    house.sandbox.fault("chat.postMessage", "500", times=1)
    post_notice(house.context, bad)
    post_notice(house.context, good)
    assert any("host good" in plain(m) for m in house.sandbox.person("U0OPS").messages(OPS))


class _Odd(Views):
    """Cannot render what is about one place."""

    def notice(self, notice: Notice) -> dict[str, Any]:
        if notice.data["place"] == "host bad":
            raise KeyError("an unexpected value")
        return super().notice(notice)


def test_notice_that_cannot_be_rendered_is_tried_more_and_more_rarely(house: House) -> None:
    (bad,) = _plan(house, "bad", channel=OPS)
    _was_refused(house, 5)
    context = replace(house.context, renderer=_Odd())
    post_notice(context, bad)
    post_notice(context, bad)
    assert _due(house) == []
    assert _tries(house, bad) == 6
    post_notice(replace(context, begin=later(house, minutes=1)), bad)
    assert _tries(house, bad) == 7


def _was_refused(house: House, times: int) -> None:
    """Every notice that there is."""
    with house.worker.begin() as connection:
        connection.execute(text("update notices set attempts = :times"), {"times": times})


def _tries(house: House, notice_id: NoticeId) -> int:
    with house.work() as uow:
        return uow.notices.lock(notice_id).attempts


def _wait_of(house: House, request: Request) -> timedelta | None:
    with house.worker.connect() as connection:
        again_at = (
            "select next_attempt_at - now() from message_streams where request_id = :id and lane = 'channel'"
        )
        found: timedelta | None = connection.execute(text(again_at), {"id": request.id}).scalar_one()
        return found


def _has_failed(house: House, request: Request, attempts: int) -> None:
    with house.worker.begin() as connection:
        failed = "update messages set attempts = :attempts where request_id = :id"
        connection.execute(text(failed), {"attempts": attempts, "id": request.id})


def _no_channel(house: House) -> Request:
    """A request with a channel that is gone, and news for its thread."""
    request = house.submit()
    house.sandbox.archive(CHANNEL)
    with house.work() as uow:
        uow.messages.plan(request.id, MessageKind.THREAD_WAITING, channel="")
        uow.commit()
    return request


def test_thread_without_its_first_message_is_tried_as_rarely_as_that(house: House) -> None:
    request = _no_channel(house)
    _has_failed(house, request, PATIENT - 1)
    house.notify(request.id)
    house.notify(request.id)
    wait = _wait_of(house, request)
    assert wait is not None
    assert RARELY - MINUTE < wait <= RARELY


def test_message_is_given_up_after_a_week_until_its_request_changes(house: House) -> None:
    request = _no_channel(house)
    _has_failed(house, request, MOST_TRIES)
    with capture_logs() as logged:
        house.notify(request.id)
    given_up = [line["kind"] for line in logged if line["event"] == "message given up"]
    assert given_up == ["request", "thread.waiting"]
    assert _wait_of(house, request) is None
    house.sandbox.set_channel(CHANNEL, is_archived=False)
    house.review(request)
    assert _wait_of(house, request) is not None
    house.notify(request.id)
    assert any(request.label in plain(m) for m in house.sandbox.person("U0OPS").messages(CHANNEL))
