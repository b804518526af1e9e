"""Texts are deleted after the retention of their target; figures, and the ledger's word of it, stay."""

from dataclasses import replace
from datetime import timedelta

from dbaccess.domain.events import EventKind
from dbaccess.domain.grant import Grant, GrantId
from dbaccess.operations.activity.purge import purge_statements
from dbaccess.operations.activity.report import activity_report
from dbaccess.operations.grants.end_early import surrender
from dbaccess.operations.grants.revoke import drain
from tests.operations.house import MAYA, TOM, House, new_key
from tests.operations.test_look import ran

MONTH = timedelta(days=30)


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
    found: dict[GrantId, int] = {}
    for step in purge_statements(house.work, policy=house.policy, actor="cli:sam@db1"):
        found |= step.statements
    return found


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
