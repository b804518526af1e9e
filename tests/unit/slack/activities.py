"""Activity for the tests of views: statements, figures and coverage of the grant in `stories`."""

from dataclasses import replace
from typing import Any

from dbaccess.domain.activity import Statement, StatementKind
from dbaccess.domain.activity_report import ActivityReport
from dbaccess.domain.activity_summary import ActivitySummary
from dbaccess.domain.coverage import CaptureLevel, Coverage, Gap, GapCause
from dbaccess.domain.grant import GrantId
from dbaccess.domain.use import StatementSpan, Use
from tests.unit.slack.examples import NOT_LOGGED, at

FULL = Coverage(level=CaptureLevel.FULL, checked_at=at(15))
STATEMENTS = Coverage(level=CaptureLevel.STATEMENTS, checked_at=at(15))
NONE = NOT_LOGGED

SUMMARY = ActivitySummary(
    statements=212,
    by_kind={StatementKind.READ: 212, StatementKind.SESSION: 4},
    reads=("shop.customers", "shop.order_items", "shop.orders", "shop.refunds", "shop.stock"),
    errors=3,
    not_parsed=2,
    sessions=2,
    clients=("10.0.0.7",),
    first_at=at(16),
    last_at=at(122),
)


def statement(text: str = "select 1", **changes: Any) -> Statement:
    made = Statement(
        grant_id=GrantId(7),
        cluster="main",
        session_id="65f.1a",
        line_num=1,
        at=at(16),
        login="jit_acme_maya_7f3a",
        database="orders",
        client="10.0.0.7",
        kind=StatementKind.READ,
        text=text,
    )
    return replace(made, **changes)


def report(**changes: Any) -> ActivityReport:
    made = replace(ActivityReport(coverage=FULL, access="read", summary=SUMMARY, is_final=True), **changes)
    counted = made.summary
    if "use" in changes or counted is None or counted.first_at is None or counted.last_at is None:
        return made
    ran = StatementSpan(first_at=counted.first_at, last_at=counted.last_at)
    return replace(made, use=Use(statements=ran, is_captured=made.is_final))


def gap(cause: GapCause = GapCause.FILE_LOST, **changes: Any) -> Gap:
    return replace(Gap(cluster="main", cause=cause, began_at=at(70), until=at(76)), **changes)
