"""Unused grants are offered to be ended, or end, as the rule says; unknown use is never taken for none."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from structlog.testing import capture_logs

from dbaccess.domain.coverage import Gap, GapCause, LogPosition
from dbaccess.domain.grant import EndCause, Grant, GrantState
from dbaccess.domain.message import Lane
from dbaccess.domain.use import WATCHED
from dbaccess.operations.activity.use import look_again_after, look_at_sessions, use_of, uses_of
from dbaccess.operations.delivery.messages import update_messages
from dbaccess.operations.grants import end_idle
from dbaccess.operations.grants.end_idle import find_idle
from dbaccess.operations.grants.revoke import drain
from dbaccess.operations.message_updates import schedule_grant_update
from dbaccess.ports import UnitOfWork
from tests.engines.memory import MemorySession
from tests.operations.captures import captured, prove
from tests.operations.fake_house import FakeHouse
from tests.operations.house import MAYA, TOM
from tests.operations.test_show_statements import add_statements

IDLE = timedelta(minutes=10)
LOOK = 60


def with_idle(house: FakeHouse, **of_rules: Any) -> None:
    rules = tuple(replace(rule, **{"idle_after": IDLE} | of_rules) for rule in house.policy.rules)
    house.policy = replace(house.policy, rules=rules)
    house.context = replace(house.context, policy=house.policy)


def minutes(house: FakeHouse, count: int, *, looks: bool = True) -> None:
    """So many minutes pass, with the workers' looks in each of them."""
    for _ in range(count):
        house.wait(seconds=LOOK)
        if looks:
            look_at_sessions(house.context, "main")
        find_idle(house.context)


def connects(house: FakeHouse, grant: Grant) -> MemorySession:
    assert grant.recipe is not None
    login = house.server.login(grant.recipe.login)
    assert login is not None
    login.password = "known"
    return house.server.open_session(login.name, "known")


def is_read(house: FakeHouse) -> None:
    """The log was read up to this moment."""
    with house.work() as uow:
        uow.log_positions.save(
            LogPosition(cluster="main", file="a", fingerprint="b", offset=1, caught_up_at=uow.now)
        )
        uow.commit()


def told(house: FakeHouse, grant: Grant) -> list[str]:
    """The direct messages about idle time as they are now, the oldest first."""
    update_messages(house.context, grant.request_id, Lane.DIRECT)
    texts = [message.text for message in house.slack.person(MAYA).direct_messages()]
    return [text for text in texts if text.startswith(("Not used since", "Active: read"))]


def offers(house: FakeHouse, grant: Grant) -> int:
    return sum(text.startswith("Not used since") for text in told(house, grant))


def test_unused_grant_is_offered_once_in_each_idle_time(fake_house: FakeHouse) -> None:
    with_idle(fake_house)
    grant = fake_house.active(seconds=4 * 3600)
    minutes(fake_house, 10)
    assert offers(fake_house, grant) == 0
    minutes(fake_house, 1)
    assert offers(fake_house, grant) == 1
    minutes(fake_house, 15)
    assert offers(fake_house, grant) == 1
    session = connects(fake_house, grant)
    minutes(fake_house, 1)
    assert offers(fake_house, grant) == 0
    session.close()
    minutes(fake_house, 11)
    (first, second) = told(fake_house, grant)[-2:]
    assert first.startswith("Active: read on orders-prod")
    assert second.startswith("Not used since")
    assert "of 240 min used" in second
    assert fake_house.grant(grant.id).state is GrantState.ACTIVE


def test_open_session_is_use_however_long_it_is_silent(fake_house: FakeHouse) -> None:
    with_idle(fake_house, idle_end=True)
    grant = fake_house.active(seconds=4 * 3600)
    connects(fake_house, grant)
    minutes(fake_house, 30)
    assert (offers(fake_house, grant), fake_house.grant(grant.id).state) == (0, GrantState.ACTIVE)


