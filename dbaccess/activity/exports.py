"""The formats of an exported log, told from its first lines."""

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Final

from dbaccess.activity.cloudsql import CloudSqlLog
from dbaccess.activity.csvlog import CsvLog
from dbaccess.activity.jsonlog import JsonLog
from dbaccess.activity.log_prefix import KNOWN, prefix_pattern
from dbaccess.activity.log_time import ZoneTimes
from dbaccess.activity.records import LogFormat
from dbaccess.activity.stderr import StderrLog
from dbaccess.domain.errors import SourceFailure

DETECTED_IN: Final = 256 * 1024
"""Bytes at the beginning of a file in which its format is looked for."""


class ExportFormat(StrEnum):
    CSVLOG = "csvlog"
    JSONLOG = "jsonlog"
    STDERR = "stderr"
    CLOUDSQL = "cloudsql"


_CSV: Final = re.compile(rb"\A\s*\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [A-Za-z0-9+:-]{1,16},")
_JSON: Final = re.compile(rb"\A[\s\[]*\{")
_OF_CLOUD: Final = re.compile(rb'"(?:protoPayload|insertId|logName)"\s*:')
_OF_SERVER: Final = re.compile(rb'"error_severity"\s*:')


def detect(head: bytes, *, prefix: str | None) -> ExportFormat:
    """Return the format of a file that begins so; raises `SourceFailure` where it is none that is known."""
    if _CSV.match(head):
        return ExportFormat.CSVLOG
    if _JSON.match(head) and _OF_SERVER.search(head):
        return ExportFormat.JSONLOG
    if _JSON.match(head) and _OF_CLOUD.search(head):
        return ExportFormat.CLOUDSQL
    if prefix is not None or find_prefix(head) is not None:
        return ExportFormat.STDERR
    raise SourceFailure(
        "Its first lines are no csvlog, jsonlog or export of Cloud SQL, and have no known log_line_prefix. "
        "Give the server's: --prefix '%t:%r:%u@%d:[%p]:'"
    )


def find_prefix(head: bytes) -> str | None:
    """Return the known prefix that most of these lines have; None if none has any."""
    lines = head.decode("utf-8", "replace").split("\n")[:200]
    hits = {prefix: sum(1 for line in lines if prefix_pattern(prefix).match(line)) for prefix in KNOWN}
    best = max(KNOWN, key=hits.__getitem__)
    return best if hits[best] else None


def build_format(
    kind: ExportFormat, head: bytes, *, prefix: str | None, zone: str | None
) -> Callable[[], LogFormat]:
    """Return what makes readers of the format; each reads one file from its beginning."""
    if kind is not ExportFormat.STDERR:
        return _PLAIN[kind]
    known = prefix or find_prefix(head)
    if known is None:
        raise SourceFailure("Its log_line_prefix is not known. Give it: --prefix '%t:%r:%u@%d:[%p]:'")
    pattern, times = prefix_pattern(known), ZoneTimes(zone)
    return lambda: StderrLog(pattern, times)


_PLAIN: Final[dict[ExportFormat, Callable[[], LogFormat]]] = {
    ExportFormat.CSVLOG: CsvLog,
    ExportFormat.JSONLOG: JsonLog,
    ExportFormat.CLOUDSQL: CloudSqlLog,
}
