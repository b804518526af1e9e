"""Rows that are of no use are deleted, however many there are."""

from dataclasses import replace
from datetime import datetime, timedelta

import psycopg
import pytest
from sqlalchemy import Engine, event, text
from structlog.testing import capture_logs

from dbaccess.domain.notice import NoticeKind
from dbaccess.ports import Job
from dbaccess.storage import prune as module
from dbaccess.storage.prune import prune
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from tests.contract.storage.test_report_orders import order
from tests.databases import ControlDatabase
from tests.integration.storage.facts import request

DAYS = timedelta(days=1)


def _now(worker: Engine) -> datetime:
    with SqlUnitOfWork(worker, None) as uow:
        return uow.now


def _count(worker: Engine, table: str) -> int:
    with worker.connect() as connection:
        count: int = connection.execute(text(f"select count(*) from {table}")).scalar_one()
        return count


def test_old_keys_drafts_and_dispatched_rows_are_pruned_and_nothing_else(bot: Engine, worker: Engine) -> None:
    with SqlUnitOfWork(bot, None) as uow:
        uow.idempotency_keys.claim("old")
        uow.drafts.add(request().requester_slack_id, {"reason": "x"})
        uow.enqueue(Job.DIRECTORY, 1)
        uow.enqueue(Job.DIRECTORY, 2)
        uow.commit()
        now = uow.now
    with bot.begin() as connection:
        connection.execute(text("update outbox set dispatched_at = now() where subject = 1"))
    assert prune(worker) == 0
    assert prune(worker, now + 2 * DAYS) == 2
    assert prune(worker, now + 8 * DAYS) == 1
    assert _count(worker, "outbox") == 1


def test_order_of_a_report_is_pruned_a_month_later_once_it_is_done(bot: Engine, worker: Engine) -> None:
    with SqlUnitOfWork(bot, None) as uow:
        ordered = order(uow)
        uow.commit()
    later = _now(worker) + 31 * DAYS
    prune(worker, later)
    assert _count(worker, "report_orders") == 1
    with SqlUnitOfWork(worker, None) as uow:
        uow.report_orders.save(replace(uow.report_orders.lock(ordered.id), next_attempt_at=None))
        uow.commit()
    prune(worker, later - 2 * DAYS)
    assert _count(worker, "report_orders") == 1
    prune(worker, later)
    assert _count(worker, "report_orders") == 0


def test_clock_of_a_host_that_is_gone_is_forgotten(worker: Engine) -> None:
    now = _now(worker)
    with SqlUnitOfWork(worker, None) as uow:
        uow.clock_skews.put("host gone", 5.0, at=now)
        uow.clock_skews.put("host here", 5.0, at=now + 2 * DAYS)
        uow.commit()
    assert prune(worker, now + 2 * DAYS) == 1
    with SqlUnitOfWork(worker, None) as uow:
        assert uow.clock_skews.clear("host here")


def test_notice_that_no_channel_took_is_given_up_and_said_so(worker: Engine) -> None:
    now = _now(worker)
    with SqlUnitOfWork(worker, None) as uow:
        for channel in ("C0GONE", "C0THERE"):
            uow.notices.plan(NoticeKind.OBSERVING, key="told", channel=channel, data={})
        told = uow.notices.due(uow.now + DAYS, limit=2)[1]
        uow.notices.posted(told, at=now + 10 * DAYS)
        uow.commit()
    assert prune(worker, now + 29 * DAYS) == 0
    with capture_logs() as logged:
        assert prune(worker, now + 31 * DAYS) == 1
    assert [(line["event"], line["count"]) for line in logged] == [("notices given up", 1)]
    assert prune(worker, now + 41 * DAYS) == 1
    assert _count(worker, "notices") == 0


def test_flood_is_pruned_a_batch_at_a_time(
    bot: Engine, worker: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One statement for all of it would reach its time-out each time, and nothing would ever go."""
    monkeypatch.setattr(module, "_BATCH", 10)
    with bot.begin() as connection:
        connection.execute(text("insert into intake (key) select n::text from generate_series(1, 35) n"))
    left: list[int] = []
    with worker.connect() as beside:

        def look(_: object) -> None:
            left.append(beside.execute(text("select count(*) from intake")).scalar_one())
            beside.rollback()

        event.listen(worker, "commit", look)
        assert prune(worker, _now(worker) + 8 * DAYS) == 35
    assert _count(worker, "intake") == 0
    assert {25, 15, 5, 0} <= set(left)


def test_counts_of_entries_are_kept_for_a_day(worker: Engine, control_database: ControlDatabase) -> None:
    with psycopg.connect(control_database.superuser_url) as owner:
        owner.execute(
            """insert into counted_entries
               select now() - age * interval '1 hour', 'report.made', 'auditor', 'ruth', 1
                 from unnest(array[1, 23, 25, 400]) age"""
        )
    assert prune(worker) == 2
    assert _count(worker, "counted_entries") == 2
