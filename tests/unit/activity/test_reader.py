"""The reader stores each line of a log once, whatever happens to the files, to it and to another reader."""

from collections.abc import Callable
from concurrent.futures import wait
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from dbaccess.activity.jsonlog import JsonLog
from dbaccess.activity.reader import LogReader
from dbaccess.domain.activity import Statement, StatementKind
from dbaccess.domain.activity_summary import ActivitySummary, KeptSummary
from dbaccess.domain.capture import CaptureMode
from dbaccess.domain.coverage import NOT_CHECKED, Canary, CaptureLevel, GapCause, GrantCoverage
from dbaccess.domain.errors import LostLease, SourceFailure
from dbaccess.domain.grant import Grant, GrantId
from dbaccess.ports import UnitOfWorkFactory
from tests.contract.storage.conftest import memory_store
from tests.integration.storage.facts import active, terms
from tests.unit.activity.log_lines import MAYA, SESSION, T0, MemorySource, PlainReader, line, statement

SECOND = timedelta(seconds=1)
A, B = "postgresql-1.json", "postgresql-2.json"


@dataclass(slots=True, kw_only=True)
class Place:
    """A control database with Maya's grant, a log, and readers of it."""

    bot: UnitOfWorkFactory
    worker: UnitOfWorkFactory
    source: MemorySource
    grant: Grant

    def reader(self, *, chunk: int = 1024) -> LogReader:
        return LogReader(
            cluster="main",
            begin=self.worker,
            source=self.source,
            new_format=JsonLog,
            build=PlainReader,
            chunk=chunk,
        )

    def read(self, reader: LogReader | None = None) -> None:
        reader = reader or self.reader()
        while reader.read():
            pass

    def stored(self, grant: Grant | None = None) -> list[Statement]:
        with self.worker() as uow:
            return uow.activity.page((grant or self.grant).id, limit=10_000)

    def texts(self, grant: Grant | None = None) -> list[str]:
        return [one.text for one in self.stored(grant)]

    def gaps(self) -> list[tuple[GapCause, timedelta, timedelta]]:
        """Each gap with its begin and end since `T0`."""
        with self.worker() as uow:
            found = uow.activity.gaps_of(replace(self.grant, activated_at=T0 - timedelta(days=1)))
        return [(gap.cause, gap.began_at - T0, (gap.until or T0) - T0) for gap in found]

    def cover(self, mode: CaptureMode, grant: Grant | None = None) -> None:
        with self.worker() as uow:
            of = (grant or self.grant).id
            uow.activity.cover(GrantCoverage(grant_id=of, coverage=NOT_CHECKED, mode=mode))
            uow.commit()


@pytest.fixture
def place() -> Place:
    store = memory_store()
    grant = active(store.bot, store.worker, expires_at=T0 + timedelta(days=9999), login=MAYA)
    made = Place(bot=store.bot, worker=store.worker, source=MemorySource(), grant=grant)
    made.cover(CaptureMode.FULL)
    return made


def test_statements_are_stored_once_with_what_later_lines_say(place: Place) -> None:
    place.source.write(A, statement(1, "select 1") + line(2, "duration: 0.013 ms") + statement(3, "select 2"))
    for _ in range(2):
        place.read()
    place.source.write(A, line(4, "denied", state_code="42501", error_severity="ERROR"))
    place.read()
    first, second = place.stored()
    assert (first.text, first.duration) == ("select 1", timedelta(microseconds=13))
    assert (second.text, second.sqlstate, second.error) == ("select 2", "42501", "denied")
    assert (first.login, first.database, first.client) == (MAYA, "orders", "10.0.0.7")
    with place.worker() as uow:
        position = uow.log_positions.lock("main")
    assert position is not None
    assert (position.file, position.offset) == (A, len(place.source.contents[A]))
    assert (position.read_until, position.behind) == (T0 + 4 * SECOND, 0)
    assert position.caught_up_at is not None


def test_every_split_of_a_log_into_reads_gives_the_same(place: Place) -> None:
    lines = b"".join(statement(n, f"select 'ä{'x' * n}' as c{n}") for n in range(1, 20))
    expected = [f"select 'ä{'x' * n}' as c{n}" for n in range(1, 20)]
    reader = place.reader(chunk=64)
    for begin in range(0, len(lines), 97):
        place.source.write(A, lines[begin : begin + 97])
        place.read(reader)
    assert place.texts() == expected
    assert place.gaps() == []


