"""Capture of people's own logins: each is proved by its settings, beside the target's canary."""

from collections.abc import Iterator
from dataclasses import replace
from unittest.mock import patch

import pytest

from dbaccess.domain.capture import CaptureMode
from dbaccess.domain.coverage import (
    NOT_CHECKED,
    PROVED_FOR,
    SEND_EVERY,
    CaptureLevel,
    LogPosition,
)
from dbaccess.domain.errors import NotCaptured, TargetFailure
from dbaccess.domain.grant import GrantState
from dbaccess.domain.people import SlackId
from dbaccess.operations.activity.capture import coverage_now
from dbaccess.operations.activity.report import activity_report
from dbaccess.operations.activity.use import uses_of
from dbaccess.operations.directory.refresh import refresh_directory
from tests.engines.memory.server import MemoryLogin, MemoryServer
from tests.operations.captures import TARGET, canary, captured, check, comes_back, level, prove, provisioned
from tests.operations.fake_house import FakeHouse, build_fake_house
from tests.operations.house import MAYA, SAM, TOM


@pytest.fixture
def personal() -> Iterator[FakeHouse]:
    """Its target gives roles to logins that people have; of Maya's all is logged, and none of Tom's."""
    with build_fake_house(login="personal") as house:
        for name in ("maya", "tom"):
            house.server.add_login(MemoryLogin(name=name))
        logins = {house.policy.person_id(MAYA): "maya", house.policy.person_id(TOM): "tom"}
        house.policy = replace(house.policy, logins=logins)
        captured(house)
        house.server.logged.add("maya")
        yield house


TOMS = "tom's login does not log statements"


def test_capture_of_peoples_own_logins_is_proved_for_each(personal: FakeHouse) -> None:
    assert level_of(personal, MAYA) == (CaptureLevel.NONE, NOT_CHECKED.why)
    prove(personal)
    (marked,) = personal.server.marked
    assert marked == ("worker", canary(personal).marker)
    assert level_of(personal, MAYA) == (CaptureLevel.STATEMENTS, "")
    assert level_of(personal, TOM) == (CaptureLevel.NONE, TOMS)
    assert level_of(personal, SAM) == (CaptureLevel.NONE, "the policy names no login of this person")
    assert level(personal) == (CaptureLevel.NONE, "the server does not log the logins of 1 person")
    grants = [personal.active(who) for who in (MAYA, TOM)]
    with personal.work() as uow:
        covered = [uow.activity.coverage_of(grant.id) for grant in grants]
        uow.log_positions.save(
            LogPosition(cluster="main", file="a", fingerprint="b", offset=1, caught_up_at=uow.now)
        )
        uow.commit()
    proved = [(CaptureLevel.STATEMENTS, ""), (CaptureLevel.NONE, TOMS)]
    assert [(one.level, one.why) for one in covered] == proved
    with personal.begin() as uow:
        uses = uses_of(uow, personal.policy, grants)
    assert [uses[grant.id].is_captured for grant in grants] == [True, False]


def test_login_that_is_logged_no_more_is_not_said_to_be_captured(personal: FakeHouse) -> None:
    prove(personal)
    grant = personal.active(MAYA)
    personal.server.logged.clear()
    personal.wait(seconds=SEND_EVERY.total_seconds() + 1)
    check(personal)
    with personal.work() as uow:
        lost, seen_at = uow.activity.coverage_of(grant.id), uow.now
        (login,) = uow.activity.logins("main", ["maya"])
    why = f"maya's login does not log statements, seen {seen_at:%Y-%m-%d %H:%M} UTC"
    assert (lost.level, lost.why) == (CaptureLevel.NONE, why)
    assert login.mode is CaptureMode.FULL
    personal.server.logged.add("maya")
    comes_back(personal)
    personal.wait(seconds=SEND_EVERY.total_seconds() + 1)
    check(personal)
    comes_back(personal)
    check(personal)
    assert level_of(personal, MAYA) == (CaptureLevel.STATEMENTS, "")
    with personal.work() as uow:
        assert uow.activity.coverage_of(grant.id) == lost


def test_session_from_before_its_login_was_seen_to_be_logged_is_not_captured(personal: FakeHouse) -> None:
    server = with_password(personal)
    personal.wait(seconds=0)
    old = server.open_session("maya", "x")
    personal.wait(seconds=60)
    prove(personal)
    shown, why = level_of(personal, MAYA)
    assert (shown, why.startswith("maya has a session open since")) == (CaptureLevel.NONE, True)
    grant = personal.active(MAYA)
    with personal.work() as uow:
        covered = uow.activity.coverage_of(grant.id)
    assert (covered.level, covered.why) == (CaptureLevel.NONE, why)
    old.close()
    personal.wait(seconds=1)
    server.open_session("maya", "x")
    look_again(personal)
    assert level_of(personal, MAYA) == (CaptureLevel.STATEMENTS, "")
    refresh_directory(personal.context)
    again = personal.active(MAYA, role="write")
    with personal.work() as uow:
        covered = uow.activity.coverage_of(again.id)
    assert (covered.level, covered.why) == (CaptureLevel.STATEMENTS, "")


