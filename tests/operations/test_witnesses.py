"""Checkpoints reach each witness in order, at least once; a witness that fails is told and caught up."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from dbaccess.audit.checkpoint_check import CheckpointCheck
from dbaccess.audit.signing import LedgerKey
from dbaccess.audit.trust import follow
from dbaccess.cli.witness_check import WitnessReading, read_witnesses
from dbaccess.domain.checkpoint import parse_checkpoint
from dbaccess.domain.errors import WitnessFailure
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.ledger import faults
from dbaccess.domain.notice import NoticeKind
from dbaccess.domain.witness import WitnessKind, WitnessState
from dbaccess.operations.checkpoints import deliver, make
from dbaccess.operations.checkpoints.keys import introductions
from dbaccess.sinks.witnesses.file import FileWitness
from tests.operations.fake_house import FakeHouse
from tests.operations.house import House
from tests.signed_ledger import checkpoint

KEY = LedgerKey.generate()


@dataclass
class Place:
    """A witness in memory, which fails while `is_down`, and after the entry `until`."""

    kind: WitnessKind = WitnessKind.FILE
    place: str = "file:db1:/mnt/witness/checkpoints"
    every: timedelta | None = None
    is_down: bool = False
    until: int | None = None
    kept: list[int] = field(default_factory=list)

    def store(self, seq: int, line: str) -> None:
        if self.is_down or (self.until is not None and seq > self.until):
            raise WitnessFailure("The file cannot be used: No space left on device.")
        assert parse_checkpoint(line).checkpoint.seq == seq
        self.kept.append(seq)

    def lines(self) -> None:
        return None

    def held(self) -> None:
        return None

    def check(self) -> str:
        return "it takes checkpoints"


def make_checkpoints(house: House, many: int = 1) -> list[int]:
    """Make so many checkpoints, and return the entries of all."""
    house.context = replace(house.context, signer=KEY)
    for _ in range(many):
        with house.work() as uow:
            uow.record(Event(kind=EventKind.STRAY_FOUND, actor="worker"))
            uow.commit()
        house.wait(seconds=make.EVERY.total_seconds())
        while make.make_checkpoint(house.context) is None:
            """The first round introduces the key."""
    with house.work() as uow:
        return [signed.checkpoint.seq for signed in uow.checkpoints.after(0, limit=1000)]


def state_of(house: House, place: Place) -> WitnessState:
    with house.work() as uow:
        return uow.witnesses.state(place.place)


def told(house: House) -> list[str]:
    with house.work() as uow:
        due = [uow.notices.lock(notice_id) for notice_id in uow.notices.due(uow.now, limit=100)]
        return [notice.data["why"] for notice in due if notice.kind is NoticeKind.WITNESS_FAILS]


def test_witness_gets_each_checkpoint_once_while_it_takes_them(fake_house: FakeHouse) -> None:
    house, place = fake_house, Place()
    deliver.deliver_checkpoints(house.context, place)
    assert place.kept == []
    entries = make_checkpoints(house, 3)
    for _ in range(2):
        deliver.deliver_checkpoints(house.context, place)
    assert place.kept == entries
    state = state_of(house, place)
    assert (state.seq, state.failing_since, state.failure) == (entries[-1], None, "")


def test_witness_that_was_away_is_told_once_and_caught_up_in_order(fake_house: FakeHouse) -> None:
    house, place = fake_house, Place(is_down=True)
    make_checkpoints(house, 2)
    for _ in range(3):
        with pytest.raises(WitnessFailure):
            deliver.deliver_checkpoints(house.context, place)
        house.wait(seconds=deliver.TOLD_AFTER.total_seconds())
    assert told(house) == ["The file cannot be used: No space left on device."]
    place.is_down = False
    entries = make_checkpoints(house, 1)
    deliver.deliver_checkpoints(house.context, place)
    assert place.kept == entries
    assert state_of(house, place).failing_since is None


def test_progress_before_a_failure_is_kept(fake_house: FakeHouse) -> None:
    house, place = fake_house, Place()
    entries = make_checkpoints(house, 3)
    place.until = entries[1]
    for _ in range(2):
        with pytest.raises(WitnessFailure):
            deliver.deliver_checkpoints(house.context, place)
    assert place.kept == entries[:2]
    assert state_of(house, place).seq == entries[1]


def test_more_than_a_batch_is_caught_up_in_parts(
    fake_house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "BATCH", 2)
    house, place = fake_house, Place()
    entries = make_checkpoints(house, 3)
    deliver.deliver_checkpoints(house.context, place)
    assert place.kept == entries[:2]
    deliver.deliver_checkpoints(house.context, place)
    assert place.kept == entries


def test_witness_for_people_gets_the_newest_once_in_its_time(fake_house: FakeHouse) -> None:
    house = fake_house
    place = Place(kind=WitnessKind.SLACK, place="slack:C0AUDIT", every=timedelta(hours=1))
    first = make_checkpoints(house, 3)
    deliver.deliver_checkpoints(house.context, place)
    make_checkpoints(house, 2)
    deliver.deliver_checkpoints(house.context, place)
    assert place.kept == [first[-1]]
    house.wait(seconds=3600)
    deliver.deliver_checkpoints(house.context, place)
    assert place.kept == [first[-1], make_checkpoints(house, 0)[-1]]


def test_two_witnesses_do_not_share_their_progress(fake_house: FakeHouse) -> None:
    house, broken, whole = fake_house, Place(is_down=True), Place(place="file:db2:/mnt/witness/checkpoints")
    entries = make_checkpoints(house, 2)
    with pytest.raises(WitnessFailure):
        deliver.deliver_checkpoints(house.context, broken)
    deliver.deliver_checkpoints(house.context, whole)
    assert (broken.kept, whole.kept) == ([], entries)


def test_place_that_is_used_no_more_is_not_failing(fake_house: FakeHouse) -> None:
    """Its progress stays; one that is used goes on failing."""
    house, removed, used = fake_house, Place(is_down=True), Place(is_down=True, place="syslog:/dev/log")
    make_checkpoints(house, 1)
    for place in (removed, used):
        with pytest.raises(WitnessFailure):
            deliver.deliver_checkpoints(house.context, place)
    house.context = replace(house.context, witnesses=(used,))
    deliver.forget_removed(house.context)
    assert state_of(house, removed) == WitnessState(place=removed.place)
    assert state_of(house, used).failing_since is not None


def test_file_goes_on_where_it_ended_after_its_host_was_renamed(
    fake_house: FakeHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless its last checkpoint is of another ledger: then it gets all of this one."""
    house, path = fake_house, tmp_path / "checkpoints"
    make_checkpoints(house, 2)
    deliver.deliver_checkpoints(house.context, FileWitness(path))
    monkeypatch.setattr("socket.gethostname", lambda: "renamed")
    entries = make_checkpoints(house, 1)
    deliver.deliver_checkpoints(house.context, FileWitness(path))

    def kept() -> list[int]:
        return [parse_checkpoint(line).checkpoint.seq for line in path.read_bytes().splitlines()]

    assert kept() == entries
    with house.work() as uow:
        last = uow.checkpoints.last()
    assert last is not None
    other = checkpoint(KEY, seq=entries[-1], head=bytes(32), at=last.checkpoint.at)
    path.write_text(f"{other.line()}\n{other.line()[:40]}")
    monkeypatch.setattr("socket.gethostname", lambda: "renamed-again")
    deliver.deliver_checkpoints(house.context, FileWitness(path))
    assert [parse_checkpoint(one).checkpoint.seq for one in path.read_bytes().splitlines()[2:]] == entries


