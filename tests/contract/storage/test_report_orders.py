"""Reports that auditors ordered: one open for each person, and due until it was told how it ended."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dbaccess.domain.errors import AlreadyOpen, BadTime, NotFound, TooMany
from dbaccess.domain.people import SlackId
from dbaccess.domain.report_order import NotSentWhy, OrderState, ReportForm, ReportOrder, ReportOrderId
from dbaccess.ports import Job, UnitOfWork, UnitOfWorkFactory

TOM, ADA = SlackId("UTOM"), SlackId("UADA")
MARCH = datetime(2026, 3, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


ORDER = ReportOrder(
    id=ReportOrderId(0),
    slack_id=TOM,
    since=MARCH,
    until=MARCH + timedelta(days=31),
    target="orders-prod",
    form=ReportForm.CSV,
    ordered_at=MARCH,
    next_attempt_at=MARCH,
)


def order(uow: UnitOfWork, who: SlackId = TOM) -> ReportOrder:
    return uow.report_orders.add(replace(ORDER, slack_id=who, ordered_at=uow.now, next_attempt_at=uow.now))


def test_order_comes_back_as_given_and_as_far_as_it_has_come(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory
) -> None:
    with bot() as uow:
        ordered = order(uow)
        for job in Job:
            uow.enqueue(job, ordered.id)
        uow.commit()
    with worker() as uow:
        found = uow.report_orders.lock(ordered.id)
        assert found == replace(ordered, ordered_at=found.ordered_at, next_attempt_at=found.ordered_at)
        assert found.state is OrderState.OPEN
        further = replace(
            found,
            attempts=2,
            next_attempt_at=None,
            posted_channel="D0TOM",
            posted_ts="1.2",
            file_id="F01",
            digest="a" * 64,
            rows=7,
            state=OrderState.NOT_SENT,
            why=NotSentWhy.REFUSED,
        )
        uow.report_orders.save(replace(further, since=MARCH - MINUTE, slack_id=ADA))
        uow.commit()
    with worker() as uow:
        assert uow.report_orders.lock(ordered.id) == further, "what was ordered stays"
        with pytest.raises(NotFound):
            uow.report_orders.lock(ReportOrderId(10_000))


def test_one_order_of_an_account_is_open(bot: UnitOfWorkFactory, worker: UnitOfWorkFactory) -> None:
    with bot() as uow:
        first = order(uow)
        order(uow, ADA)
        uow.commit()
    with bot() as uow, pytest.raises(AlreadyOpen):
        order(uow)
    with worker() as uow:
        uow.report_orders.save(replace(uow.report_orders.lock(first.id), state=OrderState.SENT))
        uow.commit()
    with bot() as uow:
        order(uow)
        uow.commit()


def test_orders_of_an_hour_are_limited_for_an_account_and_in_all(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory
) -> None:
    def orders(who: SlackId, count: int) -> None:
        for _ in range(count):
            with bot() as uow:
                ordered = order(uow, who)
                uow.commit()
            with worker() as uow:
                uow.report_orders.save(replace(uow.report_orders.lock(ordered.id), state=OrderState.SENT))
                uow.commit()

    orders(TOM, 20)
    with pytest.raises(TooMany):
        orders(TOM, 1)
    orders(ADA, 20)
    orders(SlackId("USAM"), 20)
    with pytest.raises(TooMany):
        orders(SlackId("UNEW"), 1)


def test_order_of_a_time_that_no_program_reads_is_refused(bot: UnitOfWorkFactory) -> None:
    for one in (
        replace(ORDER, since=MARCH.replace(year=1999)),
        replace(ORDER, until=MARCH.replace(year=2200)),
    ):
        with bot() as uow, pytest.raises(BadTime, match="2000 or later"):
            uow.report_orders.add(one)


def test_due_orders_come_in_their_order_and_none_that_is_done(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory
) -> None:
    with bot() as uow:
        first, second = order(uow), order(uow, ADA)
        uow.commit()
    with worker() as uow:
        now = uow.now
        assert uow.report_orders.due(now, limit=9) == [first.id, second.id]
        assert uow.report_orders.due(now, limit=1) == [first.id]
        later = replace(uow.report_orders.lock(first.id), next_attempt_at=now + MINUTE)
        uow.report_orders.save(later)
        assert uow.report_orders.due(now, limit=9) == [second.id]
        assert uow.report_orders.due(now + MINUTE, limit=9) == [second.id, first.id]
        uow.report_orders.save(replace(uow.report_orders.lock(second.id), next_attempt_at=None))
        assert uow.report_orders.due(now + MINUTE, limit=9) == [first.id]
