"""Clocks, the team, observations, announcements, and reviews that stop counting."""

from dataclasses import replace

import pytest

from dbaccess.domain.break_glass import Announcement, Place
from dbaccess.domain.message import Lane, MessageKind
from dbaccess.domain.observation import Observation, Why
from dbaccess.domain.people import Person, SlackId, SourceId
from dbaccess.domain.standing_access import FoundRole, How, Reading, StandingRole
from dbaccess.domain.team import Team
from dbaccess.ports import UnitOfWorkFactory
from tests.integration.storage.facts import (
    HOUR,
    T0,
    active,
    break_glass,
    now,
    posted,
    review,
    submitted,
    terms,
)


def test_clock_differs_since_it_was_first_found(worker: UnitOfWorkFactory) -> None:
    with worker() as uow:
        assert uow.clock_skews.put("host one", 2.5, at=T0) == T0
        assert uow.clock_skews.put("host one", -3.5, at=T0 + HOUR) == T0
        uow.clock_skews.put("main", 1.0, at=T0 + 2 * HOUR)
        assert uow.clock_skews.largest(since=T0) == 3.5
        assert uow.clock_skews.largest(since=T0 + 2 * HOUR) == 1.0
        assert uow.clock_skews.largest(since=T0 + 3 * HOUR) == 0.0
        assert uow.clock_skews.clear("host one")
        assert not uow.clock_skews.clear("host one")


def test_name_is_changed_since_it_was_first_found_so(worker: UnitOfWorkFactory) -> None:
    with worker() as uow:
        names = uow.changed_names
        assert names.put("#ops", "is archived", at=T0) == T0
        assert names.put("#ops", "is archived", at=T0 + HOUR) == T0
        assert names.put("#ops", "is shared", at=T0 + 2 * HOUR) == T0 + 2 * HOUR
        names.put("@dba", "is disabled", at=T0)
        assert names.count() == 2
        names.keep(["@dba", "@other"])
        assert names.count() == 1
        names.keep([])
        assert names.count() == 0


def test_team_is_what_slack_said_last(worker: UnitOfWorkFactory) -> None:
    with worker() as uow:
        assert uow.team.get() is None
        for name in ("T1", "T2"):
            uow.team.put(Team(id=name, url=f"https://{name}.slack.com/"))
        assert uow.team.get() == Team(id="T2", url="https://T2.slack.com/")


def test_last_look_at_each_cluster_is_kept(worker: UnitOfWorkFactory) -> None:
    first = Observation(cluster="main", looked_at=T0)
    with worker() as uow:
        assert uow.observations.lock(first) == first
        found = replace(first, why=Why.UNKNOWN_LOGINS, since=T0, unknown=("jit_a",), accepted=("jit_b",))
        uow.observations.save(found)
        assert uow.observations.lock(first) == found
        second = replace(first, cluster="second")
        uow.observations.lock(second)
        assert uow.observations.all() == [found, second]


def test_standing_roles_and_the_last_reading_of_each_cluster_are_kept(worker: UnitOfWorkFactory) -> None:
    standing = StandingRole(
        login_identity="7", login="erik", role_identity="8", role="orders_read", path=("erik", "orders_read")
    )
    found = FoundRole(cluster="main", server="s", standing=standing, found_at=T0)
    with worker() as uow:
        assert uow.standing_roles.lock("main") == Reading(cluster="main")
        uow.standing_roles.lock("other")
        read = Reading(cluster="main", read_at=T0, left_out=3)
        uow.standing_roles.save(read)
        assert uow.standing_roles.readings() == [read, Reading(cluster="other")]
        first = replace(found, standing=replace(standing, login_identity="9", login="alma", is_usable=False))
        for one in (found, first, found):
            uow.standing_roles.put(one)
        assert uow.standing_roles.on("main") == [first, found]
        direct = replace(
            standing,
            how=How.PRIVILEGE,
            database="orders",
            role_identity="5/8",
            path=("erik", "SELECT on a.b"),
        )
        uow.standing_roles.put(replace(found, standing=direct))
        assert uow.standing_roles.on("main") == [first, replace(found, standing=direct), found]
        uow.standing_roles.remove(replace(found, standing=direct))
        renamed = replace(found, standing=replace(standing, login="aaron"), server="t")
        uow.standing_roles.put(renamed)
        assert uow.standing_roles.on("main") == [renamed, first]
        assert uow.standing_roles.on("other") == []
        for one in (renamed, first):
            uow.standing_roles.remove(one)
        uow.standing_roles.forget("main")
        assert uow.standing_roles.readings() == [Reading(cluster="other")]


