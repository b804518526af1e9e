"""How long an auditor waits for the first page, with years of grants, events and statements."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.resources import files
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import Engine, event

from bench import search_writing
from bench.figures import Figure
from dbaccess.domain.audit_page import AuditKey, AuditPage
from dbaccess.domain.grant import GrantId
from dbaccess.domain.grant_question import GrantQuestion
from dbaccess.domain.reach import TableUse
from dbaccess.domain.receipt import Receipt
from dbaccess.operations.queries.find_identities import find_identities
from dbaccess.operations.queries.search_audit import search_audit
from dbaccess.storage.sqlalchemy_engine import build_engine
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from tests.databases import ControlDatabase
from tests.terms import TERMS

EVENTS_OF_A_GRANT: Final = 8
AT_ONCE: Final = 5_000
"""The number of grants with statements that one statement writes."""

PAGE: Final = 50
AIM: Final = "< 100 ms"
_RECEIPT: Final = Receipt(seen_at=datetime(2026, 1, 1, tzinfo=UTC), roles=(), login_removed=True, sessions=())
_Owner = psycopg.Connection[tuple[Any, ...]]
_FILLED: Final = (
    "grants",
    "requests",
    "reviews",
    "reaches",
    "reached_tables",
    "ledger",
    "activity_statements",
)
_LATE: Final = """select indexname, indexdef from pg_indexes
                   where tablename = 'activity_statements' and indexname <> 'activity_statements_pk'"""


def measure(
    control: ControlDatabase, *, events: int, statements: int, rounds: int, progress: Callable[[str], None]
) -> list[Figure]:
    """Each question as `audit search` asks it, with the login of an auditor; its plan is printed."""
    grants = events // EVENTS_OF_A_GRANT
    began = time.perf_counter()
    _fill(control, grants=grants, events=events, each=statements // grants, progress=progress)
    progress(f"search: rows written and analysed in {time.perf_counter() - began:.0f} s")
    engine = build_engine(control.auditor_url, pool_size=1, application_name="bench")
    try:
        asked = [
            _figure(engine, name, ask, rounds=rounds, progress=progress)
            for name, ask in _questions(grants, statements // grants)
        ]
        return [*asked, search_writing.measure(control, rounds=rounds)]
    finally:
        engine.dispose()


Ask = Callable[[SqlUnitOfWork], AuditPage]


def _questions(grants: int, each: int) -> Iterator[tuple[str, Ask]]:
    """Yield each kind of question: common and rare, of today and of long ago."""
    now = datetime.now(UTC)
    year_ago = now - timedelta(days=365)
    orders = partial(GrantQuestion, table="shop.orders", use=TableUse.READ)
    plain: dict[str, GrantQuestion] = {
        "table, at a moment a year ago": orders(at=year_ago),
        "table, at this moment": orders(at=now),
        "table": orders(),
        "table that one reach has": GrantQuestion(table="vault.cards"),
        "table that no reach has": GrantQuestion(table="vault.none"),
        "target": GrantQuestion(target="target-3"),
        "target of two years ago": GrantQuestion(target="target-99"),
        "role": GrantQuestion(role="migrate"),
        "target and role": GrantQuestion(target="target-3", role="write"),
        "ticket": GrantQuestion(ticket=f"OPS-{grants // 6 * 3}"),
        "grant": GrantQuestion(grant=GrantId(grants // 2)),
        "a day a year ago": GrantQuestion(since=year_ago, until=year_ago + timedelta(days=1)),
        "the last 30 days": GrantQuestion(since=now - timedelta(days=30), until=now),
        "everything": GrantQuestion(),
    }
    yield from ((name, partial(_ask, question=question)) for name, question in plain.items())
    for name, person in {"person": "person17", "person who left": "person-1"}.items():
        yield name, partial(_ask, question=GrantQuestion(), person=person)
    yield "login", partial(_ask, question=GrantQuestion(), person=f"jit_acme_person-1_{1007}")
    yield "reviewer", partial(_ask, question=GrantQuestion(), reviewer="reviewer3")
    yield "reviewer, table, at a moment", partial(_ask, question=orders(at=year_ago), reviewer="reviewer3")
    yield "target, deep page", partial(_ask, question=plain["target"], after=GrantId(grants // 2))
    words = {"in each": "select paid", "1 in 100": "refunds", "1 in 1000": "chargeback", "1 grant": "walrus"}
    for how, text in words.items():
        yield f"words, {how}", partial(_ask, question=GrantQuestion(), words=text)
    yield "words, 1 in 100, target", partial(_ask, question=plain["target"], words="refunds")
    yield (
        "words, 1 in 100, person who left",
        partial(_ask, question=GrantQuestion(), person="person-1", words="refunds"),
    )
    yield (
        "words, in each, a day a year ago",
        partial(_ask, question=plain["a day a year ago"], words="select paid"),
    )
    assert each > 0  # noqa: S101 words need statements


def _ask(
    uow: SqlUnitOfWork,
    *,
    question: GrantQuestion,
    person: str | None = None,
    reviewer: str | None = None,
    words: str | None = None,
    after: AuditKey | None = None,
) -> AuditPage:
    asked = replace(
        question,
        who=find_identities(uow, person) if person is not None else None,
        reviewer=find_identities(uow, reviewer) if reviewer is not None else None,
    )
    return search_audit(uow, actor="bench", question=asked, words=words, after=after, limit=PAGE)


def _figure(engine: Engine, name: str, ask: Ask, *, rounds: int, progress: Callable[[str], None]) -> Figure:
    seconds, found = [], 0
    for _ in range(rounds):
        began = time.perf_counter()
        with SqlUnitOfWork(engine, None) as uow:
            found = len(ask(uow).answers)
        seconds.append(time.perf_counter() - began)
    progress(
        f"{name}: {sorted(seconds)[len(seconds) // 2] * 1000:.1f} ms, {found} rows\n{_plan(engine, ask)}"
    )
    return Figure(name=f"audit search: {name}, {found} rows", seconds=seconds, aim=AIM)


def _plan(engine: Engine, ask: Ask) -> str:
    """Return the steps of the slowest statement that looks for the newest, innermost last."""
    ran: list[tuple[float, str, Any]] = []
    with _seen(engine, ran), SqlUnitOfWork(engine, None) as uow:
        ask(uow)
    looking = [one for one in ran if " DESC" in one[1]]
    _, statement, values = max(looking, key=lambda one: one[0])
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"explain (costs off) {statement}", values).scalars().all()
    return "\n".join(f"    {row}" for row in rows if "->" in row or row == rows[0])


@contextmanager
def _seen(engine: Engine, ran: list[tuple[float, str, Any]]) -> Iterator[None]:
    """Note each statement with its seconds."""
    begun: list[float] = []

    def before(*_: Any) -> None:
        begun.append(time.perf_counter())

    def after(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        ran.append((time.perf_counter() - begun.pop(), statement, values))

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", before)
        event.remove(engine, "after_cursor_execute", after)


def _fill(
    control: ControlDatabase, *, grants: int, events: int, each: int, progress: Callable[[str], None]
) -> None:
    with psycopg.connect(control.superuser_url) as owner:
        _set_triggers(owner, "disable")
        owner.execute("set session_replication_role = replica")  # no look-up of each foreign key
        owner.execute("set maintenance_work_mem = '1GB'")
        terms, receipt = Jsonb(TERMS.as_json()), Jsonb(_RECEIPT.as_json())
        of_grants = {"grants": grants, "events": events, "terms": terms, "receipt": receipt}
        for statement in _script("search_rows.sql").split(";\n"):
            if statement.strip():
                owner.execute(statement.encode(), of_grants if "%" in statement else None)
        progress(f"search: {grants:,} grants, {events:,} events")
        indexes = owner.execute(_LATE).fetchall()
        for name, _ in indexes:
            owner.execute(sql.SQL("drop index {}").format(sql.Identifier(name)))
        for first in range(1, grants + 1, AT_ONCE):
            some = {"first": first, "last": min(first + AT_ONCE - 1, grants), "each": each, "grants": grants}
            owner.execute(_script("search_statements.sql").encode(), some)
        progress(f"search: {grants * each:,} statements")
        for _, definition in indexes:
            owner.execute(definition.encode())
        _set_triggers(owner, "enable always")
        owner.commit()
        owner.execute("reset session_replication_role")
        owner.commit()
        owner.autocommit = True
        owner.execute("vacuum analyze")


def _set_triggers(owner: _Owner, mode: str) -> None:
    found: Sequence[tuple[str, str]] = owner.execute(
        """select c.relname::text, t.tgname::text from pg_trigger t join pg_class c on c.oid = t.tgrelid
            where not t.tgisinternal and c.relname = any(%s)""",
        [list(_FILLED)],
    ).fetchall()
    for table, trigger in found:
        names = [sql.Identifier(table), sql.SQL(mode), sql.Identifier(trigger)]
        owner.execute(sql.SQL("alter table {} {} trigger {}").format(*names))


def _script(name: str) -> str:
    return files("bench").joinpath(name).read_text(encoding="utf-8")
