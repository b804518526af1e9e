"""Statements are stored once, whatever is read again, and found by what people ask of them."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from dbaccess.domain.activity import (
    Outcome,
    Statement,
    StatementFilter,
    StatementKind,
)
from dbaccess.domain.activity_summary import KeptSummary, Mismatch, MismatchKind
from dbaccess.domain.capture import CaptureMode
from dbaccess.domain.coverage import NOT_RECORDED, CaptureLevel, Coverage, GrantCoverage, LogPosition
from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.record_filter import Identities
from dbaccess.domain.use import StatementSpan
from dbaccess.ports import UnitOfWorkFactory
from tests.contract.storage.ended import end
from tests.integration.storage.facts import HOUR, T0, active, now, terms

SECOND = timedelta(seconds=1)
FULL = Coverage(level=CaptureLevel.FULL, checked_at=T0)


def ran(grant: Grant, number: int, text: str = "select 1", **changed: object) -> Statement:
    made = Statement(
        grant_id=grant.id,
        cluster="main",
        session_id="66.1",
        line_num=number,
        at=T0 + number * SECOND,
        login="jit_acme_maya_7f3a",
        database="orders",
        client="10.0.0.7",
        kind=StatementKind.READ,
        text=text,
    )
    return replace(made, **changed)  # type: ignore[arg-type]  # of any field


def test_statement_is_stored_once_and_later_lines_complete_it(
    worker: UnitOfWorkFactory, grant: Grant
) -> None:
    first = ran(grant, 3, "update orders set paid = $1", kind=StatementKind.WRITE, bind_values=("t", None))
    duration, other = timedelta(microseconds=13), ran(grant, 4)
    with worker() as uow:
        assert uow.activity.add([first, other, other]) == 2
        assert uow.activity.add([first, ran(grant, 5)]) == 1
        told = [Outcome(session_id="66.1", line_num=3, duration=duration)]
        assert uow.activity.complete("main", told) == {grant.id}
        assert uow.activity.complete("main", told) == uow.activity.complete("main", []) == set()
        uow.activity.complete("main", [Outcome(session_id="66.1", line_num=3, duration=HOUR, rows=2)])
        for cluster, session_id in (("other", "66.1"), ("main", "99.9")):
            unknown = Outcome(session_id=session_id, line_num=4, sqlstate="42501")
            assert uow.activity.complete(cluster, [unknown]) == set()
        assert uow.activity.add([replace(other, sqlstate="57014", error="canceled")]) == 0
        assert uow.activity.add([]) == 0
        uow.commit()
    with worker() as uow:
        assert uow.activity.page(grant.id, limit=9) == [
            replace(first, duration=duration, rows=2),
            replace(other, sqlstate="57014", error="canceled"),
            ran(grant, 5),
        ]


def test_statement_may_hold_any_text(worker: UnitOfWorkFactory, grant: Grant) -> None:
    odd = "select 'ä😀\\u0000\t\n\"\x7f', $$ \\x $$"
    with worker() as uow:
        uow.activity.add([ran(grant, 1, odd), ran(grant, 2, "a\0b"), ran(grant, 3, "x " * 150_000)])
        texts = [one.text for one in uow.activity.page(grant.id, limit=9)]
    assert texts == [odd, "a\N{REPLACEMENT CHARACTER}b", "x " * 150_000]


ODD = (
    "",
    " ",
    "NULL",
    "\\N",
    "\\.",
    "a\\",
    '"',
    "'",
    "{}",
    "{a,b}",
    "a\tb",
    "a\nb",
    "a\rb",
    "\r\n",
    "ä😀\x7f",
    "\x01\b\f\v",
    "\\x41",
    "$1",
)
"""Texts that mean something in a format of the server's."""


