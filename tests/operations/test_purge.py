"""Texts are deleted after the retention of their target; figures, and the ledger's word of it, stay."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from dbaccess.domain.activity import StatementKind, digest_of
from dbaccess.domain.events import EventKind
from dbaccess.domain.grant import Grant, GrantId
from dbaccess.operations.activity import purge as purging
from dbaccess.operations.activity.purge import purge_old_statements, purge_statements
from dbaccess.operations.activity.report import activity_report
from dbaccess.operations.grants.end_early import surrender
from dbaccess.operations.grants.revoke import drain
from tests.operations.fake_house import FakeHouse
from tests.operations.house import MAYA, TOM, House, new_key
from tests.operations.test_show_statements import add_statements, ran

MONTH = timedelta(days=30)


@pytest.fixture
def house(fake_house: FakeHouse) -> FakeHouse:
    """On fakes in any case: these tests wait for months."""
    return fake_house


def with_retention(house: House, retention: timedelta | None) -> None:
    targets = {name: replace(one, retention=retention) for name, one in house.policy.targets.items()}
    house.policy = replace(house.policy, targets=targets)
    house.context = replace(house.context, policy=house.policy)


def end(house: House, grant: Grant) -> None:
    surrender(
        house.begin,
        policy=house.policy,
        slack_id=grant.holder_slack_id,
        grant_id=grant.id,
        idempotency_key=new_key(),
    )
    drain(house.context, "main")


def purge(house: House) -> dict[GrantId, int]:
    found: Counter[GrantId] = Counter()
    purge_statements(
        house.work,
        policy=house.policy,
        actor="cli:sam@db1",
        told=lambda step: found.update(step.statements),
    )
    return dict(found)


def test_statements_are_deleted_once_their_retention_is_over(house: House) -> None:
    with_retention(house, MONTH)
    old, is_open = house.active(MAYA), house.active(TOM)
    ran(house, old, 5)
    ran(house, is_open, 2)
    end(house, old)
    house.wait(seconds=MONTH.total_seconds() - 60)
    assert purge(house) == {}
    house.wait(seconds=120)
    assert purge(house) == {old.id: 5}
    assert purge(house) == {}
    with house.work() as uow:
        assert uow.activity.page(old.id, limit=9) == []
        assert len(uow.activity.page(is_open.id, limit=9)) == 2
        report = activity_report(uow, house.policy, old)
    assert report.summary is not None
    assert report.summary.statements == 5
    assert not report.has_statements
    (event,) = house.ledger(EventKind.ACTIVITY_PURGED.value)
    assert (event["actor"], event["data"]["statements"]) == ("cli:sam@db1", {old.label: 5})


def test_a_target_without_retention_keeps_its_statements(house: House) -> None:
    grant = house.active(MAYA)
    ran(house, grant, 5)
    end(house, grant)
    house.wait(seconds=400 * 86_400)
    assert purge(house) == {}
    assert house.ledger(EventKind.ACTIVITY_PURGED.value) == []


def test_leader_deletes_a_few_at_a_time_and_says_so_in_the_ledger(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "AT_ONCE", 2)
    with_retention(house, MONTH)
    grants = [house.active(who) for who in (MAYA, TOM)]
    for grant in grants:
        ran(house, grant, 3)
        end(house, grant)
    house.wait(seconds=MONTH.total_seconds() + 60)
    purge_old_statements(house.context)
    events = house.ledger(EventKind.ACTIVITY_PURGED.value)
    assert {event["actor"] for event in events} == {"worker"}
    counts = [event["data"]["statements"] for event in events]
    assert all(sum(one.values()) <= 2 for one in counts)
    total = {grant.label: sum(one.get(grant.label, 0) for one in counts) for grant in grants}
    assert total == {grant.label: 3 for grant in grants}
    with house.work() as uow:
        for grant in grants:
            kept = uow.activity.summary_of(grant.id)
            assert kept is not None
            assert kept.purged_at is not None
            assert list(uow.activity.each(grant.id)) == []
    purge_old_statements(house.context)
    assert len(house.ledger(EventKind.ACTIVITY_PURGED.value)) == len(events)


def test_retention_does_not_wait_for_a_log_that_is_never_read_to_its_end(house: House) -> None:
    with_retention(house, MONTH)
    grant = house.active(MAYA)
    statements = add_statements(house, grant, 4)
    end(house, grant)
    house.wait(seconds=MONTH.total_seconds() + 60)
    assert purge(house) == {grant.id: 4}
    (event,) = house.ledger(EventKind.ACTIVITY_SUMMARIZED.value)
    assert (event["data"]["statements"], event["data"]["digest"]) == (4, digest_of(statements))


def test_mismatch_with_the_role_is_known_after_a_purge(house: House) -> None:
    with_retention(house, MONTH)
    grant = house.active(MAYA)
    ran(house, grant, 2500, kind=StatementKind.WRITE, writes=("shop.orders",))
    end(house, grant)
    house.wait(seconds=MONTH.total_seconds() + 60)
    assert purge(house) == {grant.id: 2500}
    with house.work() as uow:
        report = activity_report(uow, house.policy, house.grant(grant.id))
    assert [(one.kind.value, one.times, one.tables) for one in report.mismatches] == [
        ("wrote", 2500, ("shop.orders",))
    ]


@pytest.mark.parametrize("broken", ["settle", "schedule_grant_updates"])
def test_grant_whose_statements_cannot_be_deleted_keeps_no_other(
    fake_house: FakeHouse, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    house = fake_house
    with_retention(house, MONTH)
    bad, good = house.active(MAYA), house.active(TOM)
    for grant in (bad, good):
        (add_statements if broken == "settle" else ran)(house, grant, 3)
        end(house, grant)
    house.wait(seconds=MONTH.total_seconds() + 60)
    plain = getattr(purging, broken)

    def fails(uow: Any, *of: Any, **more: Any) -> None:
        grants = of[0] if broken == "schedule_grant_updates" else of[1:]
        if bad.id in {grant.id for grant in grants}:
            raise RuntimeError(bad.label)
        plain(uow, *of, **more)

    monkeypatch.setattr(purging, broken, fails)
    with capture_logs() as logs:
        assert purge(house) == {good.id: 3}
    assert [(one["log_level"], one["about"]) for one in logs] == [
        ("error", bad.id if broken == "settle" else bad.label)
    ]
    monkeypatch.setattr(purging, broken, plain)
    assert purge(house) == {bad.id: 3}
