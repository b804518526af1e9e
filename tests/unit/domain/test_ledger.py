"""Whatever is done to a chain shows."""

import hashlib
from datetime import UTC, datetime

import pytest

from dbaccess.domain.canonical import canonical_bytes
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.grant import GrantId
from dbaccess.domain.ledger import GENESIS, Entry, Expected, digest, faults, link
from dbaccess.domain.ledger_body import UnreadableBody
from dbaccess.domain.request import RequestId

T0 = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


def chain(length: int) -> list[Entry]:
    entries: list[Entry] = []
    for seq in range(1, length + 1):
        event = Event(kind=EventKind.REQUEST_SUBMITTED, actor="maya", request_id=RequestId(seq))
        before = entries[-1].hash if entries else GENESIS
        entries.append(link(event, seq=seq, prev_hash=before, at=T0))
    return entries


def told(entries: list[Entry]) -> list[tuple[int, str]]:
    return [(fault.seq, fault.what) for fault in faults(entries)]


def test_an_entry_holds_the_event_whole() -> None:
    event = Event(
        kind=EventKind.GRANT_ENDED,
        actor="worker",
        request_id=RequestId(1),
        grant_id=GrantId(2),
        data={"a": [1]},
    )
    entry = link(event, seq=7, prev_hash=GENESIS, at=T0)
    assert entry.fields == {
        "seq": 7,
        "at": "2026-03-01T03:00:00.000000+00:00",
        "kind": "grant.ended",
        "actor": "worker",
        "request": 1,
        "grant": 2,
        "data": {"a": [1]},
    }
    assert entry.hash == hashlib.sha256(GENESIS + entry.body).digest()


@pytest.mark.parametrize("length", [0, 1, 5])
def test_a_whole_chain_has_no_fault(length: int) -> None:
    assert told(chain(length)) == []


@pytest.mark.parametrize("seq", [None, 5])
def test_a_chain_that_was_cut_off_or_made_anew_lacks_what_was_written_down(seq: int | None) -> None:
    entries = chain(6)
    written = Expected(hash=entries[4].hash, seq=seq)
    assert list(faults(entries, expected=written)) == []
    (cut,) = faults(entries[:4], expected=written)
    assert cut.seq == (seq or 4)
    anew: list[Entry] = []
    for number in range(1, 7):
        before = anew[-1].hash if anew else GENESIS
        anew.append(link(_other(number), seq=number, prev_hash=before, at=T0))
    assert told(anew) == []
    assert len(list(faults(anew, expected=written))) == 1


def test_expected_entry_counts_at_its_own_place_only() -> None:
    entries = chain(3)
    assert len(list(faults(entries, expected=Expected(hash=entries[1].hash, seq=3)))) == 1
    assert len(list(faults([], expected=Expected(hash=entries[1].hash)))) == 1


def _other(number: int) -> Event:
    return Event(kind=EventKind.REQUEST_SUBMITTED, actor="mallory", request_id=RequestId(number))


def test_a_later_part_is_checked_from_where_it_begins() -> None:
    entries = chain(5)
    assert list(faults(entries[2:], prev_hash=entries[1].hash, seq=2)) == []


def test_a_changed_body_is_found() -> None:
    entries = chain(3)
    entries[1] = entries[1]._replace(body=entries[1].body.replace(b"maya", b"mary"))
    assert told(entries) == [(2, "was changed: its hash does not fit its content")]


def test_a_changed_body_with_a_new_hash_breaks_the_next_link() -> None:
    entries = chain(3)
    body = entries[1].body.replace(b"maya", b"mary")
    entries[1] = entries[1]._replace(body=body, hash=digest(entries[1].prev_hash, body))
    assert told(entries) == [(3, "does not follow the entry before it")]


def test_a_missing_entry_is_found() -> None:
    entries = chain(4)
    del entries[1]
    assert "entries 2 to 2 are missing" in [what for _, what in told(entries)]
    assert (3, "does not follow the entry before it") in told(entries)


def test_a_missing_beginning_is_found() -> None:
    assert told(chain(3)[1:])[0][1] == "entries 1 to 1 are missing"


def test_an_entry_in_another_place_is_found() -> None:
    entries = chain(3)
    assert told([entries[0], entries[0], *entries[1:]])[0] == (
        1, "is there a second time, or in the wrong place"
    )  # fmt: skip