@pytest.mark.parametrize("chunk", [64, 1024])
def test_long_line_is_one_statement_and_needs_no_more_memory_than_it_has(place: Place, chunk: int) -> None:
    text = f"select '{'x' * 300_000}'"
    place.source.write(A, statement(1, text) + statement(2, "select 2"))
    place.read(place.reader(chunk=chunk))
    assert place.texts() == [text, "select 2"]
    assert place.source.longest_read <= 2 * len(text) + chunk


def test_statement_that_is_too_long_is_cut_and_counted_as_not_parsed(place: Place) -> None:
    place.source.write(A, statement(1, f"select '{'x' * 1_100_000}'"))
    place.read(place.reader(chunk=1024 * 1024))
    (found,) = place.stored()
    assert len(found.text) < 1_000_100
    assert found.text.endswith("… [cut]")
    assert not found.is_parsed


def test_old_file_is_finished_at_a_rotation(place: Place) -> None:
    reader = place.reader()
    place.source.write(A, statement(1, "select 1"))
    place.read(reader)
    place.source.write(A, statement(2, "select 2"))
    place.source.write(B, statement(3, "select 3"), at=T0 + 3 * SECOND)
    place.read(reader)
    assert place.texts() == ["select 1", "select 2", "select 3"]
    assert place.gaps() == []


def test_renamed_file_is_read_on(place: Place) -> None:
    place.source.write(A, statement(1, "select 1"))
    place.read()
    place.source.contents = {f"{A}.1": place.source.contents.pop(A) + statement(2, "select 2")}
    place.source.modified[f"{A}.1"] = T0
    place.source.write(A, statement(3, "select 3"))
    place.read()
    assert place.texts() == ["select 1", "select 2", "select 3"]
    assert place.gaps() == []


def _remove(source: MemorySource) -> None:
    del source.contents[A]
    source.write(B, statement(9, "select 9"), at=T0 + 9 * SECOND)


def _rewrite(source: MemorySource) -> None:
    source.contents[A] = statement(9, "select 9")


def _shorten(source: MemorySource) -> None:
    source.contents[A] = source.contents[A][:70]
    source.write(A, b"\n" + statement(9, "select 9"))


@pytest.mark.parametrize(
    ("strike", "cause"),
    [(_remove, GapCause.FILE_LOST), (_rewrite, GapCause.BYTES_LOST), (_shorten, GapCause.BYTES_LOST)],
)
def test_lost_file_is_a_gap_from_the_last_line_to_the_next(
    place: Place, strike: Callable[[MemorySource], None], cause: GapCause
) -> None:
    place.source.write(A, statement(1, "select 1") + statement(2, "select 2" + " " * 600))
    place.read()
    strike(place.source)
    place.read()
    assert place.texts()[-1] == "select 9"
    assert (cause, 2 * SECOND, 9 * SECOND) in place.gaps()


def test_file_that_goes_between_listing_and_reading_is_a_gap(place: Place) -> None:
    place.source.write(A, statement(1, "select 1"))
    place.read()
    place.source.write(A, statement(2, "select 2"))
    place.source.write(B, statement(3, "select 3"), at=T0 + 3 * SECOND)
    place.source.gone_after_listing = A
    place.read()
    assert place.texts() == ["select 1", "select 3"]
    assert place.gaps() == [(GapCause.FILE_LOST, SECOND, 3 * SECOND)]


def test_rubbish_is_a_gap_and_what_follows_is_read(place: Place) -> None:
    rubbish = b'\xff\xfe\x00\x81{"timestamp": \n' + statement(2, "select 2")[:40] + b"\n"
    place.source.write(A, statement(1, "select 1") + rubbish + statement(4, "select 4"))
    place.read(place.reader(chunk=4096))
    assert place.texts() == ["select 1", "select 4"]
    assert place.gaps() == [(GapCause.UNREADABLE, SECOND, 4 * SECOND)]


def test_truncated_end_of_a_finished_file_is_a_gap(place: Place) -> None:
    reader = place.reader()
    place.source.write(A, statement(1, "select 1") + statement(2, "select 2")[:50], at=T0 + 5 * SECOND)
    place.read(reader)
    assert place.gaps() == []
    place.source.write(B, statement(6, "select 6"), at=T0 + 6 * SECOND)
    place.read(reader)
    assert place.texts() == ["select 1", "select 6"]
    assert place.gaps() == [(GapCause.BYTES_LOST, SECOND, 5 * SECOND)]


