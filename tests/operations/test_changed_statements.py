"""A change of statements that no entry accounts for is named at the grant's last summary."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from dbaccess.domain.activity import Statement
from dbaccess.domain.coverage import LogPosition
from dbaccess.domain.grant import Grant
from dbaccess.operations.activity.summarize import settle
from dbaccess.operations.queries.changed_statements import StatementCheck
from tests.fakes.database import Transaction
from tests.fakes.tables import STATEMENTS, SUMMARIES
from tests.operations.fake_house import FakeHouse
from tests.operations.house import MAYA, TOM
from tests.operations.test_purge import MONTH, end, purge, with_retention
from tests.operations.test_show_statements import add_statements

Found = list[tuple[int, str, str]]


class Ended:
    """Two grants that ran two statements each, ended, and were counted, and one that is open."""

    def __init__(self, house: FakeHouse) -> None:
        self.house = house
        with_retention(house, MONTH)
        self.mayas, self.toms = house.active(MAYA), house.active(TOM)
        self.ran = [add_statements(house, grant, 2) for grant in (self.mayas, self.toms)]
        for grant in (self.mayas, self.toms):
            end(house, grant)
            self.count(grant)
        self.open = house.active(MAYA, "write")
        add_statements(house, self.open, 1)

    def count(self, grant: Grant) -> None:
        with self.house.work() as uow:
            settle(uow, self.house.policy, uow.grants.get(grant.id), is_final=True)
            uow.commit()

    def put(self, *changed: Statement) -> None:
        transaction = Transaction(self.house.database)
        for one in changed:
            transaction.put(STATEMENTS, (one.cluster, one.session_id, one.line_num), one)
        transaction.commit()

    def delete(self, gone: Sequence[Statement]) -> None:
        transaction = Transaction(self.house.database)
        for one in gone:
            transaction.delete(STATEMENTS, (one.cluster, one.session_id, one.line_num))
        transaction.commit()

    def late(self, *, is_counted: bool) -> None:
        with self.house.work() as uow:
            uow.activity.add([replace(self.ran[0][1], line_num=3)])
            uow.activity.reopen([self.mayas.id])
            uow.commit()
        if is_counted:
            self.count(self.mayas)

    def purge(self) -> None:
        self.house.wait(seconds=MONTH.total_seconds() + 60)
        assert purge(self.house) == {self.mayas.id: 2, self.toms.id: 2}

    def drop_summary(self) -> None:
        transaction = Transaction(self.house.database)
        transaction.delete(SUMMARIES, self.mayas.id)
        transaction.commit()

    def said_to_be_purged(self) -> None:
        with self.house.work() as uow:
            uow.activity.purge([self.mayas.id], at=uow.now, limit=9)
            uow.commit()

    def other_summary(self) -> None:
        with self.house.work() as uow:
            kept = uow.activity.summary_of(self.mayas.id)
            assert kept is not None
            uow.activity.keep(replace(kept, summary=replace(kept.summary, statements=1)))
            uow.commit()

    def check(self) -> tuple[Found, StatementCheck]:
        with self.house.work() as uow:
            check = StatementCheck(uow=uow, until=uow.ledger.entry_range().last)
            return [(one.seq, one.kind.value, one.what.partition(":")[0]) for one in check.faults()], check


def swapped(ended: Ended) -> None:
    mine, toms = ended.ran[0][0], ended.ran[1][0]
    ended.put(replace(mine, grant_id=toms.grant_id), replace(toms, grant_id=mine.grant_id))


Step = Callable[[Ended], None]


def delete(ended: Ended) -> None:
    ended.delete(ended.ran[0])


def add(ended: Ended) -> None:
    ended.put(replace(ended.ran[0][0], line_num=9))


def late_and_counted(ended: Ended) -> None:
    ended.late(is_counted=True)


HARMS: dict[str, tuple[str, Sequence[Step]]] = {
    "a text": ("maya", [lambda ended: ended.put(replace(ended.ran[0][0], text="select 1 -- harmless"))]),
    "a time": (
        "maya",
        [lambda ended: ended.put(replace(ended.ran[0][0], at=ended.ran[0][0].at - timedelta(seconds=1)))],
    ),
    "swapped between two grants": ("maya tom", [swapped]),
    "one deleted": ("maya", [lambda ended: ended.delete(ended.ran[0][:1])]),
    "all deleted": ("maya", [delete]),
    "deleted with the summary": ("maya", [delete, Ended.drop_summary]),
    "said to be purged": ("maya", [Ended.said_to_be_purged]),
    "another summary": ("maya", [Ended.other_summary]),
    "one added": ("maya", [add]),
    "one added after a purge": ("maya", [Ended.purge, add]),
    "a purge": ("", [Ended.purge]),
    "a late line": ("", [lambda ended: ended.late(is_counted=False)]),
    "a late line that was counted": ("", [late_and_counted]),
    "one added after a late line": ("maya", [late_and_counted, add]),
}


@pytest.mark.parametrize("name", HARMS)
def test_change_of_statements_is_named_unless_the_ledger_accounts_for_it(
    fake_house: FakeHouse, name: str
) -> None:
    ended = Ended(fake_house)
    assert ended.check()[0] == []
    named, steps = HARMS[name]
    for step in steps:
        step(ended)
    summaries = {one["grant"]: one["seq"] for one in fake_house.ledger("activity.summarized")}
    grants = [grant for grant in (ended.mayas, ended.toms) if grant.holder_slack_id in accounts(named)]
    assert ended.check()[0] == [(summaries[one.id], "statements", one.label) for one in grants]


def accounts(named: str) -> set[str]:
    return {{"maya": MAYA, "tom": TOM}[one] for one in named.split()}


def test_purge_that_finds_fewer_statements_than_were_counted_is_named(fake_house: FakeHouse) -> None:
    ended = Ended(fake_house)
    ended.delete(ended.ran[0][:1])
    fake_house.wait(seconds=MONTH.total_seconds() + 60)
    purge(fake_house)
    assert [grant for _, _, grant in ended.check()[0]] == [ended.mayas.label]


def test_statements_of_which_no_entry_tells_are_named_once_they_must_have_been_counted(
    fake_house: FakeHouse,
) -> None:
    grant = fake_house.active(MAYA)
    add_statements(fake_house, grant, 1)
    end(fake_house, grant)

    def found(later: timedelta) -> tuple[Found, int]:
        with fake_house.work() as uow:
            uow.log_positions.save(
                LogPosition(cluster="main", file="a", fingerprint="b", offset=1, caught_up_at=uow.now + later)
            )
            uow.commit()
        with fake_house.work() as uow:
            check = StatementCheck(uow=uow, until=uow.ledger.entry_range().last)
            return [(one.seq, one.kind.value, one.what.partition(":")[0]) for one in check.faults()], (
                check.uncounted
            )

    assert found(timedelta(0)) == ([], 1)
    assert found(timedelta(hours=2)) == ([(0, "statements", grant.label)], 0)


def test_check_says_how_much_was_compared_and_what_was_not(fake_house: FakeHouse) -> None:
    ended = Ended(fake_house)

    def numbers() -> tuple[int, int, int, int]:
        _, check = ended.check()
        return check.compared, check.statements, check.purged, check.uncounted

    assert numbers() == (2, 4, 0, 0)
    ended.late(is_counted=False)
    assert numbers() == (1, 2, 0, 1)
    ended.count(ended.mayas)
    fake_house.wait(seconds=MONTH.total_seconds() + 60)
    purge(fake_house)
    assert numbers() == (0, 0, 2, 0)
