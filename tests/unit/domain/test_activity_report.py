"""Activity is compared with the role, and a role's own scratch tables are no mismatch."""

from datetime import timedelta
from typing import Any

import pytest

from dbaccess.domain.activity import StatementKind
from dbaccess.domain.activity_report import mismatches
from dbaccess.domain.activity_summary import Mismatch, MismatchKind
from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.domain.use import StatementSpan, Use
from tests.unit.slack.activities import statement
from tests.unit.slack.examples import at

READ, WRITE, DDL = StatementKind.READ, StatementKind.WRITE, StatementKind.DDL
REFUSED = {"sqlstate": "42501", "error": "permission denied for table orders"}
ON = ObjectPrivileges(schemas=("shop",), tables=("billing.invoices",), privileges=("SELECT",))


def found(
    *ran: dict[str, Any], access: str = "read", on: ObjectPrivileges | None = None
) -> list[tuple[Any, ...]]:
    statements = [statement(**({"line_num": number} | one)) for number, one in enumerate(ran)]
    return [(one.kind, one.times, one.refused) for one in mismatches(statements, access=access, on=on)]


@pytest.mark.parametrize(
    ("access", "kind", "says"),
    [
        ("read", READ, None),
        ("read", WRITE, MismatchKind.WROTE),
        ("read", DDL, MismatchKind.CHANGED_SCHEMA),
        ("write", READ, None),
        ("write", WRITE, None),
        ("write", DDL, MismatchKind.CHANGED_SCHEMA),
        ("ddl", DDL, None),
        ("ddl", WRITE, None),
        ("read", StatementKind.OPAQUE, None),
        ("read", StatementKind.SESSION, None),
    ],
)
def test_a_statement_fits_the_access_that_was_asked_or_not(
    access: str, kind: StatementKind, says: MismatchKind | None
) -> None:
    ran = {"kind": kind, "writes": ("shop.orders",) if kind is not READ else ()}
    assert found(ran, access=access) == ([(says, 1, 0)] if says else [])


def test_refused_and_done_are_counted_apart_and_the_gravest_comes_first() -> None:
    write = {"kind": WRITE, "writes": ("shop.orders",)}
    assert found(write | REFUSED, write, write, {"kind": DDL, "writes": ("shop.x",)}) == [
        (MismatchKind.CHANGED_SCHEMA, 1, 0),
        (MismatchKind.WROTE, 3, 1),
    ]


@pytest.mark.parametrize(
    ("sqlstate", "counts"),
    [
        ("42501", (1, 0)),  # no privilege, or a policy on the rows
        ("25006", (1, 0)),  # a read-only transaction
        ("22012", (0, 1)),
        ("23505", (0, 1)),
        ("40001", (0, 1)),
        ("57014", (0, 1)),
        ("42601", (0, 1)),
        (None, (0, 0)),
    ],
)
def test_only_an_error_about_privileges_is_a_refusal(sqlstate: str | None, counts: tuple[int, int]) -> None:
    ran = statement(kind=WRITE, writes=("shop.orders",), sqlstate=sqlstate)
    (one,) = mismatches([ran, ran], access="read", on=None)
    assert (one.times, one.refused, one.failed) == (2, 2 * counts[0], 2 * counts[1])
    assert Mismatch.from_json(one.as_json()) == one


@pytest.mark.parametrize(
    "text",
    [
        "create temp table scratch as select 1",
        "CREATE  TEMPORARY TABLE scratch (id int)",
        "create local temp table scratch (id int)",
    ],
)
def test_a_temporary_table_of_the_session_fits_a_role_that_reads(text: str) -> None:
    made = {"kind": DDL, "text": text, "writes": ("scratch",)}
    filled = {"kind": WRITE, "text": "insert into scratch select 1", "writes": ("scratch",)}
    assert found(made, filled, {"kind": WRITE, "writes": ("pg_temp.other",)}) == []
    assert found(made, filled | {"session_id": "another"}) == [(MismatchKind.WROTE, 1, 0)]
    assert found(made, filled | {"writes": ("scratch", "shop.orders")}) == [(MismatchKind.WROTE, 1, 0)]
    assert found(made | {"text": "create table temp_scratch (id int)"}) == [
        (MismatchKind.CHANGED_SCHEMA, 1, 0)
    ]


