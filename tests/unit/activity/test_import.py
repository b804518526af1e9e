"""Exported files are stored once, and only as far as they were imported is anything said to be known."""

import gzip
import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from dbaccess.activity.export_file import ExportFile, HowToRead
from dbaccess.activity.importing import Import, Imported
from dbaccess.domain.coverage import NOT_CHECKED, Canary, CaptureLevel, GapCause, GrantCoverage
from dbaccess.domain.errors import SourceFailure
from dbaccess.domain.events import EventKind
from dbaccess.domain.grant import Grant
from dbaccess.domain.imports import BEGINNING
from dbaccess.ports import UnitOfWorkFactory
from tests.contract.storage.conftest import memory_store
from tests.integration.storage.facts import active, terms
from tests.unit.activity.log_lines import MAYA, T0, line, statement

MINUTE = timedelta(minutes=1)
OTHER = "jit_acme_sam_1111"


@dataclass(slots=True, kw_only=True)
class Place:
    bot: UnitOfWorkFactory
    worker: UnitOfWorkFactory
    grant: Grant
    said: list[tuple[str, int, int]] = field(default_factory=list)

    def run(self, *files: bytes, without_logins: bool = False) -> list[Imported]:
        work = Import(
            cluster="main",
            others=["billing"],
            begin=self.worker,
            actor="cli:test",
            without_logins=without_logins,
            progress=lambda *said: self.said.append(said),
        )
        return list(
            work.run([ExportFile(f"{n}.json", io.BytesIO(data), HowToRead()) for n, data in enumerate(files)])
        )

    def texts(self) -> list[str]:
        with self.worker() as uow:
            return [one.text for one in uow.activity.page(self.grant.id, limit=99)]

    def gaps(self) -> list[tuple[datetime, datetime | None]]:
        with self.worker() as uow:
            found = uow.log_positions.gaps("main", GapCause.NOT_IMPORTED)
        return [(gap.began_at, gap.until) for gap in found]

    def imported_to(self) -> datetime | None:
        with self.worker() as uow:
            return uow.log_positions.caught_up_at("main")


@pytest.fixture
def place() -> Place:
    store = memory_store()
    grant = active(store.bot, store.worker, expires_at=T0 + timedelta(days=9999), login=MAYA)
    with store.worker() as uow:
        uow.activity.cover(GrantCoverage(grant_id=grant.id, coverage=NOT_CHECKED))
        uow.commit()
    return Place(bot=store.bot, worker=store.worker, grant=grant)


def at(minute: float, sql: str = "", *, user: str = MAYA) -> bytes:
    """The line of a statement that many minutes after `T0`."""
    return statement(round(minute * 60) + 1, sql or f"select {minute}", user=user)


def test_files_are_stored_once_in_the_order_of_their_lines(place: Place) -> None:
    first = at(0) + at(1) + line(62, "duration: 1.000 ms")
    second = at(1.5) + at(2)
    later = at(2, user=OTHER)
    done = place.run(second + later, gzip.compress(first))
    assert place.texts() == ["select 0", "select 1", "select 1.5", "select 2"]
    assert [(one.name, one.stored.new, one.stored.others) for one in done] == [
        ("1.json", 2, 0),
        ("0.json", 2, 1),
    ]
    again = place.run(first, second)
    assert [(one.stored.new, one.stored.known) for one in again] == [(0, 2), (0, 2)]
    assert place.texts() == ["select 0", "select 1", "select 1.5", "select 2"]
    with place.worker() as uow:
        fields = [entry.fields for entry in uow.ledger.entries()]
    imported = [one["data"] for one in fields if one["kind"] == EventKind.ACTIVITY_IMPORTED]
    assert [one["statements"] for one in imported] == [2, 2, 0, 0]
    assert len({one["sha256"] for one in imported}) == 4
    assert "select" not in str(imported)


def test_time_that_no_file_has_is_a_gap_until_one_fills_it(place: Place) -> None:
    place.run(at(10) + at(20))
    assert place.gaps() == [(BEGINNING, _minute(10))]
    place.run(at(40) + at(50))
    assert place.gaps() == [(BEGINNING, _minute(10)), (_minute(20), _minute(40))]
    assert place.imported_to() == _minute(50)
    place.run(at(25) + at(30))
    assert place.gaps()[1:] == [(_minute(20), _minute(25)), (_minute(30), _minute(40))]
    place.run(at(20.5) + at(25), at(5) + at(11), at(29.5) + at(40))
    assert place.gaps() == [(BEGINNING, _minute(5))]
    assert place.imported_to() == _minute(50)


def _minute(number: float) -> datetime:
    return T0 + number * MINUTE + timedelta(seconds=1)