def test_statement_is_stored_as_it_is_whatever_its_parts_hold(
    worker: UnitOfWorkFactory, grant: Grant
) -> None:
    """Lines of new sessions and lines of which some may be known take different ways."""
    made = [
        ran(
            grant,
            number,
            f"select {odd}",
            login=f"l{odd}",
            database=odd,
            client=odd or None,
            reads=("a", odd),
            writes=(odd,),
            bind_values=(odd, None, "NULL"),
            duration=timedelta(days=1, microseconds=number),
            rows=2**40,
            sqlstate="42501",
            error=odd,
            is_nested=True,
            is_parsed=False,
            kind=StatementKind.OPAQUE,
        )
        for number, odd in enumerate(ODD, start=2)
    ]
    again = [replace(one, session_id="66.9") for one in made]
    with worker() as uow:
        assert uow.activity.add(made) == len(made)
        assert uow.activity.add([replace(made[0], session_id="66.9")]) == 1
        assert uow.activity.add(again) == len(again) - 1
        page = uow.activity.page(grant.id, limit=99)
    assert sorted(page, key=lambda one: (one.session_id, one.line_num)) == [*made, *again]


def test_statements_are_found_by_each_part(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory, grant: Grant
) -> None:
    of_tom = active(bot, worker, expires_at=now() + HOUR, asked=terms("tom", "write"), login="jit_tom")
    read = ran(grant, 1, "select * from shop.orders where paid", reads=("shop.orders",))
    wrote = ran(grant, 2, "delete from orders", kind=StatementKind.WRITE, writes=("orders",))
    failed = ran(grant, 3, "select from other.orders", reads=("other.orders",), sqlstate="42501")
    toms = ran(
        of_tom,
        4,
        "select from a.order_items where x<y and z>-1",
        reads=("items",),
        login="jit_tom",
        session_id="66.2",
    )
    who = Identities(persons=frozenset({of_tom.holder}), accounts=frozenset())
    expected = {
        StatementFilter(kind=StatementKind.WRITE): [wrote],
        StatementFilter(table="orders"): [failed, wrote, read],
        StatementFilter(table="shop.orders"): [wrote, read],
        StatementFilter(words="Paid shop"): [read],
        StatementFilter(words="shop.orders"): [read],
        StatementFilter(words="order_items"): [toms],
        StatementFilter(login="jit_tom"): [toms],
        StatementFilter(target=grant.target, role="write"): [toms],
        StatementFilter(who=who): [toms],
        StatementFilter(since=wrote.at, until=toms.at): [failed, wrote],
        StatementFilter(errors_only=True): [failed],
        StatementFilter(): [toms, failed, wrote, read],
    }
    with worker() as uow:
        uow.activity.add([read, wrote, failed, toms])
        uow.commit()
    with bot() as uow:
        for only, found in expected.items():
            assert uow.activity.search(only, limit=9) == found, only
            mine = [one for one in reversed(found) if one.grant_id == grant.id]
            assert uow.activity.page(grant.id, only=only, limit=9) == mine, only
        assert uow.activity.search(StatementFilter(), before=failed.key, limit=1) == [wrote]
        assert uow.activity.page(grant.id, after=read.key, limit=1) == [wrote]
        assert uow.activity.spans([grant.id, of_tom.id, GrantId(99_999)]) == {
            grant.id: StatementSpan(first_at=read.at, last_at=failed.at),
            of_tom.id: StatementSpan(first_at=toms.at, last_at=toms.at),
        }
        assert uow.activity.spans([]) == {}


