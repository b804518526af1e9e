"""Capture of an imported log: canaries prove it once a file has brought them back."""

from dataclasses import replace
from datetime import datetime

from dbaccess.domain.coverage import (
    BACK_WITHIN,
    LOST,
    PROVED_BY_IMPORT,
    CaptureLevel,
    Gap,
    GapCause,
    LogPosition,
)
from dbaccess.domain.imports import BEGINNING, IMPORTED_FILE
from dbaccess.operations.activity.report import activity_report
from tests.operations.captures import SECOND, canary, captured, check, comes_back, level
from tests.operations.fake_house import FakeHouse


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