def test_break_glass_is_announced_in_one_place(bot: UnitOfWorkFactory, worker: UnitOfWorkFactory) -> None:
    asked = break_glass(bot).request.id
    with worker() as uow:
        told = Announcement(request_id=asked, place=Place.SYSLOG, announced_at=uow.now)
        assert uow.announcements.of(asked) is None
        assert uow.announcements.add(told)
        assert not uow.announcements.add(replace(told, place=Place.WEBHOOK))
        assert uow.announcements.of(asked) == told


def test_review_that_is_voided_counts_no_more(bot: UnitOfWorkFactory) -> None:
    pending = submitted(bot)
    with bot() as uow:
        kept, lost = (uow.reviews.add(review(pending, name)) for name in ("priya", "tom"))
        uow.reviews.keep([pending.id])
        assert uow.reviews.of(pending.id) == [kept, lost]
        assert uow.reviews.void(lost, why="left", at=uow.now)
        assert not uow.reviews.void(lost, why="left", at=uow.now)
        voided = replace(lost, voided_at=uow.now, voided_why="left")
        assert uow.reviews.of(pending.id) == [kept, voided]
        other = submitted(bot, terms("tom"))
        assert uow.reviews.of_all([pending.id, other.id]) == {pending.id: [kept, voided], other.id: []}


def test_messages_of_many_requests_are_planned_and_touched_together(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory
) -> None:
    one, two = (submitted(bot, terms(name)).id for name in ("maya", "tom"))
    posted(worker, one)
    with worker() as uow:
        uow.messages.plan_all([(two, MessageKind.REQUEST, "C1"), (one, MessageKind.OVERDUE, "C0OPS")])
        uow.messages.plan_all([])
        uow.messages.touch_all([two, one, two], next_attempt_at=uow.now)
        streams = uow.messages.due(uow.now, limit=9)
        assert [(stream.request_id, stream.lane) for stream in streams] == [
            (one, Lane.CHANNEL),
            (one, Lane.OPERATORS),
            (two, Lane.CHANNEL),
        ]
        (waiting,) = uow.messages.due(uow.now, limit=9, to_post=[MessageKind.REQUEST])
        assert waiting.request_id == two
        assert [message.kind for message in uow.messages.of(one)] == [
            MessageKind.REQUEST,
            MessageKind.OVERDUE,
        ]


def test_groups_that_channels_were_told_of_are_exactly_the_last(worker: UnitOfWorkFactory) -> None:
    maya, tom = SlackId("UMAYA"), SlackId("UTOM")
    with worker() as uow:
        assert uow.directory.told_groups() == {}
        uow.directory.put_told_groups({"dba": frozenset({maya}), "ops": frozenset()})
        uow.directory.put_told_groups({"dba": frozenset({maya, tom})})
        assert uow.directory.told_groups() == {"dba": frozenset({maya, tom})}


def test_source_that_was_not_read_lately_is_unread(worker: UnitOfWorkFactory) -> None:
    dba, ops = SourceId("S0DBA"), SourceId("S0OPS")
    with worker() as uow:
        uow.directory.replace_sources({dba: frozenset()}, read_at=T0)
        assert not uow.directory.unread([dba], since=T0)
        assert uow.directory.unread([dba], since=T0 + HOUR)
        assert uow.directory.unread([dba, ops], since=T0)
        uow.directory.replace_sources({ops: frozenset()}, read_at=T0 + HOUR, keep_others=True)
        assert not uow.directory.unread([dba, ops], since=T0)
        assert not uow.directory.unread([], since=T0 + 9 * HOUR)


@pytest.mark.parametrize(
    ("flags", "is_unfit"),
    [
        ({}, False),
        ({"is_guest": True}, True),
        ({"is_bot": True}, True),
        ({"is_deactivated": True}, True),
        ({"team_id": "T2"}, True),
    ],
)
def test_holder_who_left_or_never_belonged_is_unfit(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory, flags: dict[str, object], *, is_unfit: bool
) -> None:
    holder = active(bot, worker, expires_at=now() + HOUR).holder_slack_id
    asks = submitted(bot, terms("tom")).requester_slack_id
    with worker() as uow:
        people = [person(slack_id, **flags) for slack_id in (holder, asks, SlackId("UELSE"))]
        uow.directory.put_people(people)
        assert uow.directory.unfit_holders("T1") == ([holder] if is_unfit else [])
        assert uow.directory.involved([holder, asks, SlackId("UELSE")]) == {holder, asks}
        assert uow.directory.stale_involved(before=T0 + HOUR, limit=9) == sorted([holder, asks])
        assert uow.directory.stale_involved(before=T0, limit=9) == []


def person(slack_id: SlackId, **changes: object) -> Person:
    known = Person(
        slack_id=slack_id,
        team_id="T1",
        name="Maya Lindqvist",
        tz="Europe/Berlin",
        is_guest=False,
        is_bot=False,
        is_deactivated=False,
        sources=frozenset(),
        read_at=T0,
    )
    return replace(known, **changes)  # type: ignore[arg-type]  # fields of Person, by name
