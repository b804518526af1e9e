"""Many reminders cost no more for each grant than a few."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from sqlalchemy import event

from bench.crowd import make_crowd
from dbaccess.operations.grants.remind_holder import remind_holders
from tests.databases import ControlDatabase
from tests.integration.operations.house import House
from tests.operations.house import SAM, TOM, later

MANY = 300
_ROWS = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Join Filter")


def _rows_looked_at(plan: Mapping[str, Any]) -> float:
    here: float = sum(plan.get(name, 0) for name in _ROWS) * plan["Actual Loops"]
    return here + sum(_rows_looked_at(below) for below in plan.get("Plans", ()))


def test_look_for_grants_to_remind_compares_none_with_every_reminder(
    house: House, control_database: ControlDatabase
) -> None:
    ends = datetime.now(UTC) + timedelta(minutes=50)
    make_crowd(control_database, house.access, house.policy, size=MANY, holders=[TOM, SAM], expires_at=ends)
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "longer_than" in parameters:
            sent.append((statement, parameters))

    event.listen(house.worker, "before_cursor_execute", note)
    assert len(remind_holders(later(house, minutes=40))) == MANY
    statement, parameters = sent[-1]
    with psycopg.connect(control_database.superuser_url) as control:
        # The planner's figures may be older than the reminders. Then it does not hash them.
        control.execute("set enable_hashjoin to off")
        control.execute("set enable_mergejoin to off")
        (explained,) = control.execute(f"explain (analyze, format json) {statement}", parameters).fetchall()
    rows = _rows_looked_at(explained[0][0]["Plan"])
    assert MANY <= rows < 10 * MANY, "a few rows for each grant, and not one for each grant and reminder"
