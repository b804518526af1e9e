"""The hash chain of the ledger: linking an event to the one before, and checking a chain."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from dbaccess.domain.events import Event
from dbaccess.domain.ledger_body import UnreadableBody, named_seq, read_body, write_body

AFTER_ALL = 2**62
"""A sequence number after every entry."""

GENESIS = bytes(32)
"""The hash that the first entry names as its predecessor."""


class Entry(NamedTuple):
    """One link: `hash` is SHA-256 over `prev_hash` and `body`. A tuple, for speed: millions are read."""

    seq: int
    prev_hash: bytes
    body: bytes
    hash: bytes

    @property
    def fields(self) -> dict[str, Any]:
        """Return the event: seq, at, kind, actor, request, grant, data; raises `UnreadableBody`."""
        return read_body(self.body)


class Filed(NamedTuple):
    """An entry with the columns beside its body, by which reports and lists find it."""

    seq: int
    prev_hash: bytes
    body: bytes
    hash: bytes
    kind: str
    request: int | None
    grant: int | None


class EntryRange(NamedTuple):
    """The first and the last sequence of a ledger, and how many entries it has; all are 0 without any."""

    first: int
    last: int
    entries: int

    @property
    def gaps(self) -> int:
        """Return how many sequences are missing, from 1 to the last."""
        return self.last - self.entries


class FaultKind(StrEnum):
    """The damage to a ledger, as far as it shows."""

    CHANGED = "changed"
    MISSING = "missing"
    MOVED = "moved"
    BROKEN = "broken"
    UNREADABLE = "unreadable"
    CUT = "cut"
    REWRITTEN = "rewritten"
    SIGNATURE = "signature"
    KEY = "key"
    CHECKPOINT = "checkpoint"
    INSTALLATION = "installation"
    WITNESS = "witness"
    MISFILED = "misfiled"
    REACH = "reach"
    STATEMENTS = "statements"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A place at which a chain breaks, and the reason."""

    seq: int
    kind: FaultKind
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """An entry with a hash that was recorded elsewhere; without `seq` it may stand anywhere in the chain."""

    hash: bytes
    seq: int | None = None

    def is_met_by(self, seq: int, digest: bytes) -> bool:
        return digest == self.hash and self.seq in {None, seq}


def link(event: Event, *, seq: int, prev_hash: bytes, at: datetime) -> Entry:
    """Return the entry that records `event` after `prev_hash`.

    The control database links what it records by itself (`ledger.sql`); this is the same rule for tests.
    """
    body = write_body(event, seq=seq, at=at)
    return Entry(seq=seq, prev_hash=prev_hash, body=body, hash=digest(prev_hash, body))


def digest(prev_hash: bytes, body: bytes) -> bytes:
    return hashlib.sha256(prev_hash + body).digest()


def faults(
    entries: Iterable[Entry],
    *,
    prev_hash: bytes = GENESIS,
    seq: int = 0,
    expected: Expected | None = None,
) -> Iterator[Fault]:
    """Yield every break in a chain that begins after `seq` and `prev_hash`; an intact chain yields none.

    Only an `expected` entry reveals a chain that was cut off at its end, or made anew.
    """
    met = expected is None
    sha256 = hashlib.sha256
    for place, before, body, mine in entries:
        if expected is not None and not met:
            met = expected.is_met_by(place, mine)
        if place != seq + 1:
            yield _misplaced(place, after=seq)
        seq = place
        if before != prev_hash:
            yield Fault(seq=seq, kind=FaultKind.BROKEN, what="does not follow the entry before it")
        prev_hash = mine
        if sha256(before + body).digest() != mine:
            yield Fault(
                seq=seq, kind=FaultKind.CHANGED, what="was changed: its hash does not fit its content"
            )
            continue
        try:
            if named_seq(body) != seq:
                what = "names another place in the chain"
                yield Fault(seq=seq, kind=FaultKind.MOVED, what=what)
        except UnreadableBody as why:
            what = f"cannot be read as an event: it {why}"
            yield Fault(seq=seq, kind=FaultKind.UNREADABLE, what=what)
    if not met and expected is not None:
        lost = "is not the entry that was written down: the chain was cut off before it, or made anew"
        yield Fault(seq=expected.seq or seq, kind=FaultKind.CUT, what=lost)


def entries_of(rows: Iterable[Filed], misfiled: list[Fault]) -> Iterator[Entry]:
    """Yield the entries, and add a fault for each row with a column that says something else than its body.

    A body that cannot be read is a fault of the chain, which `faults` names.
    """
    for row in rows:
        seq, _, body, _, kind, request, grant = row
        # As bodies end, byte by byte: to read each one would cost several times as much.
        of_grant = "null" if grant is None else grant
        of_request = "null" if request is None else request
        ends = f',"grant":{of_grant},"kind":"{kind}","request":{of_request},"seq":{seq}}}'
        entry = tuple.__new__(Entry, row[:4])
        if not body.endswith(ends.encode()) and (wrong := _wrong_columns(entry, row)):
            what = (
                f"is filed under another {' and '.join(wrong)} than its content says: it is not found there"
            )
            misfiled.append(Fault(seq=seq, kind=FaultKind.MISFILED, what=what))
        yield entry


def _wrong_columns(entry: Entry, row: Filed) -> list[str]:
    try:
        said = entry.fields
    except UnreadableBody:
        return []
    return [name for name in ("kind", "request", "grant") if said[name] != getattr(row, name)]


def _misplaced(seq: int, *, after: int) -> Fault:
    if seq > after + 1:
        missing = f"entries {after + 1} to {seq - 1} are missing"
        return Fault(seq=after + 1, kind=FaultKind.MISSING, what=missing)
    return Fault(seq=seq, kind=FaultKind.MOVED, what="is there a second time, or in the wrong place")
