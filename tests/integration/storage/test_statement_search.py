"""A search by words finds the same statements, whether they are among the newest or long ago."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import Engine, event

from dbaccess.domain.activity import Statement, StatementFilter
from dbaccess.storage.repositories import statement_search
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from tests.contract.storage.test_activity import ran
from tests.integration.storage.facts import HOUR, T0, active, now

SECOND = timedelta(seconds=1)


def test_windows_of_newest_statements_leave_nothing_out(
    bot: Engine, worker: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant = active(bot, worker, expires_at=now() + HOUR)
    texts = {n: "select common" + (" rare" if n in {2, 9} else "") for n in range(1, 25)}
    with SqlUnitOfWork(worker, None) as uow:
        uow.activity.add([ran(grant, n, text) for n, text in texts.items()])
        uow.commit()
    # Never analysed, the table counts as one row: the windows are a fifth and a half of all time.
    monkeypatch.setattr(statement_search, "_WINDOWS", (0.2, 0.5))
    keys: list[int | None] = [None, 10, 3]
    with SqlUnitOfWork(worker, None) as uow:
        for word, before, since, limit in product(("common", "rare", "absent"), keys, (None, 5), (1, 6, 50)):
            only = StatementFilter(words=word, since=None if since is None else T0 + since * SECOND)
            after = None if before is None else ran(grant, before).key
            expected = [
                n
                for n in sorted(texts, reverse=True)
                if word in texts[n] and (before is None or n < before) and (since is None or n >= since)
            ]
            found: list[Statement] = uow.activity.search(only, before=after, limit=limit)
            assert [one.line_num for one in found] == expected[:limit], (word, before, since, limit)
        first = StatementFilter(words="common", until=datetime.min.replace(tzinfo=UTC))
        assert uow.activity.search(first, before=None, limit=1) == []


def test_newest_statements_of_a_grant_are_read_from_its_end(bot: Engine, worker: Engine) -> None:
    grant = active(bot, worker, expires_at=now() + HOUR)
    with SqlUnitOfWork(worker, None) as uow:
        uow.activity.add([ran(grant, n) for n in range(1, 201)])
        uow.commit()
    sent: list[tuple[str, Any]] = []

    def keep(*call: Any) -> None:
        sent.append((call[2], call[3]))

    event.listen(worker, "before_cursor_execute", keep)
    with SqlUnitOfWork(worker, None) as uow:
        found = uow.activity.search(StatementFilter(target="orders-prod"), before=None, limit=3)
    event.remove(worker, "before_cursor_execute", keep)
    assert [one.line_num for one in found] == [200, 199, 198]
    query, values = sent[-1]
    with worker.connect() as connection:
        connection.exec_driver_sql("analyze activity_statements")
        ((plan,),) = connection.exec_driver_sql(f"explain (analyze, format json) {query}", values).all()
    assert max(_rows_of_statements(plan[0]["Plan"])) == 3


def _rows_of_statements(node: dict[str, Any]) -> Iterator[int]:
    """Yield how many rows each scan of the table has read."""
    if node.get("Relation Name") == "activity_statements":
        yield (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    for below in node.get("Plans", ()):
        yield from _rows_of_statements(below)