def test_figures_count_what_ran(worker: UnitOfWorkFactory, grant: Grant) -> None:
    write, ddl = StatementKind.WRITE, StatementKind.DDL
    found = [
        ran(grant, 1, "begin", kind=StatementKind.SESSION),
        ran(grant, 2, reads=("b", "a"), rows=3),
        ran(grant, 3, reads=("a",), writes=("c",), kind=write, rows=4),
        ran(grant, 4, writes=("d",), kind=ddl, client="10.0.0.8", session_id="66.2"),
        ran(grant, 5, writes=("e",), kind=write, sqlstate="42501"),
        ran(grant, 6, kind=StatementKind.OPAQUE, is_parsed=False, client=None),
        ran(grant, 7, reads=("f",), is_nested=True),
    ]
    with worker() as uow:
        empty, of_nothing = uow.activity.summarize(grant.id)
        assert (empty.statements, empty.rows, empty.first_at) == (0, None, None)
        uow.activity.add(found)
        summary, digest = uow.activity.summarize(grant.id)
        assert digest != of_nothing
        kept = KeptSummary(grant_id=grant.id, summary=summary, digest=digest, is_final=False, made_at=uow.now)
        assert uow.activity.summary_of(grant.id) is None
        uow.activity.keep(kept)
        uow.activity.keep(kept)
        assert uow.activity.summary_of(grant.id) == kept
        assert uow.activity.summaries_of([grant.id, GrantId(grant.id + 1)]) == {grant.id: kept}
        uow.activity.complete("main", [Outcome(session_id="66.1", line_num=2, duration=SECOND)])
        assert uow.activity.summarize(grant.id)[1] != digest
    assert (summary.statements, summary.errors, summary.not_parsed, summary.rows) == (5, 1, 1, 7)
    assert (summary.reads, summary.writes, summary.ddl) == (("a", "b", "f"), ("c",), ("d",))
    assert (summary.sessions, summary.clients) == (2, ("10.0.0.7", "10.0.0.8"))
    assert (summary.first_at, summary.last_at) == (found[0].at, found[-1].at)
    assert summary.by_kind == {
        StatementKind.SESSION: 1,
        StatementKind.READ: 1,
        write: 2,
        ddl: 1,
        StatementKind.OPAQUE: 1,
    }


def test_login_is_a_grants_alone_or_for_its_time(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory, grant: Grant
) -> None:
    personal = {"login_kind": "personal", "login": "tom", "database": "shop"}
    of_tom = active(bot, worker, expires_at=now() + HOUR, asked=terms("tom", "write"), **personal)
    with worker() as uow:
        uow.activity.cover(GrantCoverage(grant_id=of_tom.id, coverage=FULL, mode=CaptureMode.FULL))
        uow.activity.cover(GrantCoverage(grant_id=of_tom.id, coverage=FULL, mode=CaptureMode.FULL))
        covered_at = uow.now
        uow.commit()
    ended = end(worker, of_tom)
    with worker() as uow:
        assert uow.activity.logins("other", ["tom"]) == []
        mine, toms = uow.activity.logins("main", ["tom", "jit_acme_maya_7f3a", "postgres"])
        assert (mine.grant_id, mine.begins_at, mine.ends_at) == (grant.id, None, None)
        assert (mine.mode, mine.database) == (CaptureMode.SHAPE, "orders")
        assert (toms.grant_id, toms.login, toms.database) == (of_tom.id, "tom", "shop")
        assert (toms.begins_at, toms.ends_at, toms.mode) == (covered_at, ended.ended_at, CaptureMode.FULL)
        assert uow.activity.coverage_of(of_tom.id) == FULL
        assert uow.activity.coverage_of(grant.id) == NOT_RECORDED
        assert uow.activity.coverages_of([grant.id, of_tom.id]) == {grant.id: NOT_RECORDED, of_tom.id: FULL}
        uow.activity.cover(GrantCoverage(grant_id=of_tom.id, coverage=FULL), anew=True)
        (anew,) = uow.activity.logins("main", ["tom"])
        assert anew.begins_at == uow.now > covered_at


