"""Every host ends what is due, and raises the alarm where an end is late: neither waits for the leader."""

from dataclasses import replace
from datetime import datetime, timedelta

from dbaccess.domain.message import MessageKind
from dbaccess.operations.directory.refresh import refresh_if_older
from dbaccess.operations.grants.overdue_alarm import raise_alarm
from sandbox.client import plain
from tests.acceptance.stack import wait
from tests.operations.house import OPS, House, later

OLGA = "U0OPS"


def test_end_without_an_attempt_is_an_alarm_after_half_a_minute(house: House) -> None:
    grant = house.active(seconds=3600)
    house.notify(grant.request_id)
    raise_alarm(replace(house.context, begin=later(house, seconds=3600 + 28)))
    assert MessageKind.OVERDUE.value not in house.planned(grant.request_id)
    late = replace(house.context, begin=later(house, seconds=3600 + 31))
    for _ in range(2):
        raise_alarm(late)
    assert {"ops.overdue", "channel.overdue"} <= house.planned(grant.request_id)
    with late.begin() as uow:
        assert uow.grants.overdue(uow.now, limit=9) == [grant.id]


def test_the_alarm_of_a_silent_worker_says_that_no_end_was_reported(house: House) -> None:
    grant = house.active(seconds=1)
    house.notify(grant.request_id)
    with house.work() as uow:
        uow.messages.plan(grant.request_id, MessageKind.OVERDUE, channel=OPS)
        uow.commit()
    wait(lambda: _is_over(house, grant.id), 10)
    house.notify(grant.request_id)
    (alarm,) = [m for m in house.slack.person(OLGA).messages(OPS) if "Overdue" in plain(m)]
    assert "no worker has reported the end" in plain(alarm)


def _is_over(house: House, grant_id: int) -> bool:
    with house.work() as uow:
        return grant_id in uow.grants.overdue(uow.now, limit=9)


def test_any_host_reads_people_and_groups_that_no_other_has_read_for_long(house: House) -> None:
    def read_at() -> datetime | None:
        with house.work() as uow:
            return uow.directory.read_at()

    before = read_at()
    refresh_if_older(house.context, timedelta(minutes=5))
    assert read_at() == before
    refresh_if_older(replace(house.context, begin=later(house, minutes=6)), timedelta(minutes=5))
    assert read_at() != before
