"""Grants are found by each part of a question; an unknown reach is found and never left out."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from dbaccess.domain.activity import StatementFilter
from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.grant_question import GrantQuestion
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.reach import CUT_SHORT, NOT_READ, KnownReach, Reach, ReachedTable, TableUse
from dbaccess.domain.record_filter import Identities
from dbaccess.ports import UnitOfWorkFactory
from tests.contract.storage.ended import end
from tests.contract.storage.test_activity import ran
from tests.contract.storage.test_break_glass_reviews import closed
from tests.integration.storage.facts import (
    HOUR,
    active,
    break_glass,
    extension,
    granted,
    now,
    posted,
    recipe,
    reviewed,
    submitted,
    terms,
)

ORDERS = ReachedTable(schema="shop", name="orders", reads=True)
OTHER_ORDERS = ReachedTable(schema="other", name="orders", writes=True)
DOTTED = ReachedTable(schema="a.b", name="c.d", owns=True, reads=True, writes=True)
ITEMS = ReachedTable(schema="shop", name="items", reads=True, writes=True)


def identities(*names: str) -> Identities:
    return Identities(
        persons=frozenset(map(PersonId, names)),
        accounts=frozenset(SlackId(f"U{name.upper()}") for name in names),
    )


def found(begin: UnitOfWorkFactory, question: GrantQuestion, *, before: GrantId | None = None) -> list[int]:
    with begin() as uow:
        return [int(one) for one in uow.grants.search(question, before=before, limit=9)]


@pytest.fixture
def grants(bot: UnitOfWorkFactory, worker: UnitOfWorkFactory) -> list[Grant]:
    """Of Maya with role read, of Tom with role write and a ticket, and of Ada, never begun."""
    ends = now() + HOUR
    toms = replace(terms("tom", "write"), ticket="OPS-7")
    return [
        active(bot, worker, expires_at=ends),
        active(bot, worker, expires_at=ends, asked=toms, login="jit_tom"),
        granted(bot, terms("ada", "read")),
    ]


def test_grants_are_found_by_each_part(worker: UnitOfWorkFactory, grants: list[Grant]) -> None:
    mayas, toms, adas = (int(grant.id) for grant in grants)
    cases: dict[GrantQuestion, list[int]] = {
        GrantQuestion(): [adas, toms, mayas],
        GrantQuestion(grant=grants[1].id): [toms],
        GrantQuestion(who=identities("maya")): [mayas],
        GrantQuestion(who=identities("maya", "tom")): [toms, mayas],
        GrantQuestion(who=Identities(persons=frozenset(), accounts=frozenset([SlackId("UADA")]))): [adas],
        GrantQuestion(reviewer=identities("priya")): [adas, toms, mayas],
        GrantQuestion(reviewer=identities("maya")): [],
        GrantQuestion(target="orders-prod"): [adas, toms, mayas],
        GrantQuestion(target="orders"): [],
        GrantQuestion(role="write"): [toms],
        GrantQuestion(ticket="OPS-7"): [toms],
        GrantQuestion(ticket="OPS"): [],
        GrantQuestion(role="read", who=identities("tom")): [],
    }
    for question, expected in cases.items():
        assert found(worker, question) == expected, question


def test_pages_of_grants_join_without_a_gap(worker: UnitOfWorkFactory, grants: list[Grant]) -> None:
    pages: list[int] = []
    with worker() as uow:
        before = None
        while page := uow.grants.search(GrantQuestion(target="orders-prod"), before=before, limit=1):
            pages, before = [*pages, *page], page[-1]
    assert pages == [grant.id for grant in reversed(grants)]


def test_grant_is_held_from_its_begin_until_its_verified_end(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory, grants: list[Grant]
) -> None:
    mayas, toms, _ = grants
    second = timedelta(seconds=1)
    begun = mayas.created_at + 3 * second
    waits = granted(bot, terms("zoe"))
    posted(worker, waits.request_id)
    with worker() as uow:
        uow.grants.save(replace(uow.grants.get(waits.id), begun_at=begun, recipe=recipe(waits)))
        uow.commit()
    over = end(worker, mayas)
    assert over.ended_at is not None
    micro = timedelta(microseconds=1)

    def at(moment: datetime) -> list[int]:
        return found(worker, GrantQuestion(at=moment, who=identities("maya", "tom", "ada", "zoe")))

    def between(since: datetime | None, until: datetime | None) -> list[int]:
        return found(
            worker, GrantQuestion(since=since, until=until, who=identities("maya", "tom", "ada", "zoe"))
        )

    assert at(mayas.created_at - micro) == []
    assert at(mayas.created_at) == [mayas.id]
    assert mayas.id in at(over.ended_at - micro)
    assert mayas.id not in at(over.ended_at)
    assert waits.id in at(begun)
    assert waits.id not in at(begun - micro)
    assert at(now() + 900 * HOUR) == [waits.id, toms.id]
    assert between(None, mayas.created_at) == []
    assert between(None, mayas.created_at + micro) == [mayas.id]
    assert between(over.ended_at, None) == [waits.id, toms.id]
    assert mayas.id in between(over.ended_at - micro, None)


def test_table_is_found_where_it_was_reached_or_may_have_been(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory, grants: list[Grant]
) -> None:
    mayas, toms, adas = (grant.id for grant in grants)
    cut = active(bot, worker, expires_at=now() + HOUR, asked=terms("eve"), login="jit_eve").id
    with worker() as uow:
        uow.reaches.put([mayas], Reach(tables=(DOTTED, ITEMS, ORDERS)), read_at=uow.now)
        uow.reaches.put([cut], Reach(tables=(OTHER_ORDERS,), unrecorded=3), read_at=uow.now)
        uow.commit()
    unknown = [cut, toms]
    cases = {
        ("shop.orders", None): [*unknown, mayas],
        ("orders", None): [*unknown, mayas],
        ("shop.orders", TableUse.READ): [*unknown, mayas],
        ("shop.orders", TableUse.WRITE): unknown,
        ("shop.items", TableUse.WRITE): [*unknown, mayas],
        ("a.b.c.d", TableUse.OWN): [*unknown, mayas],
        ("b.c.d", None): unknown,
        ("other.orders", None): unknown,
        ("Orders", None): unknown,
        ("shop.", None): unknown,
        ("or%", None): unknown,
    }
    for (table, use), expected in cases.items():
        assert found(worker, GrantQuestion(table=table, use=use)) == expected, (table, use)
    assert found(worker, GrantQuestion(table="orders", role="write")) == [toms]
    assert adas not in found(worker, GrantQuestion(table="orders"))
    assert found(worker, GrantQuestion(table="shop.orders", at=now()), before=cut) == [toms, mayas]


def test_reach_comes_back_as_it_was_read(worker: UnitOfWorkFactory, grants: list[Grant]) -> None:
    mayas, toms, adas = (grant.id for grant in grants)
    reach = Reach(tables=(OTHER_ORDERS, ITEMS, ORDERS))
    with worker() as uow:
        read_at = uow.now
        uow.reaches.put([mayas], reach, read_at=read_at)
        uow.reaches.fail([toms], "worker_connect", again_at=read_at)
        uow.commit()
    whole = KnownReach(tables=3, digest=reach.digest, read_at=read_at, why="")
    with worker() as uow:
        known = uow.reaches.of([mayas, toms, adas, GrantId(7)], table="orders")
        assert known == {
            mayas: replace(whole, found=(OTHER_ORDERS, ORDERS)),
            toms: KnownReach(why="worker_connect"),
            adas: KnownReach(),
        }
        assert [known[one].unknown_why for one in (mayas, toms, adas)] == [None, "worker_connect", NOT_READ]
        assert uow.reaches.of([mayas]) == {mayas: whole}
        assert uow.reaches.of([mayas], table="orders", use=TableUse.WRITE)[mayas].found == (OTHER_ORDERS,)
        some = uow.reaches.of([mayas, toms], first=2)
        assert (some[mayas].found, some[toms].found) == ((OTHER_ORDERS, ITEMS), ())
        assert (uow.reaches.has_table("shop.orders"), uow.reaches.has_table("shop.ordres")) == (True, False)
        assert uow.reaches.digests([mayas, toms, adas]) == {mayas: reach.digest}
        assert uow.reaches.recorded(after=GrantId(0), limit=9) == [mayas]
        assert uow.reaches.recorded(after=mayas, limit=9) == []


def test_same_reach_is_shared_and_one_cut_short_is_unknown(
    worker: UnitOfWorkFactory, grants: list[Grant]
) -> None:
    mayas, toms, _ = (grant.id for grant in grants)
    cut = Reach(tables=(ITEMS,), unrecorded=2)
    for grant_id in (mayas, toms):
        with worker() as uow:
            uow.reaches.put([grant_id], cut, read_at=uow.now)
            uow.commit()
    with worker() as uow:
        known = uow.reaches.of([mayas, toms], table="shop.orders")
        assert [(one.tables, one.unrecorded, one.unknown_why) for one in known.values()] == [
            (1, 2, CUT_SHORT)
        ] * 2


def test_reading_is_due_until_it_is_stored_and_only_while_active(
    worker: UnitOfWorkFactory, grants: list[Grant]
) -> None:
    mayas, toms, adas = grants
    with worker() as uow:
        assert [one.id for one in uow.reaches.due("main", uow.now, limit=9)] == [mayas.id, toms.id]
        assert [one.id for one in uow.reaches.due("main", uow.now, limit=1)] == [mayas.id]
        assert uow.reaches.due("elsewhere", uow.now, limit=9) == []
        uow.reaches.fail([mayas.id], "silent", again_at=uow.now + HOUR)
        uow.reaches.put([adas.id], Reach(tables=(ORDERS,)), read_at=uow.now)
        uow.commit()
    with worker() as uow:
        assert [one.id for one in uow.reaches.due("main", uow.now, limit=9)] == [toms.id]
        again = uow.reaches.due("main", uow.now + HOUR, limit=9)
        assert [one.id for one in again] == [mayas.id, toms.id]
        uow.reaches.put([toms.id], Reach(tables=(ORDERS,)), read_at=uow.now)
        uow.commit()
    over = end(worker, mayas)
    with worker() as uow:
        assert uow.reaches.due("main", uow.now + HOUR, limit=9) == []
        uow.reaches.put([over.id], Reach(tables=(ORDERS,)), read_at=uow.now)
        uow.reaches.fail([toms.id], "silent", again_at=uow.now)
        uow.reaches.put([toms.id], Reach(tables=()), read_at=uow.now)
        known = uow.reaches.of([over.id, toms.id, adas.id])
        assert [known[one.id].tables for one in (over, toms, adas)] == [None, 1, None]


def test_reviewer_and_ticket_of_an_extension_and_a_break_glass_count(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory, grants: list[Grant]
) -> None:
    mayas = grants[0]
    more = submitted(bot, replace(extension(mayas), ticket="OPS-9"))
    reviewed(bot, more, "sam")
    pending = break_glass(bot, "eve", "UEVE")
    with bot() as uow:
        uow.break_glass_reviews.save_verdict(closed(uow, pending, "lea"))
        uow.commit()
    assert found(worker, GrantQuestion(reviewer=identities("sam"))) == [mayas.id]
    assert found(worker, GrantQuestion(reviewer=identities("lea"))) == [pending.grant_id]
    assert found(worker, GrantQuestion(ticket="OPS-9")) == [mayas.id]
    assert found(worker, GrantQuestion(who=identities("eve"))) == [pending.grant_id]


def test_statements_are_found_under_the_grants_of_a_question(
    worker: UnitOfWorkFactory, grants: list[Grant]
) -> None:
    mayas, toms, _ = grants
    with worker() as uow:
        uow.activity.add([ran(mayas, 1, "select refunds"), ran(toms, 2, "delete refunds")])
        uow.commit()
    cases = {
        GrantQuestion(): [toms.id, mayas.id],
        GrantQuestion(role="write"): [toms.id],
        GrantQuestion(ticket="OPS-7"): [toms.id],
        GrantQuestion(reviewer=identities("sam")): [],
        GrantQuestion(grant=mayas.id): [mayas.id],
    }
    with worker() as uow:
        for question, expected in cases.items():
            only = StatementFilter(words="refunds", under=question)
            assert [one.grant_id for one in uow.activity.search(only, limit=9)] == expected, question