def test_statement_of_a_session_between_two_looks_is_use(fake_house: FakeHouse) -> None:
    captured(fake_house)
    with_idle(fake_house)
    grant = fake_house.active(seconds=4 * 3600)
    minutes(fake_house, 6)
    with fake_house.work() as uow:
        at = uow.now
    add_statements(fake_house, grant, 1, at=at)
    minutes(fake_house, 9)
    assert offers(fake_house, grant) == 0
    minutes(fake_house, 1)
    assert offers(fake_house, grant) == 1
    fake_house.wait(seconds=1)
    with fake_house.work() as uow:
        at = uow.now
    add_statements(fake_house, grant, 1, at=at, session_id="later")
    minutes(fake_house, 9)
    assert told(fake_house, grant)[-1].startswith("Active: read")
    minutes(fake_house, 1)
    assert offers(fake_house, grant) == 1


@pytest.mark.parametrize("why", ["hidden", "silent", "no look"])
def test_unknown_use_is_never_idle(fake_house: FakeHouse, why: str) -> None:
    with_idle(fake_house, idle_end=True)
    grant = fake_house.active(seconds=4 * 3600)
    fake_house.server.shows_sessions = why != "hidden"
    fake_house.server.running = why != "silent"
    minutes(fake_house, 30, looks=why != "no look")
    fake_house.server.running = True
    assert (offers(fake_house, grant), fake_house.grant(grant.id).state) == (0, GrantState.ACTIVE)


def test_time_without_a_look_does_not_count(fake_house: FakeHouse) -> None:
    with_idle(fake_house)
    grant = fake_house.active(seconds=4 * 3600)
    minutes(fake_house, 6)
    fake_house.wait(seconds=WATCHED.total_seconds() + 1)
    minutes(fake_house, 6)
    assert offers(fake_house, grant) == 0
    minutes(fake_house, 6)
    assert offers(fake_house, grant) == 1


def test_idle_grant_ends_where_the_rule_says_so_and_statements_are_captured(fake_house: FakeHouse) -> None:
    captured(fake_house)
    prove(fake_house)
    with_idle(fake_house, idle_end=True)
    grant = fake_house.active(seconds=4 * 3600)
    minutes(fake_house, 11)
    assert fake_house.grant(grant.id).state is GrantState.ACTIVE
    assert offers(fake_house, grant) == 1
    prove(fake_house)
    is_read(fake_house)
    find_idle(fake_house.context)
    drain(fake_house.context, "main")
    ended = fake_house.grant(grant.id)
    assert (ended.state, ended.end_cause, ended.ended_by) == (GrantState.ENDED, EndCause.IDLE, "system")
    assert "grant.idle" in fake_house.kinds()
    update_messages(fake_house.context, grant.request_id, Lane.DIRECT)
    text = fake_house.slack.person(MAYA).direct_messages()[-1].text
    assert text.startswith("Ended: read on orders-prod")
    assert "Ended as idle" in text


@pytest.mark.parametrize("why", ["gap", "gap that lasts", "login", "reader behind"])
def test_grant_whose_statements_may_be_missing_is_offered_and_never_ended(
    fake_house: FakeHouse, why: str
) -> None:
    house = fake_house
    if why != "login":
        captured(house)
        prove(house)
    with_idle(house, idle_end=True)
    grant = house.active(seconds=4 * 3600)
    if why == "login":  # it was made before the target's capture was proved
        captured(house)
    minutes(house, 11)
    assert offers(house, grant) == 1
    prove(house)
    is_read(house)
    with house.work() as uow:
        if why.startswith("gap"):
            until = uow.now if why == "gap" else None
            cause = GapCause.FILE_LOST
            began = uow.now - timedelta(minutes=3)
            uow.log_positions.add_gap(Gap(cluster="main", cause=cause, began_at=began, until=until))
        elif why == "reader behind":
            at = uow.now - timedelta(minutes=8)
            uow.log_positions.save(
                LogPosition(cluster="main", file="a", fingerprint="b", offset=1, caught_up_at=at)
            )
        uow.commit()
    find_idle(house.context)
    assert house.grant(grant.id).state is GrantState.ACTIVE


