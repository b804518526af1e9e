"""The line of an auditor's question: parts in any order, by their names or known by their form."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.audit_line import read_audit_line
from dbaccess.domain.audit_ask import AuditAsk
from dbaccess.domain.errors import BadQuestion, BadTime, NotFound, Refused
from dbaccess.domain.reach import TableUse

NOW = datetime(2026, 4, 10, 12, 30, tzinfo=UTC)
AT = datetime(2026, 3, 14, 10, tzinfo=UTC)
MARCH, APRIL = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
TARGETS = ("orders-prod", "orders-dev")


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("table shop.orders at 2026-03-14 10:00", {"table": "shop.orders", "at": AT}),
        ("table shop.orders at 2026-03-14T10:00Z", {"table": "shop.orders", "at": AT}),
        ("at 2026-03-14 11:00+01:00 shop.orders", {"table": "shop.orders", "at": AT}),
        ("shop.orders at now", {"table": "shop.orders", "at": NOW}),
        ("at 3h", {"at": NOW - timedelta(hours=3)}),
        ("table=shop.orders can:write", {"table": "shop.orders", "can": TableUse.WRITE}),
        ("--table shop.orders --can OWN", {"table": "shop.orders", "can": TableUse.OWN}),
        ("person Maya Lindqvist target orders-prod", {"person": "Maya Lindqvist", "target": "orders-prod"}),
        (
            "person Maya Lindqvist orders-prod reviewer U0PRIYA shop.orders",
            {
                "person": "Maya Lindqvist",
                "target": "orders-prod",
                "reviewer": "U0PRIYA",
                "table": "shop.orders",
            },
        ),
        ("person maya.lindqvist G-7", {"person": "maya.lindqvist", "grant": 7}),
        ("orders-PROD person maya", {"person": "maya", "target": "orders-prod"}),
        ("@maya", {"person": "maya"}),
        ("person <@U0MAYA|maya>", {"person": "U0MAYA"}),
        ("REVIEWER priya role write", {"reviewer": "priya", "role": "write"}),
        ("from 2026-03-01 to 2026-03-31", {"since": MARCH, "until": APRIL}),
        ("from 7d", {"since": NOW - timedelta(days=7)}),
        ("ticket OPS-4512", {"ticket": "OPS-4512"}),
        ("grant G-1042", {"grant": 1042}),
        ("grant 1042", {"grant": 1042}),
        ("g-1042", {"grant": 1042}),
        ("target old-one text delete from refunds", {"target": "old-one", "words": "delete from refunds"}),
    ],
)
def test_line_names_the_parts_of_a_question(line: str, asked: dict[str, Any]) -> None:
    found = read_audit_line(line, NOW, TARGETS)
    assert found == AuditAsk(**asked)
    assert AuditAsk.of_draft(found.as_draft()) == found


@pytest.mark.parametrize(
    ("line", "kind", "said"),
    [
        ("what", BadQuestion, "what"),
        ("table", BadQuestion, "table"),
        ("person", BadQuestion, "person"),
        ("text", BadQuestion, "text"),
        ("can write", BadQuestion, "table"),
        ("table shop.orders shop.items", BadQuestion, '"table" is there twice'),
        ("who maya person tom", BadQuestion, '"person" is there twice'),
        ("shop.orders can everything", BadQuestion, "everything"),
        ("grant last", BadQuestion, "G-1042"),
        ("at 2026-03-14", BadTime, "10:00"),
        ("at 2026-05-01 10:00", BadTime, "not come yet"),
        ("at noon", BadTime, "noon"),
        ("at now from 7d", BadTime, "leave out"),
        ("from 2026-03-31 to 2026-03-01", BadTime, "before"),
    ],
)
def test_line_that_is_no_question_is_refused_with_what_to_write(
    line: str, kind: type[Refused], said: str
) -> None:
    with pytest.raises(kind, match=said):
        read_audit_line(line, NOW, TARGETS)


def test_draft_of_another_form_is_no_question() -> None:
    with pytest.raises(NotFound):
        AuditAsk.of_draft({"reason": "looking into #4512"})
