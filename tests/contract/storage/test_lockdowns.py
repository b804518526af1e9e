"""A lockdown stands until it is lifted, and is told once."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dbaccess.domain.errors import AlreadyOpen, NotFound
from dbaccess.domain.lockdown import Lockdown, LockdownId
from dbaccess.domain.notice import NoticeKind
from dbaccess.ports import UnitOfWorkFactory
from tests.integration.storage.facts import HOUR, active, now, terms

T0 = datetime(2026, 3, 1, tzinfo=UTC)


def lockdown(target: str | None = "orders-prod", by: str = "ann") -> Lockdown:
    return Lockdown(
        id=LockdownId(0),
        target=target,
        reason="Leaked laptop.",
        declared_by=by,
        declared_slack_id=None,
        declared_at=T0,
    )


def declared(bot: UnitOfWorkFactory, *targets: str | None) -> list[Lockdown]:
    """One after the other."""
    made = []
    for target in targets:
        with bot() as uow:
            made.append(uow.lockdowns.add(lockdown(target)))
            uow.commit()
    return made


def lift(bot: UnitOfWorkFactory, of: Lockdown) -> Lockdown:
    with bot() as uow:
        uow.lockdowns.lift(replace(of, lifted_by="ben", lift_reason="Found."))
        uow.commit()
    with bot() as uow:
        return uow.lockdowns.get(of.id)


def test_lockdown_is_declared_by_the_databases_clock(bot: UnitOfWorkFactory) -> None:
    with bot() as uow:
        added = uow.lockdowns.add(lockdown())
        assert added == replace(lockdown(), id=added.id, declared_at=uow.now)
        assert uow.lockdowns.get(added.id) == uow.lockdowns.lock(added.id) == added
        for look in (uow.lockdowns.get, uow.lockdowns.lock):
            with pytest.raises(NotFound):
                look(LockdownId(0))


def test_one_lockdown_a_target_and_one_of_all_of_them(bot: UnitOfWorkFactory) -> None:
    one, every = declared(bot, "orders-prod", None)
    with bot() as uow:
        for again in ("orders-prod", None):
            with pytest.raises(AlreadyOpen):
                uow.lockdowns.add(lockdown(again))
        assert uow.lockdowns.open() == uow.lockdowns.covering("orders-prod") == [one, every]
        assert uow.lockdowns.covering("other") == [every]
        assert uow.lockdowns.recent(limit=1) == [every]


def test_lift_is_final_and_another_lockdown_follows(bot: UnitOfWorkFactory) -> None:
    (first,) = declared(bot, "orders-prod")
    lifted = lift(bot, first)
    assert (lifted.lifted_by, lifted.lift_reason) == ("ben", "Found.")
    assert lifted.lifted_at is not None
    with bot() as uow:
        assert uow.lockdowns.open() == []
    (second,) = declared(bot, "orders-prod")
    assert second.id > first.id


def test_lockdown_is_to_be_enforced_while_a_grant_is_left(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory
) -> None:
    active(bot, worker, expires_at=now() + HOUR)
    empty, full = declared(bot, "other", "orders-prod")
    with worker() as uow:
        assert [found.id for found in uow.lockdowns.to_enforce(limit=9)] == [full.id, empty.id]
        uow.lockdowns.enforced(empty.id, at=uow.now)
        uow.lockdowns.enforced(full.id, at=uow.now)
        assert [found.id for found in uow.lockdowns.to_enforce(limit=9)] == [full.id]
        assert uow.lockdowns.count_open("orders-prod") == uow.lockdowns.count_open(None) == 1
        assert uow.lockdowns.progress(full).held == 1
        assert uow.lockdowns.progress(empty).total == 0


def test_lockdown_of_a_target_that_matters_is_untold_until_a_channel_is_told(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory
) -> None:
    active(bot, worker, expires_at=now() + HOUR, asked=replace(terms(), target="held"))
    named, unnamed, held, every = declared(bot, "named", "unnamed", "held", None)
    with worker() as uow:
        untold = uow.lockdowns.untold(targets=["named"], limit=9)
        assert [found.id for found in untold] == [every.id, held.id, named.id]
        uow.notices.plan(NoticeKind.LOCKDOWN, key=f"lockdown:{held.id}", channel="C0OPS", data={})
        assert len(uow.lockdowns.untold(targets=["named"], limit=9)) == 2
        uow.commit()
    lifted = lift(bot, named)
    with worker() as uow:
        since = lifted.lifted_at
        assert since is not None
        lifts = uow.lockdowns.untold_lifts(since=since, targets=["named", "unnamed"], limit=9)
        assert [found.id for found in lifts] == [lifted.id]
        assert uow.lockdowns.untold_lifts(since=since + HOUR, targets=["named"], limit=9) == []
        assert unnamed.id in {found.id for found in uow.lockdowns.open()}
