"""The stored hash chain."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from operator import itemgetter
from typing import Any, Final, LiteralString, TypeVar

from psycopg import Connection as Driver
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dbaccess.domain.canonical import canonical_bytes
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.ledger import Entry, EntryRange, Expected, Filed
from dbaccess.domain.ledger_body import UnreadableBody, recorded_at
from dbaccess.storage.connecting import ControlConnection
from dbaccess.storage.models.ledger import LedgerRow as Row
from dbaccess.storage.repositories.id_filter import among

_PAGE, _CHUNK = 5_000, 500
"""Rows of one query, and those that arrive together. The server reads on while a chunk is verified."""
_LARGE = 16 * 1024
"""In bytes of a body; a page of the largest below it has 80 MB."""
_BEGIN = 1024
"""In bytes of a body, with the time: the guards let no actor be longer."""
_COLUMNS = (Row.seq, Row.prev_hash, Row.body, Row.hash)
_ENTRIES = """select seq, prev_hash, case when octet_length(body) <= %s then body end, hash
                from ledger where seq > %s order by seq fetch first (%s) rows with ties"""
"""Without its key, which a superuser can drop, a place may have two rows: the end of a page hides none."""
_FILED = _ENTRIES.replace(", hash", ", hash, kind, request_id, grant_id", 1)
_BODY = itemgetter(2)

Stored = TypeVar("Stored", Entry, Filed)


def _as(kind: type[Stored]) -> Callable[[Any], Callable[[Sequence[Any]], Stored]]:
    """Build rows as `kind._make` does, without its check of the length, which costs as much as the rest."""
    return lambda _: partial(tuple.__new__, kind)


_APPEND: Final = "select public.append_entries(%s)"


class SqlLedger:
    def __init__(self, session: Session) -> None:
        self._session = session

    def head(self) -> Entry | None:
        found = self.tail(1)
        return found[0] if found else None

    def entries(self, *, after: int = 0) -> Iterator[Entry]:
        return self._stream(_ENTRIES, Entry, after)

    def filed(self) -> Iterator[Filed]:
        return self._stream(_FILED, Filed, 0)

    def _stream(self, query: LiteralString, kind: type[Stored], after: int) -> Iterator[Stored]:
        # Binary, and without the row mapper: a million entries must be verified in seconds.
        driver = self._session.connection().connection.driver_connection
        assert isinstance(driver, Driver)  # noqa: S101 the dialect is ours
        last: int | None = after
        while last is not None:
            begin, last = last, None
            with driver.cursor(row_factory=_as(kind)) as cursor:
                rows = cursor.stream(query, [_LARGE, begin, _PAGE], binary=True, size=_CHUNK)
                while chunk := list(islice(rows, _CHUNK)):
                    if None in map(_BODY, chunk):
                        # A connection answers one query at a time: the rest of the page comes first.
                        chunk += rows
                        yield from map(self._whole, chunk)
                    else:
                        yield from chunk
                    last = chunk[-1].seq

    def _whole(self, row: Stored) -> Stored:
        """Return the row with its body: a large one comes alone, because many would not fit into memory."""
        absent: bytes | None = row.body
        if absent is not None:
            return row
        body = self._session.execute(select(Row.body).where(Row.seq == row.seq)).scalar_one()
        return row._replace(body=body)

    def tail(self, limit: int) -> list[Entry]:
        rows = self._session.execute(select(*_COLUMNS).order_by(Row.seq.desc()).limit(limit)).all()
        return [Entry._make(row) for row in reversed(rows)]

    def first_after(self, seq: int) -> Entry | None:
        row = self._session.execute(select(*_COLUMNS).where(Row.seq > seq).order_by(Row.seq).limit(1)).first()
        return Entry._make(row) if row is not None else None

    def holds(self, expected: Expected) -> bool:
        found = select(Row.seq).where(Row.seq == expected.seq, Row.hash == expected.hash)
        return self._session.scalar(found) is not None

    def entry_range(self) -> EntryRange:
        found = select(func.min(Row.seq), func.max(Row.seq), func.count())
        first, last, entries = self._session.execute(found).one()
        return EntryRange(first=first or 0, last=last or 0, entries=entries)

    def about(
        self,
        *,
        requests: Collection[int] = (),
        grants: Collection[int] = (),
        but_grants: Collection[int] = (),
    ) -> list[Entry]:
        # One query for each index: an `or` of both reads the whole table.
        of_requests = select(*_COLUMNS).where(among(Row.request_id, requests))
        of_grants = select(*_COLUMNS).where(among(Row.grant_id, grants))
        found: dict[int, Entry] = {}
        if but_grants:
            kept = Row.grant_id.is_(None) | ~among(Row.grant_id, but_grants)
            of_requests, of_grants = of_requests.where(kept), of_grants.where(kept)
        for rows in (of_requests, of_grants):
            found |= {row.seq: Entry._make(row) for row in self._session.execute(rows)}
        return [found[seq] for seq in sorted(found)]

    def of_kinds(self, kinds: Collection[EventKind], *, after: int, until: int) -> Iterator[Entry]:
        # One kind is compared, not searched for: policies have an index of their own.
        of_kind = Row.kind == next(iter(kinds)) if len(kinds) == 1 else Row.kind.in_(sorted(kinds))
        found = select(*_COLUMNS).where(Row.seq > after, Row.seq <= until, of_kind)
        # Few at a time: a policy or a receipt may be large.
        rows = self._session.execute(found.order_by(Row.seq), execution_options={"yield_per": 50})
        return map(Entry._make, rows)

    def place_before(self, moment: datetime, *, undated: bool = False) -> int:
        # No column has the time, and the chain has its order: a few rows tell.
        found, low, high = 0, 0, self._session.scalar(select(func.max(Row.seq))) or 0
        while low < high:
            middle = (low + high + 1) // 2
            here = self._last_dated(after=low, until=middle)
            if here is None:
                low = middle
            elif here[1] < moment:
                found, low = here[0], middle
            else:
                high = here[0] - 1
        return low if undated else found

    def _last_dated(self, *, after: int, until: int) -> tuple[int, datetime] | None:
        """Return the last entry of these with a readable time, and its time."""
        begin = select(Row.seq, func.substr(Row.body, 1, _BEGIN)).where(Row.seq > after, Row.seq <= until)
        place = until
        # One at a time: nearly always the first one is readable.
        while row := self._session.execute(
            begin.where(Row.seq <= place).order_by(Row.seq.desc()).limit(1)
        ).one_or_none():
            try:
                return row[0], recorded_at(row[1])
            except UnreadableBody:
                place = row[0] - 1
        return None

    def is_writable(self) -> bool:
        return bool(self._session.scalar(select(func.has_table_privilege("public.ledger", "insert"))))

    def append(self, events: Sequence[Event]) -> None:
        """Leave the events for the commit, which links each to the one before under the ledger's lock."""
        driver = self._session.connection().connection.driver_connection
        assert isinstance(driver, ControlConnection)  # noqa: S101 the engine's own
        said = "\x1e".join(map(_parts, events))
        driver.leave_for_commit(_APPEND, [said])


def _parts(event: Event) -> str:
    """Return the event as `append_entries` takes it; a sign that divides is escaped in JSON."""
    values = event.actor, dict(event.data), event.grant_id, event.kind.value, event.request_id
    return b"\x1f".join(map(canonical_bytes, values)).decode()
