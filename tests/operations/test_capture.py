"""Canaries prove what is captured, rules may require it, and a grant keeps what was proved when it began."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest

from dbaccess.domain.capture import Capture, CaptureMode, CaptureSource
from dbaccess.domain.coverage import (
    BACK_WITHIN,
    LOST,
    NOT_CHECKED,
    PROVED_BY_IMPORT,
    PROVED_FOR,
    SEND_AGAIN,
    SEND_EVERY,
    Canary,
    CaptureLevel,
    Gap,
    GapCause,
    LogPosition,
)
from dbaccess.domain.errors import NotCaptured, TargetFailure
from dbaccess.domain.grant import GrantState
from dbaccess.domain.imports import BEGINNING, IMPORTED_FILE
from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import Policy
from dbaccess.domain.request import Request
from dbaccess.operations.activity.capture import coverage_now
from dbaccess.operations.activity.report import activity_report
from dbaccess.operations.activity.use import uses_of
from dbaccess.operations.directory.refresh import refresh_directory
from dbaccess.operations.grants.canary import check_capture
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.lockdowns.declare import declare_from_command_line
from tests.engines.memory.server import MemoryLogin, MemoryServer
from tests.operations.fake_house import FakeHouse, build_fake_house
from tests.operations.house import MAYA, SAM, TOM, House

TARGET = "orders-prod"
SECOND = timedelta(seconds=1)


def captured(
    house: FakeHouse, *, source: CaptureSource | None = CaptureSource.JSONLOG, **of_rules: Any
) -> Policy:
    """The policy with a log of the cluster, and rules that say this of capture."""
    policy = house.policy
    cluster = replace(policy.clusters["main"], capture=Capture(source=source, over="sql" if source else ""))
    rules = tuple(replace(rule, **of_rules) for rule in policy.rules)
    changed = replace(policy, clusters={**policy.clusters, "main": cluster}, rules=rules)
    house.policy, house.context = changed, replace(house.context, policy=changed)
    return changed


def check(house: FakeHouse) -> None:
    check_capture(house.context, TARGET)


def canary(house: House) -> Canary:
    with house.work() as uow:
        (found,) = uow.canaries.all()
    return found


def comes_back(house: House, level: CaptureLevel = CaptureLevel.FULL) -> Canary:
    """The reader has found the last canary."""
    sent = canary(house)
    with house.work() as uow:
        uow.canaries.found("main", sent.login, sent.marker, level)
        uow.commit()
    return sent


def level(house: House) -> tuple[CaptureLevel, str]:
    with house.begin() as uow:
        found = coverage_now(uow, house.policy, TARGET)
    return found.level, found.why


def prove(house: FakeHouse) -> None:
    check(house)
    comes_back(house)
    check(house)


def gaps(house: House) -> list[tuple[timedelta, bool]]:
    """How long before now each gap of a lost canary began, and whether it lasts."""
    with house.work() as uow:
        found = uow.log_positions.open_gaps("main")
        return [(uow.now - gap.began_at, gap.until is None) for gap in found]


def test_imported_log_proves_only_what_came_back_in_a_file(fake_house: FakeHouse) -> None:
    captured(fake_house, source=None, require_capture=True)
    check(fake_house)
    assert level(fake_house) == (CaptureLevel.NONE, "its log is imported by hand, and nothing was yet")
    sent = canary(fake_house)
    fake_house.wait(seconds=3600)
    check(fake_house)  # it is on its way for as long as no import has its time
    assert canary(fake_house) == sent
    imported(fake_house, sent.sent_at - SECOND)
    said = f"imported up to {sent.sent_at - SECOND:%Y-%m-%d %H:%M} UTC"
    assert level(fake_house) == (CaptureLevel.NONE, f"{said}, but no canary was found yet")
    comes_back(fake_house)
    imported(fake_house, sent.sent_at + 2 * BACK_WITHIN)
    check(fake_house)
    proved, why = level(fake_house)
    assert (proved, why.startswith("imported up to ")) == (CaptureLevel.FULL, True)
    assert canary(fake_house).coverage.checked_at == sent.sent_at
    check(fake_house)
    assert canary(fake_house).marker != sent.marker  # the next one goes at once
    fake_house.wait(seconds=PROVED_BY_IMPORT.total_seconds())
    assert level(fake_house)[0] is CaptureLevel.NONE


def test_import_without_the_canary_of_its_time_proves_nothing(fake_house: FakeHouse) -> None:
    captured(fake_house, source=None)
    check(fake_house)
    fake_house.wait(seconds=3600)
    imported(fake_house, canary(fake_house).sent_at + BACK_WITHIN + SECOND)
    found, why = level(fake_house)
    assert (found, LOST in why) == (CaptureLevel.NONE, True)
    check(fake_house)
    check(fake_house)
    assert len(fake_house.server.marked) == 2


def test_grant_says_of_which_of_its_time_nothing_is_imported(fake_house: FakeHouse) -> None:
    captured(fake_house, source=None)
    grant = fake_house.active()
    fake_house.wait(seconds=3600)
    with fake_house.begin() as uow:
        (gap,) = activity_report(uow, fake_house.policy, grant).gaps
    assert (gap.cause, gap.began_at, gap.until) == (GapCause.NOT_IMPORTED, grant.activated_at, None)
    assert grant.activated_at is not None
    imported(fake_house, grant.activated_at + 60 * SECOND)
    long = Gap(
        cluster="main", cause=GapCause.NOT_IMPORTED, began_at=BEGINNING, until=grant.activated_at + SECOND
    )
    with fake_house.work() as uow:
        uow.log_positions.add_gap(long)
        uow.commit()
    with fake_house.begin() as uow:
        first, last = activity_report(uow, fake_house.policy, grant).gaps
    assert (first.began_at, first.until) == (grant.activated_at, long.until)
    assert (last.began_at, last.until) == (grant.activated_at + 60 * SECOND, None)


def imported(house: FakeHouse, to: datetime) -> None:
    position = LogPosition(cluster="main", file=IMPORTED_FILE, fingerprint="", offset=0)
    with house.work() as uow:
        uow.log_positions.save(replace(position, read_until=to, caught_up_at=to))
        uow.commit()


def test_canary_is_a_login_without_a_role_that_leaves_nothing(fake_house: FakeHouse) -> None:
    captured(fake_house)
    check(fake_house)
    sent = canary(fake_house)
    assert fake_house.server.marked == [(sent.login, sent.marker)]
    assert fake_house.made_logins() == []
    assert fake_house.ledger("grant.provision_started") == []
    assert level(fake_house) == (CaptureLevel.NONE, "no canary was found yet")


def test_canary_that_comes_back_proves_its_level_for_ten_minutes(fake_house: FakeHouse) -> None:
    captured(fake_house)
    fake_house.wait(seconds=0)
    check(fake_house)
    for found in (CaptureLevel.STATEMENTS, CaptureLevel.FULL):
        sent = comes_back(fake_house, found)
        check(fake_house)
        assert level(fake_house) == (found, "")
        assert canary(fake_house).coverage.checked_at == sent.sent_at
    fake_house.wait(seconds=PROVED_FOR.total_seconds() + 60)
    assert level(fake_house) == (CaptureLevel.NONE, "it was not checked for 11 min")


def test_canaries_go_every_few_minutes_and_soon_after_a_failure(fake_house: FakeHouse) -> None:
    captured(fake_house)
    fake_house.wait(seconds=0)
    check(fake_house)
    check(fake_house)  # one is on its way
    comes_back(fake_house)
    check(fake_house)
    fake_house.wait(seconds=SEND_EVERY.total_seconds() - 1)
    check(fake_house)
    assert len(fake_house.server.marked) == 1
    fake_house.wait(seconds=1)
    check(fake_house)
    assert len(fake_house.server.marked) == 2
    fake_house.wait(seconds=BACK_WITHIN.total_seconds() + 1)
    check(fake_house)  # it is lost
    assert len(fake_house.server.marked) == 2
    fake_house.wait(seconds=(SEND_AGAIN - BACK_WITHIN).total_seconds())
    check(fake_house)
    assert len(fake_house.server.marked) == 3


def test_lost_canary_is_a_gap_from_the_last_that_came_back(fake_house: FakeHouse) -> None:
    captured(fake_house)
    fake_house.wait(seconds=0)
    prove(fake_house)
    fake_house.wait(seconds=SEND_EVERY.total_seconds())
    check(fake_house)
    fake_house.wait(seconds=BACK_WITHIN.total_seconds() + 1)
    check(fake_house)
    assert level(fake_house) == (CaptureLevel.NONE, LOST)
    assert gaps(fake_house) == [(SEND_EVERY + BACK_WITHIN + SECOND, True)]
    fake_house.wait(seconds=SEND_AGAIN.total_seconds())
    prove(fake_house)
    assert level(fake_house) == (CaptureLevel.FULL, "")
    assert gaps(fake_house) == []


@pytest.mark.parametrize("step", ["facts", "provision", "set_password", "run_marked"])
def test_canary_that_cannot_run_says_why_and_leaves_nothing(fake_house: FakeHouse, step: str) -> None:
    captured(fake_house)
    prove(fake_house)
    fake_house.wait(seconds=SEND_EVERY.total_seconds())
    failure = TargetFailure("main: no.", code="42501", touched=False)
    with patch.object(type(fake_house.context.targets.driver("main")), step, side_effect=failure):
        check(fake_house)
    assert level(fake_house) == (CaptureLevel.NONE, "the canary failed: main: no")
    assert len(gaps(fake_house)) == 1
    assert fake_house.made_logins() == []
    fake_house.wait(seconds=BACK_WITHIN.total_seconds() + 1)
    check(fake_house)
    assert level(fake_house) == (CaptureLevel.NONE, "the canary failed: main: no")


def test_canary_takes_the_least_role_where_no_login_connects_without_one(fake_house: FakeHouse) -> None:
    captured(fake_house)
    driver = type(fake_house.context.targets.driver("main"))
    plain, given = driver.provision, []

    def refuse(self: Any, recipe: Any, **how: Any) -> Any:
        given.append(recipe.roles)
        if not recipe.roles:
            raise TargetFailure("main: no.", code="no_connect", touched=False)
        return plain(self, recipe, **how)

    with patch.object(driver, "provision", refuse):
        check(fake_house)
    assert given == [(), ("orders_read",)]
    assert len(fake_house.server.marked) == 1
    assert fake_house.made_logins() == []


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


def test_nothing_is_proved_of_a_cluster_whose_replicas_are_not_read(fake_house: FakeHouse) -> None:
    captured(fake_house, require_capture=True)
    fake_house.wait(seconds=0)
    prove(fake_house)
    assert level(fake_house) == (CaptureLevel.FULL, "")
    main = replace(fake_house.policy.clusters["main"], replicas=("standby-a",))
    fake_house.policy = replace(fake_house.policy, clusters={**fake_house.policy.clusters, "main": main})
    why = "statements on the replicas of orders-prod are not read"
    assert level(fake_house) == (CaptureLevel.NONE, why)
    with pytest.raises(NotCaptured, match=why):
        fake_house.submit()


def test_rule_that_requires_capture_looks_at_the_persons_own_login(personal: FakeHouse) -> None:
    captured(personal, require_capture=True)
    personal.wait(seconds=0)
    prove(personal)
    with pytest.raises(NotCaptured, match="tom's login does not log statements"):
        personal.submit(TOM)
    request = personal.submit(MAYA)
    personal.review(request)
    personal.server.logged.clear()  # since the canary
    assert _provisioned(personal, request) == (GrantState.PROVISIONING, "not_captured")
    maya = personal.server.login("maya")
    assert maya is not None
    assert personal.server.roles_of(maya) == []
    personal.server.logged.add("maya")
    personal.wait(seconds=60)
    prove(personal)
    assert _provisioned(personal, request) == (GrantState.ACTIVE, None)


def test_statements_before_the_attempt_that_gave_access_are_not_the_grants(personal: FakeHouse) -> None:
    personal.wait(seconds=0)
    prove(personal)
    request = personal.submit(MAYA)
    personal.review(request)
    driver = type(personal.context.targets.driver("main"))
    failed = TargetFailure("main: no.", code="unreachable", touched=False)
    with patch.object(driver, "provision", side_effect=failed):
        assert _provisioned(personal, request) == (GrantState.PROVISIONING, "unreachable")
    personal.wait(seconds=60)
    prove(personal)
    assert _provisioned(personal, request) == (GrantState.ACTIVE, None)
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


def test_target_whose_cluster_names_no_log_is_not_captured(fake_house: FakeHouse) -> None:
    assert level(fake_house) == (CaptureLevel.NONE, "orders-prod does not log statements")


def test_nothing_is_sent_in_a_lockdown(fake_house: FakeHouse) -> None:
    captured(fake_house)
    declare_from_command_line(
        fake_house.work,
        target=TARGET,
        reason="Looking into #9",
        actor="cli:olga@ops1",
    )
    check(fake_house)
    assert fake_house.server.marked == []


@contextmanager
def refused() -> Iterator[None]:
    with pytest.raises(NotCaptured, match="requires that statements on orders-prod are captured"):
        yield


def test_rule_that_requires_capture_refuses_before_request_review_and_provisioning(
    fake_house: FakeHouse,
) -> None:
    captured(fake_house, require_capture=True)
    fake_house.wait(seconds=0)
    with refused():
        fake_house.submit()
    prove(fake_house)
    request = fake_house.submit()
    goes_stale(fake_house)
    with refused():
        fake_house.review(request)
    prove(fake_house)
    fake_house.review(request)
    goes_stale(fake_house)
    assert _provisioned(fake_house, request) == (GrantState.PROVISIONING, "not_captured")
    assert fake_house.made_logins() == []
    fake_house.wait(seconds=60)
    prove(fake_house)
    assert _provisioned(fake_house, request) == (GrantState.ACTIVE, None)


def goes_stale(house: FakeHouse) -> None:
    """No canary was sent for so long that the last one proves nothing now."""
    house.wait(seconds=PROVED_FOR.total_seconds() + 1)
    refresh_directory(house.context)


def _provisioned(house: FakeHouse, request: Request) -> tuple[GrantState, str | None]:
    grant = house.grant_of(request.id)
    assert grant is not None
    provision(house.context, grant.id)
    grant = house.grant(grant.id)
    return grant.state, grant.last_failure


def test_grant_keeps_what_was_proved_when_it_began(fake_house: FakeHouse) -> None:
    captured(fake_house, capture=CaptureMode.SHAPE)
    prove(fake_house)
    grant = fake_house.active()
    sent = canary(fake_house).sent_at
    with fake_house.work() as uow:
        kept = uow.activity.coverage_of(grant.id)
        (login,) = uow.activity.logins("main", [grant.recipe.login if grant.recipe else ""])
    assert (kept.level, kept.checked_at) == (CaptureLevel.FULL, sent)
    assert login.mode is CaptureMode.SHAPE
    (started,) = fake_house.ledger("grant.provision_started")
    assert started["data"]["capture"] == {
        "level": "full",
        "checked_at": sent.isoformat(),
        "why": "",
        "mode": "shape",
    }