def test_file_without_our_logins_proves_nothing_unless_the_operator_says_so(place: Place) -> None:
    (done,) = place.run(at(1, user="app"))
    assert (done.is_counted, done.stored.others, place.imported_to()) == (False, 1, None)
    (done,) = place.run(at(1, user="app"), without_logins=True)
    assert (done.is_counted, place.imported_to()) == (True, _minute(1))


def test_file_of_another_cluster_is_refused_before_anything_is_stored(place: Place) -> None:
    elsewhere = replace(terms("sam"), cluster="billing")
    active(place.bot, place.worker, expires_at=T0 + timedelta(days=9999), asked=elsewhere, login=OTHER)
    with pytest.raises(SourceFailure, match=r"1\.json is not of main: .* grants on billing"):
        place.run(at(0), at(1, user=OTHER))
    assert (place.texts(), place.imported_to()) == ([], None)
    (done,) = place.run(at(0) + at(1, user=OTHER))
    assert (done.stored.new, done.stored.others) == (1, 1)


def test_canary_that_comes_back_in_a_file_is_found(place: Place) -> None:
    with place.worker() as uow:
        sent = Canary(
            target="orders-prod",
            cluster="main",
            login="jit_acme_canary_1",
            marker="dbaccess-canary-x",
            sent_at=T0,
        )
        uow.canaries.put(sent)
        uow.commit()
    (done,) = place.run(at(1, "select 'dbaccess-canary-x'", user=sent.login))
    assert (done.stored.canaries, done.is_counted) == (1, True)
    with place.worker() as uow:
        assert uow.canaries.all()[0].found is CaptureLevel.STATEMENTS


def test_outcome_in_the_next_file_is_of_the_statement_in_the_one_before(place: Place) -> None:
    place.run(at(1))
    place.run(line(62, "duration: 7.000 ms"))
    with place.worker() as uow:
        (found,) = uow.activity.page(place.grant.id, limit=9)
    assert found.duration == timedelta(milliseconds=7)


def _cut(data: bytes) -> bytes:
    return data[:-30]


def _compressed_and_cut(data: bytes) -> bytes:
    return gzip.compress(data)[:-30]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda _: b"", "log_line_prefix"),
        (_compressed_and_cut, "damaged, or cut"),
        (lambda data: gzip.compress(data) + b"rubbish", "damaged, or cut"),
    ],
)
def test_file_that_cannot_be_read_says_so(place: Place, damage: Callable[[bytes], bytes], said: str) -> None:
    with pytest.raises(SourceFailure, match=said) as failure:
        place.run(damage(at(1, "select 'secret'")))
    assert "0.json" in str(failure.value)
    assert "secret" not in str(failure.value)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: gzip.compress(b"\xef\xbb\xbf" + data),
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: gzip.compress(data[:100]) + gzip.compress(data[100:]),
        lambda data: gzip.compress(data) + b"\0" * 100,
    ],
)
def test_file_that_tools_have_changed_is_read(place: Place, change: Callable[[bytes], bytes]) -> None:
    (done,) = place.run(change(at(1) + at(2)))
    assert (place.texts(), done.survey.damaged) == (["select 1", "select 2"], 0)


def test_cut_end_is_counted_and_is_a_gap(place: Place) -> None:
    (done,) = place.run(at(1) + at(1.5) + _cut(at(2)))
    assert (done.stored.new, done.survey.damaged) == (2, len(at(2)) - 29)
    with place.worker() as uow:
        (gap,) = uow.log_positions.gaps("main", GapCause.UNREADABLE)
    assert "0.json" in gap.why


def test_long_file_says_how_far_it_is(place: Place) -> None:
    others = [at(n / 60, f"select '{'x' * 40_000}'", user="nightly_job") for n in range(60)]
    place.run(b"".join(at(n / 60) + another for n, another in enumerate(others)))
    assert {what for what, _, _ in place.said} == {"looking through", "importing"}
    assert all(0 < read <= size for _, read, size in place.said)
    assert len(place.texts()) == 60


def rds(second: int, sql: str) -> bytes:
    """A line without an identity of its own, so many seconds after `T0`."""
    stamp = f"{T0 + timedelta(seconds=second):%Y-%m-%d %H:%M:%S}"
    return f"{stamp} UTC:10.0.0.7(5000):{MAYA}@orders:[31]:LOG:  statement: {sql}\n".encode()


def test_equal_lines_of_one_second_are_told_apart_across_a_rotation(place: Place) -> None:
    before = rds(1, "select 1") + rds(5, "select 5") + rds(5, "select 5")
    after = rds(5, "select 5") + rds(9, "select 9")
    place.run(before, after)
    expected = ["select 1", "select 5", "select 5", "select 5", "select 9"]
    assert place.texts() == expected
    place.run(after)
    place.run(before, before, before + rds(6, "select 6"), after)
    place.run(before, after)
    assert place.texts() == sorted([*expected, "select 6"])
