"""Every entry reaches a stream, in order and at least once; one that fails is told and caught up."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dbaccess.audit.entry_formats import as_json, as_ocsf
from dbaccess.domain.errors import WitnessFailure
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.ledger import Entry
from dbaccess.domain.notice import NoticeKind
from dbaccess.operations.checkpoints import stream
from dbaccess.operations.checkpoints.deliver import TOLD_AFTER
from dbaccess.sinks.streams.lines import FileStream, Format, as_line
from tests.operations.fake_house import FakeHouse
from tests.operations.house import House


@dataclass
class Receiver:
    place: str = "stream:https:siem.acme.internal"
    is_down: bool = False
    loses_answer: bool = False
    batches: list[list[int]] = field(default_factory=list)

    def held(self) -> None:
        return None

    def take(self, entries: Sequence[Entry]) -> None:
        if self.is_down:
            raise WitnessFailure("The receiver did not take the entries: it answered 503.")
        self.batches.append([entry.seq for entry in entries])
        if self.loses_answer:
            raise WitnessFailure("The receiver did not take the entries: TimeoutError.")


def record(house: House, many: int, size: int = 1) -> None:
    with house.work() as uow:
        for _ in range(many):
            uow.record(Event(kind=EventKind.STRAY_FOUND, actor="worker", data={"login": "x" * size}))
        uow.commit()


def test_each_entry_comes_in_order_and_in_parts(
    fake_house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "BATCH", 3)
    house, receiver = fake_house, Receiver()
    record(house, 7)
    stream.stream_all(house.context, receiver)
    stream.stream_all(house.context, receiver)
    assert receiver.batches == [[1, 2, 3], [4, 5, 6], [7]]
    record(house, 1)
    stream.stream_all(house.context, receiver)
    assert receiver.batches[3:] == [[8]]


def test_large_entries_make_small_parts(fake_house: FakeHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LARGEST", 3000)
    house, receiver = fake_house, Receiver()
    record(house, 3, size=1200)
    record(house, 1, size=9000)
    stream.stream_all(house.context, receiver)
    assert receiver.batches == [[1, 2], [3], [4]]


@pytest.mark.parametrize("form", [as_json, as_ocsf])
def test_file_goes_on_where_it_ended_after_its_host_was_renamed(
    fake_house: FakeHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: Format
) -> None:
    """An entry is there once. A file of another ledger, or one that was moved away, gets all entries."""
    house, path = fake_house, tmp_path / "ledger"

    def streamed(host: str) -> list[bytes]:
        monkeypatch.setattr("socket.gethostname", lambda: host)
        record(house, 2)
        stream.stream_all(house.context, FileStream(path, form))
        return path.read_bytes().splitlines()

    assert len(streamed("one")) == 2
    path.write_bytes(path.read_bytes() + b'{"torn')
    assert len(streamed("two")) == 5
    with house.work() as uow:
        (*_, last) = uow.ledger.entries()
    path.write_text(f"{as_line(last._replace(hash=bytes(32)), form)}\n")
    assert len(streamed("three")) == 7
    path.unlink()
    assert len(streamed("four")) == 8


def test_failure_repeats_the_part_and_is_told_once(fake_house: FakeHouse) -> None:
    house, receiver = fake_house, Receiver(loses_answer=True)
    record(house, 2)
    for _ in range(3):
        with pytest.raises(WitnessFailure):
            stream.stream_all(house.context, receiver)
        house.wait(seconds=TOLD_AFTER.total_seconds())
    receiver.loses_answer = False
    stream.stream_all(house.context, receiver)
    assert receiver.batches == [[1, 2]] * 4
    with house.work() as uow:
        due = [uow.notices.lock(notice_id) for notice_id in uow.notices.due(uow.now, limit=100)]
        assert uow.witnesses.state(receiver.place).failing_since is None
    told = [notice for notice in due if notice.kind is NoticeKind.WITNESS_FAILS]
    assert [notice.data["place"] for notice in told] == [receiver.place]