MADE = {"kind": DDL, "text": "create temp table orders (a int)", "writes": ("orders",)}
DELETED = {"kind": WRITE, "text": "delete from orders", "writes": ("orders",)}


def session(text: str) -> dict[str, Any]:
    return {"kind": StatementKind.SESSION, "text": text}


@pytest.mark.parametrize(
    "ran",
    [
        [MADE | {"sqlstate": "42701"}],
        [session("begin"), MADE, session("rollback")],
        [session("/* a */ begin"), MADE, session("-- b\n abort work")],
        [session("begin"), MADE, {"sqlstate": "22012"}, session("commit")],
        [session("begin"), session("savepoint s"), MADE, session("rollback to s")],
        [session("start transaction"), MADE, session("rollback and chain")],
        [MADE, {"kind": DDL, "text": "drop table orders", "writes": ("orders",)}],
        [MADE, session("discard temp")],
        [MADE, session("set search_path = shop, pg_temp")],
        [MADE | {"text": "create temp table orders (a int) on commit drop"}],
        [
            session("begin"),
            MADE | {"text": "create temp table orders () on commit drop"},
            session("commit"),
        ],
        [session("begin; select 1"), MADE, session("rollback")],
        [MADE, {"text": "select 1; drop table orders", "kind": DDL, "writes": ("orders",)}],
    ],
)
def test_table_with_the_name_of_a_temporary_one_that_is_gone_does_not_fit(ran: list[dict[str, Any]]) -> None:
    assert (MismatchKind.WROTE, 1, 0) in found(*ran, DELETED)


def test_temporary_table_hides_no_other_statement_of_its_text_and_no_table_that_it_is_filled_from() -> None:
    both = {"kind": DDL, "text": "create temp table x (); delete from orders", "writes": ("orders", "x")}
    assert found(both) == [(MismatchKind.CHANGED_SCHEMA, 1, 0)]
    filled = MADE | {"text": "create temp table orders as select * from hr.pay", "reads": ("hr.pay",)}
    assert found(filled, on=ON) == [(MismatchKind.OTHER_TABLE, 1, 0)]
    assert found({"kind": WRITE, "writes": ("pg_temporal",)}) == [(MismatchKind.WROTE, 1, 0)]


def test_temporary_table_lives_until_its_session_drops_it() -> None:
    kept = [
        [MADE, session("begin"), DELETED, session("rollback"), DELETED],
        [session("begin"), MADE, DELETED, session("commit"), DELETED, {"sqlstate": "22012"}, DELETED],
        [
            session("begin"),
            MADE,
            session("savepoint s"),
            DELETED,
            session("end"),
            session("set a = b"),
            DELETED,
        ],
        [MADE | {"text": "/* a */ create temp table orders (a int);"}, DELETED],
    ]
    assert [found(*ran) for ran in kept] == [[]] * len(kept)


@pytest.mark.parametrize(
    ("table", "fits"),
    [
        ("shop.orders", True),
        ("billing.invoices", True),
        ("billing.cards", False),
        ("shopping.orders", False),
        ("invoices", True),
        ("pg_catalog.pg_class", True),
        ("information_schema.tables", True),
    ],
)
def test_a_table_beyond_the_objects_of_the_role_does_not_fit(table: str, *, fits: bool) -> None:
    expected = [] if fits else [(MismatchKind.OTHER_TABLE, 1, 0)]
    assert found({"reads": (table,)}, on=ON) == expected
    assert found({"reads": (table,)}) == []


def test_a_refusal_shows_what_the_role_does_not_cover() -> None:
    assert found({"reads": ("secrets",)} | REFUSED) == [(MismatchKind.OTHER_TABLE, 1, 1)]
    assert found({"reads": ("secrets",), "sqlstate": "42P01"}) == []


@pytest.mark.parametrize(
    ("lasted", "minutes"),
    [
        (timedelta(0), 1),
        (timedelta(seconds=59), 1),
        (timedelta(seconds=60), 2),
        (timedelta(minutes=106), 107),
    ],
)
def test_begun_minutes_count_as_used(lasted: timedelta, minutes: int) -> None:
    assert Use(statements=StatementSpan(first_at=at(0), last_at=at(0) + lasted)).minutes == minutes
