"""Entries of pgaudit as Google Cloud exports them: JSON objects, one a line or in an array."""

import csv
import io
import json
import re
from collections import OrderedDict
from datetime import UTC, datetime
from typing import Any, Final

from dbaccess.activity.made_keys import made_number, made_session
from dbaccess.activity.records import LONGEST, LogRecord, Parsed, check_record, readable_record

_ENTRY: Final = "PgAuditEntry"
_BETWEEN: Final = re.compile(r"[\s,\[\]]*")
_NEXT: Final = re.compile(r"\n {0,4}(?=\{)")
_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)")
_CHUNKED_KEPT: Final = 256
_DECODER: Final = json.JSONDecoder()


class CloudSqlLog:
    """Reads what Cloud SQL and AlloyDB write of pgaudit. Other entries are skipped.

    A long statement comes in several entries, which are put together. They may come newest first.
    """

    def __init__(self) -> None:
        self._chunks: OrderedDict[tuple[object, ...], dict[int, tuple[LogRecord, dict[str, Any]]]] = (
            OrderedDict()
        )

    def parse(self, data: bytes) -> Parsed:
        return self._read(data, is_end=False)

    def finish(self, data: bytes) -> Parsed:
        return self._read(data, is_end=True)

    def _read(self, data: bytes, *, is_end: bool) -> Parsed:
        text = data.decode("utf-8", "surrogateescape")
        records: list[LogRecord] = []
        times: list[datetime] = []
        place, damaged = 0, 0
        while (place := _end_of_gap(text, place)) < len(text):
            begin, found, end = _object_from(text, place)
            if found is None:
                if is_end or len(data) >= LONGEST:
                    damaged += len(text[place:].encode("utf-8", "surrogateescape"))
                    place = len(text)
                break
            damaged += len(text[place:begin].encode("utf-8", "surrogateescape"))
            try:
                self._take(found, records, times)
            except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
                damaged += end - begin
            place = end
        if is_end:
            records += [record for chunks in self._chunks.values() for record in _joined(chunks)]
        consumed = len(text[:place].encode("utf-8", "surrogateescape"))
        at = sorted(times)
        return Parsed(records, consumed, damaged, at[-1] if at else None, at[0] if at else None)

    def _take(self, entry: Any, records: list[LogRecord], times: list[datetime]) -> None:
        at = _time(entry["timestamp"])
        times.append(at)
        payload = entry.get("protoPayload") or {}
        request = payload.get("request") or {}
        if not str(request.get("@type", "")).endswith(_ENTRY):
            return
        record = _record(entry, request, at)
        count, index = int(request.get("chunkCount", 1)), int(request.get("chunkIndex", 1))
        if count <= 1:
            records.append(_with_message(record, request, request["statement"]))
            return
        key = (record.session_id, request["statementId"], request["substatementId"], request.get("object"))
        chunks = self._chunks.setdefault(key, {})
        chunks[index] = record, request
        if len(chunks) == count:
            records += _joined(self._chunks.pop(key))
        elif len(self._chunks) > _CHUNKED_KEPT:  # the others of the oldest never came
            records += _joined(self._chunks.popitem(last=False)[1])


def _end_of_gap(text: str, place: int) -> int:
    found = _BETWEEN.match(text, place)
    return found.end() if found else place


def _object_from(text: str, place: int) -> tuple[int, Any, int]:
    """Return where the next readable object begins, the object, and where it ends; None if none has ended."""
    while True:
        try:
            found, end = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError):
            following = _NEXT.search(text, place)
            if following is None:
                return place, None, place
            place = following.end()
            continue
        return place, found, end


def _record(entry: dict[str, Any], request: dict[str, Any], at: datetime) -> LogRecord:
    user, database, session = request["user"], request["database"], str(request["databaseSessionId"])
    return check_record(
        LogRecord(
            at,
            user,
            database,
            "",
            made_session(session, user, database),
            made_number(entry["timestamp"], str(entry["insertId"])),
            str(request.get("command", "")),
            "LOG",
            "00000",
            "",
            "",
            "",
            "",
            "",
            "",
        )
    )


def _joined(chunks: dict[int, tuple[LogRecord, dict[str, Any]]]) -> list[LogRecord]:
    """Return the record of a statement in several entries, under the identity of the first."""
    first = chunks[min(chunks)]
    text = "".join(chunks[index][1]["statement"] for index in sorted(chunks))
    return [_with_message(*first, text)]


def _with_message(record: LogRecord, request: dict[str, Any], statement: str) -> LogRecord:
    """Return the record with the message that pgaudit itself would write."""
    fields = [
        request["auditType"],
        str(request["statementId"]),
        str(request["substatementId"]),
        request["auditClass"],
        str(request.get("command", "")),
        str(request.get("objectType", "")),
        str(request.get("object", "")),
        statement,
        str(request.get("parameter", "")),
    ]
    written = io.StringIO()
    csv.writer(written, lineterminator="").writerow(fields)
    return readable_record(record._replace(message=f"AUDIT: {written.getvalue()}"))


def _time(text: str) -> datetime:
    """Return the time; the last three of nine digits are cut."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError("this is no time of an entry")
    zone = "+00:00" if found[3] == "Z" else found[3]
    return datetime.fromisoformat(f"{found[1]}.{(found[2] or '').ljust(6, '0')[:6]}{zone}").astimezone(UTC)