def test_session_that_began_since_the_last_look_keeps_its_grant(fake_house: FakeHouse) -> None:
    captured(fake_house)
    with_idle(fake_house, idle_end=True)
    grant = fake_house.active(seconds=4 * 3600)
    prove(fake_house)
    minutes(fake_house, 10)
    prove(fake_house)
    fake_house.wait(seconds=LOOK)
    look_at_sessions(fake_house.context, "main")
    is_read(fake_house)
    connects(fake_house, grant)
    find_idle(fake_house.context)
    assert fake_house.grant(grant.id).state is GrantState.ACTIVE
    fake_house.server.shows_sessions = False
    find_idle(fake_house.context)
    assert fake_house.grant(grant.id).state is GrantState.ACTIVE


def test_rule_without_idle_after_looks_for_nothing(fake_house: FakeHouse) -> None:
    grant = fake_house.active(seconds=4 * 3600)
    minutes(fake_house, 60)
    assert offers(fake_house, grant) == 0
    with fake_house.begin() as uow:
        use = use_of(uow, fake_house.policy, grant)
    assert use.minutes is None
    assert use.sighting is not None


def test_idle_grant_without_capture_is_offered_and_not_looked_at_again(fake_house: FakeHouse) -> None:
    with_idle(fake_house, idle_end=True)
    grant = fake_house.active(seconds=4 * 3600)
    minutes(fake_house, 11)
    assert offers(fake_house, grant) == 1
    with patch("dbaccess.operations.grants.end_idle.look_at") as looks:
        find_idle(fake_house.context)
    assert looks.call_count == 0


def test_idle_grant_that_fails_holds_up_no_other(fake_house: FakeHouse) -> None:
    with_idle(fake_house)
    bad, good = (fake_house.active(who, seconds=4 * 3600) for who in (MAYA, TOM))
    minutes(fake_house, 10)

    def fails(uow: UnitOfWork, grant: Grant) -> None:
        if grant.id == bad.id:
            raise RuntimeError(bad.label)
        schedule_grant_update(uow, grant)

    with patch.object(end_idle, "schedule_grant_update", fails), capture_logs() as logs:
        minutes(fake_house, 1)
    assert [(one["event"], one["about"]) for one in logs] == [("idle check failed", bad.id)]
    with fake_house.work() as uow:
        seen = uow.sightings.of([bad.id, good.id])
    assert [seen[grant.id].offered_at is not None for grant in (bad, good)] == [False, True]


def test_grant_whose_own_statements_may_be_missing_is_not_said_to_have_run_none(
    fake_house: FakeHouse,
) -> None:
    house = fake_house
    before = house.active(MAYA, seconds=4 * 3600)  # before the target's capture was proved
    captured(house)
    prove(house)
    after = house.active(TOM, seconds=4 * 3600)
    is_read(house)
    assert known_use(house, [before, after]) == [False, True]
    with house.work() as uow:
        gap = Gap(cluster="main", cause=GapCause.FILE_LOST, began_at=uow.now, until=uow.now)
        uow.log_positions.add_gap(gap)
        uow.commit()
    assert known_use(house, [before, after]) == [False, False]


def known_use(house: FakeHouse, grants: list[Grant]) -> list[bool]:
    with house.work() as uow:
        uses = uses_of(uow, house.policy, grants)
    return [uses[grant.id].is_captured for grant in grants]


def test_look_that_costs_much_is_made_less_often_and_still_tells_of_the_present() -> None:
    pauses = [look_again_after(used, at_least=30) for used in (0, 0.1, 0.3, 5)]
    assert pauses == [30, 30, 60, 90]
    assert pauses[-1] < WATCHED.total_seconds()
