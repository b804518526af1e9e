"""The reach of a grant's login is read once after the grant began; a failed reading leaves it unknown."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import Grant, Recipe
from dbaccess.domain.ledger import FaultKind
from dbaccess.domain.reach import NOT_READ, KnownReach, Reach, ReachedTable, TableUse
from dbaccess.operations.grants import record_reach as module
from dbaccess.operations.grants.record_reach import AGAIN, record_reach
from dbaccess.operations.grants.revoke import drain
from dbaccess.operations.queries.changed_reaches import changed_reaches
from dbaccess.ports import TargetDriver
from tests.engines.memory.server import MemoryLogin
from tests.fakes.database import Transaction
from tests.fakes.tables import REACHES, KeptReach
from tests.operations.fake_house import FakeHouse, build_fake_house
from tests.operations.house import TOM
from tests.operations.odd_driver import with_odd_driver
from tests.operations.reporting import only_grant

FULL = ("shop.orders", (TableUse.READ, TableUse.WRITE))


def known(house: FakeHouse, grant: Grant, table: str | None = "orders") -> KnownReach:
    with house.work() as uow:
        return uow.reaches.of([grant.id], table=table)[grant.id]


def found(house: FakeHouse, grant: Grant) -> list[tuple[str, tuple[TableUse, ...]]]:
    return [(table.label, table.uses) for table in known(house, grant).found]


@pytest.fixture
def personal_house() -> Iterator[FakeHouse]:
    """Its target gives roles to logins that people have."""
    with build_fake_house(login="personal") as house:
        house.server.add_login(MemoryLogin(name="maya"))
        yield house


def counted(house: FakeHouse, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The logins that are looked at from now on."""
    driver, asked = type(house.context.targets.driver("main")), []
    read = driver.reach

    def counting(self: TargetDriver, recipe: Recipe) -> Reach:
        asked.append(recipe.login)
        return read(self, recipe)

    monkeypatch.setattr(driver, "reach", counting)
    return asked