SERVER: dict[str, str] = {"user": "", "backend_type": "postmaster", "session": f"{SESSION}0"}
RELOADED = line(2, "SIGHUP empfangen", **SERVER)


def test_log_that_the_server_left_off_is_a_gap_also_between_two_reads(place: Place) -> None:
    place.source.write(A, statement(1, "select 1") + line(2, "received SIGHUP, reloading", **SERVER))
    reader = place.reader()
    place.read(reader)
    on = line(200, 'parameter "log_destination" changed to "stderr,jsonlog"', **SERVER)
    place.source.write(A, on + statement(201, "select 2"))
    place.read(reader)
    assert place.texts() == ["select 1", "select 2"]
    assert place.gaps() == [(GapCause.LOG_CHANGED, 2 * SECOND, 200 * SECOND)]


@pytest.mark.parametrize(
    ("behind", "gaps"),
    [
        (b"", [(GapCause.LOG_CHANGED, 2 * SECOND, 200 * SECOND)]),
        # A statement in flight says nothing, and any later line says that the log is on.
        (line(2, "duration: 1.000 ms"), [(GapCause.LOG_CHANGED, 2 * SECOND, 200 * SECOND)]),
        (line(3, "checkpoint complete", **SERVER), []),
    ],
)
def test_file_that_ends_with_a_reload_is_followed_by_a_gap(
    place: Place, behind: bytes, gaps: list[tuple[GapCause, timedelta, timedelta]]
) -> None:
    place.source.write(A, statement(1, "select 1") + RELOADED)
    place.read()
    place.source.write(A, behind)
    reader = place.reader()
    for _ in range(2):
        place.read(reader)
    place.source.write(B, statement(200, "select 2"), at=T0 + 200 * SECOND)
    place.read(reader)
    place.source.write(B, statement(201, "select 3"), at=T0 + 201 * SECOND)
    place.read(reader)
    assert place.texts() == ["select 1", "select 2", "select 3"]
    assert place.gaps() == gaps


def test_other_logins_and_other_times_are_never_stored(place: Place) -> None:
    toms = active(
        place.bot,
        place.worker,
        expires_at=T0 + timedelta(days=9999),
        asked=terms("tom", "write"),
        login="tom",
        login_kind="personal",
    )
    place.cover(CaptureMode.FULL, toms)
    begun = round(((toms.activated_at or T0) - T0).total_seconds())
    forged = statement(3, "select 3", user="app", application_name=MAYA)
    place.source.write(A, statement(1, "select 1", user="postgres") + forged)
    place.source.write(A, statement(begun - 60, "select 'before'", user="tom", session=f"{SESSION}2"))
    place.source.write(A, statement(begun + 60, "select 'during'", user="tom", session=f"{SESSION}2"))
    place.read()
    assert place.texts() == []
    assert place.texts(toms) == ["select 'during'"]


def test_no_secret_is_stored_and_a_shape_has_no_literal(place: Place) -> None:
    toms = active(
        place.bot, place.worker, expires_at=T0 + timedelta(days=9999), asked=terms("tom"), login="jit_tom"
    )
    place.cover(CaptureMode.SHAPE, toms)
    secret = "alter role maya password 'hunter2'"
    error = {"state_code": "22P02", "error_severity": "ERROR"}
    for user in (MAYA, "jit_tom"):
        session = f"{SESSION}{len(user)}"
        place.source.write(A, statement(1, secret, user=user, session=session))
        text = "select 'ann@acme.example' from people where id = 7 and name = $1"
        place.source.write(A, statement(2, text, user=user, session=session, detail="Ann"))
        place.source.write(A, line(3, "invalid input: ann@acme.example", user=user, session=session, **error))
    place.read()
    mine, shaped = place.stored(), place.stored(toms)
    assert "hunter2" not in f"{mine}{shaped}"
    assert mine[1].bind_values == ("Ann",)
    assert mine[1].error == "invalid input: ann@acme.example"
    assert not any(word in f"{shaped}" for word in ("ann@acme", "Ann", "= 7"))
    assert (shaped[1].sqlstate, shaped[1].reads) == ("22P02", ("people",))
    assert [one.kind for one in shaped] == [StatementKind.DDL, StatementKind.READ]


