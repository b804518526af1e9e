"""The formats of a log, by the word for `source` in the policy."""

from collections.abc import Callable, Mapping
from typing import Final

from dbaccess.activity.csvlog import CsvLog
from dbaccess.activity.jsonlog import JsonLog
from dbaccess.activity.records import LogFormat
from dbaccess.domain.capture import CaptureSource

FORMATS: Final[Mapping[CaptureSource, Callable[[], LogFormat]]] = {
    CaptureSource.JSONLOG: JsonLog,
    CaptureSource.CSVLOG: CsvLog,
}