def test_reach_is_read_once_for_logins_with_the_same_privileges(
    fake_house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    mayas, toms, writes = fake_house.active(), fake_house.active(TOM), fake_house.active(role="write")
    asked = counted(fake_house, monkeypatch)
    for _ in range(2):
        record_reach(fake_house.context, "main")
        assert len(asked) == 2
    assert [found(fake_house, one) for one in (mayas, toms)] == [[("shop.orders", (TableUse.READ,))]] * 2
    assert found(fake_house, writes) == [FULL]


def test_login_that_is_gone_keeps_no_other_grant_from_its_reading(fake_house: FakeHouse) -> None:
    mayas, toms = fake_house.active(), fake_house.active(TOM)
    assert mayas.recipe is not None
    gone = fake_house.server.login(mayas.recipe.login)
    assert gone is not None
    fake_house.server.drop_login(gone)
    record_reach(fake_house.context, "main")
    assert known(fake_house, mayas).unknown_why == "no_login"
    assert found(fake_house, toms) == [("shop.orders", (TableUse.READ,))]


def test_persons_own_login_is_read_by_itself(
    personal_house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads, writes = personal_house.active(), personal_house.active(role="write")
    asked = counted(personal_house, monkeypatch)
    record_reach(personal_house.context, "main")
    assert len(asked) == 2
    # Each grant of a person's own login is what the login could do then, by whatever else it has.
    assert [found(personal_house, one) for one in (reads, writes)] == [[FULL]] * 2


def test_readings_wait_while_access_has_to_be_cut_off(
    personal_house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readings of thousands of persons' own logins would share the server with a storm of ends."""
    monkeypatch.setattr(module, "READINGS", 1)
    ending, staying = personal_house.active(), personal_house.active(role="write")
    asked = counted(personal_house, monkeypatch)
    read = type(personal_house.context.targets.driver("main")).reach

    def meanwhile(self: TargetDriver, recipe: Recipe) -> Reach:
        if not asked:
            personal_house.surrender(ending)
        return read(self, recipe)

    monkeypatch.setattr(type(personal_house.context.targets.driver("main")), "reach", meanwhile)
    for _ in range(2):
        record_reach(personal_house.context, "main")
        assert len(asked) == 1
    drain(personal_house.context, "main")
    record_reach(personal_house.context, "main")
    assert len(asked) == 2
    assert known(personal_house, staying).unknown_why is None


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (lambda: TargetFailure("slow", code="57014", touched=False), "57014"),
        (lambda: UnicodeError("an odd name"), "unexpected"),
    ],
    ids=["the server refuses", "an odd name"],
)
def test_failed_reading_is_unknown_with_its_reason_and_tried_again(
    fake_house: FakeHouse, error: Callable[[], Exception], code: str
) -> None:
    grant = fake_house.active()
    assert known(fake_house, grant).unknown_why == NOT_READ
    record_reach(with_odd_driver(fake_house, bad="*", at="reach", error=error), "main")
    assert known(fake_house, grant).unknown_why == code
    record_reach(fake_house.context, "main")
    assert known(fake_house, grant).unknown_why == code
    fake_house.wait(seconds=AGAIN.total_seconds())
    record_reach(fake_house.context, "main")
    assert known(fake_house, grant).unknown_why is None
    assert fake_house.grant(grant.id).state == "active"


def test_reading_that_ends_after_the_grant_began_to_end_is_not_kept(
    fake_house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant = fake_house.active()
    driver = type(fake_house.context.targets.driver("main"))
    read = driver.reach

    def meanwhile(self: TargetDriver, recipe: Recipe) -> Reach:
        fake_house.surrender(grant)
        return replace(read(self, recipe), tables=())

    monkeypatch.setattr(driver, "reach", meanwhile)
    record_reach(fake_house.context, "main")
    assert known(fake_house, grant).unknown_why == NOT_READ
    drain(fake_house.context, "main")
    record_reach(fake_house.context, "main")
    assert known(fake_house, grant).unknown_why == NOT_READ


def test_ledger_has_each_reading_and_shows_that_another_one_is_on_record(fake_house: FakeHouse) -> None:
    mayas, toms = fake_house.active(), fake_house.active(TOM)

    def changed() -> list[tuple[int, str]]:
        with fake_house.work() as uow:
            return [
                (one.seq, one.kind.value) for one in changed_reaches(uow, until=uow.ledger.entry_range().last)
            ]

    record_reach(fake_house.context, "main")
    first, second = fake_house.ledger("grant.reach_read")
    assert [(one["grant"], one["request"]) for one in (first, second)] == [
        (one.id, one.request_id) for one in (mayas, toms)
    ]
    tables = (ReachedTable(schema="shop", name="orders", reads=True),)
    assert first["data"] == {"digest": Reach(tables=tables).digest, "tables": 1, "unrecorded": 0}
    assert changed() == []
    transaction = Transaction(fake_house.database)
    for grant, kept in ((mayas, Reach(tables=())), (toms, None)):
        transaction.put(REACHES, grant.id, KeptReach(reach=kept))
    transaction.commit()
    assert changed() == [(first["seq"], "reach"), (second["seq"], "reach")]


def test_reach_on_record_of_which_no_entry_tells_is_named(fake_house: FakeHouse) -> None:
    fake_house.active()
    fake_house.active(TOM)
    record_reach(fake_house.context, "main")
    writes = fake_house.active(role="write")
    transaction = Transaction(fake_house.database)
    transaction.put(REACHES, writes.id, KeptReach(reach=Reach(tables=())))
    transaction.commit()
    with fake_house.work() as uow:
        (fault,) = changed_reaches(uow, until=uow.ledger.entry_range().last)
    assert (fault.seq, fault.kind) == (0, FaultKind.REACH)
    assert f"G-{writes.id} " in fault.what


def test_report_lists_the_tables_that_the_login_reached_or_says_that_they_are_unknown(
    fake_house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_house.active()
    assert only_grant(fake_house)["reach"] == ["role orders_read", "other tables: unknown"]
    many = tuple(ReachedTable(schema="shop", name=f"t{number:02}", reads=True) for number in range(22))
    driver = type(fake_house.context.targets.driver("main"))
    monkeypatch.setattr(driver, "reach", lambda *_: Reach(tables=many, unrecorded=3))
    record_reach(fake_house.context, "main")
    assert only_grant(fake_house)["reach"] == [
        "role orders_read",
        *(f"table shop.t{number:02}: read" for number in range(20)),
        "2 more recorded tables",
        "3 tables: unknown",
    ]
