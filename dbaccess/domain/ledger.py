"""The hash chain: how an event becomes bytes, and how a chain of them is checked."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dbaccess.domain.canonical import canonical_bytes
from dbaccess.domain.events import Event

GENESIS = bytes(32)
"""What the first entry names as its predecessor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One link: `hash` is SHA-256 over `prev_hash` and `body`."""

    seq: int
    prev_hash: bytes
    body: bytes
    hash: bytes

    @property
    def fields(self) -> dict[str, Any]:
        """The event as it was recorded: seq, at, kind, actor, request, grant, data."""
        return dict(json.loads(self.body))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Where a chain breaks, and how."""

    seq: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """An entry that was written down elsewhere; without `seq` it may stand anywhere in the chain."""

    hash: bytes
    seq: int | None = None

    def is_met_by(self, entry: Entry) -> bool:
        return entry.hash == self.hash and self.seq in {None, entry.seq}


def link(event: Event, *, seq: int, prev_hash: bytes, at: datetime) -> Entry:
    """The entry that records `event` after `prev_hash`."""
    body = canonical_bytes(
        {
            "seq": seq,
            "at": at.isoformat(timespec="microseconds"),
            "kind": event.kind.value,
            "actor": event.actor,
            "request": event.request_id,
            "grant": event.grant_id,
            "data": dict(event.data),
        }
    )
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
    """Every break in a chain that begins after `seq` and `prev_hash`; an intact chain yields none.

    Only with something `expected` a chain whose end was cut off, or that was made anew, shows.
    """
    met = expected is None
    for entry in entries:
        met = met or (expected is not None and expected.is_met_by(entry))
        seq += 1
        if entry.seq > seq:
            yield Fault(seq=seq, what=f"entries {seq} to {entry.seq - 1} are missing")
        elif entry.seq < seq:
            yield Fault(seq=entry.seq, what="is there a second time, or in the wrong place")
        seq = entry.seq
        if entry.prev_hash != prev_hash:
            yield Fault(seq=seq, what="does not follow the entry before it")
        if digest(entry.prev_hash, entry.body) != entry.hash:
            yield Fault(seq=seq, what="was changed: its hash does not fit its content")
        elif _named_seq(entry) != seq:
            yield Fault(seq=seq, what="names another place in the chain")
        prev_hash = entry.hash
    if not met and expected is not None:
        lost = "is not the entry that was written down: the chain was cut off before it, or made anew"
        yield Fault(seq=expected.seq or seq, what=lost)


def _named_seq(entry: Entry) -> int | None:
    """The place that the body names; None where it is not an event at all."""
    try:
        seq = entry.fields.get("seq")
    except (ValueError, TypeError):
        return None
    return seq if isinstance(seq, int) else None