def test_canary_is_found_by_its_login_and_marker_and_stored_nowhere(place: Place) -> None:
    sent = Canary(target="orders-prod", cluster="main", login="jit_canary", marker="m-77", sent_at=T0)
    expected = [
        (statement(1, "select 'm-77'", user=MAYA), None),
        (statement(2, "select 'm-76'", user="jit_canary"), None),
        (statement(3, "do 'm-77'", user="jit_canary"), CaptureLevel.STATEMENTS),
        (line(4, "inner: select 'm-77'", user="jit_canary"), CaptureLevel.FULL),
    ]
    with place.worker() as uow:
        uow.canaries.put(sent)
        uow.commit()
    for written, found in expected:
        place.source.write(A, written)
        place.read()
        with place.worker() as uow:
            assert uow.canaries.all() == [replace(sent, found=found)]
    assert place.texts() == ["select 'm-77'"]


def test_second_reader_does_not_take_the_position_back(place: Place) -> None:
    place.source.write(A, statement(1, "select 1"))
    stalled = place.reader()

    def go_on() -> None:
        place.source.write(A, statement(2, "select 2"))
        place.read()

    place.source.after_read = go_on
    with pytest.raises(LostLease):
        stalled.read()
    place.read(stalled)
    assert place.texts() == ["select 1", "select 2"]


def in_parts(place: Place) -> list[str]:
    """Write a log of several parts, and return its statements."""
    texts = [f"select {number} /* {'x' * 300} */" for number in range(1, 9)]
    place.source.write(A, b"".join(statement(n, text) for n, text in enumerate(texts, start=1)))
    return texts


def read_ahead(reader: LogReader) -> None:
    """Wait until the next part is read."""
    assert reader.ahead is not None
    wait([reader.ahead])


def test_one_part_is_read_while_the_one_before_it_is_stored_and_no_more(place: Place) -> None:
    texts, reader = in_parts(place), place.reader()
    reader.read()
    read_ahead(reader)
    assert place.texts() == texts[:1]
    assert place.source.reads == 2
    place.read(reader)
    assert place.texts() == texts
    assert reader.ahead is None


def test_part_that_was_read_before_its_grant_changed_is_read_again(place: Place) -> None:
    texts, reader = in_parts(place), place.reader()
    reader.read()
    read_ahead(reader)
    place.cover(CaptureMode.SHAPE)
    place.read(reader)
    assert place.texts() == [texts[0], *["select 0"] * (len(texts) - 1)]


def test_part_behind_one_that_was_not_stored_is_read_again(place: Place) -> None:
    texts, reader = in_parts(place), place.reader()
    reader.read()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dbaccess.activity.reader.store_batch", _fail)
        with pytest.raises(SourceFailure):
            reader.read()
    read_ahead(reader)
    place.read(reader)
    assert place.texts() == texts


def _fail(*_: object) -> None:
    raise SourceFailure("the control database is gone")


def test_part_that_another_reader_has_stored_meanwhile_is_left_alone(place: Place) -> None:
    texts, reader = in_parts(place), place.reader()
    reader.read()
    place.read()
    place.read(reader)
    assert place.texts() == texts


def test_silent_source_is_told_and_leaves_the_position(place: Place) -> None:
    with pytest.raises(SourceFailure):
        place.reader().read()
    place.source.write(A, statement(1, "select 1"))
    place.source.is_silent = True
    with pytest.raises(SourceFailure):
        place.reader().read()
    place.source.is_silent = False
    place.read()
    assert place.texts() == ["select 1"]


def test_late_line_of_an_ended_grant_reopens_its_summary(place: Place) -> None:
    made = ActivitySummary()
    kept = KeptSummary(grant_id=place.grant.id, summary=made, digest="", is_final=True, made_at=T0)
    with place.worker() as uow:
        uow.activity.keep(kept)
        uow.commit()
    place.source.write(A, statement(1, "select 1"))
    place.read()
    with place.worker() as uow:
        assert uow.activity.summary_of(GrantId(place.grant.id)) == replace(kept, is_final=False)
        uow.activity.keep(kept)
        uow.commit()
    place.source.write(A, line(2, "duration: 7.000 ms"))
    place.read()
    with place.worker() as uow:
        assert uow.activity.summary_of(GrantId(place.grant.id)) == replace(kept, is_final=False)


def test_progress_says_how_much_waits(place: Place) -> None:
    lines = b"".join(statement(n, f"select {n}") for n in range(1, 30))
    place.source.write(A, lines)
    reader = place.reader()
    assert reader.read()
    with place.worker() as uow:
        position = uow.log_positions.lock("main")
    assert position is not None
    assert position.behind == len(lines) - position.offset > 0
    assert position.caught_up_at is None
