"""The workers read who holds roles of the policy without a grant; each change is one entry."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dbaccess.domain.access_review import ItemKind
from dbaccess.domain.standing_access import FRESH, FoundRole, How, Reading, StandingNow
from dbaccess.operations.access_reviews.items import ReviewScope
from dbaccess.operations.access_reviews.items import standing as review_items
from dbaccess.operations.clusters import standing_access
from dbaccess.operations.clusters.standing_access import forget_left_clusters, read_standing_access
from dbaccess.operations.queries.who import standing_on
from tests.engines.memory.server import MemoryLogin, MemoryRole
from tests.operations.fake_house import TARGET, FakeHouse
from tests.operations.reporting import report

KINDS = ("standing.found", "standing.gone", "standing.read", "standing.unread")


def read(house: FakeHouse) -> Reading:
    return read_standing_access(house.context, "main")


def known(house: FakeHouse) -> list[FoundRole]:
    with house.work() as uow:
        return uow.standing_roles.on("main")


def told(house: FakeHouse) -> list[str]:
    """The data of the entries, in order: `found erik`."""
    with house.work() as uow:
        fields = [entry.fields for entry in uow.ledger.entries()]
    kept = [one for one in fields if one["kind"] in KINDS]
    return [f"{one['kind'].removeprefix('standing.')} {one['data'].get('login', '')}".strip() for one in kept]


def give(house: FakeHouse, name: str, role: str = TARGET.read_role) -> MemoryLogin:
    login, there = house.server.login(name), house.server.role(role)
    assert there is not None
    login = login or house.server.add_login(MemoryLogin(name=name))
    house.server.give(there, login)
    return login


def wait(house: FakeHouse, by: timedelta) -> datetime:
    house.wait(seconds=by.total_seconds())
    return datetime.now(UTC)


def test_each_change_is_one_entry_and_no_change_is_none(fake_house: FakeHouse) -> None:
    login = give(fake_house, "erik")
    for _ in range(3):
        read(fake_house)
    assert told(fake_house) == ["found erik", "read"]
    (one,) = known(fake_house)
    assert (one.standing.path, one.server) == (("erik", TARGET.read_role), "memory-1")
    fake_house.server.drop_login(login)
    for _ in range(3):
        read(fake_house)
    assert told(fake_house) == ["found erik", "read", "gone erik"]
    assert known(fake_house) == []
    (gone,) = fake_house.ledger("standing.gone")
    assert (gone["data"]["why"], gone["data"]["since"]) == ("not_held", one.found_at.isoformat())


def test_another_way_to_the_same_role_is_told_and_keeps_its_begin(fake_house: FakeHouse) -> None:
    login, role = give(fake_house, "erik"), fake_house.server.role(TARGET.read_role)
    assert role is not None
    read(fake_house)
    (before,) = known(fake_house)
    group = fake_house.server.add_role(MemoryRole(name="analysts"))
    fake_house.server.take(role, login)
    fake_house.server.give(role, group)
    fake_house.server.give(group, login)
    wait(fake_house, timedelta(minutes=1))
    read(fake_house)
    (after,) = known(fake_house)
    assert (after.standing.path, after.found_at) == (("erik", "analysts", TARGET.read_role), before.found_at)
    assert told(fake_house) == ["found erik", "read", "found erik"]


def test_holder_of_a_grant_has_no_standing_access(fake_house: FakeHouse) -> None:
    fake_house.active()
    read(fake_house)
    assert told(fake_house) == ["read"]


def test_cluster_without_a_reading_is_unknown_and_told_once(fake_house: FakeHouse) -> None:
    fake_house.server.running = False
    assert read(fake_house).read_at is None
    read(fake_house)
    assert told(fake_house) == ["unread"]
    fake_house.server.running = True
    assert read(fake_house).counts(datetime.now(UTC))
    (back,) = fake_house.ledger("standing.read")
    assert back["data"]["unknown_since"] is not None


def test_silence_counts_once_the_last_reading_is_too_old(fake_house: FakeHouse) -> None:
    wait(fake_house, timedelta(0))
    give(fake_house, "erik")
    first = read(fake_house)
    fake_house.server.running = False
    wait(fake_house, FRESH)
    assert read(fake_house).counts(datetime.now(UTC))
    wait(fake_house, timedelta(minutes=1))
    reading = read(fake_house)
    assert not reading.counts(datetime.now(UTC))
    assert reading.unknown_since == first.read_at
    assert [one.standing.login for one in known(fake_house)] == ["erik"]
    assert told(fake_house) == ["found erik", "read", "unread"]


def test_time_without_workers_is_unknown_too(fake_house: FakeHouse) -> None:
    first = read(fake_house)
    wait(fake_house, 2 * FRESH)
    read(fake_house)
    *_, back = fake_house.ledger("standing.read")
    assert first.read_at is not None
    assert back["data"]["unknown_since"] == first.read_at.isoformat()


def test_role_that_the_policy_no_longer_names_is_gone_for_that_reason(fake_house: FakeHouse) -> None:
    give(fake_house, "erik")
    read(fake_house)
    policy = fake_house.context.policy
    fake_house.context = replace(fake_house.context, policy=replace(policy, targets={}))
    read(fake_house)
    (gone,) = fake_house.ledger("standing.gone")
    assert gone["data"]["why"] == "not_in_policy"


def test_roles_of_another_server_in_the_same_place_are_others(fake_house: FakeHouse) -> None:
    give(fake_house, "erik")
    read(fake_house)
    fake_house.server.identity = "memory-2"
    read(fake_house)
    assert told(fake_house) == ["found erik", "read", "gone erik", "found erik"]
    (gone,) = fake_house.ledger("standing.gone")
    assert (gone["data"]["why"], gone["data"]["server"]) == ("other_server", "memory-1")


def test_cluster_that_left_the_policy_is_forgotten(
    fake_house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing_access, "BATCH", 1)
    for name in ("alma", "erik"):
        give(fake_house, name)
    read(fake_house)
    forget_left_clusters(fake_house.context)
    assert len(known(fake_house)) == 2
    fake_house.context = replace(fake_house.context, policy=replace(fake_house.context.policy, clusters={}))
    forget_left_clusters(fake_house.context)
    assert told(fake_house) == ["found alma", "found erik", "read", "gone alma", "gone erik"]
    with fake_house.work() as uow:
        assert uow.standing_roles.readings() == []


def test_large_change_takes_several_readings_and_counts_at_its_end(
    fake_house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing_access, "BATCH", 2)
    monkeypatch.setattr(standing_access, "BATCHES", 2)
    for number in range(5):
        give(fake_house, f"erik_{number}")
    assert read(fake_house).read_at is None
    assert len(known(fake_house)) == 4
    assert read(fake_house).counts(datetime.now(UTC))
    assert len(known(fake_house)) == 5


def test_roles_beyond_the_limit_are_counted_and_known_ones_stay(
    fake_house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing_access, "MOST_ROLES", 2)
    give(fake_house, "maria")
    give(fake_house, "nora")
    assert read(fake_house).left_out == 0
    give(fake_house, "alma")
    assert read(fake_house).left_out == 1
    assert [one.standing.login for one in known(fake_house)] == ["maria", "nora"]
    *_, last = fake_house.ledger("standing.read")
    assert (last["data"]["roles"], last["data"]["left_out"]) == (3, 1)


def standing(house: FakeHouse, since: datetime, until: datetime) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = report(house, since=since, until=until)["lists"]["standing"]
    return rows


def test_report_says_what_stood_at_its_begin_and_end(fake_house: FakeHouse) -> None:
    begin = wait(fake_house, timedelta(0))
    read(fake_house)
    login = give(fake_house, "erik")
    found = wait(fake_house, timedelta(minutes=5))
    read(fake_house)
    middle = wait(fake_house, timedelta(minutes=5))
    read(fake_house)
    fake_house.server.drop_login(login)
    wait(fake_house, timedelta(minutes=5))
    read(fake_house)
    end = wait(fake_house, timedelta(minutes=1))

    def of_erik(since: datetime, until: datetime) -> list[tuple[str, str]]:
        rows = [row for row in standing(fake_house, since, until) if row["login"] == "erik"]
        return [(row["at_begin"], row["at_end"]) for row in rows]

    early = begin + timedelta(minutes=1)
    assert of_erik(early, middle) == [("no", "yes")]
    assert of_erik(middle, end) == [("yes", "no")]
    assert of_erik(early, end) == [("no", "no")]
    assert of_erik(middle, middle + timedelta(minutes=1)) == [("yes", "yes")]
    assert of_erik(early, found) == []
    (row,) = [row for row in standing(fake_house, early, end) if row["login"] == "erik"]
    assert (row["path"], row["usable"], row["why"]) == (["erik", TARGET.read_role], "yes", "not_held")
    assert datetime.fromisoformat(row["found_at"]) == found


def test_report_calls_unknown_what_was_not_read(fake_house: FakeHouse) -> None:
    begin = wait(fake_house, timedelta(0))
    assert standing(fake_house, begin, begin + FRESH) == []
    give(fake_house, "erik")
    first = wait(fake_house, timedelta(minutes=5))
    read(fake_house)
    fake_house.server.running = False
    wait(fake_house, 2 * FRESH)
    read(fake_house)
    never, lost, erik = standing(fake_house, begin, datetime.now(UTC))
    assert (never["what"], never["why"], never["found_at"]) == ("unknown", "never_read", None)
    assert (never["at_begin"], never["at_end"]) == ("unknown", None)
    assert (lost["cluster"], lost["gone_at"], lost["at_end"]) == ("main", None, "unknown")
    assert datetime.fromisoformat(lost["found_at"]) == first
    assert (erik["at_begin"], erik["at_end"]) == ("unknown", "unknown")


def test_who_counts_logins_of_the_targets_roles_and_an_old_reading_is_not_known(
    fake_house: FakeHouse,
) -> None:
    def now() -> StandingNow:
        with fake_house.begin() as uow:
            return standing_on(uow, fake_house.policy, "orders-prod")

    assert now() == StandingNow()
    give(fake_house, "erik")
    give(fake_house, "ines")
    fake_house.server.give(fake_house.server.add_role(MemoryRole(name="other")), give(fake_house, "erik"))
    at = read(fake_house).read_at
    assert now() == StandingNow(logins=2, read_at=at)
    fake_house.wait(seconds=FRESH.total_seconds() + 1)
    assert now() == StandingNow(read_at=at)


def test_superusers_and_privileges_without_a_role_stand_as_memberships_do(fake_house: FakeHouse) -> None:
    server, orders = fake_house.server, "shop.orders"
    strong = server.add_login(MemoryLogin(name="strong", superuser=True))
    direct = server.add_login(MemoryLogin(name="direct"))
    server.give_on([orders], ["SELECT"], direct)
    begin = wait(fake_house, timedelta(0))
    at = read(fake_house).read_at
    found = {one.standing.login: one.standing for one in known(fake_house)}
    assert (found["strong"].how, found["strong"].path) == (How.SUPERUSER, ("strong", "SUPERUSER"))
    assert (found["direct"].how, found["direct"].path) == (How.PRIVILEGE, ("direct", f"SELECT on {orders}"))
    assert found["direct"].database == fake_house.policy.target("orders-prod").database
    with fake_house.begin() as uow:
        assert standing_on(uow, fake_house.policy, "orders-prod") == StandingNow(
            logins=2, superusers=1, read_at=at
        )
        items = {
            one.login: one for one in review_items(uow, ReviewScope(policy=fake_house.policy, since=begin))
        }
    assert items["strong"].label == "strong is a superuser on main"
    assert items["direct"].label.startswith("direct has tables of ")
    wait(fake_house, timedelta(minutes=1))
    rows = {row["login"]: row for row in standing(fake_house, begin, datetime.now(UTC)) if row["login"]}
    assert {name: row["how"] for name, row in rows.items()} == {"strong": "superuser", "direct": "privilege"}
    server.take_on([orders], direct)
    strong.superuser = False
    read(fake_house)
    assert known(fake_house) == []
    assert {one["data"]["why"] for one in fake_house.ledger("standing.gone")} == {"not_held"}


def test_database_that_is_not_read_keeps_what_was_found_and_is_unknown(fake_house: FakeHouse) -> None:
    database = fake_house.policy.target("orders-prod").database
    fake_house.server.give_on(["shop.orders"], ["SELECT"], give(fake_house, "erik", TARGET.write_role))
    read(fake_house)
    before = {one.standing.key for one in known(fake_house)}
    fake_house.server.closed.add(database)
    at = read(fake_house).read_at
    unread = [one.standing for one in known(fake_house) if one.standing.how is How.UNREAD]
    assert [(one.database, one.path) for one in unread] == [(database, ("no_database",))]
    assert before < {one.standing.key for one in known(fake_house)}
    with fake_house.begin() as uow:
        assert standing_on(uow, fake_house.policy, "orders-prod") == StandingNow(read_at=at)
        items = review_items(uow, ReviewScope(policy=fake_house.policy, since=uow.now))
    assert [one.label for one in items if one.kind is ItemKind.UNKNOWN] == [
        f"unknown: database {database} of main was not read"
    ]
    fake_house.server.closed.clear()
    read(fake_house)
    assert {one.standing.key for one in known(fake_house)} == before