def verified(house: House) -> tuple[list[WitnessReading], list[str]]:
    """Return what the witnesses of the environment hold, and the kinds of all faults."""
    with house.work() as uow:
        check = CheckpointCheck(trust=follow([KEY.public], introductions(uow)), installation="acme")
    readings = read_witnesses(house.work, check)
    with house.work() as uow:
        head = uow.ledger.head()
        assert head is not None
        found = [*faults(check.passing(uow.ledger.entries())), *check.faults(last=head.seq)]
    found += [reading.fault for reading in readings if reading.fault is not None]
    return readings, sorted(fault.kind.value for fault in found)


def test_verification_reads_each_witness_back(
    fake_house: FakeHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, house = tmp_path / "checkpoints", fake_house
    monkeypatch.setenv("DBACCESS_WITNESS_PATH", str(path))
    monkeypatch.setenv("DBACCESS_WITNESS_SYSLOG", "/nowhere/log")
    first, second = make_checkpoints(house, 2)
    deliver.deliver_checkpoints(house.context, FileWitness(path))
    (file, syslog), found = verified(house)
    assert (file.checkpoints, file.last, found) == (2, second, [])
    assert syslog.checkpoints is None
    whole = path.read_bytes()

    # A crash tears a line: it proves nothing, and is no fault.
    path.write_bytes(whole[:50] + b"\n" + whole)
    (file, _), found = verified(house)
    assert (file.checkpoints, file.unreadable, found) == (2, 1, [])

    # The witness lost what it took, or hides it.
    path.write_bytes(whole.splitlines(keepends=True)[0])
    (file, _), found = verified(house)
    assert file.fault is not None
    assert (file.fault.seq, found) == (second, ["witness"])

    # It has a genuine checkpoint that this ledger never had: the ledger was made anew, or cut.
    with house.work() as uow:
        known = uow.checkpoints.last()
    assert known is not None
    other = checkpoint(KEY, seq=first, head=bytes(32), at=known.checkpoint.at)
    later = checkpoint(KEY, seq=second + 9, head=bytes(32), at=known.checkpoint.at)
    path.write_bytes(whole + f"{other.line()}\n{later.line()}\n".encode())
    assert verified(house)[1] == ["checkpoint", "cut"]

    # Another key signed, or nothing can be read.
    foreign = checkpoint(LedgerKey.generate(), seq=first, head=bytes(32), at=known.checkpoint.at)
    path.write_bytes(whole + f"{foreign.line()}\n".encode())
    assert verified(house)[1] == ["key"]
    path.unlink()
    assert verified(house)[1] == ["witness"]
    # A host that never led has no file, and is asked for none.
    monkeypatch.setenv("DBACCESS_WITNESS_PATH", str(tmp_path / "never"))
    (file, _), found = verified(house)
    assert (file.checkpoints, found) == (0, [])


def test_each_lie_of_a_witness_is_a_fault_of_its_kind(
    fake_house: FakeHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, house = tmp_path / "checkpoints", fake_house
    monkeypatch.setenv("DBACCESS_WITNESS_PATH", str(path))
    make_checkpoints(house, 2)
    deliver.deliver_checkpoints(house.context, FileWitness(path))
    whole = path.read_bytes()
    older, newest = whole.splitlines(keepends=True)
    with house.work() as uow:
        known = uow.checkpoints.last()
    assert known is not None
    last = known.checkpoint

    def told(installation: str) -> bytes:
        other = checkpoint(KEY, seq=last.seq, head=last.head, at=last.at, installation=installation)
        return other.line().encode() + b"\n"

    moved = newest.replace(f'"seq":{last.seq},'.encode(), f'"seq":{last.seq - 1},'.encode())
    for name, held, kinds in (
        ("an older head than it took", older, ["witness"]),
        ("nothing", b"", ["witness"]),
        ("garbage", bytes(range(256)) * 50, ["witness"]),
        ("a line of 20 MB", older + b"x" * 20_000_000, ["witness"]),
        ("a million-deep line", older + b"[" * 1_000_000 + b"\n", ["witness"]),
        ("another installation", whole + told("other"), ["installation"]),
        ("another place", whole + moved, ["signature"]),
        ("all of it twice, in another order", newest + older + newest, []),
        ("lines as another system ends them", whole.replace(b"\n", b"\r\n"), []),
        ("garbage behind it", whole + b"\0\xff\n", []),
    ):
        path.write_bytes(held)
        (reading,), found = verified(house)
        assert found == kinds, name
        assert "\n" not in str(reading), name


def test_key_signs_no_ledger_without_the_entry_that_it_signed_last(fake_house: FakeHouse) -> None:
    house = fake_house
    last = make_checkpoints(house, 2)[-1]
    with house.work() as uow:
        kept = uow.checkpoints.last()
    assert kept is not None
    other = replace(kept, checkpoint=replace(kept.checkpoint, seq=last + 1, head=bytes(32)))
    with house.work() as uow:
        uow.record(Event(kind=EventKind.STRAY_FOUND, actor="worker"))
        uow.commit()
    with house.work() as uow:
        uow.checkpoints.add(other)
        uow.commit()
    house.wait(seconds=make.EVERY.total_seconds())
    with house.work() as uow:
        uow.record(Event(kind=EventKind.STRAY_FOUND, actor="worker"))
        uow.commit()
    assert make.make_checkpoint(house.context) is None