@pytest.mark.parametrize("hole", ["unlogged", "silent", "late"])
def test_a_hole_between_looks_leaves_the_sessions_before_it_unproved(personal: FakeHouse, hole: str) -> None:
    server = with_password(personal)
    personal.wait(seconds=0)
    prove(personal)
    server.open_session("maya", "x")
    look_again(personal)
    assert level_of(personal, MAYA) == (CaptureLevel.STATEMENTS, "")
    if hole == "unlogged":
        server.logged.clear()
        look_again(personal)
        server.logged.add("maya")
    elif hole == "silent":
        server.running = False
        look_again(personal)
        server.running = True
    else:
        personal.wait(seconds=PROVED_FOR.total_seconds() + 1)
    look_again(personal)
    assert level_of(personal, MAYA)[1].startswith("maya has a session open since")


def with_password(house: FakeHouse) -> MemoryServer:
    """Its server, on which Maya can open sessions of her own."""
    maya = house.server.login("maya")
    assert maya is not None
    maya.password = "x"
    return house.server


def look_again(house: FakeHouse) -> None:
    """Look at the logins once more, and let the canary come back if it was sent."""
    house.wait(seconds=SEND_EVERY.total_seconds() + 1)
    check(house)
    if house.server.running and canary(house).login:
        comes_back(house)
        check(house)


def test_rule_that_requires_capture_looks_at_the_persons_own_login(personal: FakeHouse) -> None:
    captured(personal, require_capture=True)
    personal.wait(seconds=0)
    prove(personal)
    with pytest.raises(NotCaptured, match="tom's login does not log statements"):
        personal.submit(TOM)
    request = personal.submit(MAYA)
    personal.review(request)
    personal.server.logged.clear()  # since the canary
    assert provisioned(personal, request) == (GrantState.PROVISIONING, "not_captured")
    maya = personal.server.login("maya")
    assert maya is not None
    assert personal.server.roles_of(maya) == []
    personal.server.logged.add("maya")
    personal.wait(seconds=60)
    prove(personal)
    assert provisioned(personal, request) == (GrantState.ACTIVE, None)


def test_statements_before_the_attempt_that_gave_access_are_not_the_grants(personal: FakeHouse) -> None:
    personal.wait(seconds=0)
    prove(personal)
    request = personal.submit(MAYA)
    personal.review(request)
    driver = type(personal.context.targets.driver("main"))
    failed = TargetFailure("main: no.", code="unreachable", touched=False)
    with patch.object(driver, "provision", side_effect=failed):
        assert provisioned(personal, request) == (GrantState.PROVISIONING, "unreachable")
    personal.wait(seconds=60)
    prove(personal)
    assert provisioned(personal, request) == (GrantState.ACTIVE, None)
    with personal.work() as uow:
        now = uow.now
        (login,) = uow.activity.logins("main", ["maya"])
    assert login.begins_at == now


def test_two_grants_of_one_login_say_so(personal: FakeHouse) -> None:
    personal.wait(seconds=0)
    prove(personal)
    read = personal.active(MAYA)
    with personal.begin() as uow:
        assert activity_report(uow, personal.policy, read).shared_with == ()
    write = personal.active(MAYA, role="write")
    with personal.begin() as uow:
        shared = [activity_report(uow, personal.policy, one).shared_with for one in (read, write)]
    assert shared == [(write.id,), (read.id,)]
    with personal.work() as uow:
        uow.log_positions.save(
            LogPosition(cluster="main", file="a", fingerprint="b", offset=1, caught_up_at=uow.now)
        )
        uses = uses_of(uow, personal.policy, [read, write])
    assert [uses[one.id].is_captured for one in (read, write)] == [False, False]


def test_silent_server_proves_nothing_of_peoples_own_logins(personal: FakeHouse) -> None:
    personal.server.running = False
    check(personal)
    why = level_of(personal, MAYA)[1]
    personal.server.running = True
    assert why.startswith("the canary failed")
    assert personal.server.marked == []


def level_of(house: FakeHouse, who: SlackId) -> tuple[CaptureLevel, str]:
    with house.begin() as uow:
        found = coverage_now(uow, house.policy, TARGET, house.policy.person_id(who))
    return found.level, found.why
