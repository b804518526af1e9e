"""Ends, reminders, lapse and hours of rules come at their time, and not before."""

from datetime import UTC, datetime, time, timedelta

import pytest

from dbaccess.domain.errors import AlreadyDecided, DirectoryTooOld, NotAllowed
from dbaccess.domain.grant import Grant
from dbaccess.domain.hours import Hours
from dbaccess.operations.directory.refresh import read_list, refresh_directory
from dbaccess.operations.grants.remind_holder import remind_holders
from dbaccess.operations.grants.revoke import drain
from dbaccess.operations.requests.lapse import lapse
from sandbox.client import plain
from tests.operations.edited_policies import edit, with_rule
from tests.operations.fake_house import FakeHouse
from tests.operations.house import MAYA

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
BERLIN = Hours(tz="Europe/Berlin", days=frozenset(range(5)), start=time(8), end=time(19))


def go_to(house: FakeHouse, at: datetime) -> None:
    """It is that time, and Slack was read just now."""
    house.go_to(at)
    refresh_directory(house.context)
    read_list(house.context)


def test_grant_ends_at_its_end_and_not_a_second_before(fake_house: FakeHouse) -> None:
    grant = fake_house.active(seconds=3600)
    assert grant.expires_at is not None
    fake_house.go_to(grant.expires_at - SECOND)
    drain(fake_house.context, "main")
    assert fake_house.grant(grant.id).state == "active"
    fake_house.go_to(grant.expires_at)
    drain(fake_house.context, "main")
    ended = fake_house.grant(grant.id)
    assert (ended.state, ended.end_cause) == ("ended", "expired")
    assert fake_house.made_logins() == []


def test_worker_that_begins_ahead_claims_and_records_nothing_before_the_end(fake_house: FakeHouse) -> None:
    grant = fake_house.active(seconds=3600)
    assert grant.expires_at is not None
    fake_house.go_to(grant.expires_at - SECOND)
    recorded = fake_house.kinds()
    seen: list[tuple[Grant, list[str], int]] = []

    def until_due() -> None:
        if not seen:
            seen.append((fake_house.grant(grant.id), fake_house.kinds(), len(fake_house.made_logins())))
            fake_house.wait(seconds=1)

    assert drain(fake_house.context, "main", until_due=until_due) == 1
    assert seen == [(grant, recorded, 1)]
    assert fake_house.grant(grant.id).state == "ended"


def test_holder_is_reminded_once_when_the_end_is_near(fake_house: FakeHouse) -> None:
    grant = fake_house.active(seconds=3600)
    assert grant.expires_at is not None
    fake_house.go_to(grant.expires_at - 20 * MINUTE)
    assert remind_holders(fake_house.work) == []
    fake_house.go_to(grant.expires_at - 10 * MINUTE)
    assert remind_holders(fake_house.work) == [grant.request_id]
    fake_house.wait(seconds=60)
    assert remind_holders(fake_house.work) == []


def test_reminder_that_slack_takes_only_after_the_end_is_not_posted(fake_house: FakeHouse) -> None:
    grant = fake_house.active(seconds=3600)
    assert grant.expires_at is not None
    fake_house.notify(grant.request_id)
    fake_house.go_to(grant.expires_at - 10 * MINUTE)
    assert remind_holders(fake_house.work) == [grant.request_id]
    told = fake_house.slack.person(MAYA).direct_messages()
    fake_house.go_to(grant.expires_at)
    fake_house.notify(grant.request_id)
    assert len(fake_house.slack.person(MAYA).direct_messages()) == len(told), "the end is here"
    drain(fake_house.context, "main")
    fake_house.notify(grant.request_id)
    (ended,) = fake_house.slack.person(MAYA).direct_messages()[len(told) :]
    assert plain(ended).startswith("Ended"), "the receipt alone"


def test_request_lapses_when_its_time_is_over(fake_house: FakeHouse) -> None:
    request = fake_house.submit()
    fake_house.go_to(request.decide_by - SECOND)
    assert lapse(fake_house.work) == []
    go_to(fake_house, request.decide_by)
    assert lapse(fake_house.work) == [request.id]
    with pytest.raises(AlreadyDecided):
        fake_house.review(request)


def test_reading_of_slack_is_too_old_after_its_time(fake_house: FakeHouse) -> None:
    fake_house.wait(seconds=110)
    request = fake_house.submit()
    fake_house.wait(seconds=20)
    with pytest.raises(DirectoryTooOld):
        fake_house.review(request)


@pytest.mark.parametrize(
    ("at", "allowed"),
    [
        (datetime(2026, 3, 27, 6, 59, tzinfo=UTC), False),
        (datetime(2026, 3, 27, 7, 0, tzinfo=UTC), True),
        (datetime(2026, 3, 27, 17, 59, tzinfo=UTC), True),
        (datetime(2026, 3, 27, 18, 0, tzinfo=UTC), False),
        (datetime(2026, 3, 28, 12, 0, tzinfo=UTC), False),
        (datetime(2026, 3, 30, 5, 59, tzinfo=UTC), False),
        (datetime(2026, 3, 30, 6, 0, tzinfo=UTC), True),
    ],
    ids=[
        "Friday 7:59",
        "Friday 8:00",
        "Friday 18:59",
        "Friday 19:00",
        "Saturday",
        "Monday 7:59",
        "Monday 8:00",
    ],
)
def test_rule_allows_requests_in_its_hours_by_the_clock_on_the_wall(
    fake_house: FakeHouse, at: datetime, *, allowed: bool
) -> None:
    """Clocks in Berlin go forward on the Sunday between: 8:00 is an hour earlier in UTC on Monday."""
    edit(fake_house, with_rule(fake_house.policy, hours=BERLIN))
    go_to(fake_house, at)
    if allowed:
        assert fake_house.submit().state == "pending"
    else:
        with pytest.raises(NotAllowed):
            fake_house.submit()