def test_purge_deletes_statements_of_summarized_grants_and_keeps_the_figures(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory, grant: Grant
) -> None:
    is_open = active(bot, worker, expires_at=now() + HOUR, asked=terms("tom"))
    with worker() as uow:
        uow.activity.add([ran(grant, 1), ran(grant, 2), ran(is_open, 3)])
        for one in (grant, is_open):
            uow.activity.cover(GrantCoverage(grant_id=one.id, coverage=FULL))
        uow.commit()
    end(worker, grant)
    with worker() as uow:
        later = uow.now + HOUR
        to_summarize = partial(uow.activity.to_summarize, after=GrantId(0), limit=9)
        to_settle = partial(uow.activity.to_settle, after=GrantId(0), limit=9)
        assert to_summarize("main", settled_before=None) == [grant.id]
        assert to_summarize("other", settled_before=later) == []
        assert to_summarize("main", settled_before=later, after=grant.id) == []
        summary, digest = uow.activity.summarize(grant.id)
        found = Mismatch(kind=MismatchKind.WROTE, times=2, refused=1, verb="update", tables=("a", "b"))
        kept = KeptSummary(
            grant_id=grant.id,
            summary=summary,
            digest=digest,
            is_final=False,
            made_at=uow.now,
            mismatches=(found,),
        )
        uow.activity.keep(kept)
        assert to_summarize("main", settled_before=None) == []
        assert to_summarize("main", settled_before=T0) == []
        assert to_summarize("main", settled_before=later) == [grant.id]
        assert uow.activity.purge([grant.id], at=later, limit=9) == {}
        uow.activity.keep(replace(kept, is_final=True))
        assert to_summarize("main", settled_before=later) == []
        assert to_settle(grant.target, ended_before=later) == []
        uow.activity.reopen([])
        uow.activity.reopen([grant.id, is_open.id])
        assert to_summarize("main", settled_before=later) == [grant.id]
        assert to_settle(grant.target, ended_before=later) == [grant.id]
        assert to_settle(grant.target, ended_before=later, after=grant.id) == []
        assert to_settle(grant.target, ended_before=T0) == []
        assert to_settle("another", ended_before=later) == []
        uow.activity.keep(replace(kept, is_final=True))
        login = ran(grant, 1).login
        assert [one.grant_id for one in uow.activity.logins("main", [login])] == [grant.id, is_open.id]
        found_after = [uow.activity.recorded(after=one, limit=9) for one in (GrantId(0), grant.id)]
        to_purge = partial(uow.activity.to_purge, after=GrantId(0), limit=9)
        assert to_purge(grant.target, ended_before=later) == [grant.id] == found_after[0]
        assert to_purge(grant.target, ended_before=later, after=grant.id) == found_after[1] == []
        assert to_purge(grant.target, ended_before=T0) == to_purge("another", ended_before=later) == []
        purge = partial(uow.activity.purge, [grant.id, is_open.id], at=later)
        assert list(uow.activity.each(grant.id)) == [ran(grant, 1), ran(grant, 2)]
        assert purge(limit=1) == {grant.id: 1}
        assert uow.activity.summary_of(grant.id) == replace(kept, is_final=True)
        assert purge(limit=1) == {grant.id: 1}
        assert purge(limit=9) == {}
        assert to_purge(grant.target, ended_before=later) == []
        assert uow.activity.page(grant.id, limit=9) == []
        assert [one.grant_id for one in uow.activity.logins("main", [login])] == [is_open.id]
        assert uow.activity.page(is_open.id, limit=9) == [ran(is_open, 3)]
        assert uow.activity.summary_of(grant.id) == replace(kept, is_final=True, purged_at=later)


def test_figures_are_late_once_the_log_was_read_long_enough_beyond_the_end(
    worker: UnitOfWorkFactory, grant: Grant
) -> None:
    with worker() as uow:
        uow.activity.cover(GrantCoverage(grant_id=grant.id, coverage=FULL))
        uow.commit()
    ended_at = end(worker, grant).ended_at
    assert ended_at is not None
    position = LogPosition(cluster="main", file="a", fingerprint="", offset=0)
    with worker() as uow:
        assert uow.activity.unsettled(slack=SECOND) == 0
        uow.log_positions.save(replace(position, caught_up_at=ended_at + HOUR))
        assert uow.activity.unsettled(slack=SECOND) == 1
        assert uow.activity.unsettled(slack=2 * HOUR) == 0