PLAIN = (
    b'{"actor":"maya","at":"2026-03-01T03:00:00.000000+00:00","data":{},'
    b'"grant":null,"kind":"a.b","request":1,"seq":2}'
)


def data(value: bytes) -> bytes:
    """A whole body but for its data."""
    return PLAIN.replace(b'"data":{}', b'"data":{"x":' + value + b"}")


BAD = [
    (b"", "not JSON"),
    (b"not json", "not JSON"),
    (b"\xff", "not JSON"),
    (b"[]", "not the fields"),
    (b"3", "not the fields"),
    (b'{"seq":2}', "not the fields"),
    (PLAIN[:-1] + b',"seq":2}', "key twice"),
    (PLAIN[:-1] + b',"more":2}', "not the fields"),
    (PLAIN.replace(b'"seq":2', b'"seq":true'), "not the fields"),
    (PLAIN.replace(b'"at":"2026-03-01T03:00:00.000000+00:00"', b'"at":"now"'), "no time"),
    (PLAIN.replace(b"T03", b" 03"), "no time"),
    (data(b"[" * 3_000 + b"]" * 3_000), "nested too deep"),
    (data(b"[" * 100_000 + b"]" * 100_000), "nested too deep"),
    (data(b'{"a":' * 450 + b"1" + b"}" * 450), "nested too deep"),
    (data(b"9" * 5_000), "number too long"),
    (data(b"[" + b"[]," * 800 + b"1e999]"), "number too long"),
    (data(b"[" + b"[]," * 800 + b"NaN]"), "a number that is none"),
    (data(b'"' + b"x" * 17_000_000 + b'"'), "larger than any"),
    (data(b'"\xc3"'), "not JSON"),
    (data(b"[" + b"[]," * 800 + b'{"a":1,"a":2}]'), "key twice"),
    (data(b"[" + b"[]," * 800 + b'"\\ud800"]'), "half a character"),
]


@pytest.mark.parametrize(("body", "what"), BAD, ids=[what for _, what in BAD])
def test_an_entry_that_no_program_can_read_is_reported_and_the_rest_is_checked(
    body: bytes, what: str
) -> None:
    (first,) = chain(1)
    bad = Entry(seq=2, prev_hash=first.hash, body=body, hash=digest(first.hash, body))
    last = link(_other(3), seq=3, prev_hash=b"x" * 32, at=T0)
    found = told([first, bad, last])
    assert [seq for seq, _ in found] == [2, 3]
    assert found[0][1].startswith("cannot be read as an event: it ")
    assert what in found[0][1]
    with pytest.raises(UnreadableBody, match=what):
        _ = bad.fields


@pytest.mark.parametrize(
    "body", [PLAIN.replace(b'"seq":2', b'"seq":3'), b" " + PLAIN.replace(b":2}", b":3}")]
)
def test_an_entry_that_names_another_place_is_found(body: bytes) -> None:
    (first,) = chain(1)
    forged = Entry(seq=2, prev_hash=first.hash, body=body, hash=digest(first.hash, body))
    assert told([first, forged]) == [(2, "names another place in the chain")]


@pytest.mark.parametrize(
    "value",
    [b"1", b'"\xc3\xa9 {[\\"}\\\\"', b'"\\u0000"', b"[" * 30 + b"]" * 30, b"-1.5e-07", b"1." + b"9" * 99],
)
def test_written_value_can_be_read(value: bytes) -> None:
    (first,) = chain(1)
    entry = Entry(seq=2, prev_hash=first.hash, body=data(value), hash=digest(first.hash, data(value)))
    assert told([first, entry]) == []
    assert entry.fields["seq"] == 2


def test_a_chain_that_begins_elsewhere_is_found() -> None:
    event = Event(kind=EventKind.GRANT_ENDED, actor="worker")
    assert told([link(event, seq=1, prev_hash=b"x" * 32, at=T0)]) == [
        (1, "does not follow the entry before it")
    ]


def test_canonical_bytes_keep_what_people_wrote() -> None:
    assert canonical_bytes({"b": "é", "a": None}) == '{"a":null,"b":"é"}'.encode()
